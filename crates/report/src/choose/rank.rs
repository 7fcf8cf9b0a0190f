//! Who shares a place.

use super::{
    Axis,
    data::{Candidate, ChooseData, Figure, Measured},
    workload::{Cells, cpu_of},
};

/// Rows that share a letter, or have none, are told apart only beyond this
/// factor.
pub(super) const MARGIN: f64 = 1.10;

/// What rows are ranked by, with what it is read from.
pub(super) struct Ranking<'a> {
    pub(super) data: &'a ChooseData,
    pub(super) axis: Axis,
    pub(super) cells: &'a Cells,
    pub(super) rung: Option<usize>,
}

impl Ranking<'_> {
    /// The figure of a row on an axis, or why there is none.
    pub(super) fn figure(&self, candidate: &Candidate, axis: Axis) -> Result<Figure, String> {
        let measured = match axis {
            Axis::Cpu => cpu_of(candidate, self.cells),
            Axis::Memory => candidate.memory.clone(),
            Axis::P99 => match self.rung {
                Some(rung) => candidate.p99[rung].clone(),
                None => return Err("this run has no fixed rates".to_owned()),
            },
        };
        match measured {
            Measured::Figure(figure) => Ok(figure),
            Measured::Missing(why) => Err(why),
        }
    }

    /// What decides the order of those that share a place: the figure itself
    /// where no noise floor is known and so nothing can be told apart.
    pub(super) fn within_place(&self) -> Axis {
        let mut cells = self.cells.all().map(|cell| &self.data.cells[cell]);
        if self.axis == Axis::Cpu && cells.any(|cell| cell.noise_floor.is_none()) {
            return Axis::Cpu;
        }
        match self.axis {
            Axis::Cpu => Axis::Memory,
            Axis::Memory | Axis::P99 => Axis::Cpu,
        }
    }

    /// Whether the data tell two rows apart on an axis. A figure between two
    /// cells does so only where both cells do, the same way round.
    pub(super) fn are_apart(&self, axis: Axis, left: &Candidate, right: &Candidate) -> bool {
        match axis {
            Axis::Cpu => {
                let mut lower = None;
                self.cells.all().all(|cell| {
                    let (Some(left), Some(right)) =
                        (left.cpu[cell].figure(), right.cpu[cell].figure())
                    else {
                        return false;
                    };
                    let is_lower = left.value < right.value;
                    let agrees = *lower.get_or_insert(is_lower) == is_lower;
                    let floor = self.data.cells[cell].noise_floor;
                    agrees && told_apart(left, right, floor)
                })
            }
            Axis::P99 => {
                let figure = |it: &Candidate| {
                    let rung = self.rung?;
                    it.p99[rung].figure().cloned()
                };
                match (figure(left), figure(right)) {
                    (Some(left), Some(right)) => {
                        let rung = self.rung.map(|rung| &self.data.rungs[rung]);
                        told_apart(&left, &right, rung.and_then(|it| it.p99_noise_floor))
                    }
                    _ => false,
                }
            }
            Axis::Memory => match (left.memory.figure(), right.memory.figure()) {
                (Some(left), Some(right)) => {
                    no_common_letter(left, right) || far_apart(left, right, MARGIN)
                }
                _ => false,
            },
        }
    }
}

/// The letters tell them apart, or their intervals do and the noise floor
/// doesn't explain it. The letters of a run are corrected for all pairs of a
/// table at once: a row that lost one block may share a letter with one that
/// costs ten times as much.
fn told_apart(left: &Figure, right: &Figure, noise_floor: Option<f64>) -> bool {
    if no_common_letter(left, right) {
        return true;
    }
    let are_intervals = !left.is_range && !right.is_range;
    match noise_floor {
        Some(floor) if are_intervals => far_apart(left, right, floor.max(MARGIN)),
        _ => false,
    }
}

/// Rows without letters have no verdict.
fn no_common_letter(left: &Figure, right: &Figure) -> bool {
    let has_verdict = !left.letters.is_empty() && !right.letters.is_empty();
    has_verdict && !left.letters.iter().any(|it| right.letters.contains(it))
}

fn far_apart(left: &Figure, right: &Figure, margin: f64) -> bool {
    let (less, more) = if left.value < right.value {
        (left, right)
    } else {
        (right, left)
    };
    less.high < more.low && more.value > less.value * margin
}

/// The place of each of `rows`, which are sorted by their figures: a place ends
/// where a row is told apart from one in it. So those that share a place can't
/// be told apart, and a larger figure never has a better place.
pub(super) fn places(rows: usize, are_apart: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut places = Vec::with_capacity(rows);
    let (mut place, mut start) = (1, 0);
    for row in 0..rows {
        if (start..row).any(|member| are_apart(member, row)) {
            place += 1;
            start = row;
        }
        places.push(place);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, low: f64, high: f64, letters: &str) -> Figure {
        Figure {
            value,
            low,
            high,
            is_range: letters.is_empty(),
            blocks: 2,
            letters: letters.chars().map(String::from).collect(),
        }
    }

    #[test]
    fn a_place_ends_where_two_are_told_apart() {
        // 0 ~ 1 ~ 2, and 0 is told apart from 2.
        let apart = |left: usize, right: usize| left.abs_diff(right) > 1;
        assert_eq!(places(5, apart), [1, 1, 2, 2, 3]);
        assert_eq!(places(3, |_, _| false), [1, 1, 1]);
        assert_eq!(places(3, |_, _| true), [1, 2, 3]);
        assert_eq!(places(0, |_, _| true), [0usize; 0]);
    }

    #[test]
    fn letters_tell_apart_where_there_are_some() {
        let (a, b) = (figure(1.0, 0.9, 1.1, "a"), figure(2.0, 1.9, 2.1, "b"));
        let unknown = figure(9.0, 8.9, 9.1, "");
        assert!(no_common_letter(&a, &b));
        assert!(!no_common_letter(&a, &figure(2.0, 1.9, 2.1, "ab")));
        assert!(!no_common_letter(&a, &unknown));
        assert!(told_apart(&a, &b, None));
    }

    #[test]
    fn a_lost_block_ties_nobody_to_what_costs_ten_times_as_much() {
        let (cheap, dear) = (figure(0.5, 0.49, 0.51, "ad"), figure(5.4, 5.3, 5.5, "d"));
        assert!(told_apart(&cheap, &dear, Some(1.08)));
        assert!(!told_apart(&cheap, &dear, None), "nobody knows the floor");
        assert!(
            !told_apart(&cheap, &dear, Some(12.0)),
            "the floor explains it"
        );
        let near = figure(0.54, 0.53, 0.55, "d");
        assert!(!told_apart(&cheap, &near, Some(1.01)), "8 % are too little");
        let wide = figure(5.4, 0.5, 9.0, "d");
        assert!(!told_apart(&cheap, &wide, Some(1.01)));
        let range = figure(9.0, 8.9, 9.1, "");
        assert!(
            !told_apart(&cheap, &range, Some(1.01)),
            "a range is no interval"
        );
    }

    #[test]
    fn memory_needs_ranges_apart_and_a_margin() {
        let less = figure(100.0, 99.0, 101.0, "");
        assert!(far_apart(&less, &figure(120.0, 119.0, 121.0, ""), MARGIN));
        assert!(far_apart(&figure(120.0, 119.0, 121.0, ""), &less, MARGIN));
        assert!(!far_apart(&less, &figure(105.0, 104.0, 106.0, ""), MARGIN));
        assert!(!far_apart(&less, &figure(150.0, 100.0, 200.0, ""), MARGIN));
    }
}
