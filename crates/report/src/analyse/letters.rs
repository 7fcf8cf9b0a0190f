//! Rows against each other: which can't be told apart.

use std::{cmp::Ordering, collections::BTreeMap};

use record::Role;
use statistics::{
    BlockValue, Comparison, Direction, Family, Sample, Verdict, tie_letters, told_apart,
};

use super::comparison::Table;
use crate::findings::NoiseFloor;

/// Letters by row, and the family of pairs behind them.
pub(super) struct Letters {
    pub(super) by_row: Vec<String>,
    /// The pairs without the reference.
    pub(super) family: Option<Family>,
}

/// Letters for the reference and every row that has a verdict against it. A row
/// shares one with the reference exactly when that verdict is a tie; the other
/// pairs are a family of their own. Of a row without a verdict nothing is said:
/// "can't be told apart" would be a guess.
pub(super) fn of(
    table: &Table<'_>,
    floor: Option<&NoiseFloor>,
    comparisons: &[Option<Comparison>],
) -> Letters {
    let mut letters = Letters {
        by_row: vec![String::new(); comparisons.len()],
        family: None,
    };
    let (Ok(reference), Some(floor)) = (table.reference(), floor) else {
        return letters;
    };
    let verdict = |row: usize| comparisons[row].map(|comparison| comparison.verdict);
    let order = best_first(table, |row| {
        let is_judged =
            verdict(row).is_some_and(|verdict| !matches!(verdict, Verdict::Unknown { .. }));
        row == reference || (is_judged && table.entries[row].key.role != Role::Again)
    });
    if order.len() < 2 {
        return letters;
    }
    let pairs: Vec<(usize, usize)> = order
        .iter()
        .enumerate()
        .flat_map(|(position, first)| {
            let later = order[position + 1..].iter();
            later.map(move |second| (*first.min(second), *first.max(second)))
        })
        .filter(|(first, second)| *first != reference && *second != reference)
        .collect();
    let samples: Vec<Option<Sample>> = pairs
        .iter()
        .map(|(first, second)| table.log_ratios(*first, *second).ok())
        .collect();
    let family = Family::of(&samples);
    letters.family = Some(family).filter(|family| family.comparisons > 0);
    let apart: BTreeMap<(usize, usize), bool> = pairs
        .into_iter()
        .zip(told_apart(&samples, Some(floor.log_ratio)))
        .map(|(pair, apart)| (pair, apart == Some(true)))
        .collect();
    let are_apart = |left: usize, right: usize| {
        let claimed = |row| verdict(row).is_some_and(Verdict::is_claim);
        if left == reference {
            claimed(right)
        } else if right == reference {
            claimed(left)
        } else {
            apart.get(&(left.min(right), left.max(right))) == Some(&true)
        }
    };
    let given = tie_letters(order.len(), |left, right| {
        left == right || !are_apart(order[left], order[right])
    });
    for (row, letter) in order.into_iter().zip(given) {
        letters.by_row[row] = letter;
    }
    letters
}

/// The rows that take part, by their medians.
fn best_first(table: &Table<'_>, takes_part: impl Fn(usize) -> bool) -> Vec<usize> {
    let median = |values: &[BlockValue]| {
        let sample = Sample::new(values.iter().map(|value| value.value).collect());
        sample.ok().map(|sample| sample.median())
    };
    let medians: Vec<Option<f64>> = table.series.iter().map(|values| median(values)).collect();
    let mut order: Vec<usize> = (0..medians.len())
        .filter(|row| medians[*row].is_some() && takes_part(*row))
        .collect();
    order.sort_by(|left, right| {
        let ascending = medians[*left].partial_cmp(&medians[*right]);
        let ascending = ascending.unwrap_or(Ordering::Equal);
        match table.metric.direction() {
            Direction::LowerIsBetter => ascending,
            Direction::HigherIsBetter => ascending.reverse(),
        }
    });
    order
}
