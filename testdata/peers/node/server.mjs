// server.mjs PORT: an HTTP/2 server without TLS that sends the frames few servers send: ALTSVC, ORIGIN, padding,
// PUSH_PROMISE, informational responses, trailers, PING, a change of SETTINGS, GOAWAY with debug data.
import http2 from "node:http2";

const { constants } = http2;
const server = http2.createServer({
    paddingStrategy: constants.PADDING_STRATEGY_ALIGNED,
    settings: { enableConnectProtocol: true, maxConcurrentStreams: 20 },
});

server.on("session", (session) => {
    session.origin("https://example.test", "https://www.example.test");
    session.altsvc('h2=":8000"; ma=60', "https://example.test");
});

const routes = {
    "/"(stream) {
        stream.additionalHeaders({ ":status": 103, link: "</style.css>; rel=preload" });
        stream.pushStream({ ":path": "/style.css" }, (error, push) => {
            if (error) return;
            push.respond({ ":status": 200, "content-type": "text/css" });
            push.end("body { margin: 0 }\n");
        });
        // Too large for one frame: PUSH_PROMISE and CONTINUATION. The client cancels this one.
        stream.pushStream({ ":path": "/unwanted", "x-long": "x".repeat(20_000) }, (error, push) => {
            push?.on("error", () => {});
            push?.respond({ ":status": 200 });
        });
        stream.respond({ ":status": 200, "content-type": "text/html" });
        stream.end("<title>node</title>\n");
    },
    "/echo"(stream) {
        stream.respond({ ":status": 200, "content-type": "text/plain" }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "x-end": "yes" }));
        stream.pipe(stream);
    },
    "/chat"(stream) {
        // Extended CONNECT: the stream stays open both ways.
        stream.respond({ ":status": 200 });
        stream.pipe(stream);
    },
    "/altsvc"(stream) {
        stream.session.altsvc('h2="other.example.test:8000"', stream.id);
        stream.respond({ ":status": 204 }, { endStream: true });
    },
    "/ping"(stream) {
        stream.session.ping(Buffer.from("pingpong"), () => stream.end("pong\n"));
        stream.respond({
            ":status": 200,
            "set-cookie": ["a=1", "b=2; HttpOnly"],
            [http2.sensitiveHeaders]: ["set-cookie"],
        });
    },
    "/settings"(stream) {
        stream.session.settings({ initialWindowSize: 1000, maxFrameSize: 20000 }, () => stream.end("set\n"));
        stream.respond({ ":status": 200 });
    },
    "/slow"(stream) {
        // The client resets it.
        stream.respond({ ":status": 200 });
        stream.write("once\n");
    },
    "/goaway"(stream) {
        const { session } = stream;
        stream.on("close", () => session.close());
        stream.respond({ ":status": 200 }, { endStream: true });
        session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, stream.id, Buffer.from("enough for today"));
    },
};

server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    const route = routes[headers[":path"]];
    if (route) route(stream);
    else stream.close(constants.NGHTTP2_REFUSED_STREAM);
});
server.on("sessionError", () => {});
server.listen(Number(process.argv[2]), "127.0.0.1");
