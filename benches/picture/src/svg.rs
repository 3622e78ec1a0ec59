//! Bars as SVG, readable on a light and on a dark page.

use std::error::Error;
use std::fmt::Write as _;

use serde_json::Value;

use crate::chart::{Bar, CHARTS, Chart};

const WIDTH: f64 = 880.0;
const COLUMN: f64 = 440.0;
const MARGIN: f64 = 12.0;
const LABEL: f64 = 150.0;
const LONGEST: f64 = 190.0;
const ROW: f64 = 22.0;
const TITLE: f64 = 34.0;

const STYLE: &str = "\
text{font:13px -apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1f2328}\
.title{font-weight:600;font-size:14px}.note{font-size:12px;fill:#59636e}\
.ours{fill:#0969da}.theirs{fill:#9aa4ae}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note{fill:#9198a1}.ours{fill:#4493f8}.theirs{fill:#656c76}}";

/// The whole picture. Fails if a figure is missing.
pub(crate) fn draw(figures: &Value) -> Result<String, Box<dyn Error>> {
    let mut body = String::new();
    let mut top = MARGIN;
    for pair in CHARTS.chunks(2) {
        for (chart, left) in pair.iter().zip([MARGIN, COLUMN + MARGIN]) {
            draw_chart(&mut body, chart, figures, left, top)?;
        }
        top += pair.iter().map(height).fold(0.0, f64::max);
    }
    let notes = figures["notes"].as_array().ok_or("figures.json has no notes")?;
    for text in notes.iter().filter_map(Value::as_str) {
        top += 18.0;
        writeln!(body, r#"<text class="note" x="{MARGIN}" y="{top}">{}</text>"#, escaped(text))?;
    }
    let height = top + MARGIN;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>Times and memory of h2wire and of other implementations of HTTP/2</title>\n<style>{STYLE}</style>\n{body}</svg>\n"
    ))
}

#[allow(clippy::cast_precision_loss, reason = "a few bars")]
fn height(chart: &Chart) -> f64 {
    TITLE + chart.bars.len() as f64 * ROW + 14.0
}

fn draw_chart(
    body: &mut String,
    chart: &Chart,
    figures: &Value,
    left: f64,
    top: f64,
) -> Result<(), Box<dyn Error>> {
    let figure =
        |id: &str| figures["figures"][id].as_f64().ok_or_else(|| format!("figures.json has no figure {id}"));
    let mut longest = 0.0;
    for Bar(_, id, _) in chart.bars {
        longest = f64::max(longest, figure(id)?);
    }
    let (title, unit, y) = (escaped(chart.title), chart.unit, top + 16.0);
    writeln!(
        body,
        r#"<text x="{left}" y="{y}"><tspan class="title">{title}</tspan><tspan class="note">  {unit}</tspan></text>"#
    )?;
    let mut y = top + TITLE;
    for Bar(label, id, is_ours) in chart.bars {
        let value = figure(id)?;
        let length = (value / longest * LONGEST * 10.0).round() / 10.0;
        let (bar, class) = (left + LABEL, if *is_ours { "ours" } else { "theirs" });
        let (text, end) = (y - 4.0 + ROW / 2.0 + 2.0, bar + length + 6.0);
        writeln!(body, r#"<text x="{left}" y="{text}">{}</text>"#, escaped(label))?;
        writeln!(
            body,
            r#"<rect class="{class}" x="{bar}" y="{}" width="{length}" height="14" rx="2"/>"#,
            y - 2.0
        )?;
        writeln!(body, r#"<text x="{end}" y="{text}">{}</text>"#, number(value))?;
        y += ROW;
    }
    Ok(())
}

/// Three digits or more, thousands separated.
fn number(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_text_is_escaped() {
        assert_eq!(number(5.28), "5.3");
        assert_eq!(number(455.7), "456");
        assert_eq!(number(13_000.0), "13,000");
        assert_eq!(escaped("a < b & c"), "a &lt; b &amp; c");
    }

    #[test]
    fn a_missing_figure_is_named() {
        let error = draw(&serde_json::json!({ "figures": {} })).unwrap_err();
        assert!(error.to_string().contains("m1/mixed-browser/h2wire"), "{error}");
    }
}
