//! When a change between two runs may be claimed.

use serde::Serialize;

use crate::{
    BLOCKS_FOR_AN_INTERVAL, Sample, Shift, holm_adjusted, rank_sum::Untied, smallest_rank_sum_p,
};

/// One quantity in two runs, as logarithms, one value per block.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoRuns {
    /// The first run's blocks.
    pub before: Sample,
    /// The second run's blocks.
    pub after: Sample,
    /// The smallest shift that may be claimed; `None` when nobody knows.
    pub least_effect: Option<f64>,
}

/// What may be said about the shift from one run to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "claim", rename_all = "kebab-case")]
pub enum Claim {
    /// Lower, beyond chance and beyond the least effect.
    Lower,
    /// Higher, beyond chance and beyond the least effect.
    Higher,
    /// The whole interval lies within the least effect.
    Tied,
    /// The data can't tell.
    CannotTell,
    /// One of the runs has fewer blocks than an interval needs.
    TooFewBlocks {
        /// Blocks of the run that has fewer.
        blocks: usize,
        /// Blocks that are needed.
        needed: usize,
    },
    /// Even if all values of one run lay above all of the other, that would be
    /// no evidence among so many comparisons.
    TooManyComparisons {
        /// Comparisons in the family.
        comparisons: usize,
        /// As many could be judged with these blocks.
        at_most: usize,
    },
    /// Nobody knows what shift the tool sees where there is none.
    NoLeastEffect,
}

/// One quantity's shift, judged.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct JudgedShift {
    /// The shift.
    #[serde(flatten)]
    pub shift: Shift,
    /// Its p-value after Holm's correction over the family.
    pub p_adjusted: f64,
    /// What may be said.
    #[serde(flatten)]
    pub claim: Claim,
}

/// Judges a family of shifts together; `None` gets none and doesn't count.
///
/// A shift is claimed only if its rank-sum test has p ≤ `significance` after
/// Holm's correction over the family, its interval excludes zero, and its
/// estimate exceeds the least effect in magnitude. So the probability that a
/// family in which nothing changed claims anything is at most `significance`;
/// several families share 5 % when each gets a part of it.
#[must_use]
pub fn judge_shifts(family: &[Option<TwoRuns>], significance: f64) -> Vec<Option<JudgedShift>> {
    let mut known = Untied::default();
    let shifts: Vec<(usize, Shift)> = family
        .iter()
        .enumerate()
        .filter_map(|(index, runs)| {
            let runs = runs.as_ref()?;
            let shift = Shift::between_knowing(&runs.before, &runs.after, &mut known);
            Some((index, shift))
        })
        .collect();
    let p_values: Vec<f64> = shifts.iter().map(|(_, shift)| shift.p_value).collect();
    let mut judged = vec![None; family.len()];
    for ((index, shift), p_adjusted) in shifts.iter().zip(holm_adjusted(&p_values)) {
        judged[*index] = family[*index].as_ref().map(|runs| JudgedShift {
            shift: *shift,
            p_adjusted,
            claim: claim(runs, shift, p_adjusted, shifts.len(), significance),
        });
    }
    judged
}

fn claim(
    runs: &TwoRuns,
    shift: &Shift,
    p_adjusted: f64,
    comparisons: usize,
    significance: f64,
) -> Claim {
    let (before, after) = (runs.before.len(), runs.after.len());
    let blocks = before.min(after);
    if blocks < BLOCKS_FOR_AN_INTERVAL {
        return Claim::TooFewBlocks {
            blocks,
            needed: BLOCKS_FOR_AN_INTERVAL,
        };
    }
    let Some(least) = runs.least_effect else {
        return Claim::NoLeastEffect;
    };
    let excludes_zero = shift.lower > 0.0 || shift.upper < 0.0;
    if excludes_zero && p_adjusted <= significance && shift.estimate.abs() > least {
        return if shift.estimate < 0.0 {
            Claim::Lower
        } else {
            Claim::Higher
        };
    }
    if shift.lower >= -least && shift.upper <= least {
        return Claim::Tied;
    }
    let smallest = smallest_rank_sum_p(before, after);
    if smallest * comparisons as f64 > significance {
        return Claim::TooManyComparisons {
            comparisons,
            at_most: (significance / smallest) as usize,
        };
    }
    Claim::CannotTell
}
