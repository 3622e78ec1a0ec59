// Runs in a worker, so that the page does not wait. It is made of its own text, and sees nothing of the page.
const reader = () => {
	// Bytes that are read, how often one thing is packed in another, and how many places may be where a part of a file starts.
	const MOST = 128 * 1024 * 1024, MOST_TIMES = 4, MOST_TRIES = 16;
	let compiled;

	// What is in gzip'd bytes, as far as it goes; one byte too many tells the module that there is more than is read.
	const inflate = async (packed, most) => {
		const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")).getReader(), parts = [];
		let size = 0, wrong = "";
		try {
			for (let part; size <= most && (part = (await stream.read()).value); size += part.length) parts.push(part);
		} catch (error) {
			wrong = error.message;
		}
		stream.cancel().catch(() => {});
		return { parts, size, wrong };
	};
	// A file may be several that were put one after the other, which browsers do not unpack: what is before the next one ends as it should.
	const next = async (packed, from, most) => {
		for (let at = packed.indexOf(0x1f, from + 18), tries = 0; at > 0 && tries < MOST_TRIES; at = packed.indexOf(0x1f, at + 1)) {
			if (packed[at + 1] !== 0x8b || packed[at + 2] !== 8 || packed[at + 3] & 0xe0) continue;
			tries++;
			const found = await inflate(packed.subarray(from, at), most);
			if (!found.wrong) return { ...found, at };
		}
	};
	const unpack = async (packed) => {
		const parts = [];
		let size = 0, wrong = "";
		for (let from = 0; from < packed.length && size <= MOST; ) {
			let found = await inflate(packed.subarray(from), MOST - size);
			const before = found.wrong && (await next(packed, from, MOST - size));
			if (before) found = before;
			parts.push(...found.parts);
			size += found.size;
			wrong = found.wrong;
			from = before ? before.at : packed.length;
		}
		const octets = new Uint8Array(await new Blob(parts).arrayBuffer());
		return { octets, wrong };
	};

	// A new instance each time: memory is given back, and one that has stopped is not called again.
	const run = async (octets, as) => {
		const { memory, page_input, page_read, page_output } = (await WebAssembly.instantiate(await compiled)).exports;
		const at = page_input(octets.length) >>> 0;
		if (!at) throw new RangeError("there is no memory for so much");
		new Uint8Array(memory.buffer, at, octets.length).set(octets);
		const length = page_read(as) >>> 0;
		return new Uint8Array(memory.buffer, page_output() >>> 0, length).slice();
	};
	onmessage = async ({ data: { module, id, octets, as } }) => {
		if (module) return void (compiled = WebAssembly.compile(module));
		try {
			let wrong = "";
			for (let times = 0; times < MOST_TIMES && !wrong && octets[0] === 0x1f && octets[1] === 0x8b; times++) ({ octets, wrong } = await unpack(octets));
			if (wrong) wrong = "what is gzip'd here cannot be unpacked to its end: " + wrong;
			if (wrong && !octets.length) throw new Error(wrong);
			const lines = await run(octets, as);
			postMessage({ id, lines, wrong }, [lines.buffer]);
		} catch (error) {
			postMessage({ id, wrong: error.message, stopped: error instanceof WebAssembly.RuntimeError });
		}
	};
};
