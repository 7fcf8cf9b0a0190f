//! Is a run complete?

use record::{BuildOutcome, Flaw, FlawKind, Plan, Protocol, RunHeader, TrialRecord};

use super::setup::left_out_in_words;
use crate::{exit::Exit, run::Schedule};

/// Flaws that say something about a server, not about the machine. One in any
/// trial is worth an exit code; another one only when no block of its cell has
/// a valid trial.
fn is_server_s_fault(kind: FlawKind) -> bool {
    !kind.may_be_the_machine_s()
        && !matches!(
            kind,
            FlawKind::TooFewFiles
                | FlawKind::TimedOut
                | FlawKind::ToolMissing
                | FlawKind::ToolFailed
        )
}

/// Flaws of a trial that leave a run complete: its cell says what was missing.
fn is_excused(kind: FlawKind, protocol: Protocol) -> bool {
    match kind {
        // A tool is optional.
        FlawKind::ToolMissing | FlawKind::ToolFailed => true,
        // Datagrams may be lost, wherever a buffer is full.
        FlawKind::Missing | FlawKind::Late | FlawKind::ConnectionsFailed => {
            protocol == Protocol::Udp
        }
        _ => false,
    }
}

/// What is missing or wrong, one line per row and cell; empty when the run is
/// complete as far as it came.
pub(super) fn shortcomings(header: &RunHeader, trials: &[TrialRecord]) -> Vec<String> {
    let mut found = Vec::new();
    for contender in &header.contenders {
        if matches!(contender.build, BuildOutcome::Failed { .. }) {
            found.push(format!("{} could not be built", contender.name));
        }
    }
    for level in &header.left_out_levels {
        found.push(left_out_in_words(level));
    }
    for check in &header.checks {
        if let Some(flaw) = check.flaws.first() {
            found.push(format!("{} failed its check: {flaw}", check.entry));
        }
    }
    for entry in &header.plan.entries {
        let contender = header
            .contenders
            .iter()
            .find(|it| it.name == entry.key.contender);
        let protocol = contender.map_or(Protocol::default(), |it| it.facts.protocol);
        let is_excused = |flaw: &Flaw| is_excused(flaw.kind(), protocol);
        for cell in &header.plan.cells {
            let of_row: Vec<&TrialRecord> = trials
                .iter()
                .filter(|trial| trial.entry == entry.key && trial.cell == cell.name)
                .collect();
            let is_only_excused =
                |trial: &TrialRecord| !trial.flaws.is_empty() && trial.flaws.iter().all(is_excused);
            let flaws = of_row.iter().flat_map(|trial| &trial.flaws);
            let mut server_s_fault =
                flaws.filter(|flaw| is_server_s_fault(flaw.kind()) && !is_excused(flaw));
            let never_valid = !of_row.is_empty()
                && !of_row
                    .iter()
                    .any(|trial| trial.is_valid() || is_only_excused(trial));
            let reason = match server_s_fault.next() {
                Some(flaw) => Some(flaw.to_string()),
                None if never_valid => Some(
                    of_row
                        .iter()
                        .flat_map(|trial| &trial.flaws)
                        .next()
                        .map_or_else(|| "nothing was measured".to_owned(), ToString::to_string),
                ),
                None => None,
            };
            if let Some(reason) = reason {
                found.push(format!("{} in {}: {reason}", entry.key, cell.name));
            }
        }
    }
    found
}

/// The exit code of a run.
pub(super) fn exit_of(interrupted: bool, shortcomings: &[String]) -> Exit {
    if interrupted {
        Exit::Interrupted
    } else if shortcomings.is_empty() {
        Exit::Ok
    } else {
        Exit::Incomplete
    }
}

/// Whether every trial of the plan is on record, and every one that was to run
/// again.
pub(super) fn is_whole(plan: &Plan, trials: &[TrialRecord]) -> bool {
    Schedule::after(plan, trials).is_ok_and(|schedule| schedule.due().is_none())
}

#[cfg(test)]
mod tests {
    use record::{Language, LeftOutLevel, MissingToolchain};

    use super::*;
    use crate::{discover::External, run::fixture};

    #[test]
    fn a_machine_with_nothing_but_rust_is_no_shortcoming() {
        let external: External = "mine=server".parse().unwrap();
        let contender = external.contender();
        let mut header = fixture::header();
        let missing = BuildOutcome::ToolchainMissing(MissingToolchain {
            language: Language::Go,
            needed: None,
            found: None,
        });
        header.contenders.push(contender.built(missing));
        assert_eq!(shortcomings(&header, &[]), [""; 0]);
        header.contenders[0].build = BuildOutcome::Failed {
            error: String::new(),
        };
        assert_eq!(shortcomings(&header, &[]).len(), 1);
    }

    fn lost(header: &RunHeader) -> TrialRecord {
        let plan = &header.plan;
        TrialRecord {
            number: 0,
            block: 0,
            attempt: 0,
            cell: plan.cells[0].name.clone(),
            scenario: plan.cells[0].scenario.clone(),
            entry: plan.entries[0].key.clone(),
            started_at_unix_ns: 0,
            took_ns: 1,
            flaws: vec![Flaw::Missing { count: 3 }],
            measurement: None,
            machine: None,
            beside: None,
        }
    }

    #[test]
    fn a_lost_datagram_leaves_a_run_complete_and_a_lost_message_does_not() {
        let mut header = fixture::header();
        let external: External = "mine=server".parse().unwrap();
        let contender = external.contender();
        let given = BuildOutcome::Given { binary_bytes: 1 };
        header.contenders.push(contender.built(given));
        let trials = [lost(&header)];
        let found = shortcomings(&header, &trials);
        assert!(
            found.len() == 1 && found[0].contains("3 echoes missing"),
            "{found:?}"
        );
        header.contenders[0].facts.protocol = Protocol::Udp;
        assert_eq!(shortcomings(&header, &trials), [""; 0]);
        let mut wrong = lost(&header);
        wrong.flaws.push(Flaw::Corrupted { count: 1 });
        assert_eq!(shortcomings(&header, &[wrong]).len(), 1);
    }

    #[test]
    fn a_level_that_was_left_out_makes_a_run_incomplete() {
        let mut header = fixture::header();
        assert_eq!(exit_of(false, &shortcomings(&header, &[])), Exit::Ok);
        header.left_out_levels.push(LeftOutLevel {
            scenario: "idle".to_owned(),
            connections: 10_000,
            allowed_files: 1_024,
        });
        let found = shortcomings(&header, &[]);
        assert_eq!(exit_of(false, &found), Exit::Incomplete);
        assert!(
            found[0].contains("10000") && found[0].contains("1024"),
            "{found:?}"
        );
    }
}
