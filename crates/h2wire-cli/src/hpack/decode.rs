//! `h2wire hpack decode`.

use std::io::Write;

use anyhow::Context;
use h2wire::Rule;
use h2wire_hpack::{BlockEnd, Decoder, DecoderLimits, Encoder, Exceeded, HpackError};
use serde_json::{Value, json};

use crate::anatomy;
use crate::args::HpackDecodeOptions;
use crate::bounds::MOST_TABLE;
use crate::hpack::{BlockLine, run};
use crate::io::Wanted;
use crate::render::{annotated, field_object, section_text, write_line};
use crate::screen::columns;
use crate::status::Status;

const WANTED: Wanted = Wanted { to: "decode", file: "field blocks, one per line in hexadecimal" };

/// Decodes each line and prints an object for it.
pub(crate) fn decode(options: &HpackDecodeOptions) -> anyhow::Result<Status> {
    let mut decoder = decoder(options)?;
    run(&options.file, WANTED, |line, out| {
        let block = match line {
            BlockLine::TableLimit(limit) => {
                decoder.set_table_limit(limit)?;
                return Ok(Status::Clean);
            }
            BlockLine::Block(block) => hex::decode(block.replace(char::is_whitespace, ""))
                .context("not a field block in hexadecimal")?,
        };
        if options.annotate {
            return annotate(&mut decoder, &block, out);
        }
        let mut fields = Vec::new();
        let decoded = decoder.decode_block(&block, |field| {
            fields.push(field_object(field.name, field.value, field.never_indexed));
        });
        let (status, object) = match decoded {
            Ok(end) => (Status::Clean, block_object(&fields, end, &decoder)),
            Err(error) => (Status::Broken, error_object(error)),
        };
        write_line(out, &object)?;
        Ok(status)
    })
}

/// Prints the bytes of a block with what they mean.
fn annotate(decoder: &mut Decoder<Vec<u8>>, block: &[u8], out: &mut dyn Write) -> anyhow::Result<Status> {
    let pieces = anatomy::pieces(decoder.clone(), true, block);
    let decoded = decoder.decode_block(block, |_| {});
    let mut lines = annotated(0, &pieces, block, columns());
    let status = match decoded {
        Ok(end) => {
            let (fields, size) = (end.fields, end.list_size);
            lines.push(format!(
                "          {fields} fields, {size} bytes as SETTINGS_MAX_HEADER_LIST_SIZE counts"
            ));
            Status::Clean
        }
        Err(error) => {
            lines.push(format!("          {}: {}", Rule::Hpack(error).section(), error.remedy()));
            Status::Broken
        }
    };
    writeln!(out, "{}\n", lines.join("\n"))?;
    Ok(status)
}

fn decoder(options: &HpackDecodeOptions) -> anyhow::Result<Decoder<Vec<u8>>> {
    let max_list_size = options.max_header_list_size;
    // A code has at most 30 bits.
    let max_string_len = max_list_size.saturating_mul(4);
    let limits = DecoderLimits::DEFAULT
        .with_max_table_size(MOST_TABLE)
        .with_max_list_size(max_list_size)
        .with_max_string_len(max_string_len)
        .with_max_fields(u32::MAX);
    let mut decoder = Decoder::new(&limits);
    decoder.set_table_limit(options.table_size)?;
    if decoder.table_capacity() > options.table_size {
        // Both ends know the smaller table: the update that an encoder would send has taken place.
        let mut update = [0; 16];
        let written = Encoder::new(options.table_size).block(&mut update)?.finish();
        decoder.decode_block(update.get(..written).unwrap_or_default(), |_| {})?;
    }
    Ok(decoder)
}

fn block_object(fields: &[Value], end: BlockEnd, decoder: &Decoder<Vec<u8>>) -> Value {
    let (table_size, entries) = (decoder.table_size(), decoder.table_entries());
    match end.exceeded {
        None => json!({"fields": fields, "table_size": table_size, "entries": entries}),
        Some(exceeded) => json!({
            "too_large": true,
            "limit": match exceeded {
                Exceeded::ListSize => "list_size",
                Exceeded::Fields => "fields",
            },
            "list_size": end.list_size,
            "field_count": end.fields,
            "table_size": table_size,
            "entries": entries,
        }),
    }
}

fn error_object(error: HpackError) -> Value {
    json!({"error": {
        "code_name": error.code().name(),
        "rule": error.name(),
        "section": section_text(Rule::Hpack(error).section()),
        "message": format!("{}; {}", error.sentence(), error.remedy()),
    }})
}
