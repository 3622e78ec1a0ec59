//! `h2wire hpack encode`.

use anyhow::{Context, bail};
use h2wire_hpack::{Encoder, HuffmanPolicy, Indexing};

use crate::args::{HpackEncodeOptions, Huffman};
use crate::hpack::{BlockLine, run};
use crate::io::Wanted;
use crate::status::Status;

const WANTED: Wanted = Wanted { to: "encode", file: "header lists, one per line in JSON" };

/// Encodes each line and prints the block in hexadecimal.
pub(crate) fn encode(options: &HpackEncodeOptions) -> anyhow::Result<Status> {
    let mut encoder = encoder(options)?;
    run(&options.file, WANTED, |line, out| {
        let list = match line {
            BlockLine::TableLimit(limit) => {
                encoder.set_table_limit(limit);
                return Ok(Status::Clean);
            }
            BlockLine::Block(list) => header_list(list)?,
        };
        let mut block = Vec::new();
        let fields =
            list.iter().map(|(name, value, indexing)| (name.as_bytes(), value.as_bytes(), *indexing));
        encoder.encode_block(fields, &mut block);
        writeln!(out, "{}", hex::encode(block))?;
        Ok(Status::Clean)
    })
}

fn encoder(options: &HpackEncodeOptions) -> anyhow::Result<Encoder<Vec<u8>>> {
    let mut encoder = Encoder::new(options.table_size);
    encoder.huffman = match options.huffman {
        Huffman::Auto => HuffmanPolicy::Auto,
        Huffman::Always => HuffmanPolicy::Always,
        Huffman::Never => HuffmanPolicy::Never,
    };
    // Both ends know the smaller table, so the encoder does not announce it.
    encoder.block(&mut [0; 16])?.finish();
    // A larger one is announced in the first block.
    encoder.set_table_limit(options.table_size);
    Ok(encoder)
}

/// `[["name", "value"], ["name", "value", "never"], ...]`
fn header_list(text: &str) -> anyhow::Result<Vec<(String, String, Indexing)>> {
    let fields: Vec<Vec<String>> = serde_json::from_str(text).context("not a JSON array of fields")?;
    let field = |field: Vec<String>| {
        let indexing = match field.get(2).map(String::as_str) {
            None => Indexing::Auto,
            Some("never") => Indexing::Never,
            Some(other) => bail!("{other:?} is not valid as the third item of a field: only \"never\" is"),
        };
        if field.len() > 3 {
            bail!("a field has too many items: write a name, a value and optionally \"never\"");
        }
        match <[String; 2]>::try_from(field.into_iter().take(2).collect::<Vec<_>>()) {
            Ok([name, value]) => Ok((name, value, indexing)),
            Err(_) => bail!("a field has too few items: write a name and a value"),
        }
    };
    fields.into_iter().map(field).collect()
}
