//! Are servers that misbehave named as what they are, and nothing else?

use std::collections::BTreeSet;

use record::{FlawKind, Measurement};

use super::{Evidence, is_of_server, texts, verdict};
use crate::selftest::{
    Claim,
    experiment::{Experiment, PLAIN},
    faulty::{Faulty, IN_CHECK, IN_TRIAL, Truth},
    verdict::{Expected, Outcome, Seen, Verdict},
};

pub(super) fn judge(experiment: &Experiment, evidence: &Evidence) -> Vec<Verdict> {
    let plain = Faulty {
        name: PLAIN,
        fault: "none",
        when: "",
        truth: Truth::MoreFrames,
    };
    let is_right = right(evidence, &plain, |_, _| true);
    let mut verdicts = vec![verdict(Claim::Faults, PLAIN, Expected::NoFlaw, is_right)];
    for faulty in IN_TRIAL.iter().chain(&IN_CHECK) {
        if !experiment
            .servers
            .iter()
            .any(|server| server.name == faulty.name)
        {
            continue;
        }
        verdicts.push(match faulty.truth {
            Truth::Flaw(kind, followers) => {
                let name = format!("{kind:?}");
                let found = wrong(evidence, faulty.name, kind, followers);
                verdict(Claim::Faults, faulty.name, Expected::Flaw { name }, found)
            }
            Truth::MoreFrames => {
                let found = right(evidence, faulty, |frames, _| (2.9..=3.1).contains(&frames));
                verdict(Claim::Faults, faulty.name, Expected::NoFlaw, found)
            }
            Truth::Pings => {
                let found = right(evidence, faulty, |_, pings| pings > 0);
                verdict(Claim::Faults, faulty.name, Expected::NoFlaw, found)
            }
        });
    }
    verdicts
}

/// A server with a flaw: that it is named as this flaw and gives no figure.
fn wrong(
    evidence: &Evidence,
    name: &str,
    kind: FlawKind,
    followers: &[FlawKind],
) -> (Seen, Outcome) {
    let flaws = evidence.flaws(name);
    let kinds: BTreeSet<FlawKind> = flaws.iter().map(|flaw| flaw.kind()).collect();
    let published = evidence.is_published(name);
    let others_named = kinds
        .iter()
        .any(|it| is_of_server(*it) && *it != kind && !followers.contains(it));
    let disturbed = kinds.iter().any(|it| !is_of_server(*it));
    let outcome = if published || others_named {
        Outcome::NotHeld
    } else if disturbed {
        Outcome::Undecided
    } else if kinds.contains(&kind) {
        Outcome::Held
    } else {
        Outcome::NotHeld
    };
    let flaws = texts(&flaws);
    (Seen::Flaws { flaws, published }, outcome)
}

/// A server without a flaw: that none is named, that it gives figures, and that
/// its peculiarity is on record, which `shows` tells from frames per message
/// and pings.
fn right(
    evidence: &Evidence,
    faulty: &Faulty,
    shows: impl Fn(f64, u64) -> bool,
) -> (Seen, Outcome) {
    let name = faulty.name;
    let flaws = evidence.flaws(name);
    let published = evidence.is_published(name);
    if flaws.iter().any(|flaw| !is_of_server(flaw.kind())) {
        return evidence.no_figure(name);
    }
    let peculiar = evidence
        .run
        .trials
        .iter()
        .filter(|trial| trial.entry.contender == name)
        .all(|trial| match &trial.measurement {
            Some(Measurement::Echo { load, .. }) => {
                let frames = load.frames as f64 / load.completed.max(1) as f64;
                shows(frames, load.pings_answered)
            }
            _ => false,
        });
    let outcome = if flaws.is_empty() && published && peculiar {
        Outcome::Held
    } else {
        Outcome::NotHeld
    };
    let mut flaws = texts(&flaws);
    if flaws.is_empty() && published && !peculiar {
        flaws.push(format!("{} is not on record", faulty.fault));
    }
    (Seen::Flaws { flaws, published }, outcome)
}
