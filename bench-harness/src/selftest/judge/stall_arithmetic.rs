//! How many messages are late, and by how much, at a server that stands still
//! at regular intervals.
//!
//! Messages are due at even distances of `1 / rate`. One that is due `t` into a
//! stall of length `D` waits for `D - t` at least, so those that are due in the
//! first `D - x` of it wait for longer than `x`. An interval of length `L` holds
//! `L × rate` of them, less or more than one. Afterwards the server works off
//! what has gathered: at a load `ρ` the wait shrinks by `1 - ρ` per time instead
//! of by 1, so that at most the first `(D - x) / (1 - ρ)` are late by `x`.

/// Stalls in a number of windows, each of which lasts for whole periods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stalls {
    /// Length of a stall.
    pub(super) length_ns: f64,
    /// Stalls in all windows together, those that a window's edge cuts put
    /// together again.
    pub(super) stalls: f64,
    /// Windows.
    pub(super) windows: f64,
    /// Messages that are due per ns.
    pub(super) rate_per_ns: f64,
    /// Messages that are due in all windows.
    pub(super) messages: f64,
    /// The rate over what the server could take, at most.
    pub(super) load: f64,
    /// By how much the end of a stall may be late, and an echo besides.
    pub(super) slack_ns: f64,
}

/// Three digits of a histogram: what it says is off by no more than this share.
const ROUNDING: f64 = 0.001;

impl Stalls {
    /// Fewest messages that are later than `late_ns`.
    pub(super) fn least_later_than(&self, late_ns: f64) -> f64 {
        let due = (self.length_ns - late_ns * (1.0 + ROUNDING)).max(0.0) * self.rate_per_ns;
        // A window's edge may cut a stall in two, and round each half down.
        (self.stalls * due.floor() - self.windows).max(0.0)
    }

    /// Most messages that are later than `late_ns`, which is more than the
    /// slack.
    pub(super) fn most_later_than(&self, late_ns: f64) -> f64 {
        let first_ns = (self.length_ns + self.slack_ns - late_ns * (1.0 - ROUNDING)).max(0.0);
        let due = first_ns / (1.0 - self.load) * self.rate_per_ns;
        self.stalls * due.ceil() + self.windows
    }

    /// Between which times the quantile lies.
    pub(super) fn quantile_ns(&self, quantile: f64) -> (f64, f64) {
        let later = self.messages * (1.0 - quantile);
        let lowest =
            self.length_ns - ((later + self.windows) / self.stalls + 1.0) / self.rate_per_ns;
        let first = ((later - self.windows) / self.stalls - 1.0).max(0.0) / self.rate_per_ns;
        let highest = self.length_ns + self.slack_ns - first * (1.0 - self.load);
        (
            lowest.max(0.0) * (1.0 - ROUNDING),
            // Outside the stalls an echo is as late as anywhere.
            highest.max(self.slack_ns) * (1.0 + ROUNDING),
        )
    }

    /// What the latest message waits for, at least: one is due within one
    /// distance of a stall's beginning.
    pub(super) fn least_longest_ns(&self) -> f64 {
        (self.length_ns - 1.0 / self.rate_per_ns) * (1.0 - ROUNDING)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVERY_NS: f64 = 500e6;

    /// Waits at a server that stands still at the end of each period and takes
    /// `service_ns` for a message otherwise.
    fn waits(stalls: &Stalls, service_ns: f64, phase_ns: f64, distance_share: f64) -> Vec<f64> {
        let mut waits = Vec::new();
        for window in 0..stalls.windows as u64 {
            let start_ns = phase_ns + window as f64 * 7_777e6;
            let mut free_ns = 0.0_f64;
            let count = (stalls.messages / stalls.windows) as u64;
            for message in 0..count {
                let due_ns = start_ns + (message as f64 + distance_share) / stalls.rate_per_ns;
                let begin_ns = after_stall(due_ns.max(free_ns), stalls.length_ns);
                free_ns = begin_ns + service_ns;
                waits.push(free_ns - due_ns);
            }
        }
        waits
    }

    fn after_stall(at_ns: f64, length_ns: f64) -> f64 {
        let left_ns = EVERY_NS - at_ns % EVERY_NS;
        if left_ns <= length_ns {
            at_ns + left_ns
        } else {
            at_ns
        }
    }

    proptest! {
        #[test]
        fn the_bounds_hold_at_every_phase(
            rate_per_s in 200_u32..20_000,
            load in 0.0_f64..0.3,
            windows in 1_u32..4,
            periods in 1_u32..5,
            phase_ns in 0.0..EVERY_NS,
            distance_share in 0.0_f64..1.0,
            late_ns in 20e6..99e6,
        ) {
            let rate_per_ns = f64::from(rate_per_s) / 1e9;
            let service_ns = load / rate_per_ns;
            let stalls = Stalls {
                length_ns: 100e6,
                stalls: f64::from(windows * periods),
                windows: f64::from(windows),
                rate_per_ns,
                messages: f64::from(windows)
                    * (f64::from(periods) * EVERY_NS * rate_per_ns).floor(),
                load,
                slack_ns: service_ns,
            };
            let mut waits = waits(&stalls, service_ns, phase_ns, distance_share);
            let late = waits.iter().filter(|wait| **wait > late_ns).count() as f64;
            prop_assert!(late >= stalls.least_later_than(late_ns), "{late} too few");
            prop_assert!(late <= stalls.most_later_than(late_ns), "{late} too many");
            waits.sort_by(f64::total_cmp);
            for quantile in [0.5, 0.9, 0.99] {
                let index = (waits.len() as f64 * quantile).ceil() as usize - 1;
                let (lowest, highest) = stalls.quantile_ns(quantile);
                prop_assert!(waits[index] >= lowest, "{quantile}: {} < {lowest}", waits[index]);
                prop_assert!(waits[index] <= highest, "{quantile}: {} > {highest}", waits[index]);
            }
        }
    }

    /// 4 stalls of 100 ms at 1,000 messages a second: of each, 75 wait for more
    /// than 25 ms.
    #[test]
    fn the_numbers_are_those_of_a_sheet_of_paper() {
        let stalls = Stalls {
            length_ns: 100e6,
            stalls: 4.0,
            windows: 1.0,
            rate_per_ns: 1e-6,
            messages: 2_000.0,
            load: 0.0,
            slack_ns: 0.0,
        };
        assert!((295.0..=300.0).contains(&stalls.least_later_than(25e6)));
        assert!((300.0..=306.0).contains(&stalls.most_later_than(25e6)));
        // 20 of 2,000 are above p99: 5 of each stall, those of its first 5 ms.
        let (lowest, highest) = stalls.quantile_ns(0.99);
        assert!(lowest > 93e6 && lowest < 95e6, "{lowest}");
        assert!(highest > 95e6 && highest < 97e6, "{highest}");
        // Four of five are due while the server works.
        assert_eq!(stalls.quantile_ns(0.5), (0.0, 0.0));
    }
}
