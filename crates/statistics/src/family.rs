//! Comparisons that are judged together, and the rule for all of them.

use serde::Serialize;

use crate::{
    BLOCKS_FOR_AN_INTERVAL, SIGNIFICANCE, Sample, holm_adjusted, signed_rank_p,
    smallest_signed_rank_p,
};

/// By which rule chance is ruled out. The noise floor comes on top of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum Rule {
    /// Too few blocks for any claim.
    NoClaims,
    /// All blocks must agree about the sign, and each must differ by more than
    /// half the noise floor. In force when even agreement of all blocks could not
    /// pass Holm's correction: with `n` blocks the smallest p-value is
    /// `2^(1 - n)`. Each comparison errs with at most that probability; there is
    /// no correction for their number but the floor.
    AllBlocksAgree,
    /// The interval excludes zero, and the p-value of the signed-rank test is
    /// at most 0.05 after Holm's correction over all comparisons of the family.
    Holm,
}

impl Rule {
    /// The rule's name, as it is serialised.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoClaims => "no-claims",
            Self::AllBlocksAgree => "all-blocks-agree",
            Self::Holm => "holm",
        }
    }
}

/// A family of comparisons. It has one rule, chosen by its largest number of
/// blocks: a comparison that lost a block is held to the same rule as the
/// others, never to a weaker one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Family {
    /// Comparisons with data.
    pub comparisons: usize,
    /// The most blocks that any of them has.
    pub blocks: usize,
    /// Rule in force for all of them.
    #[serde(flatten)]
    pub rule: Rule,
}

impl Family {
    /// The family of these comparisons; `None` stands for one without data,
    /// which doesn't count.
    #[must_use]
    pub fn of(samples: &[Option<Sample>]) -> Self {
        let present = || samples.iter().flatten();
        let comparisons = present().count();
        let blocks = present().map(Sample::len).max().unwrap_or(0);
        let attainable = smallest_signed_rank_p(blocks) * comparisons as f64;
        let rule = if blocks < BLOCKS_FOR_AN_INTERVAL {
            Rule::NoClaims
        } else if attainable <= SIGNIFICANCE {
            Rule::Holm
        } else {
            Rule::AllBlocksAgree
        };
        Self {
            comparisons,
            blocks,
            rule,
        }
    }
}

/// The p-values of a family.
pub(crate) struct PValues {
    pub(crate) raw: Vec<f64>,
    pub(crate) adjusted: Vec<f64>,
}

impl PValues {
    pub(crate) fn of(samples: &[Option<Sample>]) -> Self {
        let raw: Vec<f64> = samples
            .iter()
            .map(|sample| sample.as_ref().map_or(1.0, |s| signed_rank_p(s.sorted())))
            .collect();
        let present: Vec<usize> = (0..samples.len())
            .filter(|index| samples[*index].is_some())
            .collect();
        let corrected = holm_adjusted(&present.iter().map(|i| raw[*i]).collect::<Vec<_>>());
        let mut adjusted = vec![1.0; samples.len()];
        for (index, p) in present.iter().zip(corrected) {
            adjusted[*index] = p;
        }
        Self { raw, adjusted }
    }
}
