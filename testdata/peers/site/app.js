// One request with a body, so that the capture has DATA in both directions.
fetch("echo", { method: "POST", headers: { "content-type": "text/plain" }, body: "hello from the page" })
    .then((response) => response.text())
    .then((text) => {
        document.getElementById("answer").textContent = text;
        document.title = "done";
    });
