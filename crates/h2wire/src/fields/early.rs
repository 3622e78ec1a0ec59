//! What fields in front of any pseudo-header field break, if the section turns out to be a head.

use super::breach::{FieldIndex, Found};
use super::{Malformed, SectionKind};

/// A rule for heads that a field in front of them can break.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum HeadRule {
    HostRepeated,
    HostForm,
    LengthForm,
    LengthDiffers,
    TeInResponse,
}

const RULES: [HeadRule; 5] = [
    HeadRule::HostRepeated,
    HeadRule::HostForm,
    HeadRule::LengthForm,
    HeadRule::LengthDiffers,
    HeadRule::TeInResponse,
];

impl HeadRule {
    pub(super) const fn malformed(self) -> Malformed {
        match self {
            Self::HostRepeated => Malformed::HostRepeated,
            Self::HostForm => Malformed::HostForm,
            Self::LengthForm => Malformed::ContentLengthForm,
            Self::LengthDiffers => Malformed::ContentLengthDiffers,
            Self::TeInResponse => Malformed::ConnectionSpecific,
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::HostRepeated => 1,
            Self::HostForm => 2,
            Self::LengthForm => 4,
            Self::LengthDiffers => 8,
            Self::TeInResponse => 16,
        }
    }

    const fn is_for(self, kind: SectionKind) -> bool {
        match kind {
            SectionKind::Request => !matches!(self, Self::TeInResponse),
            SectionKind::Response => !matches!(self, Self::HostRepeated | Self::HostForm),
            SectionKind::Trailers => false,
        }
    }
}

/// The rules that such fields break, and the first field that breaks each. Its index has one byte, as small devices keep this: those
/// from 255 on are not kept.
#[derive(Clone, Debug)]
pub(super) struct Early {
    broken: u8,
    indexes: [u8; RULES.len()],
}

impl Early {
    pub(super) const fn new() -> Self {
        Self { broken: 0, indexes: [u8::MAX; RULES.len()] }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.broken == 0
    }

    /// Records that the field with this index breaks a rule, if it is one of a head.
    #[cold]
    pub(super) fn record(&mut self, rule: HeadRule, index: u32) {
        let is_first = self.broken & rule.bit() == 0;
        self.broken |= rule.bit();
        for (place, of) in self.indexes.iter_mut().zip(RULES) {
            if of == rule && is_first {
                *place = u8::try_from(index).unwrap_or(u8::MAX);
            }
        }
    }

    /// What is broken in a section of this kind, and by which field.
    fn broken(&self, kind: SectionKind) -> impl Iterator<Item = (Malformed, FieldIndex)> {
        let all = RULES.into_iter().zip(self.indexes);
        let broken = all.filter(move |(rule, _)| self.broken & rule.bit() != 0 && rule.is_for(kind));
        broken.map(|(rule, index)| {
            let index = if index == u8::MAX { FieldIndex::NONE } else { FieldIndex::new(index.into()) };
            (rule.malformed(), index)
        })
    }

    pub(super) fn check(&self, kind: SectionKind, found: &mut Found) {
        if !self.is_empty() {
            self.broken(kind).for_each(|(malformed, _)| found.note(malformed));
        }
    }

    /// The first field that breaks a rule, if one of these does.
    pub(super) fn index_of(&self, malformed: Malformed, kind: SectionKind) -> Option<FieldIndex> {
        self.broken(kind).find(|(of, _)| *of == malformed).map(|(_, index)| index)
    }
}
