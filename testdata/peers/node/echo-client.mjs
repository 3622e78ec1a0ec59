// echo-client.mjs URL FILE N [CA]: prints what URL/large has, then what URL/echo sends back of FILE, N times at once.
import fs from "node:fs";
import http2 from "node:http2";

const [url, file, n, ca] = process.argv.slice(2);
const session = http2.connect(url, ca ? { ca: fs.readFileSync(ca) } : {});

function fetch(headers, content) {
    return new Promise((resolve, reject) => {
        const stream = session.request(headers, { endStream: content === undefined, waitForTrailers: !!content });
        const chunks = [];
        stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": String(content.length) }));
        stream.on("response", (headers) => {
            if (headers[":status"] !== 200) reject(new Error(`status ${headers[":status"]}`));
        });
        stream.on("data", (chunk) => chunks.push(chunk));
        stream.on("end", () => resolve(Buffer.concat(chunks)));
        stream.on("error", reject);
        if (content) stream.end(content);
    });
}

const content = fs.readFileSync(file);
const echo = () => fetch({ ":method": "POST", ":path": "/echo" }, content);
const answers = await Promise.all([fetch({ ":path": "/large" }), ...Array.from({ length: Number(n) }, echo)]);
await new Promise((resolve) => session.ping(resolve));
await new Promise((resolve) => session.close(resolve));
process.stdout.write(Buffer.concat(answers));
