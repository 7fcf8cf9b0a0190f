//! Finds the rates of a ladder: fractions of the slowest server's capacity.

use record::{Calibration, EntryKey, Extent, Flaw, Load, MessageShape, Rung};

use super::{Bench, Session, session::STAGGER_BYTES};
use crate::{exit::Interrupted, process::Stop};

/// Warm-up of a calibration.
const WARM_UP_NS: u64 = 100_000_000;

/// Length of a window.
const WINDOW_NS: u64 = 250_000_000;

/// How often every entry is driven. Whatever disturbs a window lowers what it
/// shows, so the highest counts.
const ROUNDS: u32 = 2;

/// How often every entry is driven, for how long before a window and in it.
pub(crate) const CALIBRATION: (u32, u64, u64) = (ROUNDS, WARM_UP_NS, WINDOW_NS);

/// A ladder whose rates are to be found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ladder<'a> {
    /// The scenario's name.
    pub(crate) scenario: &'a str,
    /// Connections.
    pub(crate) connections: u32,
    /// What is sent.
    pub(crate) message: MessageShape,
    /// Its rungs.
    pub(crate) rungs: &'a [Rung],
}

/// What became of a ladder: rates, unless every server failed, and the flaws of
/// those that did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Calibrated {
    /// The rates.
    pub(crate) calibration: Option<Calibration>,
    /// Servers that could not be calibrated; they still take part.
    pub(crate) failed: Vec<(EntryKey, Vec<Flaw>)>,
}

/// Drives every entry in a closed loop for a moment, in rounds.
///
/// All servers get the same rates, so one calibration sets them; the capacity
/// itself is no result.
pub(crate) fn calibrate(
    bench: &Bench<'_>,
    ladder: Ladder<'_>,
    entries: &[EntryKey],
    seed: u64,
    mut before_each: impl FnMut(&EntryKey),
) -> Result<Calibrated, Interrupted> {
    let mut best_per_s: Vec<Option<f64>> = vec![None; entries.len()];
    let mut last_flaws: Vec<Vec<Flaw>> = vec![Vec::new(); entries.len()];
    for _ in 0..ROUNDS {
        for (index, entry) in entries.iter().enumerate() {
            before_each(entry);
            match capacity(bench, ladder, entry, seed) {
                Ok(per_s) => {
                    best_per_s[index] = Some(best_per_s[index].map_or(per_s, |it| it.max(per_s)));
                }
                Err(Stop::Flawed(flaws)) => last_flaws[index] = flaws,
                Err(Stop::Interrupted) => return Err(Interrupted),
            }
        }
    }
    let mut capacities_per_s = Vec::new();
    let mut failed = Vec::new();
    for ((entry, best), flaws) in entries.iter().zip(best_per_s).zip(last_flaws) {
        match best {
            Some(per_s) => capacities_per_s.push((entry.clone(), per_s)),
            None => failed.push((entry.clone(), flaws)),
        }
    }
    Ok(Calibrated {
        calibration: rates(ladder, capacities_per_s),
        failed,
    })
}

fn capacity(
    bench: &Bench<'_>,
    ladder: Ladder<'_>,
    entry: &EntryKey,
    seed: u64,
) -> Result<f64, Stop> {
    let mut session = Session::open(bench, entry, 0)?;
    let load = Load::Closed { in_flight: 1 };
    let mut workload = session.workload(seed, ladder.connections, load, ladder.message);
    workload.stagger_bytes = STAGGER_BYTES;
    workload.warm_up = Extent::DurationNs(WARM_UP_NS);
    workload.window = Extent::DurationNs(WINDOW_NS);
    session.connect(&workload)?;
    let (load, flaws) = session.go(&workload)?;
    if flaws.is_empty() && load.completed_in_window == 0 {
        // Rates are parts of this; no rate can be a part of nothing.
        return Err(Flaw::NothingEchoed.into());
    }
    if flaws.is_empty() {
        Ok(load.completed_in_window as f64 * 1e9 / load.window_ns.max(1) as f64)
    } else {
        Err(Stop::Flawed(flaws))
    }
}

fn rates(ladder: Ladder<'_>, capacities_per_s: Vec<(EntryKey, f64)>) -> Option<Calibration> {
    let (slowest, capacity) = capacities_per_s
        .iter()
        .min_by(|(_, left), (_, right)| left.total_cmp(right))
        .cloned()?;
    Some(Calibration {
        scenario: ladder.scenario.to_owned(),
        slowest,
        rung_rates_per_s: ladder
            .rungs
            .iter()
            .map(|rung| three_digits(capacity * rung.fraction_of_slowest))
            .collect(),
        capacities_per_s,
    })
}

/// Rounds to three significant digits, so that a rate can be quoted and typed.
fn three_digits(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let unit = 10_f64.powi(value.log10().floor() as i32 - 2);
    if unit < 1.0 {
        // Dividing by a whole number keeps 1.23 from becoming 1.2300000000000002.
        let per_unit = (1.0 / unit).round();
        (value * per_unit).round() / per_unit
    } else {
        (value / unit).round() * unit
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use record::MessageKind;

    use super::*;
    use crate::run::{
        fake::{Behaviour, FakeMachine},
        fixture::key,
    };

    #[test]
    fn rates_are_fractions_of_the_slowest() {
        let rungs = [0.25, 0.5].map(|fraction_of_slowest| Rung {
            name: fraction_of_slowest.to_string(),
            fraction_of_slowest,
        });
        let ladder = Ladder {
            scenario: "ladder",
            connections: 1,
            message: MessageShape {
                kind: MessageKind::Binary,
                size_bytes: 1,
            },
            rungs: &rungs,
        };
        let found = rates(ladder, vec![(key("a"), 98_765.0), (key("b"), 45_678.0)]).unwrap();
        assert_eq!(found.slowest, key("b"));
        assert_eq!(found.rung_rates_per_s, [11_400.0, 22_800.0]);
        assert_eq!(rates(ladder, Vec::new()), None);
    }

    #[test]
    fn a_server_that_fails_is_named_and_the_others_set_the_rates() {
        let machine = FakeMachine::new(&[
            ("bad", Behaviour::Corrupts),
            ("good", Behaviour::Good),
            ("absent", Behaviour::NotStarted),
        ]);
        let rungs = [Rung {
            name: "50".to_owned(),
            fraction_of_slowest: 0.5,
        }];
        let ladder = Ladder {
            scenario: "ladder",
            connections: 4,
            message: MessageShape {
                kind: MessageKind::Binary,
                size_bytes: 1,
            },
            rungs: &rungs,
        };
        let entries = ["bad", "good", "absent"].map(key);
        let mut driven = Vec::new();
        let found = calibrate(&machine.bench(), ladder, &entries, 7, |entry| {
            driven.push(entry.contender.clone());
        })
        .unwrap();
        assert_eq!(driven, ["bad", "good", "absent", "bad", "good", "absent"]);
        // 100 echoes in the fake's window of 1 ms.
        let calibration = found.calibration.unwrap();
        assert_eq!(calibration.capacities_per_s, [(key("good"), 100_000.0)]);
        assert_eq!(calibration.rung_rates_per_s, [50_000.0]);
        let failed: Vec<_> = found.failed.iter().map(|(entry, _)| entry).collect();
        assert_eq!(failed, [&key("bad"), &key("absent")]);

        machine.interrupt_after(3);
        let stopped = calibrate(
            &machine.bench(),
            ladder,
            &[key("good"), key("good")],
            7,
            |_| {},
        );
        assert_eq!(stopped, Err(Interrupted));
    }

    proptest! {
        #[test]
        fn rounding_keeps_three_digits(value in 0.01_f64..1e9) {
            let rounded = three_digits(value);
            prop_assert!((rounded / value - 1.0).abs() <= 0.005 + 1e-9);
            prop_assert_eq!(three_digits(rounded), rounded);
            let digits = format!("{:.2e}", rounded);
            prop_assert!((digits.parse::<f64>().unwrap() / rounded - 1.0).abs() < 1e-12);
        }
    }
}
