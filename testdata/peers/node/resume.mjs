// resume.mjs URL CERT VERSION: a request on a connection of its own, then another one that resumes its session.
import fs from "node:fs";
import http2 from "node:http2";

const [url, cert, version] = process.argv.slice(2);
const options = { ca: fs.readFileSync(cert), minVersion: version, maxVersion: version };

function request(session) {
    return new Promise((resolve, reject) => {
        let ticket;
        const client = http2.connect(url, { ...options, session });
        client.on("error", reject);
        client.socket.on("session", (given) => (ticket = given));
        const stream = client.request({ ":path": "/app.js" });
        stream.on("error", reject);
        stream.resume();
        stream.on("end", () => {
            const resumed = client.socket.isSessionReused();
            client.close(() => resolve([ticket, resumed]));
        });
    });
}

const [ticket, first] = await request();
const [, second] = await request(ticket);
if (!ticket || first || !second) throw new Error("the session was not resumed");
