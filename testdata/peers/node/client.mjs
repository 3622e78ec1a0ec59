// client.mjs PORT: asks server.mjs for everything it can do.
import { once } from "node:events";
import http2 from "node:http2";

const { constants } = http2;
const session = http2.connect(`http://localhost:${process.argv[2]}`, {
    paddingStrategy: constants.PADDING_STRATEGY_MAX,
    settings: { maxHeaderListSize: 32768, headerTableSize: 8192 },
});
// The server's GOAWAY ends the session with an error, as it should.
session.on("error", () => {});
session.on("stream", (push, headers) => {
    push.on("error", () => {});
    if (headers[":path"] === "/unwanted") push.close(constants.NGHTTP2_CANCEL);
    else push.resume();
});

async function finish(stream) {
    stream.on("error", () => {});
    stream.resume();
    if (!stream.closed) await new Promise((resolve) => stream.once("close", resolve));
}

const get = (path, options) => session.request({ ":path": path }, options);

await once(session, "remoteSettings");
await finish(get("/", { weight: 256, exclusive: true }));

const echo = session.request({ ":method": "POST", ":path": "/echo" }, { waitForTrailers: true });
echo.on("wantTrailers", () => echo.sendTrailers({ "x-sum": "12" }));
echo.write("first part, ");
echo.end("second part\n");
await finish(echo);

const chat = session.request(
    { ":method": "CONNECT", ":protocol": "websocket", ":path": "/chat", ":scheme": "http", ":authority": "localhost" },
    { endStream: false },
);
chat.write("octets of another protocol");
await once(chat, "data");
chat.end();
await finish(chat);

// Four at a time, one of them refused.
await Promise.all([get("/altsvc"), get("/ping", { weight: 1 }), get("/settings"), get("/nowhere")].map(finish));

const slow = get("/slow");
slow.priority?.({ weight: 50, parent: 0 });
await once(slow, "data");
slow.close(constants.NGHTTP2_CANCEL);
await finish(slow);

await new Promise((resolve) => session.ping(Buffer.from("01234567"), resolve));
session.setLocalWindowSize(200_000);
await finish(get("/goaway"));
if (!session.destroyed) session.close();
