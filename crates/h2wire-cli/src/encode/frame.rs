//! A frame, from its JSON object to its bytes.

use anyhow::{Context, bail, ensure};
use h2wire::frame::{Flags, Frame, FrameHeader, FrameType, ParseOptions, PayloadLength, Progress, StreamId};

use crate::encode::keys::{Keys, PLACE};
use crate::encode::payload::{Payload, payload};

/// Writes the frame; unless `raw`, refuses one that its receiver would reject or read differently.
pub(crate) fn frame(mut keys: Keys, raw: bool) -> anyhow::Result<Vec<u8>> {
    let name_of = |number| FrameType(u8::try_from(number).unwrap_or(u8::MAX)).name();
    let frame_type = FrameType(u8::try_from(keys.named("type", "type_name", u8::MAX.into(), name_of)?)?);
    let stream_id = keys.number("stream_id", StreamId::MAX.get())?;
    let flags = flags(&mut keys, frame_type)?;
    let given_length = keys.optional("length", PayloadLength::MAX.get())?.and_then(PayloadLength::new);
    let reserved = if raw { keys.bool("reserved")?.unwrap_or(false) } else { false };
    let value = keys.take("payload").context("payload is missing")?;
    // Of where it was found.
    keys.bool("guessed")?;
    keys.done(&PLACE)?;

    let payload = payload(frame_type, value, raw)?;
    let length = PayloadLength::try_from(payload.octets.len())?;
    let header = FrameHeader {
        length: given_length.filter(|_| raw).unwrap_or(length),
        frame_type,
        flags: flags.resolve(&payload, frame_type, raw)?,
        reserved,
        stream_id: StreamId::new(stream_id).context("stream_id must fit in 31 bits")?,
    };
    let given = given_length.unwrap_or(length);
    ensure!(
        raw || given == length,
        "length is {}, but the payload has {} bytes: correct it or leave it out (--raw writes it as given)",
        given.get(),
        length.get()
    );
    let octets = [header.encode().as_slice(), &payload.octets].concat();
    if !raw {
        check(&octets)?;
    }
    Ok(octets)
}

/// The flags of an object: a number, names, or neither.
enum Given {
    All(Flags),
    /// The flags in addition to those that follow from the payload.
    Some(Flags),
}

fn flags(keys: &mut Keys, frame_type: FrameType) -> anyhow::Result<Given> {
    let number = keys.optional("flags", u8::MAX.into())?.map(u8::try_from).transpose()?.map(Flags);
    let mut named = Flags(0);
    let has_names = keys.has("flag_names");
    for name in keys.array("flag_names")? {
        let name = name.as_str().context("flag_names must be a list of names")?;
        let mut bits = (0..8).map(|bit| Flags(1 << bit));
        let flag = bits.find(|flag| flag.names(frame_type).any(|known| known == name));
        named.0 |= flag.with_context(|| format!("{frame_type} has no flag {name:?}"))?.0;
    }
    let Some(flags) = number else { return Ok(Given::Some(named)) };
    let same = flags.names(frame_type).eq(named.names(frame_type));
    ensure!(
        same || !has_names,
        "flags is {}, which does not match flag_names: leave one of them out",
        flags.0
    );
    Ok(Given::All(flags))
}

impl Given {
    /// The flags to write.
    fn resolve(self, payload: &Payload, frame_type: FrameType, raw: bool) -> anyhow::Result<Flags> {
        let flags = match self {
            Self::All(flags) => flags,
            Self::Some(flags) => Flags(flags.0 | payload.flags.0),
        };
        let differing = Flags((flags.0 ^ payload.flags.0) & payload.shown.0);
        if !raw && let Some(name) = differing.names(frame_type).next() {
            bail!(
                "flags and payload disagree about {name}: correct one of them (--raw writes both as given)"
            );
        }
        Ok(flags)
    }
}

/// Checks that a receiver accepts the frame and reads the given values.
fn check(octets: &[u8]) -> anyhow::Result<()> {
    let options = ParseOptions::DEFAULT.with_max_frame_size(PayloadLength::MAX);
    let frame = match Frame::parse(octets, &options) {
        Ok(Progress::Item { item: (_, frame), .. }) => frame,
        Ok(_) => bail!("the frame's length is not that of its payload"),
        Err(error) => {
            let rule = error.rule;
            bail!("a receiver must refuse this: {} ({}; --raw writes it)", rule.sentence(), rule.section())
        }
    };
    let mut canonical = vec![0; frame.encoded_len()];
    let written = frame.encode(&mut canonical)?;
    let is_canonical = canonical.get(..written) == Some(octets);
    ensure!(is_canonical, "the frame has undefined flags: leave them out (--raw writes them)");
    Ok(())
}
