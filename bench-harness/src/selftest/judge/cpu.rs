//! Is CPU time that is burnt found, and none where nothing is burnt?

use record::Role;
use report::findings::{Estimate, Metric, MetricFinding};
use statistics::Verdict as Judgement;

use super::{Evidence, verdict};
use crate::selftest::{
    Claim,
    experiment::Experiment,
    verdict::{Compared, Expected, Outcome, Seen, Verdict},
};

/// Around 20 %, and around 5 %: burning is exact, but what it does to caches and
/// to the machine's sleep is not nothing, and a median of few blocks scatters.
const ABOUT_20_PERCENT: (f64, f64) = (1.15, 1.25);
const ABOUT_5_PERCENT: (f64, f64) = (1.02, 1.09);

pub(super) fn judge(claim: Claim, experiment: &Experiment, evidence: &Evidence) -> Vec<Verdict> {
    let expected = match claim {
        Claim::CpuPlus20 => Expected::Worse {
            lower: ABOUT_20_PERCENT.0,
            upper: ABOUT_20_PERCENT.1,
        },
        Claim::CpuPlus5 => Expected::Worse {
            lower: ABOUT_5_PERCENT.0,
            upper: ABOUT_5_PERCENT.1,
        },
        _ => Expected::Tie,
    };
    // The twin is no proof: the noise floor is made of it, so that it always ties.
    let servers = experiment.servers.iter().skip(1);
    servers
        .map(|server| {
            let found = found(evidence, &server.name, &expected);
            verdict(claim, &server.name, expected.clone(), found)
        })
        .collect()
}

fn found(evidence: &Evidence, name: &str, expected: &Expected) -> (Seen, Outcome) {
    let metric = evidence
        .findings
        .cells
        .first()
        .and_then(|cell| cell.metric(Metric::ServerCpuNsPerMessage));
    let row = evidence
        .entry(name, Role::Contender)
        .and_then(|entry| metric?.row(entry));
    let compared = metric
        .zip(row)
        .and_then(|(metric, row)| compared(metric, row));
    match compared {
        Some((seen, judgement)) => {
            let outcome = outcome(&seen, judgement, expected);
            (Seen::Compared(seen), outcome)
        }
        None => evidence.no_figure(name),
    }
}

fn compared(metric: &MetricFinding, row: &Estimate) -> Option<(Compared, Judgement)> {
    let comparison = row.comparison?;
    let verdict = match comparison.verdict {
        Judgement::Better => "better",
        Judgement::Worse => "worse",
        Judgement::Tied => "tied",
        Judgement::Unknown { .. } => "unknown",
    };
    let seen = Compared {
        verdict: verdict.to_owned(),
        ratio: row.ratio?,
        lower: row.ratio_lower?,
        upper: row.ratio_upper?,
        floor_percent: metric
            .noise_floor
            .map(|floor| floor.log_ratio.exp_m1() * 100.0),
        blocks: comparison.blocks,
    };
    Some((seen, comparison.verdict))
}

fn outcome(seen: &Compared, judgement: Judgement, expected: &Expected) -> Outcome {
    let holds = match (expected, judgement) {
        // Too few valid blocks, or no floor.
        (_, Judgement::Unknown { .. }) => return Outcome::Undecided,
        (Expected::Tie, judgement) => judgement == Judgement::Tied,
        (Expected::Worse { lower, upper }, Judgement::Worse) => {
            (*lower..=*upper).contains(&seen.ratio)
        }
        _ => false,
    };
    if holds {
        Outcome::Held
    } else {
        Outcome::NotHeld
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(lower: f64, upper: f64) -> Compared {
        Compared {
            verdict: String::new(),
            ratio: f64::midpoint(lower, upper),
            lower,
            upper,
            floor_percent: Some(1.0),
            blocks: 10,
        }
    }

    #[test]
    fn a_difference_must_be_found_and_as_large_as_it_is() {
        let about_20 = Expected::Worse {
            lower: 1.15,
            upper: 1.25,
        };
        let judge = |lower, upper, judgement| outcome(&seen(lower, upper), judgement, &about_20);
        assert_eq!(judge(1.15, 1.19, Judgement::Worse), Outcome::Held);
        // However wide the interval, the figure must be right.
        assert_eq!(judge(1.01, 1.19, Judgement::Worse), Outcome::NotHeld);
        assert_eq!(judge(1.19, 2.50, Judgement::Worse), Outcome::NotHeld);
        assert_eq!(judge(1.05, 1.10, Judgement::Worse), Outcome::NotHeld);
        assert_eq!(judge(1.25, 1.40, Judgement::Worse), Outcome::NotHeld);
        assert_eq!(judge(1.15, 1.25, Judgement::Tied), Outcome::NotHeld);
        assert_eq!(judge(1.15, 1.25, Judgement::Better), Outcome::NotHeld);
    }

    #[test]
    fn a_claim_between_equals_does_not_hold() {
        let judge = |judgement| outcome(&seen(0.9, 1.1), judgement, &Expected::Tie);
        assert_eq!(judge(Judgement::Tied), Outcome::Held);
        assert_eq!(judge(Judgement::Worse), Outcome::NotHeld);
        assert_eq!(judge(Judgement::Better), Outcome::NotHeld);
    }

    #[test]
    fn too_little_data_proves_nothing() {
        let unknown = Judgement::Unknown {
            reason: statistics::UnknownReason::NoNoiseFloor,
        };
        assert_eq!(
            outcome(&seen(0.9, 1.1), unknown, &Expected::Tie),
            Outcome::Undecided
        );
    }
}
