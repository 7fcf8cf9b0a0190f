//! When a difference may be claimed.

use serde::Serialize;

use crate::{
    BLOCKS_FOR_AN_INTERVAL, Family, Interval, Rule, SIGNIFICANCE, Sample, family::PValues,
    interval_of_median, sign_interval,
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
/// magnitude inside the interval of the reference's twin against the reference.
///
/// `None` under 6 blocks: the range of so few says how near they happened to
/// fall, not how far they can.
#[must_use]
pub fn noise_floor(twin_log_ratios: &Sample) -> Option<f64> {
    if twin_log_ratios.len() < BLOCKS_FOR_AN_INTERVAL {
        return None;
    }
    let interval = interval_of_median(twin_log_ratios);
    Some(interval.lower.abs().max(interval.upper.abs()))
}

/// Judges a family of comparisons, each given as its log-ratios per block.
/// `None` stands for a comparison without data; it gets none and doesn't count.
///
/// A difference is claimed only if chance is ruled out by the family's rule
/// (see [`Family`]) and the median log-ratio exceeds `noise_floor` in
/// magnitude.
#[must_use]
pub fn judge(
    family: &[Option<Sample>],
    noise_floor: Option<f64>,
    direction: Direction,
) -> Vec<Option<Comparison>> {
    let rule = Family::of(family).rule;
    let p_values = PValues::of(family);
    family
        .iter()
        .enumerate()
        .map(|(index, sample)| {
            let sample = sample.as_ref()?;
            let p_adjusted = p_values.adjusted[index];
            let log_ratio = sample.median();
            Some(Comparison {
                blocks: sample.len(),
                log_ratio,
                log_ratio_hodges_lehmann: sample.hodges_lehmann(),
                log_ratio_interval: interval_of_median(sample),
                p_value: p_values.raw[index],
                p_adjusted,
                rule,
                verdict: verdict(
                    sample.len(),
                    log_ratio,
                    is_beyond_chance(rule, sample, p_adjusted, noise_floor),
                    noise_floor,
                    direction,
                ),
            })
        })
        .collect()
}

/// Whether the two rows of each comparison can be told apart, by the same rule
/// as [`judge`]; `None` where that is unknown. For the many pairs behind tie
/// letters.
#[must_use]
pub fn told_apart(family: &[Option<Sample>], noise_floor: Option<f64>) -> Vec<Option<bool>> {
    let rule = Family::of(family).rule;
    let p_values = PValues::of(family);
    family
        .iter()
        .enumerate()
        .map(|(index, sample)| {
            let (sample, floor) = (sample.as_ref()?, noise_floor?);
            if sample.len() < BLOCKS_FOR_AN_INTERVAL {
                return None;
            }
            let p_adjusted = p_values.adjusted[index];
            let beyond_chance = is_beyond_chance(rule, sample, p_adjusted, noise_floor);
            Some(beyond_chance && sample.median().abs() > floor)
        })
        .collect()
}

/// The one place where chance is ruled out, for verdicts and for letters.
fn is_beyond_chance(
    rule: Rule,
    sample: &Sample,
    p_adjusted: f64,
    noise_floor: Option<f64>,
) -> bool {
    match rule {
        Rule::NoClaims => false,
        Rule::AllBlocksAgree => all_exceed(sample, noise_floor.unwrap_or(0.0) / 2.0),
        Rule::Holm => p_adjusted <= SIGNIFICANCE && interval_of_median(sample).excludes_zero(),
    }
}

/// Whether every block is on the same side, and further out than that.
fn all_exceed(sample: &Sample, magnitude: f64) -> bool {
    let range = sign_interval(sample);
    range.lower > magnitude || range.upper < -magnitude
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
