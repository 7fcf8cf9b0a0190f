//! What a generator's answer says was wrong.

use record::{Connected, Disconnected, Flaw, LoadResult, VerificationCounts};

/// Below this share of the offered rate an open loop was not what it says.
const LEAST_RATE_RATIO: f64 = 0.99;

/// Flaws of opening connections, of which `wanted` were asked for.
pub(super) fn of_connecting(connected: &Connected, wanted: u64) -> Vec<Flaw> {
    let mut flaws = of_verification(&connected.verification);
    let down = wanted
        .saturating_sub(connected.connections_up)
        .max(connected.connections_failed);
    if down > 0 {
        let first = connected.first_failure.clone();
        flaws.push(Flaw::ConnectionsFailed {
            count: down,
            first: first.unwrap_or_else(|| "no reason given".to_owned()),
        });
    }
    flaws
}

/// Flaws of a window of echoes.
pub(super) fn of_echoes(load: &LoadResult) -> Vec<Flaw> {
    let mut flaws = of_verification(&load.verification);
    if load.completed == 0 {
        flaws.push(Flaw::NothingEchoed);
    }
    flaws
}

/// The flaw of a fixed rate that was not reached in more than half of these
/// rounds: a pause in some of them is latency.
pub(super) fn of_rate(rounds: &[LoadResult]) -> Option<Flaw> {
    let mut ratios: Vec<f64> = rounds
        .iter()
        .filter(|round| round.planned > 0)
        .map(rate_ratio)
        .collect();
    ratios.sort_by(f64::total_cmp);
    let ratio = *ratios.get(ratios.len() / 2)?;
    (ratio < LEAST_RATE_RATIO).then_some(Flaw::RateNotReached { ratio })
}

/// Slices at the end of a window in which a pause doesn't count against the
/// rate.
const LAST_SLICES: usize = 3;

/// Achieved rate divided by offered rate: echoes over what was planned until
/// the end of the window or, if that is better, until the end of one of the
/// slices just before it.
///
/// A server that can't bear the rate is behind at all of them. One that pauses
/// shortly before the end lacks those echoes at the end only; that pause is
/// latency, and a trial must not be thrown away for it. One that pauses earlier
/// and catches up has a good whole.
fn rate_ratio(load: &LoadResult) -> f64 {
    let planned = load.planned as f64;
    let mut best = load.completed_in_window as f64 / planned;
    let slices = load.slices.len();
    if slices > LAST_SLICES {
        let mut until: u64 = load.slices.iter().sum();
        for (index, slice) in load.slices.iter().enumerate().rev().take(LAST_SLICES) {
            until -= slice;
            best = best.max(until as f64 * slices as f64 / (planned * index as f64));
        }
    }
    best
}

/// Flaws of a window of handshakes.
pub(super) fn of_handshakes(load: &LoadResult) -> Vec<Flaw> {
    let mut flaws = of_verification(&load.verification);
    let Some(counts) = &load.handshakes else {
        flaws.push(Flaw::GeneratorFailed {
            error: "its result has no count of handshakes".to_owned(),
        });
        return flaws;
    };
    if counts.failed > 0 {
        let first = counts.first_failure.clone();
        flaws.push(Flaw::ConnectionsFailed {
            count: counts.failed,
            first: first.unwrap_or_else(|| "no reason given".to_owned()),
        });
    }
    if counts.not_closed > 0 {
        flaws.push(close_not_answered(counts.not_closed));
    }
    if counts.completed == 0 {
        flaws.push(Flaw::NothingEchoed);
    }
    flaws
}

/// Flaws of closing all connections, and of what came since the window.
pub(crate) fn of_disconnecting(disconnected: &Disconnected) -> Vec<Flaw> {
    let mut flaws = of_verification(&disconnected.verification);
    if disconnected.unclean > 0 {
        flaws.push(close_not_answered(disconnected.unclean));
    }
    flaws
}

/// The flaw of connections whose closing handshake the server did not finish.
fn close_not_answered(count: u64) -> Flaw {
    Flaw::ProtocolViolated {
        count,
        first: "a Close frame was not answered by a Close frame and the end of the stream \
                (RFC 6455 sections 5.5.1 and 7.1.1)"
            .to_owned(),
    }
}

fn of_verification(seen: &VerificationCounts) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut note = |count: u64, flaw: fn(u64) -> Flaw| {
        if count > 0 {
            flaws.push(flaw(count));
        }
    };
    note(seen.corrupted, |count| Flaw::Corrupted { count });
    note(seen.wrong_length, |count| Flaw::WrongLength { count });
    note(seen.wrong_opcode, |count| Flaw::WrongOpcode { count });
    note(seen.reordered, |count| Flaw::Reordered { count });
    note(seen.duplicated, |count| Flaw::Duplicated { count });
    note(seen.missing, |count| Flaw::Missing { count });
    note(seen.late, |count| Flaw::Late { count });
    if seen.protocol_violations > 0 {
        let first = seen.first_violation.clone();
        flaws.push(Flaw::ProtocolViolated {
            count: seen.protocol_violations,
            first: first.unwrap_or_else(|| "no description given".to_owned()),
        });
    }
    if seen.closed > 0 || seen.reset > 0 {
        flaws.push(Flaw::ClosedEarly {
            closed: seen.closed,
            reset: seen.reset,
        });
    }
    flaws
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use record::FlawKind;

    use super::*;
    use crate::run::fixture;

    fn kinds(flaws: &[Flaw]) -> Vec<FlawKind> {
        flaws.iter().map(Flaw::kind).collect()
    }

    fn rate(rounds: &[LoadResult]) -> Option<FlawKind> {
        of_rate(rounds).map(|flaw| flaw.kind())
    }

    proptest! {
        /// No mismatch, however it is mixed with others, goes unnamed: a
        /// verification without flaws is exactly a clean one.
        #[test]
        fn only_clean_counts_have_no_flaw(counts in prop::array::uniform10(0_u64..3)) {
            let [corrupted, wrong_length, wrong_opcode, reordered, duplicated, missing, late,
                protocol_violations, closed, reset] = counts;
            let seen = VerificationCounts {
                verified: 7, corrupted, wrong_length, wrong_opcode, reordered, duplicated,
                missing, late, protocol_violations, first_violation: None, closed, reset,
            };
            prop_assert_eq!(of_verification(&seen).is_empty(), seen.is_clean());
        }
    }

    #[test]
    fn a_slow_open_loop_is_flawed_and_a_slow_closed_one_is_not() {
        let mut load = fixture::load_result();
        load.planned = 1000;
        load.slices = vec![98; 10];
        load.completed_in_window = 989;
        load.completed = 1000;
        assert_eq!(rate(&[load.clone()]), Some(FlawKind::RateNotReached));
        assert!(of_echoes(&load).is_empty());
        load.completed_in_window = 990;
        assert_eq!(rate(&[load]), None);
    }

    #[test]
    fn a_pause_is_latency_and_no_lower_rate() {
        let mut load = fixture::load_result();
        load.planned = 1000;
        load.completed = 1000;
        let mut judge = |slices: [u64; 10]| {
            load.slices = slices.to_vec();
            load.completed_in_window = slices.iter().sum();
            rate(std::slice::from_ref(&load))
        };
        // At the end; in the middle, with all echoes at once afterwards.
        let mut slices = [100; 10];
        slices[9] = 0;
        assert!(judge(slices).is_none());
        assert!(judge([100, 100, 100, 100, 100, 100, 100, 0, 0, 0]).is_none());
        assert!(judge([100, 100, 100, 0, 0, 0, 0, 0, 600, 100]).is_none());
        // Falling behind all the time, in bursts, or for too long at the end.
        for slices in [
            [97, 99, 96, 98, 97, 99, 97, 98, 97, 98],
            [130, 50, 130, 60, 100, 130, 50, 130, 60, 100],
            [100, 100, 100, 100, 100, 100, 0, 0, 0, 0],
        ] {
            assert_eq!(judge(slices), Some(FlawKind::RateNotReached), "{slices:?}");
        }
    }

    #[test]
    fn a_rate_is_missed_in_most_rounds_or_not_at_all() {
        let good = LoadResult {
            planned: 100,
            completed_in_window: 100,
            ..fixture::load_result()
        };
        let bad = LoadResult {
            completed_in_window: 80,
            ..good.clone()
        };
        for (behind, rounds, missed) in [(2, 5, false), (3, 5, true), (1, 2, false), (2, 2, true)] {
            let of = |number| if number < behind { &bad } else { &good };
            let rounds: Vec<_> = (0..rounds).map(|number| of(number).clone()).collect();
            assert_eq!(rate(&rounds).is_some(), missed, "{behind}");
        }
        assert_eq!(rate(&[]), None);
    }

    #[test]
    fn silence_is_a_flaw() {
        let mut load = fixture::load_result();
        load.completed = 0;
        assert_eq!(kinds(&of_echoes(&load)), [FlawKind::NothingEchoed]);
    }

    #[test]
    fn handshakes_that_fail_or_never_close_are_flaws() {
        let mut load = fixture::load_result();
        load.handshakes = Some(record::HandshakeCounts {
            completed: 10,
            failed: 1,
            first_failure: Some("refused".to_owned()),
            not_closed: 2,
        });
        assert_eq!(
            kinds(&of_handshakes(&load)),
            [FlawKind::ConnectionsFailed, FlawKind::ProtocolViolated]
        );
        load.handshakes = None;
        assert_eq!(kinds(&of_handshakes(&load)), [FlawKind::GeneratorFailed]);
    }

    #[test]
    fn a_connection_that_is_not_up_has_failed() {
        let connected = Connected {
            connections_up: 3,
            ..Connected::default()
        };
        assert!(of_connecting(&connected, 3).is_empty());
        assert_eq!(
            kinds(&of_connecting(&connected, 4)),
            [FlawKind::ConnectionsFailed]
        );
    }
}
