//! Numbers that no registry has.

use std::io;

use super::layout::Sheet;

/// The frame type and the setting of Envoy and Google's servers.
const METADATA: u32 = 0x4d;
const ENABLE_METADATA: u32 = 0x4d44;

/// Whether a number is reserved as a frame type so that peers get used to unknown ones.
const fn is_grease_frame(number: u32) -> bool {
    number >= 0x0b && number <= 0xff && number.saturating_sub(0x0b).is_multiple_of(0x1f)
}

/// The same for a setting: `0x0a0a`, `0x1a1a` and so on.
const fn is_grease_setting(number: u32) -> bool {
    number <= 0xffff && number & 0x0f0f == 0x0a0a && number >> 12 == (number >> 4) & 0xf
}

/// Whether there is something to say about a number beyond the registries.
pub(super) const fn is_special(number: u32) -> bool {
    number == METADATA || number == ENABLE_METADATA || is_grease_frame(number) || is_grease_setting(number)
}

pub(super) fn print(out: &mut impl Sheet, number: u32) -> io::Result<()> {
    out.title(&format!("{number:#x}"), &format!("number {number}"))?;
    if number == METADATA {
        out.paragraph("Frame type METADATA of Envoy and of Google's servers, which no RFC has: metadata of a proxy, as a field block with a \
             table of its own. Sent only to peers with the setting 0x4d44.",
        )?;
    }
    if number == ENABLE_METADATA {
        out.paragraph("Setting ENABLE_METADATA of Envoy and of Google's servers, which no RFC has: with 1, its sender accepts frames of \
             type 0x4d.",
        )?;
    }
    if is_grease_frame(number) {
        out.paragraph("As a frame type, a GREASE value (0x0b + 0x1f * N): it has no meaning, and is sent so that receivers that cannot \
             ignore unknown types are found early. Chromium sends such frames.",
        )?;
    }
    if is_grease_setting(number) {
        out.paragraph("As a setting, a GREASE value (0x?a?a with equal digits): it has no meaning, and is sent so that receivers that \
             cannot ignore unknown settings are found early. Chromium sends it.",
        )?;
    }
    if number <= 0xff {
        out.paragraph("A frame of an unknown type is ignored and discarded (RFC 9113 §5.5).")?;
    }
    if number <= 0xffff {
        out.paragraph("An unknown setting is ignored (RFC 9113 §6.5.2).")?;
    }
    out.paragraph(
        "An unknown error code has no special meaning; it may be treated like INTERNAL_ERROR (RFC 9113 §7).",
    )
}
