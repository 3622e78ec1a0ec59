//! How much work without use a peer may make. RFC 9113 §10.5.

use core::time::Duration;

/// How often something may happen: a number of times at once, and a number of times a second after that.
///
/// Closed: a burst and a rate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Budget {
    /// How many times at once.
    pub burst: u32,
    /// How many times a second.
    pub per_second: u32,
}

impl Budget {
    /// No limit.
    pub const UNLIMITED: Self = Self::new(u32::MAX, u32::MAX);

    /// A budget.
    #[must_use]
    pub const fn new(burst: u32, per_second: u32) -> Self {
        Self { burst, per_second }
    }
}

/// Budgets against floods: a peer that exceeds one gets `ENHANCE_YOUR_CALM`, and the connection ends.
///
/// The defaults are generous: a browser that leaves a page cancels a hundred requests at once, and gRPC measures its windows with
/// PING. What costs a server most, requests that are cancelled (CVE-2023-44487) or made wrong so that it cancels them
/// (CVE-2025-8671), is also allowed once more for each request that was answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Floods {
    /// Streams that the peer resets. Default 1,000, and 200 a second.
    pub resets: Budget,
    /// Streams that are reset because the peer broke a rule or opened too many. Default 1,000, and 200 a second.
    pub stream_errors: Budget,
    /// PING frames, and acknowledgments of none. Default 10,000, and 1,000 a second.
    pub pings: Budget,
    /// SETTINGS and GOAWAY frames. Default 1,000, and 100 a second.
    pub settings: Budget,
    /// DATA frames without content that end nothing. Default 1,000, and 100 a second.
    pub empty_data: Budget,
    /// PRIORITY and `PRIORITY_UPDATE` frames. Default 10,000, and 1,000 a second.
    pub priorities: Budget,
    /// `WINDOW_UPDATE` frames. Default 10,000, and 1,000 a second, and 4 for each DATA frame that was sent.
    pub window_updates: Budget,
    /// Frames of unknown types. Default 10,000, and 1,000 a second.
    pub unknown: Budget,
    /// Interim responses and promises. Default 1,000, and 100 a second, and 4 for each final response.
    pub interim: Budget,
}

impl Floods {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        resets: Budget::new(1_000, 200),
        stream_errors: Budget::new(1_000, 200),
        pings: Budget::new(10_000, 1_000),
        settings: Budget::new(1_000, 100),
        empty_data: Budget::new(1_000, 100),
        priorities: Budget::new(10_000, 1_000),
        window_updates: Budget::new(10_000, 1_000),
        unknown: Budget::new(10_000, 1_000),
        interim: Budget::new(1_000, 100),
    };

    /// The same with another budget for [`resets`](Self::resets).
    #[must_use]
    pub const fn with_resets(self, budget: Budget) -> Self {
        Self { resets: budget, ..self }
    }

    /// The same with another budget for [`stream_errors`](Self::stream_errors).
    #[must_use]
    pub const fn with_stream_errors(self, budget: Budget) -> Self {
        Self { stream_errors: budget, ..self }
    }

    /// The same with another budget for [`pings`](Self::pings).
    #[must_use]
    pub const fn with_pings(self, budget: Budget) -> Self {
        Self { pings: budget, ..self }
    }

    /// The same with another budget for [`settings`](Self::settings).
    #[must_use]
    pub const fn with_settings(self, budget: Budget) -> Self {
        Self { settings: budget, ..self }
    }

    /// The same with another budget for [`empty_data`](Self::empty_data).
    #[must_use]
    pub const fn with_empty_data(self, budget: Budget) -> Self {
        Self { empty_data: budget, ..self }
    }

    /// The same with another budget for [`priorities`](Self::priorities).
    #[must_use]
    pub const fn with_priorities(self, budget: Budget) -> Self {
        Self { priorities: budget, ..self }
    }

    /// The same with another budget for [`window_updates`](Self::window_updates).
    #[must_use]
    pub const fn with_window_updates(self, budget: Budget) -> Self {
        Self { window_updates: budget, ..self }
    }

    /// The same with another budget for [`unknown`](Self::unknown).
    #[must_use]
    pub const fn with_unknown(self, budget: Budget) -> Self {
        Self { unknown: budget, ..self }
    }

    /// The same with another budget for [`interim`](Self::interim).
    #[must_use]
    pub const fn with_interim(self, budget: Budget) -> Self {
        Self { interim: budget, ..self }
    }

    const fn budget(&self, flood: Flood) -> Budget {
        match flood {
            Flood::Reset => self.resets,
            Flood::StreamError => self.stream_errors,
            Flood::Ping => self.pings,
            Flood::Settings => self.settings,
            Flood::EmptyData => self.empty_data,
            Flood::Priority => self.priorities,
            Flood::WindowUpdate => self.window_updates,
            Flood::Unknown => self.unknown,
            Flood::Interim => self.interim,
        }
    }
}

impl Default for Floods {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What there may be too much of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flood {
    Reset,
    StreamError,
    Ping,
    Settings,
    EmptyData,
    Priority,
    WindowUpdate,
    Unknown,
    Interim,
}

impl Flood {
    const ALL: [Self; 9] = [
        Self::Reset,
        Self::StreamError,
        Self::Ping,
        Self::Settings,
        Self::EmptyData,
        Self::Priority,
        Self::WindowUpdate,
        Self::Unknown,
        Self::Interim,
    ];

    /// Its place in [`ALL`](Self::ALL).
    const fn index(self) -> usize {
        match self {
            Self::Reset => 0,
            Self::StreamError => 1,
            Self::Ping => 2,
            Self::Settings => 3,
            Self::EmptyData => 4,
            Self::Priority => 5,
            Self::WindowUpdate => 6,
            Self::Unknown => 7,
            Self::Interim => 8,
        }
    }
}

/// What is left of the budgets.
#[derive(Debug)]
pub(crate) struct Budgets {
    left: [u32; Flood::ALL.len()],
    /// Up to when they were refilled.
    since: Duration,
}

/// Useful work adds to a budget, up to this many bursts.
const SAVED: u32 = 10;

impl Budgets {
    pub(crate) fn new(floods: &Floods) -> Self {
        Self { left: Flood::ALL.map(|flood| floods.budget(flood).burst), since: Duration::ZERO }
    }

    /// Whether something may happen once more.
    pub(crate) fn spend(&mut self, flood: Flood, floods: &Floods, now: Duration) -> bool {
        self.refill(floods, now);
        let Some(left) = self.left.get_mut(flood.index()) else { return false };
        let spent = left.checked_sub(1);
        *left = spent.unwrap_or(0);
        spent.is_some() || floods.budget(flood).burst == u32::MAX
    }

    /// Adds this many times, because useful work was done.
    pub(crate) fn earn(&mut self, flood: Flood, times: u32, floods: &Floods) {
        let most = floods.budget(flood).burst.saturating_mul(SAVED);
        if let Some(left) = self.left.get_mut(flood.index()) {
            *left = left.saturating_add(times).min(most.max(*left));
        }
    }

    fn refill(&mut self, floods: &Floods, now: Duration) {
        const STEP: u128 = 100;
        let passed = now.saturating_sub(self.since).as_millis();
        if passed < STEP {
            return;
        }
        let before = core::mem::replace(&mut self.since, now);
        for (left, flood) in self.left.iter_mut().zip(Flood::ALL) {
            let Budget { burst, per_second } = floods.budget(flood);
            // The difference of two sums, so that no part of a small rate is lost however often this is done.
            let earned = |at: Duration| u128::from(per_second).saturating_mul(at.as_millis()) / 1_000;
            let more = u32::try_from(earned(now).saturating_sub(earned(before))).unwrap_or(u32::MAX);
            *left = left.saturating_add(more).min(burst.max(*left));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_a_burst_and_a_rate() {
        let floods = Floods { resets: Budget::new(3, 10), ..Floods::DEFAULT };
        let mut budgets = Budgets::new(&floods);
        let mut times = |now: u64| {
            (0..100).take_while(|_| budgets.spend(Flood::Reset, &floods, Duration::from_millis(now))).count()
        };
        assert_eq!((times(0), times(99), times(100), times(300), times(10_000)), (3, 0, 1, 2, 3));
        assert!(budgets.spend(Flood::Ping, &floods, Duration::ZERO), "each has its own");
        budgets.earn(Flood::Reset, 1_000, &floods);
        assert_eq!((0..100).take_while(|_| budgets.spend(Flood::Reset, &floods, Duration::ZERO)).count(), 30);
    }

    /// A budget that is added has to be added here.
    #[test]
    fn each_setter_sets_its_budget() {
        let of = |number| Budget::new(number, 0);
        let set = Floods::DEFAULT
            .with_resets(of(1))
            .with_stream_errors(of(2))
            .with_pings(of(3))
            .with_settings(of(4))
            .with_empty_data(of(5))
            .with_priorities(of(6))
            .with_window_updates(of(7))
            .with_unknown(of(8))
            .with_interim(of(9));
        let expected = Floods {
            resets: of(1),
            stream_errors: of(2),
            pings: of(3),
            settings: of(4),
            empty_data: of(5),
            priorities: of(6),
            window_updates: of(7),
            unknown: of(8),
            interim: of(9),
        };
        assert_eq!(set, expected);
    }

    #[test]
    fn no_limit_is_none() {
        let floods = Floods { pings: Budget::UNLIMITED, ..Floods::DEFAULT };
        let mut budgets = Budgets::new(&floods);
        budgets.left = [0; 9];
        assert!(budgets.spend(Flood::Ping, &floods, Duration::ZERO));
        assert!(!budgets.spend(Flood::Settings, &floods, Duration::ZERO));
    }
}
