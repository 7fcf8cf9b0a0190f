//! Medians, intervals, ratios and verdicts: pure functions on numbers.
//!
//! The unit of observation is the trial, never the message: a [`Sample`] holds
//! one value per block. Everything here is deterministic; nothing draws random
//! numbers, reads a clock or does I/O.
//!
//! The way from trials to a verdict:
//!
//! 1. [`paired_log_ratios`] takes two rows' values block by block, so that what
//!    the machine did to a whole block cancels.
//! 2. [`Sample::median`] estimates the ratio, [`interval_of_median`] says how
//!    well it is known, [`signed_rank_p`] how surprising it would be if there
//!    were no difference.
//! 3. [`noise_floor`] turns the rows of the reference and its twin into the
//!    smallest effect that may be claimed.
//! 4. [`judge`] decides over a whole [`Family`] of comparisons at once, by the
//!    one [`Rule`] that the family's size and blocks allow.
//! 5. [`tie_letters`] shows which rows can't be told apart.
//!
//! Between two runs nothing is paired: [`Shift`] estimates a change from one to
//! the other, [`judge_shifts`] says when it may be claimed.
#![forbid(unsafe_code)]

mod binomial;
mod bootstrap;
mod changes;
mod family;
mod holm;
mod interval;
mod letters;
mod order_statistics;
mod pairing;
mod rank_sum;
mod sample;
mod signed_rank;
mod verdict;

pub use binomial::lower_tail_of_fair_coin;
pub use bootstrap::{MedianDistribution, bootstrap_interval_of_median};
pub use changes::{Claim, JudgedShift, TwoRuns, judge_shifts};
pub use family::{Family, Rule};
pub use holm::holm_adjusted;
pub use interval::{
    BLOCKS_FOR_AN_INTERVAL, BLOCKS_FOR_BOOTSTRAP, CONFIDENCE, Interval, IntervalMethod,
    SIGNIFICANCE, interval_of_median,
};
pub use letters::tie_letters;
pub use order_statistics::{OrderStatisticInterval, order_statistic_interval, sign_interval};
pub use pairing::{BlockValue, PairingError, paired_log_ratios};
pub use rank_sum::{Shift, rank_sum_p, smallest_rank_sum_p};
pub use sample::{Sample, SampleError};
pub use signed_rank::{signed_rank_p, smallest_signed_rank_p};
pub use verdict::{Comparison, Direction, UnknownReason, Verdict, judge, noise_floor, told_apart};
