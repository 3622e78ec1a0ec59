// echo-server.mjs FILE [CERT KEY]: prints its port; answers /echo with what comes, and a trailer, anything else with FILE.
import fs from "node:fs";
import http2 from "node:http2";

const [file, cert, key] = process.argv.slice(2);
const server = cert
    ? http2.createSecureServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) })
    : http2.createServer();

server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    if (headers[":path"] !== "/echo") return stream.respondWithFile(file);
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-end": "yes" }));
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.pipe(stream);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
