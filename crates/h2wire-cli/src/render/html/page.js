document.addEventListener("DOMContentLoaded", () => {
const $ = (id) => document.getElementById(id);
const ROW = 26, MOST_LISTED = 120, PART = 500;
const lanes = $("lanes"), canvas = $("marks"), tip = $("tip");

const files = [], groups = new Map(), marks = [], requests = [], wrong = [], rows = [];
let places, end;
const rowOf = (file, connection, stream) => {
	const key = file.number + "/" + connection;
	if (!groups.has(key)) groups.set(key, { file, connection, open: [], rows: new Map() });
	const group = groups.get(key);
	if (stream >= 0 && !group.rows.has(stream)) group.rows.set(stream, { group, stream, marks: [], spans: {} });
	return stream >= 0 ? group.rows.get(stream) : group;
};
const read = (line) => {
	if (line.end) return (end = line.end);
	if (!files.length || line.file !== undefined) {
		files.push({ name: line.file || "", number: files.length + 1, count: 0 });
		places = new Map();
	}
	const file = files.at(-1);
	if (line.clock) Object.assign(file, line);
	else if (line.exchange) requests.push({ ...line.exchange, file });
	else if (line.ends || line.tls || line.open) Object.assign(rowOf(file, line.connection), line);
	else if (line.offset >= 0) {
		const key = [line.connection, line.from, line.offset] + "";
		let mark = places.get(key);
		if (line.on) return mark && Object.assign(mark, line.on);
		if (!mark || !line.error) {
			mark = { ...line, row: rowOf(file, line.connection, line.stream), errors: [], order: file.count++ };
			mark.frame ??= line.gap || "error";
			places.set(key, mark);
			mark.row.marks.push(mark);
			marks.push(mark);
		}
		if (line.error) mark.errors.push(line);
		if ((line.error || line.gap) && wrong.at(-1) !== mark) wrong.push(mark);
	}
};
for (const line of $("data").textContent.split("\n")) {
	try {
		if (line) read(JSON.parse(line));
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error; // a page that is cut off
	}
}
const timed = marks.length > 0 && marks.every((mark) => typeof mark.at === "number");
for (const group of [...groups.values()].sort((a, b) => a.file.number - b.file.number || a.connection - b.connection)) {
	const own = [...group.rows.values()];
	if (!own.length) continue;
	if (timed) for (const row of own) row.marks.sort((a, b) => a.at - b.at || a.order - b.order);
	own.sort((a, b) => (b.stream === 0) - (a.stream === 0) || a.marks[0].order - b.marks[0].order);
	rows.push({ group, top: true, marks: [] }, ...own);
}
rows.forEach((row, at) => {
	row.at = at;
	row.marks.forEach((mark, index) => {
		mark.index = index;
		(row.spans[mark.from] ??= [mark])[1] = mark;
	});
});
for (const request of requests) {
	request.row = groups.get(request.file.number + "/" + (request.connection ?? undefined))?.rows.get(request.stream_id);
	if (request.row) request.row.request = request;
}
const begun = (request) => request.row?.marks[0].order ?? Infinity;
requests.sort((a, b) => a.file.number - b.file.number || begun(a) - begun(b));

const link = (row, mark, text) => Object.assign(el("a", text), { href: address(row, mark) });
// Times are cut, not rounded, as in text.
const decimals = (ns, unit, most) => (Math.trunc(ns / 1000) / unit).toFixed(most);
const when = (mark) => (typeof mark.at === "number" ? "+" + decimals(mark.at, 1e6, 6) + " s" : "");
const clock = ({ at, row: { group: { file } } }) => {
	const us = file.clock + floor((file.rest + at) / 1000), date = new Date(us / 1000);
	return isNaN(date) ? "" : date.toISOString().slice(0, 23).replace("T", " ") + String(us % 1000).padStart(3, "0") + " UTC";
};
const tls = (group) => join(group.tls || []);
const placeOf = ({ group, stream }) => join([files.length > 1 && group.file.name, group.connection >= 0 && "connection " + group.connection, "stream " + stream]);
const named = (row) => (row.stream ? "stream " + row.stream : "the connection");
const target = (r) => join([r.method, " ", r.authority && r.scheme && r.scheme + "://", r.authority, r.path], "");
const ms = (text) => (text ? decimals(round(text * 1e9), 1e3, 3) : "–");
const remarks = (r) => {
	const open = [["client", "request"], ["server", "response"]].filter(([side]) => !r[side].ended).map((pair) => pair[1]);
	return join([
		r.protocol && "protocol " + r.protocol,
		r.pushed_on && "pushed on stream " + r.pushed_on,
		r.interim && r.interim + " interim",
		r.grpc_status && "grpc-status " + r.grpc_status,
		r.reset && "reset" + (r.reset.from ? " by the " + r.reset.from : "") + ": " + (r.reset.error_name || r.reset.error_code),
		!r.reset && r.connection !== null && open.length && "incomplete " + open.join(" and "),
		...r.rules.map((rule) => "breaks " + rule),
	]);
};

// The axis.
let axis, low, high, from, to, chosen = {}, hits = [], waits = false;
const x = (mark) => (axis === "time" ? mark.at : mark.order);
const look = (a, b) => {
	const width = min(max(b - a, axis === "time" ? 1000 : 4), high - low);
	from = min(max((a + b - width) / 2, low), high - width);
	to = from + width;
	draw();
};
const zoom = (by, at = 0.5) => {
	const still = from + (to - from) * at, width = (to - from) * by;
	look(still - width * at, still + width * (1 - at));
};
const pan = (part) => look(from + (to - from) * part, to + (to - from) * part);
const setAxis = (name) => {
	axis = timed ? name : "order";
	for (const id of ["time", "order"]) $(id).ariaPressed = axis === id;
	low = Infinity, high = -Infinity;
	for (const mark of marks) low = min(low, x(mark)), high = max(high, x(mark));
	const room = max((high - low) * 0.03, axis === "time" ? 1000 : 1);
	low -= room, high += 3 * room;
	look(low, high);
};

// A shape for each type. What has a third item is drawn as lines.
const SHAPES = {
	preface: ["other", "M-3-5L4 0L-3 5z", 1.6],
	SETTINGS: ["settings", "M0-5.5L5 0L0 5.5L-5 0z"],
	HEADERS: ["headers", "M-3.5-5h7v10h-7z"],
	CONTINUATION: ["headers", "M-3-4.5h6v9h-6z", 1.6],
	PUSH_PROMISE: ["headers", "M-4-5L5 0L-4 5z"],
	DATA: ["data", "M-2.5-5h5v10h-5z"],
	WINDOW_UPDATE: ["window", "M0-4.5L4.5 3.5h-9z"],
	PING: ["ping", "M4.2 0A4.2 4.2 0 1 1 4.2-.1z"],
	PRIORITY: ["window", "M-4.5 0h9M0-4.5v9", 1.8],
	RST_STREAM: ["reset", "M-4-4l8 8M-4 4l8-8", 2.6],
	GOAWAY: ["goaway", "M-4.5-4.5h9v9h-9zl9 9M-4.5 4.5l9-9", 1.6],
	other: ["other", "M3.8 0A3.8 3.8 0 1 1 3.8-.1z", 1.6],
	"missing bytes": ["error", "M-5-6h10v12h-10z", 1.6, "?"],
	error: ["error", "M0-7L7 6h-14z", 0, "!"],
};
for (const kind in SHAPES) SHAPES[kind][1] = new Path2D(SHAPES[kind][1]);
SHAPES.PRIORITY_UPDATE = SHAPES.PRIORITY;
const kindOf = (mark) => (mark.errors.length ? "error" : mark.gap ? "missing bytes" : SHAPES[mark.frame] ? mark.frame : "other");
const style = getComputedStyle(document.documentElement);
let colours = {};
const colour = (name) => colours[name] ??= style.getPropertyValue("--" + name);
const drawShape = (pen, px, y, kind, length) => {
	const [name, path, line, sign] = SHAPES[kind];
	pen.save();
	pen.translate(px, y);
	// The longer its content, the higher.
	if (kind === "DATA") pen.scale(1, 0.3 + min(Math.log2(length + 1), 14) / 20);
	pen.fillStyle = pen.strokeStyle = colour(name);
	pen.lineWidth = line;
	line ? pen.stroke(path) : pen.fill(path);
	if (sign) {
		pen.fillStyle = colour(line ? "error" : "ground");
		pen.font = "bold 10px sans-serif";
		pen.textAlign = "center";
		pen.fillText(sign, 0, 4);
	}
	pen.restore();
};
const penOf = (board, width, height) => {
	board.width = width * devicePixelRatio, board.height = height * devicePixelRatio;
	board.style.width = width + "px", board.style.height = height + "px";
	const pen = board.getContext("2d");
	pen.scale(devicePixelRatio, devicePixelRatio);
	return pen;
};
const box = (pen, name, alpha, ...place) => {
	pen.fillStyle = colour(name), pen.globalAlpha = alpha;
	pen.fillRect(...place);
	pen.globalAlpha = 1;
};
const draw = () => {
	if (!waits) waits = requestAnimationFrame(paint);
};
const paint = () => {
	waits = false;
	const all = lanes.clientWidth, left = round(min(300, max(104, all * 0.25))), width = max(all - left, 50);
	const height = lanes.clientHeight, scroll = lanes.scrollTop, scale = width / (to - from), place = (at) => (at - from) * scale;
	const rule = penOf($("axis"), all, 20), pen = penOf(canvas, width, height);
	canvas.style.marginLeft = left + "px";
	const wanted = 95 / scale, power = 10 ** floor(Math.log10(wanted));
	const step = max([1, 2, 5, 10].find((times) => times * power >= wanted) * power, axis === "order");
	const [unit, suffix] = axis === "order" ? [1, ""] : to >= 1e9 ? [1e9, " s"] : to >= 1e6 ? [1e6, " ms"] : [1e3, " µs"];
	rule.fillStyle = colour("faint");
	rule.font = "11px system-ui, sans-serif";
	rule.textAlign = "left";
	rule.fillText(axis === "time" ? "time" : "frame", 14, 14);
	rule.textAlign = "center";
	for (let at = Math.ceil(from / step); at * step <= to; at++) {
		const px = round(place(at * step)), value = (at * step) / unit + (axis === "order");
		if (px > 14 && px < width - 22) rule.fillText(value.toLocaleString("en", { maximumFractionDigits: 9 }) + suffix, left + px, 14);
		box(pen, "line", 1, px, 0, 1, height);
	}
	hits = [];
	const names = [], last = min(rows.length - 1, floor((scroll + height) / ROW));
	for (let at = floor(scroll / ROW); at <= last; at++) {
		const row = rows[at], y = at * ROW - scroll;
		names.push(nameOf(row, left));
		if (row.top) continue;
		if (row === chosen.row) box(pen, "link", 0.1, 0, y, width, ROW);
		box(pen, "line", 1, 0, y + ROW - 1, width, 1);
		const span = (marks, name, alpha, top, high) => {
			const [a, b] = [marks[0], marks.at(-1)].map((mark) => min(max(place(x(mark)), -9), width + 9));
			box(pen, name, alpha, a - 3, y + top, b - a + 6, high);
		};
		span(row.marks, "faint", 0.5, 12, 1);
		for (const side in row.spans) if (arrows[side]) span(row.spans[side], side === "client" ? "headers" : "data", 0.18, side === "client" ? 2 : 13, 10);
		drawMarks(pen, row, y, width, place);
	}
	$("names").replaceChildren(...names);
};
const drawMarks = (pen, row, y, width, place) => {
	let at = 0, top = row.marks.length;
	while (at < top) {
		const half = (at + top) >> 1;
		place(x(row.marks[half])) < -60 ? (at = half + 1) : (top = half);
	}
	const before = {}, drawn = new Set();
	for (; at < row.marks.length; at++) {
		const mark = row.marks[at], kind = kindOf(mark), real = place(x(mark));
		if (real > width + 10) break;
		// What came together stands side by side while there is room.
		let px = max(real, (before[mark.from] ?? -99) + (kind === "DATA" ? 7 : 11));
		if (px - real > 60) px = real;
		const key = mark.from + kind + round(px), middle = y + { client: 7.5, server: ROW - 8.5 }[mark.from] || y + ROW / 2;
		if (drawn.has(key) && !mark.errors.length && mark !== chosen.mark) continue;
		drawn.add(key);
		before[mark.from] = px;
		drawShape(pen, px, middle, kind, mark.length);
		if (/\bEND_STREAM/.test(mark.flags) && kind !== "error") box(pen, "ink", 1, px + 4, middle - 6, 1.5, 12);
		if (mark === chosen.mark) {
			pen.strokeStyle = colour("ink"), pen.lineWidth = 1.5;
			pen.beginPath();
			pen.arc(px, middle, 9, 0, 7);
			pen.stroke();
		}
		hits.push([px, middle, mark]);
	}
};
const nameOf = (row, left) => {
	const { group, request } = row, made = el("div");
	if (row.top) {
		made.className = "top";
		const number = group.connection >= 0 ? "Connection " + group.connection : "Bytes of one direction";
		made.textContent = join([files.length > 1 && group.file.name.split(/[\\/]/).pop(), number, group.ends?.join(" → "), tls(group)], "  ·  ");
	} else {
		made.append(el("b", row.stream), request ? join([request.method, request.path, request.status], " ") : row.stream ? "" : "connection");
		made.style.width = left + "px";
		made.className = row === chosen.row ? "on" : "";
		made.onclick = () => select(row);
	}
	made.style.top = row.at * ROW + "px";
	return made;
};

// What is chosen.
let saves;
const address = (row, mark) => "#" + join([
	files.length > 1 && "file=" + row.group.file.number,
	row.group.connection >= 0 && "connection=" + row.group.connection,
	"stream=" + row.stream,
	mark && "frame=" + (mark.index + 1),
	timed && axis === "order" && "axis=order",
], "&");
const select = (row, mark, isKept) => {
	chosen = { row, mark };
	if (mark && (x(mark) < from || x(mark) > to)) pan((x(mark) - from) / (to - from) - 0.5);
	const top = row.at * ROW;
	if (top < lanes.scrollTop + ROW) lanes.scrollTop = top - ROW;
	else if (top + ROW > lanes.scrollTop + lanes.clientHeight) lanes.scrollTop = top + 2 * ROW - lanes.clientHeight;
	$("said").textContent = mark ? about(mark).join(". ") : named(row);
	detail();
	for (const one of $("list").children) one.className = one.row === row ? "on" : "";
	draw();
	clearTimeout(saves);
	if (!isKept) saves = setTimeout(() => history.replaceState(null, "", address(row, mark)), 150);
};
const follow = () => {
	const wanted = new URLSearchParams(location.hash.slice(1)), is = (key, value) => !wanted.has(key) || wanted.get(key) === String(value);
	if (!is("axis", axis)) setAxis(wanted.get("axis"));
	const row = wanted.has("stream") && rows.find((row) => !row.top && is("stream", row.stream) && is("connection", row.group.connection) && is("file", row.group.file.number));
	if (row) select(row, row.marks[wanted.get("frame") - 1], true);
};
const step = (by) => {
	const { row, mark } = chosen;
	const next = (row || rows[1]).marks[mark ? mark.index + by : 0];
	if (next) select(next.row, next);
};
const stepRow = (by) => {
	let at = chosen.row ? chosen.row.at + by : 1;
	if (rows[at]?.top) at += by;
	const near = chosen.mark ? x(chosen.mark) : from, far = (mark) => abs(x(mark) - near);
	if (rows[at]) select(rows[at], rows[at].marks.reduce((best, mark) => (far(mark) < far(best) ? mark : best)));
};
const zoomRow = () => {
	const own = chosen.row?.marks, width = own && max(x(own.at(-1)) - x(own[0]), axis === "time" ? 1000 : 4) / 8;
	if (own) look(x(own[0]) - width, x(own.at(-1)) + width);
};
const stepWrong = (by) => {
	const mark = wrong.at((wrong.indexOf(chosen.mark) + (chosen.mark || by > 0 ? by : 0)) % wrong.length);
	if (mark) select(mark.row, mark);
};

// Details.
const about = (mark) => [
	join([mark.frame, mark.flags], "  "),
	join([named(mark.row), ways[mark.from], mark.length >= 0 && count(mark.length, "byte")]),
	join([when(mark), mark.packet && "packet " + mark.packet, "offset " + mark.offset]),
	inside(mark).slice(0, 200),
	says(mark),
].filter((line) => line);
// At the first of a block.
const fields = (mark) => block(mark.row.marks.slice(0, mark.index + 1).findLast((one) => one.from === mark.from && one.frame !== "CONTINUATION"));
const list = ({ marks: all }, mark) => {
	const start = max(0, min((mark?.index || 0) - MOST_LISTED / 2, all.length - MOST_LISTED)), shown = all.slice(start, start + MOST_LISTED);
	const lines = shown.map((item) => line(item === mark ? "on" : "", ["number", link(item.row, item, item.index + 1)],
		["", arrows[item.from]], ["number wider", when(item)], says(item) ? ["error", "⚠ " + item.frame] : ["", item.frame],
		["wider", item.flags], ["number", item.length], ["", says(item) || inside(item)]));
	return [el("h3", "All of the stream"), table("", lines), all.length > shown.length && faint(count(all.length - shown.length, "other"))];
};
const detail = () => {
	const { row, mark } = chosen, pane = $("detail");
	if (!row) return;
	const { group, request: r } = row;
	pane.replaceChildren(el("div",
		el("div.head", el("h2", mark ? mark.frame : "Stream " + row.stream),
			button("‹ Before", () => step(-1), !mark?.index), button(mark ? "Next ›" : "First ›", () => step(1), mark?.index + 1 === row.marks.length)),
		mark ? [
			mark.errors.map(breach),
			mark.what && el("p.error", "⚠ " + mark.gap + ": " + mark.what),
			facts([["place", placeOf(row)], ["from", ways[mark.from]], ["flags", mark.flags], ["length", mark.length], ["offset", mark.offset], ["time", join([when(mark), group.file.clock && clock(mark)])], ["packet", mark.packet], ["promises", mark.promised && "stream " + mark.promised]]),
			octets(mark, "Bytes", mark.offset), fields(mark),
		] : r ? facts([["request", target(r)], ["status", r.status], ["sent", count(r.client.content, "byte")], ["received", count(r.server.content, "byte")], ["first", r.first_after && ms(r.first_after) + " ms"], ["total", r.ended_after && ms(r.ended_after) + " ms"], ["remarks", remarks(r)]])
			: facts([["ends", group.ends?.join(" → ")], ["TLS", tls(group)], ["left open", !row.stream && join(group.lines || [], "; ")]]),
		list(row, mark)));
	pane.scrollTop = 0;
};

// Requests.
const COLUMNS = [
	["conn", "number wider", (r) => r.connection], ["stream", "number", (r) => (r.row ? link(r.row, null, r.stream_id) : r.stream_id)],
	["first ms", "number wider", (r) => ms(r.first_after)], ["total ms", "number", (r) => ms(r.ended_after)], ["status", "number", (r) => r.status ?? "–"],
	["sent", "number wider", (r) => r.client.content], ["received", "number", (r) => r.server.content],
	["request", "request", (r) => el("span", join([r.method || "–", r.path], " "), el(r.rules.length ? "i.error" : "i", (r.rules.length ? "⚠ " : "") + join([r.authority, remarks(r)], " · ")))],
].slice(+!(marks[0]?.connection >= 0));
let sorted, isTurned = false, most = PART;
const showRequests = () => {
	const wanted = $("find").value.trim().toLowerCase();
	const found = requests.filter((r) => join([target(r), r.status + "", remarks(r)], " ").toLowerCase().includes(wanted));
	if (sorted) {
		const text = new Map(found.map((r) => [r, el("p", sorted[2](r)).textContent]));
		found.sort((a, b) => text.get(a).localeCompare(text.get(b), "en", { numeric: true }) * (isTurned ? -1 : 1));
	}
	$("columns").replaceChildren(...COLUMNS.map((column) => {
		const turn = () => (isTurned = sorted === column && !isTurned, sorted = column, showRequests());
		return el("th." + column[1], button(column[0] + (sorted !== column ? "" : isTurned ? " ▾" : " ▴"), turn));
	}));
	$("list").replaceChildren(...found.slice(0, most).map((r) => {
		const made = line(r.row && r.row === chosen.row ? "on" : "", ...COLUMNS.map(([, style, shown]) => [style, shown(r)]));
		if (r.row) made.row = r.row, made.onclick = () => select(r.row);
		return made;
	}));
	$("found").textContent = count(found.length, "request");
	$("more").hidden = found.length <= most;
};

// The page.
const names = join(files.map((file) => file.name));
document.title = names + " – h2wire";
$("title").textContent = names;
$("totals").textContent = join([
	files.length > 1 && count(files.length, "file"), marks[0]?.connection >= 0 && count(rows.filter((row) => row.top).length, "connection"),
	count(rows.filter((row) => row.stream).length, "stream"), count(marks.filter((mark) => mark.octets && !mark.gap).length, "frame"),
	marks.length && !wrong.some((mark) => mark.errors.length) && "no rule broken",
	...[
		...["GOAWAY", "RST_STREAM"].map((frame) => [frame + " with an error code", marks.filter((mark) => mark.frame === frame && /Code: (?!NO_ERROR)/.test(inside(mark)))]),
		["requests without a whole response", requests.filter((r) => r.connection !== null && !r.reset && !r.server.ended)],
	].map(([what, all]) => all.length && what + ": " + grouped(all.length)),
], " · ");
$("wrong").hidden = $("next").hidden = !wrong.length;
$("wrong").open = wrong.length < 4;
$("wrong").firstChild.textContent = "⚠ Errors and gaps: " + grouped(wrong.length);
$("wrong").lastChild.append(...wrong.slice(0, 200).map((mark) => el("li", link(mark.row, mark, join([placeOf(mark.row), mark.from])), ": " + says(mark))));
const left = ["frame", "request", "error", "field section", "connection"].filter((name) => end?.[name]).map((name) => count(end[name], name));
$("left").textContent = join(left);
$("limits").hidden = !left.length;
$("cut").hidden = end;
$("none").hidden = marks.length;
const legend = () => {
	const kinds = new Set(marks.map(kindOf));
	$("legend").replaceChildren(...Object.keys(SHAPES).filter((kind) => kinds.has(kind)).map((kind) => {
		const board = el("canvas");
		drawShape(penOf(board, 16, 16), 8, 8, kind, 4096);
		return el("li", board, kind);
	}));
};
const acts = {
	time: () => setAxis("time"), order: () => setAxis("order"), in: () => zoom(0.5), out: () => zoom(2), all: () => look(low, high),
	earlier: () => pan(-0.3), later: () => pan(0.3), next: () => stepWrong(1), more: () => (most += PART, showRequests()),
};
for (const id in acts) $(id).onclick = acts[id];
$("find").oninput = () => (most = PART, showRequests());
addEventListener("hashchange", follow);
matchMedia("(prefers-color-scheme: dark)").onchange = () => (colours = {}, legend(), draw());
lanes.onscroll = draw;
new ResizeObserver(draw).observe(lanes);
lanes.onkeydown = (event) => {
	const { row } = chosen, act = event.ctrlKey || event.metaKey || event.altKey ? null : {
		ArrowLeft: () => (event.shiftKey ? acts.earlier() : step(-1)), ArrowRight: () => (event.shiftKey ? acts.later() : step(1)),
		ArrowUp: () => stepRow(-1), ArrowDown: () => stepRow(1), "+": acts.in, "=": acts.in, "-": acts.out, 0: acts.all,
		Home: () => row && select(row, row.marks[0]), End: () => row && select(row, row.marks.at(-1)),
		e: acts.next, E: () => stepWrong(-1), z: zoomRow, Enter: () => $("detail").focus(),
	}[event.key];
	if (act) event.preventDefault(), act();
};
lanes.addEventListener("wheel", (event) => {
	const { deltaX, deltaY } = event;
	if (event.ctrlKey || event.metaKey) zoom(2 ** max(-1, min(1, deltaY / 200)), event.target === canvas ? event.offsetX / canvas.clientWidth : 0.5);
	else if (event.shiftKey || abs(deltaX) > abs(deltaY)) pan((deltaX || deltaY) / 800);
	else return;
	event.preventDefault();
}, { passive: false });

// A pointer that is held moves, one that stays chooses.
let heldAt, isMoved;
const hit = (event) => {
	const far = ([px, y]) => Math.hypot(px - event.offsetX, y - event.offsetY);
	return hits.filter((one) => far(one) < 12).sort((a, b) => far(a) - far(b))[0]?.[2];
};
canvas.onpointerdown = (event) => {
	heldAt = event.clientX, isMoved = false;
	canvas.setPointerCapture(event.pointerId);
	tip.hidden = true;
};
canvas.onpointermove = (event) => {
	if (heldAt !== undefined) {
		const by = event.clientX - heldAt;
		if (!isMoved && abs(by) < 4) return;
		isMoved = true, heldAt = event.clientX;
		return pan(-by / canvas.clientWidth);
	}
	const mark = hit(event);
	tip.hidden = !mark;
	canvas.style.cursor = mark ? "pointer" : "";
	if (!mark) return;
	tip.replaceChildren(...about(mark).map((text, at) => el(at ? "div" : "b", text)));
	tip.style.left = max(2, min(event.clientX + 14, innerWidth - tip.offsetWidth - 9)) + "px";
	tip.style.top = event.clientY + 18 + "px";
};
canvas.onpointerup = (event) => {
	heldAt = undefined;
	const mark = hit(event), row = rows[floor((event.offsetY + lanes.scrollTop) / ROW)];
	if (!isMoved && (mark || (row && !row.top))) select(mark?.row || row, mark);
};
canvas.ondblclick = zoomRow;
canvas.onpointercancel = () => (heldAt = undefined);
canvas.onpointerleave = () => (tip.hidden = true);

$("space").style.height = rows.length * ROW + "px";
$("view").hidden = $("detail").hidden = !marks.length;
$("requests").hidden = !requests.length;
$("time").disabled = !timed;
setAxis("time");
legend();
detail();
showRequests();
follow();
document.body.dataset.ready = marks.length;
});
