//! What is shown: one chart for each question, with every engine that was timed for it.

/// Some bars of one unit. The shorter a bar, the better.
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) bars: &'static [Bar],
}

/// A label, the id of the figure, and whether it is ours.
pub(crate) struct Bar(pub(crate) &'static str, pub(crate) &'static str, pub(crate) bool);

const NS_REQUEST: &str = "ns a request";
const NS_FIELD: &str = "ns a field";

pub(crate) const CHARTS: [Chart; 8] = [
    Chart {
        title: "Read requests, check and visit fields",
        unit: NS_REQUEST,
        bars: &[
            Bar("h2wire", "m1/mixed-browser/h2wire", true),
            Bar("nghttp2", "m1/mixed-browser/nghttp2", false),
        ],
    },
    Chart {
        title: "Read requests into types of http",
        unit: NS_REQUEST,
        bars: &[
            Bar("h2", "m3/mixed-browser/h2", false),
            Bar("h2wire, Heads", "m3/mixed-browser/h2wire-heads", true),
            Bar("h2wire, Codec", "m3/mixed-browser/h2wire", true),
        ],
    },
    Chart {
        title: "Serve: request in, response out",
        unit: NS_REQUEST,
        bars: &[
            Bar("h2wire", "m4/mixed-browser/h2wire", true),
            Bar("nghttp2", "m4/mixed-browser/nghttp2", false),
            Bar("h2", "m4/mixed-browser/h2", false),
            Bar("hyper", "m4/mixed-browser/hyper", false),
            Bar("shiguredo_http2", "m4/mixed-browser/shiguredo_http2", false),
        ],
    },
    Chart {
        title: "Fetch: request out, response in",
        unit: NS_REQUEST,
        bars: &[
            Bar("h2wire", "m5/mixed-browser/h2wire", true),
            Bar("nghttp2", "m5/mixed-browser/nghttp2", false),
            Bar("h2", "m5/mixed-browser/h2", false),
            Bar("shiguredo_http2", "m5/mixed-browser/shiguredo_http2", false),
        ],
    },
    Chart {
        title: "Decode HPACK (story 24)",
        unit: NS_FIELD,
        bars: &[
            Bar("h2wire", "decode/story_24/h2wire", true),
            Bar("nghttp2", "decode/story_24/nghttp2", false),
            Bar("httlib-hpack", "decode/story_24/httlib-hpack", false),
        ],
    },
    Chart {
        title: "Encode HPACK (story 24)",
        unit: NS_FIELD,
        bars: &[
            Bar("h2wire", "encode/story_24/h2wire", true),
            Bar("nghttp2", "encode/story_24/nghttp2", false),
            Bar("fluke-hpack", "encode/story_24/fluke-hpack", false),
            Bar("httlib-hpack", "encode/story_24/httlib-hpack", false),
        ],
    },
    Chart {
        title: "Parse small frames",
        unit: "ns a frame",
        bars: &[
            Bar("h2wire, Frame", "P1 mixed/h2wire-parse", true),
            Bar("h2wire, FrameReader", "P1 mixed/h2wire-reader", true),
            Bar("h2-sans-io", "P1 mixed/h2-sans-io", false),
            Bar("h2", "P1 mixed/h2", false),
        ],
    },
    Chart {
        title: "Memory of an idle connection",
        unit: "bytes",
        bars: &[
            Bar("h2wire, codec", "memory/h2wire-codec", true),
            Bar("h2wire, connection", "memory/h2wire-connection", true),
            Bar("nghttp2", "memory/nghttp2", false),
            Bar("h2", "memory/h2", false),
        ],
    },
];

/// Whether a figure has this id.
pub(crate) fn is_shown(id: &str) -> bool {
    CHARTS.iter().flat_map(|chart| chart.bars).any(|Bar(_, shown, _)| *shown == id)
}
