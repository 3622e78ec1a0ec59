//! When something was captured.

/// A packet of a capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Moment {
    /// Its number in the file, from 1, as Wireshark counts.
    pub(crate) packet: u64,
    /// `None` for a packet that was recorded without its time.
    pub(crate) time: Option<Time>,
}

/// Nanoseconds since 1970 in UTC, and since the first packet of the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Time {
    pub(crate) since_epoch: i128,
    pub(crate) since_start: i128,
}

/// From what point times are counted in output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Zero {
    Epoch,
    /// The first packet of the file.
    Start,
}

const SECOND: i128 = 1_000_000_000;

impl Time {
    /// Nanoseconds since the point.
    pub(crate) const fn since(self, zero: Zero) -> i128 {
        match zero {
            Zero::Epoch => self.since_epoch,
            Zero::Start => self.since_start,
        }
    }

    /// For people, in microseconds: the time of day in UTC, or seconds since the start.
    pub(crate) fn short(self, zero: Zero) -> String {
        const MINUTE: i128 = 60;
        const HOUR: i128 = 60;
        const DAY: i128 = 24;
        if zero == Zero::Start {
            return seconds(self.since_start, 6);
        }
        let (whole, rest) = (self.since_epoch.div_euclid(SECOND), self.since_epoch.rem_euclid(SECOND));
        let minutes = whole.div_euclid(MINUTE);
        let hour = minutes.div_euclid(HOUR).rem_euclid(DAY);
        let (minute, second) = (minutes.rem_euclid(HOUR), whole.rem_euclid(MINUTE));
        format!("{hour:02}:{minute:02}:{second:02}.{:06}", rest.div_euclid(1_000))
    }
}

/// Nanoseconds as seconds with up to 9 decimals.
pub(crate) fn seconds(nanoseconds: i128, decimals: usize) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let size = nanoseconds.saturating_abs();
    let rest = format!("{:09}", size.rem_euclid(SECOND));
    format!("{sign}{}.{}", size.div_euclid(SECOND), rest.get(..decimals).unwrap_or(&rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_wireshark_does() {
        let time = Time { since_epoch: 1_700_000_000_123_456_789, since_start: -1_000_000_001 };
        assert_eq!(time.short(Zero::Epoch), "22:13:20.123456");
        assert_eq!(time.short(Zero::Start), "-1.000000");
        assert_eq!(seconds(time.since(Zero::Epoch), 9), "1700000000.123456789");
        assert_eq!(seconds(time.since(Zero::Start), 9), "-1.000000001");
    }
}
