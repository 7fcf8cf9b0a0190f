//! How often a difference is found, and how often one is claimed where there is
//! none: a table over repeated selftests.

use super::{
    Claim,
    proof::Proof,
    verdict::{Outcome, Seen, Verdict},
};

/// Repetitions of each claim that the bar is about.
const REPETITIONS: usize = 20;

/// Of those, how many must hold.
const BAR: usize = 19;

/// The table of all repetitions, in the order in which they ran.
pub(super) fn table(proofs: &[Proof]) -> String {
    let mut text = String::from("# How well the tool tells servers apart\n\n");
    if let Some(first) = proofs.first() {
        text.push_str(&facts(first));
    }
    for (claim, title, held) in [
        (
            Claim::CpuPlus5,
            "A server with 5 % more CPU time per message",
            "detected",
        ),
        (
            Claim::SameServer,
            "The same server under another name",
            "no false claim",
        ),
    ] {
        text.push_str(&section(proofs, claim, title, held));
    }
    text
}

fn facts(proof: &Proof) -> String {
    let host = proof.host.as_ref().map_or_else(
        || "unknown".to_owned(),
        |host| {
            format!(
                "{} ({} processors of {})",
                host.name, host.cpus, host.cpu_model
            )
        },
    );
    let commit = proof.commit.as_deref().unwrap_or("outside a checkout");
    let dirty = if proof.dirty { ", with changes" } else { "" };
    let effort = proof.effort;
    format!(
        "Each row is a whole comparison of its own: reference, twin and the server in question, \
         every trial a fresh process, with another seed. The known server burns its share of CPU \
         time by its own clock, so the truth is the same on every machine.\n\n\
         - first repetition: {}\n\
         - host: {host}\n\
         - commit: {commit}{dirty}\n\
         - effort: {}, {} blocks of {} ms\n\
         - command of the first: `{}`\n",
        proof.started_at,
        effort.level,
        effort.blocks,
        effort.window_ns / 1_000_000,
        proof.command,
    )
}

fn section(proofs: &[Proof], claim: Claim, title: &str, held: &str) -> String {
    let repetitions: Vec<(&Proof, Vec<&Verdict>)> = proofs
        .iter()
        .map(|proof| {
            let verdicts = proof.verdicts.iter().filter(|it| it.claim == claim);
            (proof, verdicts.collect())
        })
        .filter(|(_, verdicts): &(_, Vec<_>)| !verdicts.is_empty())
        .collect();
    if repetitions.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "\n## {title}\n\n\
         | seed | ratio | interval | noise floor | blocks | verdict | |\n\
         |---:|---:|---|---:|---:|---|---|\n"
    );
    for (proof, verdicts) in &repetitions {
        if let Some(verdict) = verdicts.first() {
            text.push_str(&row(proof.seed, verdict, holds(verdicts)));
        }
    }
    let holding = repetitions.iter().filter(|(_, verdicts)| holds(verdicts));
    let (holding, all) = (holding.count(), repetitions.len());
    text.push_str(&format!("\n**{held} {holding} of {all}**"));
    text.push_str(&if all < REPETITIONS {
        format!(
            "; the bar of {BAR} of {REPETITIONS} needs {} more.\n",
            REPETITIONS - all
        )
    } else if holding * REPETITIONS >= BAR * all {
        format!("; the bar of {BAR} of {REPETITIONS} is met.\n")
    } else {
        format!("; the bar of {BAR} of {REPETITIONS} is NOT met.\n")
    });
    text
}

fn holds(verdicts: &[&Verdict]) -> bool {
    verdicts.iter().all(|it| it.outcome == Outcome::Held)
}

fn row(seed: u64, verdict: &Verdict, holds: bool) -> String {
    let mark = if holds { "" } else { "**not held**" };
    match &verdict.seen {
        Seen::Compared(seen) => {
            let floor = seen
                .floor_percent
                .map_or_else(|| "none".to_owned(), |floor| format!("{floor:.1} %"));
            format!(
                "| {seed} | {:.3} | {:.3} to {:.3} | {floor} | {} | {} | {mark} |\n",
                seen.ratio, seen.lower, seen.upper, seen.blocks, seen.verdict
            )
        }
        other => format!("| {seed} | | | | | {other} | {mark} |\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selftest::proof::tests::{compared, proof};

    fn repetitions(claim: Claim, held: usize, not_held: usize) -> Vec<Proof> {
        let outcomes = [(held, Outcome::Held), (not_held, Outcome::NotHeld)];
        let mut proofs = Vec::new();
        for (count, outcome) in outcomes {
            for _ in 0..count {
                let seed = proofs.len() as u64 + 1;
                let (ratio, verdict) = match outcome {
                    Outcome::Held => (1.05, "worse"),
                    _ => (1.02, "tied"),
                };
                let verdict = compared(claim, "plus5", ratio, verdict, outcome);
                proofs.push(proof(&[claim], seed, vec![verdict]));
            }
        }
        proofs
    }

    #[test]
    fn every_repetition_has_a_row_and_all_are_counted() {
        let mut proofs = repetitions(Claim::CpuPlus5, 2, 1);
        proofs.push(proof(
            &[Claim::SameServer],
            1,
            vec![compared(
                Claim::SameServer,
                "same",
                0.95,
                "better",
                Outcome::NotHeld,
            )],
        ));
        insta::assert_snapshot!("table", table(&proofs));
    }

    #[test]
    fn the_bar_is_19_of_20() {
        let last = |held, not_held| {
            let text = table(&repetitions(Claim::CpuPlus5, held, not_held));
            text.lines().last().unwrap().to_owned()
        };
        assert_eq!(
            last(19, 1),
            "**detected 19 of 20**; the bar of 19 of 20 is met."
        );
        assert_eq!(
            last(18, 2),
            "**detected 18 of 20**; the bar of 19 of 20 is NOT met."
        );
        assert_eq!(
            last(19, 0),
            "**detected 19 of 19**; the bar of 19 of 20 needs 1 more."
        );
    }
}
