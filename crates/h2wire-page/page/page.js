// Reads what is pasted or dropped, by a module that is in this page, and draws it.
document.addEventListener("DOMContentLoaded", () => {
const $ = (id) => document.getElementById(id);
const main = document.querySelector("main"), list = $("list"), text = $("text");
const ROW = 26, MOST_TEXT = 100000, MOST_LINK = 8192, MOST_NOTES = 50;

// The module, in a worker.
const unpack = () => {
	const packed = Uint8Array.from(atob($("module").textContent), (one) => one.charCodeAt(0));
	const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
	return new Response(stream).arrayBuffer();
};
const AS = ["detected", "server", "client", "alone"];
let module, code, worker, waiting = new Map(), last = 0;
const start = () => {
	code ??= URL.createObjectURL(new Blob(["(" + reader + ")()"], { type: "text/javascript" }));
	const made = new Worker(code);
	made.onmessage = ({ data }) => {
		waiting.get(data.id)?.resolve(data);
		waiting.delete(data.id);
	};
	made.onerror = (event) => {
		const error = new Error(event.message || "this browser starts no worker for this page"), all = waiting;
		stop();
		for (const one of all.values()) one.reject(error);
	};
	made.ready = (module ??= unpack()).then((octets) => made.postMessage({ module: octets }));
	return made;
};
// Ends what is being read, if something is.
const stop = () => {
	if (!waiting.size) return;
	worker?.terminate();
	worker = undefined;
	waiting = new Map();
};
const run = async (octets, as) => {
	const id = ++last, answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject })), own = (worker ??= start());
	await own.ready;
	own.postMessage({ id, octets, as: AS.indexOf(as) });
	const { lines, wrong, stopped } = await answer;
	if (!lines) throw Object.assign(new Error(wrong), { stopped });
	const read = new TextDecoder().decode(lines).split("\n").filter((line) => line).map((line) => JSON.parse(line));
	return wrong ? [...read, { trouble: wrong }] : read;
};

// Lines to frames.
let marks = [], wrong = [], chosen = -1, input, runs = 0;
const read = (lines) => {
	const made = { marks: [], wrong: [], ends: new Map(), notes: [] }, places = new Map();
	for (const line of lines) {
		for (const key of ["kind", "trouble", "explained", "end"]) if (line[key]) made[key] = line[key];
		if (line.note) made.notes.push(line.note);
		else if (line.ends) made.ends.set(line.connection, line.ends);
		else if (line.lines) made.notes.push(...line.lines.map((one) => join([line.connection >= 0 && "connection " + line.connection, one], " ends: ")));
		else if (line.offset >= 0) {
			const key = [line.connection, line.from, line.offset] + "";
			let mark = places.get(key);
			if (line.on) {
				if (mark) Object.assign(mark, line.on);
				continue;
			}
			if (!mark || !line.error) {
				mark = { ...line, errors: [], index: made.marks.length };
				mark.frame ??= line.gap || "error";
				places.set(key, mark);
				made.marks.push(mark);
			}
			if (line.error) mark.errors.push(line);
			if ((line.error || line.gap) && made.wrong.at(-1) !== mark) made.wrong.push(mark);
		}
	}
	return made;
};
// The words are for where there is room.
const named = (mark) => [arrows[mark.from], mark.connection > 0 && el("span.faint", " " + mark.connection + ":"), mark.stream ? [el("span.wider", " stream"), " " + mark.stream] : [el("span.wider", " connection"), el("span.narrow", " 0")]];

// The list: of its rows those exist that can be seen.
const about = (mark) => join([says(mark) && "⚠ " + says(mark), mark.flags, inside(mark), mark.length >= 0 && count(mark.length, "byte")], " · ");
const rowOf = (mark) => {
	const made = el(mark.index === chosen ? "div.on" : "div", el("span.at faint", mark.index + 1), el("span.of", named(mark)), el(says(mark) ? "span.type error" : "span.type", mark.frame), about(mark));
	made.id = "row" + mark.index;
	made.role = "option";
	made.ariaSelected = mark.index === chosen;
	made.ariaSetSize = marks.length;
	made.ariaPosInSet = mark.index + 1;
	made.style.top = mark.index * ROW + "px";
	made.onclick = () => select(mark.index);
	return made;
};
const drawList = () => {
	const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 5), last = Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 5;
	const shown = marks.slice(first, last);
	// The one that is chosen stays, for those who hear it.
	if (marks[chosen] && !shown.includes(marks[chosen])) shown.push(marks[chosen]);
	$("space").replaceChildren(...shown.map(rowOf));
};
const select = (index) => {
	chosen = Math.max(0, Math.min(index, marks.length - 1));
	const top = chosen * ROW;
	if (top < list.scrollTop) list.scrollTop = top;
	else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
	drawList();
	list.setAttribute("aria-activedescendant", "row" + chosen);
	detail();
};
const stepWrong = (by) => {
	const next = by > 0 ? wrong.find((mark) => mark.index > chosen) || wrong[0] : wrong.findLast((mark) => mark.index < chosen) || wrong.at(-1);
	if (next) select(next.index);
};

// Details.
const explanation = (parts) => {
	const made = el("div");
	let entries;
	for (const [kind, says] of parts) {
		if (kind === "entry") {
			if (!entries) made.append((entries = el("ul")));
			entries.append(el("li", says));
			continue;
		}
		entries = null;
		if (kind === "kind") made.lastChild.append(" ", el("span.faint", says));
		else made.append(el({ title: "h2", label: "h3", text: "p" }[kind], says));
	}
	return made;
};
// What the command would print about a name, where the button was.
const explain = (name) => {
	const made = button("Explain " + name, async () => {
		const lines = await run(new TextEncoder().encode(name), "detected");
		const parts = lines.find((line) => line.explained)?.explained || [];
		const shown = Object.assign(el("div", parts.map(explanation)), { tabIndex: -1 });
		made.replaceWith(shown);
		shown.focus();
	});
	return made;
};
const fault = (one) => {
	const rows = one.rows || [], hint = rows.find(([label]) => label === "hint")?.[1] || "";
	const code = rows.map(([label, says]) => label === "reaction" && /error ([A-Z_0-9]+)/.exec(says)?.[1]).find((name) => name);
	// Hints name options of the command.
	const made = breach({ ...one, rows: rows.map(([label, says]) => [label === "hint" ? "h2wire decode" : label, says]) });
	if (hint.includes("--stateless")) made.append(button("Read each frame alone", () => again("alone")), " ");
	if (hint.includes("leave out")) made.append(button("Read it as it starts", () => again("detected")), " ");
	if (code) made.append(explain(code));
	return made;
};
const first = (mark) => (mark.frame === "CONTINUATION" ? marks.slice(0, mark.index).findLast((one) => one.from === mark.from && one.connection === mark.connection && one.frame !== "CONTINUATION") : mark);
const when = (mark) => (typeof mark.at === "number" ? "+" + (Math.trunc(mark.at / 1000) / 1e6).toFixed(6) + " s" : "");
const detail = () => {
	const mark = marks[chosen], pane = $("detail");
	if (!mark) return;
	pane.replaceChildren(el("div",
		el("div.head", el("h2", mark.frame), button("‹ Before", () => select(chosen - 1), !chosen), button("Next ›", () => select(chosen + 1), chosen === marks.length - 1)),
		mark.errors.map(fault),
		mark.what && el("p.error", "⚠ " + mark.gap + ": " + mark.what),
		facts([["of", join([mark.connection >= 0 && "connection " + mark.connection + " " + (ends.get(mark.connection) || []).join(" > "), mark.stream ? "stream " + mark.stream : "the connection itself"])], ["from", ways[mark.from]], ["flags", mark.flags], ["length", mark.length], ["offset", mark.offset], ["time", when(mark)], ["packet", mark.packet], ["promises", mark.promised && "stream " + mark.promised]]),
		octets(mark, "Bytes", mark.offset), block(first(mark))));
	pane.scrollTop = 0;
};

// What is read.
let ends = new Map();
const visible = (name) => name.replace(/[\p{C}\p{DI}]|(?! )\p{Z}/gu, (one) => "\\u{" + one.codePointAt(0).toString(16) + "}");
const show = (made) => {
	({ marks, wrong, ends } = made);
	chosen = -1;
	list.scrollTop = 0;
	list.removeAttribute("aria-activedescendant");
	main.hidden = !marks.length && !made.explained;
	$("frames").hidden = !marks.length;
	$("next").hidden = !wrong.length;
	$("space").style.height = marks.length * ROW + "px";
	const frames = count(marks.filter((mark) => mark.octets && !mark.gap && !["error", "preface"].includes(mark.frame)).length, "frame");
	const breaches = wrong.reduce((sum, mark) => sum + mark.errors.length, 0);
	const gaps = wrong.filter((mark) => mark.gap).length;
	const faults = join([breaches ? "⚠ " + count(breaches, "error") : "no rule broken", gaps && "⚠ " + count(gaps, "gap")], " · ");
	const left = ["frame", "field section", "error"].filter((name) => made.end?.[name]).map((name) => count(made.end[name], name));
	$("found").textContent = join([frames, faults], " · ");
	$("said").textContent = join([input?.name && visible(input.name), made.kind, marks.length && frames + " · " + faults], ": ");
	const notes = [...made.notes, left.length && "too much for a page: " + join(left) + " that came later are left out; h2wire decode shows all"].filter((note) => note);
	$("notes").hidden = !notes.length;
	$("notes").open = notes.length < 4;
	$("notes").firstChild.textContent = count(notes.length, "note");
	$("notes").lastChild.replaceChildren(...notes.slice(0, MOST_NOTES).map((note) => el("li", note)), ...(notes.length > MOST_NOTES ? [el("li", "and " + (notes.length - MOST_NOTES) + " more")] : []));
	$("trouble").hidden = !made.trouble;
	$("trouble").textContent = made.trouble ? "⚠ " + made.trouble : "";
	$("detail").replaceChildren(...(made.explained || []).map(explanation));
	if (marks.length) select(wrong.length ? wrong[0].index : 0);
};
// What takes a while says so, and for how long; those who hear it hear it once.
let told;
const tell = (octets) => {
	const started = Date.now(), since = Object.assign(el("span"), { ariaHidden: true });
	told = setTimeout(() => {
		$("said").replaceChildren("Reading " + count(octets, "byte") + "… ", since);
		told = setInterval(() => (since.textContent = Math.round((Date.now() - started) / 1000) + " s"), 1000);
	}, 200);
};
const cancel = () => {
	runs++;
	clearInterval(told);
	stop();
};
const take = async (octets, name) => {
	cancel();
	const number = runs, as = $("as").value;
	input = { octets, name };
	document.body.dataset.ready = "";
	tell(octets.length);
	$("link").disabled = !octets.length || octets.length > MOST_LINK;
	$("link").title = octets.length > MOST_LINK ? "A link holds no more than " + count(MOST_LINK, "byte") : "";
	let made;
	try {
		made = read(await run(octets, as));
	} catch (error) {
		made = read([]);
		made.trouble = error.stopped
			? "The reader stopped (" + error.message + "). That is an error of h2wire: please report it with this input. Other inputs can be read."
			: "This cannot be read: " + error.message;
	}
	if (number !== runs) return;
	clearInterval(told);
	show(made);
	document.body.dataset.ready = number;
};
const takeText = () => take(new TextEncoder().encode(text.value));
const again = (as) => {
	$("as").value = as;
	if (input) take(input.octets, input.name);
};
const takeFile = async (file) => {
	cancel();
	const number = runs;
	try {
		const octets = new Uint8Array(await file.arrayBuffer());
		text.value = "";
		if (number === runs) await take(octets, file.name);
	} catch (error) {
		show({ ...read([]), trouble: visible(file.name) + " cannot be read: " + error.message });
	}
};

// Links: what is after # is sent to nobody.
const isText = (octets) => {
	try {
		return !/[^\P{C}\s]/u.test(new TextDecoder("utf-8", { fatal: true }).decode(octets));
	} catch {
		return false;
	}
};
const follow = () => {
	const wanted = new URLSearchParams(location.hash.slice(1)), given = wanted.get("in");
	if (!given) return;
	let octets;
	try {
		octets = Uint8Array.from(atob(given.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
	} catch {
		return show({ ...read([]), trouble: "the link is broken: what is after # is not base64" });
	}
	$("as").value = AS.includes(wanted.get("as")) ? wanted.get("as") : "detected";
	text.value = isText(octets) ? new TextDecoder().decode(octets) : "";
	take(octets, text.value ? "" : "from the link");
};
const makeLink = async () => {
	if (!input) return;
	const coded = btoa(String.fromCharCode(...input.octets)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
	history.replaceState(null, "", "#as=" + $("as").value + "&in=" + coded);
	let copied = false;
	try {
		await navigator.clipboard.writeText(location.href);
		copied = true;
	} catch {
		// Not every browser allows it; the address has it in any case.
	}
	$("said").textContent = "The address of this page has the input in it" + (copied ? ", and was copied." : ": copy it.") + " Who opens it sees the input; no server does.";
};

// The page.
$("read").onclick = takeText;
$("example").onclick = () => {
	text.value = $("broken").textContent.trim() + "\n";
	$("as").value = "detected";
	takeText();
};
$("clear").onclick = () => {
	cancel();
	input = undefined;
	text.value = $("file").value = "";
	history.replaceState(null, "", location.pathname + location.search);
	show(read([]));
	$("said").textContent = "";
	$("link").disabled = true;
	text.focus();
};
$("link").onclick = makeLink;
$("link").disabled = true;
$("next").onclick = () => stepWrong(1);
$("as").onchange = () => again($("as").value);
$("file").onchange = () => $("file").files[0] && takeFile($("file").files[0]);
let waits;
text.oninput = () => {
	clearTimeout(waits);
	if (text.value.length <= MOST_TEXT) waits = setTimeout(takeText, 300);
	else $("said").textContent = "This is long: press Read.";
};
text.onkeydown = (event) => (event.ctrlKey || event.metaKey) && event.key === "Enter" && takeText();
// A file may be pasted too.
text.onpaste = (event) => {
	const file = event.clipboardData.files[0];
	if (file) event.preventDefault(), takeFile(file);
};
list.onscroll = drawList;
new ResizeObserver(drawList).observe(list);
list.onkeydown = (event) => {
	const page = Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
	const act = event.ctrlKey || event.metaKey || event.altKey ? null : {
		ArrowDown: () => select(chosen + 1), ArrowUp: () => select(chosen - 1), PageDown: () => select(chosen + page), PageUp: () => select(chosen - page),
		Home: () => select(0), End: () => select(marks.length - 1), e: () => stepWrong(1), E: () => stepWrong(-1), Enter: () => $("detail").focus(),
	}[event.key];
	if (act) event.preventDefault(), act();
};
let depth = 0;
const dropping = (by) => ($("drop").hidden = (depth = by && depth + by) <= 0);
addEventListener("dragenter", (event) => (event.preventDefault(), dropping(1)));
addEventListener("dragleave", () => dropping(-1));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
	event.preventDefault();
	dropping(0);
	const { files } = event.dataTransfer, dropped = event.dataTransfer.getData("text");
	if (files.length) takeFile(files[0]);
	else if (dropped) text.value = dropped, takeText();
});
addEventListener("hashchange", follow);
follow();
document.body.dataset.loaded = "yes";
});
