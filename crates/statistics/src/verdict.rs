//! When a difference may be claimed.

use serde::Serialize;

use crate::{
    BLOCKS_FOR_AN_INTERVAL, CONFIDENCE, Interval, SIGNIFICANCE, Sample, holm_adjusted,
    interval_of_median, order_statistic_interval, sign_interval, signed_rank_p,
    smallest_signed_rank_p,
};

/// Which way of a ratio is the good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Time, memory, allocations.
    LowerIsBetter,
    /// Throughput, rates.
    HigherIsBetter,
}

/// Why nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum UnknownReason {
    /// Fewer common blocks than an interval needs.
    TooFewBlocks {
        /// How many there are.
        blocks: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The reference did not run twice, or not validly, so nobody knows what
    /// difference the tool sees where there is none.
    NoNoiseFloor,
}

/// What may be said about a row against another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// Better, beyond chance and beyond the noise floor.
    Better,
    /// Worse, beyond chance and beyond the noise floor.
    Worse,
    /// The data can't tell them apart (`~`).
    Tied,
    /// There is not enough data to say even that.
    Unknown {
        /// Why.
        reason: UnknownReason,
    },
}

impl Verdict {
    /// Whether a difference is claimed.
    #[must_use]
    pub fn is_claim(self) -> bool {
        matches!(self, Self::Better | Self::Worse)
    }
}

/// By which rule chance was ruled out. The noise floor comes on top of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum Rule {
    /// Too few blocks for any claim.
    NoClaims,
    /// All blocks must agree about the sign. In force when even that much
    /// agreement could not pass Holm's correction: with `n` blocks the smallest
    /// p-value is `2^(1 - n)`. Each comparison errs with at most that
    /// probability; there is no correction for their number.
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

/// One row against another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// Blocks that both have.
    pub blocks: usize,
    /// Median of the log-ratios.
    pub log_ratio: f64,
    /// Hodges–Lehmann estimate of the same.
    pub log_ratio_hodges_lehmann: f64,
    /// Interval of the median, in log-ratios.
    pub log_ratio_interval: Interval,
    /// Two-sided p-value of the signed-rank test.
    pub p_value: f64,
    /// The same after Holm's correction over the family.
    pub p_adjusted: f64,
    /// Rule in force.
    #[serde(flatten)]
    pub rule: Rule,
    /// What may be said.
    #[serde(flatten)]
    pub verdict: Verdict,
}

impl Comparison {
    /// The ratio itself.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.log_ratio.exp()
    }

    /// The interval of the ratio itself.
    #[must_use]
    pub fn ratio_interval(&self) -> Interval {
        self.log_ratio_interval.map(f64::exp)
    }
}

/// The smallest effect that may be claimed, as a log-ratio: the largest
/// magnitude inside the interval (under 6 blocks: the range) of the reference's
/// twin against the reference.
#[must_use]
pub fn noise_floor(twin_log_ratios: &Sample) -> f64 {
    let interval = interval_of_median(twin_log_ratios);
    interval.lower.abs().max(interval.upper.abs())
}

/// Judges a family of comparisons, each given as its log-ratios per block.
/// `None` stands for a comparison without data; it gets none and doesn't count.
///
/// A difference is claimed only if chance is ruled out (see [`Rule`]) and the
/// median log-ratio exceeds `noise_floor` in magnitude.
#[must_use]
pub fn judge(
    family: &[Option<Sample>],
    noise_floor: Option<f64>,
    direction: Direction,
) -> Vec<Option<Comparison>> {
    let p_values = FamilyOfP::new(family);
    family
        .iter()
        .enumerate()
        .map(|(index, sample)| {
            let sample = sample.as_ref()?;
            let rule = p_values.rule_for(sample);
            let interval = interval_of_median(sample);
            let p_adjusted = p_values.adjusted(index);
            let log_ratio = sample.median();
            let beyond_chance = match rule {
                Rule::NoClaims => false,
                Rule::AllBlocksAgree => all_agree(sample),
                Rule::Holm => interval.excludes_zero() && p_adjusted <= SIGNIFICANCE,
            };
            Some(Comparison {
                blocks: sample.len(),
                log_ratio,
                log_ratio_hodges_lehmann: sample.hodges_lehmann(),
                log_ratio_interval: interval,
                p_value: p_values.raw(index),
                p_adjusted,
                rule,
                verdict: verdict(
                    sample.len(),
                    log_ratio,
                    beyond_chance,
                    noise_floor,
                    direction,
                ),
            })
        })
        .collect()
}

/// Whether the two rows of each comparison can be told apart, by the same rule
/// as [`judge`] with the distribution-free interval; `None` where that is
/// unknown. For the many pairs behind tie letters.
#[must_use]
pub fn told_apart(family: &[Option<Sample>], noise_floor: Option<f64>) -> Vec<Option<bool>> {
    let p_values = FamilyOfP::new(family);
    family
        .iter()
        .enumerate()
        .map(|(index, sample)| {
            let (sample, floor) = (sample.as_ref()?, noise_floor?);
            let beyond_chance = match p_values.rule_for(sample) {
                Rule::NoClaims => return None,
                Rule::AllBlocksAgree => all_agree(sample),
                Rule::Holm => {
                    p_values.adjusted(index) <= SIGNIFICANCE
                        && order_statistic_interval(sample, CONFIDENCE)
                            .is_some_and(|found| found.lower > 0.0 || found.upper < 0.0)
                }
            };
            Some(beyond_chance && sample.median().abs() > floor)
        })
        .collect()
}

fn all_agree(sample: &Sample) -> bool {
    let range = sign_interval(sample);
    range.lower > 0.0 || range.upper < 0.0
}

fn verdict(
    blocks: usize,
    log_ratio: f64,
    beyond_chance: bool,
    noise_floor: Option<f64>,
    direction: Direction,
) -> Verdict {
    if blocks < BLOCKS_FOR_AN_INTERVAL {
        return Verdict::Unknown {
            reason: UnknownReason::TooFewBlocks {
                blocks,
                needed: BLOCKS_FOR_AN_INTERVAL,
            },
        };
    }
    let Some(floor) = noise_floor else {
        return Verdict::Unknown {
            reason: UnknownReason::NoNoiseFloor,
        };
    };
    if !beyond_chance || log_ratio.abs() <= floor {
        return Verdict::Tied;
    }
    match (direction, log_ratio < 0.0) {
        (Direction::LowerIsBetter, true) | (Direction::HigherIsBetter, false) => Verdict::Better,
        _ => Verdict::Worse,
    }
}

/// The p-values of a family, raw and adjusted.
struct FamilyOfP {
    raw: Vec<f64>,
    adjusted: Vec<f64>,
    comparisons: usize,
}

impl FamilyOfP {
    fn new(family: &[Option<Sample>]) -> Self {
        let raw: Vec<f64> = family
            .iter()
            .map(|sample| sample.as_ref().map_or(1.0, |s| signed_rank_p(s.sorted())))
            .collect();
        let present: Vec<usize> = (0..family.len()).filter(|i| family[*i].is_some()).collect();
        let corrected = holm_adjusted(&present.iter().map(|i| raw[*i]).collect::<Vec<_>>());
        let mut adjusted = vec![1.0; family.len()];
        for (index, p) in present.iter().zip(corrected) {
            adjusted[*index] = p;
        }
        Self {
            raw,
            adjusted,
            comparisons: present.len(),
        }
    }

    fn raw(&self, index: usize) -> f64 {
        self.raw[index]
    }

    fn adjusted(&self, index: usize) -> f64 {
        self.adjusted[index]
    }

    /// Holm where this many blocks can pass it at all.
    fn rule_for(&self, sample: &Sample) -> Rule {
        let blocks = sample.len();
        let attainable = smallest_signed_rank_p(blocks) * self.comparisons as f64;
        if blocks < BLOCKS_FOR_AN_INTERVAL {
            Rule::NoClaims
        } else if attainable <= SIGNIFICANCE {
            Rule::Holm
        } else {
            Rule::AllBlocksAgree
        }
    }
}
