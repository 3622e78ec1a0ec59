//! A browser with the example server: a page, and content that its script sends and gets back over the same connection.

use std::fs;

use h2wire_browser::Browser;

use crate::clients::Server;
use crate::programs::run;

/// Says what protocol everything came over, and whether the content is the same.
const PAGE: &str = r#"<!doctype html>
<link rel="icon" href="data:,">
<p id="said">nothing</p>
<script type="module">
const bytes = async (answer) => new Uint8Array(await (await answer).arrayBuffer());
const large = await bytes(fetch("/large"));
const sent = large.slice(0, 300000);
const echoes = await Promise.all([1, 2, 3, 4].map(() => bytes(fetch("/echo", { method: "POST", body: sent }))));
const isSame = echoes.every((echo) => echo.length === sent.length && echo.every((byte, at) => byte === sent[at]));
const missing = (await fetch("/nowhere")).status;
const entries = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
const protocols = [...new Set(entries.filter((entry) => entry.name.startsWith("http")).map((entry) => entry.nextHopProtocol))];
const sum = large.reduce((sum, byte) => (sum * 31 + byte) % 65521, 0);
document.getElementById("said").textContent = [entries[0].nextHopProtocol, protocols, large.length, sum, isSame, missing].join(" ");
</script>
"#;

#[test]
fn chromium() {
    let (Some(chromium), Some(server)) = (Browser::installed(), Server::start()) else { return };
    fs::write(server.folder.file("site/browser.html"), PAGE).unwrap();
    let mut command = chromium.command(&server.folder.file("profile"));
    command.args(["--ignore-certificate-errors", "--virtual-time-budget=10000", "--dump-dom"]);
    let large = server.folder.read("site/large");
    let sum = large.iter().fold(0_u32, |sum, byte| (sum * 31 + u32::from(*byte)) % 65_521);
    let said = format!("<p id=\"said\">h2 h2 {} {sum} true 404</p>", large.len());
    run(command.arg(format!("{}/browser.html", server.tls))).succeeds().says(&said);
    // A handshake that takes longer than 250 ms makes it try a second socket, and one of the two is given up.
    server.stop_but_for(&["connection: tls handshake eof"]);
}
