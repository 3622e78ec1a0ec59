// http1.mjs PORT: an HTTP/1.1 server.
import http from "node:http";

http.createServer((_, response) => response.end("hello\n")).listen(Number(process.argv[2]), "127.0.0.1");
