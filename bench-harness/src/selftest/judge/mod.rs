//! From a run to verdicts: pure.

mod allocations;
mod cpu;
mod faults;
mod stall;
mod stall_arithmetic;
#[cfg(test)]
mod tests;

use record::{Flaw, FlawKind, Role, TrialRecord};
use report::{Findings, Run, findings::EntryFinding};

use super::{
    Claim,
    experiment::Experiment,
    verdict::{Expected, Outcome, Seen, Verdict},
};

/// A run of the tool, and what the tool's analysis says about it.
pub(super) struct Evidence {
    pub(super) run: Run,
    pub(super) findings: Findings,
}

/// What an experiment says about a claim.
pub(super) fn judge(claim: Claim, experiment: &Experiment, evidence: &Evidence) -> Vec<Verdict> {
    match claim {
        Claim::SameServer | Claim::CpuPlus20 | Claim::CpuPlus5 => {
            cpu::judge(claim, experiment, evidence)
        }
        Claim::Stall => stall::judge(experiment, evidence),
        Claim::Allocations => allocations::judge(evidence),
        Claim::Faults => faults::judge(experiment, evidence),
    }
}

impl Evidence {
    /// Position among the findings' entries.
    fn entry(&self, name: &str, role: Role) -> Option<usize> {
        let is_it = |entry: &EntryFinding| entry.key.contender == name && entry.key.role == role;
        self.findings.entries.iter().position(is_it)
    }

    /// Everything that was found wrong with a server, in the check and in its
    /// trials. Trials that the machine disturbed are left out when they were
    /// redone without.
    fn flaws(&self, name: &str) -> Vec<&Flaw> {
        let checks = self.run.header.checks.iter();
        let in_check = checks
            .filter(|check| check.entry.contender == name)
            .flat_map(|check| &check.flaws);
        let trials: Vec<&TrialRecord> = self
            .run
            .trials
            .iter()
            .filter(|trial| trial.entry.contender == name)
            .collect();
        let was_redone = |trial: &TrialRecord| {
            trials.iter().any(|other| {
                (other.block, &other.cell, &other.entry) == (trial.block, &trial.cell, &trial.entry)
                    && !is_disturbed(other)
            })
        };
        let in_trials = trials
            .iter()
            .filter(|trial| !is_disturbed(trial) || !was_redone(trial))
            .flat_map(|trial| &trial.flaws);
        in_check.chain(in_trials).collect()
    }

    /// Whether the analysis has a figure of this server in any table.
    fn is_published(&self, name: &str) -> bool {
        self.findings.cells.iter().any(|cell| {
            self.findings
                .entries
                .iter()
                .enumerate()
                .filter(|(_, entry)| entry.key.contender == name)
                .any(|(index, _)| {
                    cell.detail(index).is_some()
                        || cell
                            .metrics
                            .iter()
                            .any(|metric| metric.row(index).is_some())
                })
        })
    }

    /// Why a server gave no figure: the machine, or the server or tool.
    fn no_figure(&self, name: &str) -> (Seen, Outcome) {
        let flaws = self.flaws(name);
        let of_machine = flaws.iter().any(|flaw| !is_of_server(flaw.kind()));
        let reason = match flaws.as_slice() {
            [] => "there is no valid trial".to_owned(),
            flaws => texts(flaws).join("; "),
        };
        let outcome = if of_machine && !flaws.iter().any(|flaw| is_of_server(flaw.kind())) {
            Outcome::Undecided
        } else {
            Outcome::NotHeld
        };
        (Seen::Nothing { reason }, outcome)
    }
}

/// The texts of flaws, each once.
fn texts(flaws: &[&Flaw]) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for flaw in flaws {
        let text = flaw.to_string();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// Whether the machine is among what was wrong.
fn is_disturbed(trial: &TrialRecord) -> bool {
    trial.flaws.iter().any(|flaw| !is_of_server(flaw.kind()))
}

/// Whether a flaw is one that a server can have. All others, those that this
/// list has never heard of included, are the machine's: they decide nothing.
fn is_of_server(kind: FlawKind) -> bool {
    matches!(
        kind,
        FlawKind::NotStarted
            | FlawKind::NeverReady
            | FlawKind::BadReadyLine
            | FlawKind::Exited
            | FlawKind::ControlFailed
            | FlawKind::GeneratorFailed
            | FlawKind::ConnectionsFailed
            | FlawKind::Corrupted
            | FlawKind::WrongLength
            | FlawKind::WrongOpcode
            | FlawKind::Reordered
            | FlawKind::Duplicated
            | FlawKind::Missing
            | FlawKind::Late
            | FlawKind::ProtocolViolated
            | FlawKind::ClosedEarly
            | FlawKind::NothingEchoed
    )
}

fn verdict(
    claim: Claim,
    subject: &str,
    expected: Expected,
    (seen, outcome): (Seen, Outcome),
) -> Verdict {
    Verdict {
        claim,
        subject: subject.to_owned(),
        expected,
        seen,
        outcome,
    }
}
