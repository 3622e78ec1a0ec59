"use strict";
// What peers sent becomes text nodes, never markup.
const { abs, floor, max, min, round } = Math;
const el = (name, ...kids) => {
	const [tag, style = ""] = name.split("."), made = document.createElement(tag);
	made.className = style;
	made.append(...kids.flat(9).filter((kid) => kid || kid === 0));
	return made;
};
const button = (text, onclick, disabled) => Object.assign(el("button", text), { onclick, disabled });
const join = (parts, by = ", ") => parts.filter((part) => part).join(by);
const grouped = (number) => number.toLocaleString("en");
const count = (number, one) => grouped(number) + " " + one + (number === 1 ? "" : "s");
const faint = (text) => el("p.faint", text);
const facts = (pairs) => el("dl", pairs.filter(([, text]) => text || text === 0).map(([name, text]) => [el("dt", name), el("dd", text)]));
const line = (style, ...cells) => el("tr." + style, cells.map(([style, ...kids]) => el("td." + style, kids)));
const table = (style, lines) => el("div.wide", el("table." + style, el("tbody", lines)));
const octets = (mark, title, from = 0) => {
	const bytes = (mark.octets || "").match(/../g) || [], lines = [];
	let at = 0;
	for (const [length, label, section] of [...(mark.pieces || []), [Infinity, "not part of any field", ""]]) {
		const stop = min(at + length, bytes.length);
		if (!length) lines.push(line("", [""], [""], ["text"], ["label", label], ["faint", section]));
		for (const start = at; at < stop; at += 8) {
			const part = bytes.slice(at, min(at + 8, stop)), isFirst = at === start;
			const text = part.map((byte) => (byte >= "20" && byte < "7f" ? String.fromCharCode(parseInt(byte, 16)) : "·")).join("");
			lines.push(line(at + 8 < stop ? "more" : "", ["number faint", from + at], ["hex", part.join(" ")], ["text faint", text], ["label", isFirst && label], ["faint", isFirst && section]));
		}
		at = stop;
	}
	const missing = mark.total - bytes.length;
	return bytes.length ? [el("h3", title), table("bytes", lines), missing > 0 && faint(count(missing, "more byte") + " not on this page")] : [];
};
const breach = (one) => el("div.breach", el("p.error", "⚠ " + one.error), facts(one.rows));
const block = ({ section, block } = {}) => {
	const unknown = "<unknown>", lines = section?.map(([name, value, never]) => line("", ["", name ?? unknown], ["", value ?? unknown, never && el("i", "never indexed")]));
	return [lines && [el("h3", count(lines.length, "field")), table("fields", lines)], block && octets(block, "Field block")];
};
const ways = { client: "client → server", server: "server → client" }, arrows = { client: "→", server: "←" };
const inside = (mark) => join((mark.pieces || []).slice(4).map((piece) => piece[1].includes(": ") && piece[1]));
const says = (mark) => join([...mark.errors.map((line) => line.error), mark.what], "; ");
