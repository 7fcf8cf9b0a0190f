//! Cells of the table of facts, and the notes under it.

use record::{Answer, BuildTimes, ContenderRow, Evidence, Found, Property};

use crate::{
    render::footer::plural,
    text::{bytes, escaped, ratio, with_code},
};

/// What the marks in a table's cells stand for, each said once.
#[derive(Debug, Default)]
pub(super) struct Notes {
    notes: Vec<String>,
}

impl Notes {
    /// The mark of this note.
    fn mark(&mut self, note: &str) -> String {
        let at = self.notes.iter().position(|known| known == note);
        let at = at.unwrap_or_else(|| {
            self.notes.push(note.to_owned());
            self.notes.len() - 1
        });
        format!("<sup>{}</sup>", at + 1)
    }

    /// A list of them.
    pub(super) fn into_text(self) -> String {
        let lines: Vec<String> = self
            .notes
            .iter()
            .enumerate()
            .map(|(at, note)| format!("{}. {note}", at + 1))
            .collect();
        lines.join("\n")
    }
}

fn found<T>(fact: &Found<T>, notes: &mut Notes, show: impl FnOnce(&T) -> String) -> String {
    match fact {
        Found::Known(value) => format!("{} ᵐ", show(value)),
        Found::Unknown(reason) => format!("? {}", notes.mark(&with_code(reason))),
    }
}

pub(super) fn released(row: &ContenderRow, notes: &mut Notes) -> String {
    found(&row.derived.released, notes, |day| escaped(day))
}

pub(super) fn license(row: &ContenderRow, notes: &mut Notes) -> String {
    found(&row.derived.license, notes, |license| escaped(license))
}

pub(super) fn rust_version(row: &ContenderRow, notes: &mut Notes) -> String {
    found(&row.derived.rust_version, notes, |version| escaped(version))
}

pub(super) fn advisories(row: &ContenderRow, notes: &mut Notes) -> String {
    found(&row.derived.advisories, notes, |list| {
        if list.is_empty() {
            "none".to_owned()
        } else {
            escaped(&list.join(", "))
        }
    })
}

pub(super) fn dependencies(row: &ContenderRow, notes: &mut Notes) -> String {
    found(&row.derived.dependencies, notes, |counts| {
        format!("{} / {}", counts.direct, counts.total)
    })
}

fn plural_of(count: u32, noun: &str) -> String {
    plural(count as usize, noun)
}

pub(super) fn unsafe_code(row: &ContenderRow, notes: &mut Notes) -> String {
    let counts = row.derived.unsafe_code.known();
    let kinds = counts.map(|counts| {
        let kinds: Vec<String> = [
            (counts.blocks, plural_of(counts.blocks, "block")),
            (counts.functions, plural_of(counts.functions, "function")),
            (counts.impls, plural_of(counts.impls, "impl")),
            (counts.traits, plural_of(counts.traits, "trait")),
            (counts.in_macros, "in macros".to_owned()),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, kind)| format!("{count} {kind}"))
        .collect();
        let kinds = if kinds.is_empty() {
            "none".to_owned()
        } else {
            kinds.join(", ")
        };
        let packages = counts.packages.join(", ");
        notes.mark(&escaped(&format!(
            "{kinds}; {} {} of {packages}",
            counts.files,
            plural_of(counts.files, "file")
        )))
    });
    let cell = found(&row.derived.unsafe_code, notes, |counts| {
        let ban = if counts.forbidden { ", forbidden" } else { "" };
        format!("{}{ban}", counts.total())
    });
    match kinds {
        Some(mark) => format!("{cell} {mark}"),
        None => cell,
    }
}

pub(super) fn size(row: &ContenderRow, notes: &mut Notes) -> String {
    found(&row.derived.stripped_size, notes, |size| {
        let above = size.above_baseline_bytes();
        let sign = if above < 0 { "−" } else { "+" };
        let magnitude = u64::try_from(above.unsigned_abs()).unwrap_or(u64::MAX);
        format!("{sign}{}", bytes(magnitude))
    })
}

pub(super) fn build_time(row: &ContenderRow, notes: &mut Notes) -> String {
    found(&row.derived.build_times, notes, in_rounds)
}

/// Median and extremes of the ratios of the rounds.
fn in_rounds(times: &BuildTimes) -> String {
    let mut ratios: Vec<f64> = times
        .rounds_ns
        .iter()
        .zip(&times.reference_rounds_ns)
        .map(|(own, reference)| *own as f64 / *reference as f64)
        .collect();
    ratios.sort_by(f64::total_cmp);
    match ratios.as_slice() {
        [] => "no round".to_owned(),
        [only] => format!("{} (1 round)", ratio(*only)),
        [first, .., last] => {
            let middle = ratios.len() / 2;
            let median = if ratios.len() % 2 == 1 {
                ratios[middle]
            } else {
                f64::midpoint(ratios[middle - 1], ratios[middle])
            };
            format!(
                "{} ({} to {} in {} rounds)",
                ratio(median),
                ratio(*first),
                ratio(*last),
                ratios.len()
            )
        }
    }
}

/// The answer for a property, the strongest evidence first.
pub(super) fn property(
    property: Property,
    evidence: Option<&Evidence>,
    notes: &mut Notes,
) -> String {
    let nothing = Evidence::default();
    let evidence = evidence.unwrap_or(&nothing);
    let claim = evidence.claim.as_ref();
    if let Some(probe) = &evidence.probe {
        let mut note = escaped(&probe.probe);
        if let Some(claim) = claim.filter(|claim| claim.answer != probe.answer) {
            let said = linked(&claim.answer, claim.source.as_deref());
            note.push_str(&format!("; its documentation says {said}"));
        }
        return format!("{} ✓ {}", shown(&probe.answer), notes.mark(&note));
    }
    let Some(claim) = claim else {
        return if property.can_be_claimed() {
            "?".to_owned()
        } else {
            format!("? {}", notes.mark("Not measured yet."))
        };
    };
    let mut cell = linked(&claim.answer, claim.source.as_deref());
    if claim.source.is_none() {
        cell.push('°');
    }
    if let Some(note) = &claim.note {
        cell.push_str(&format!(" {}", notes.mark(&with_code(note))));
    }
    cell
}

fn linked(answer: &Answer, source: Option<&str>) -> String {
    match source {
        Some(source) => format!("[{}]({source})", shown(answer)),
        None => shown(answer),
    }
}

fn shown(answer: &Answer) -> String {
    escaped(&answer.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_notes_share_a_mark() {
        let mut notes = Notes::default();
        let marks = ["a", "b", "a"].map(|note| notes.mark(note));
        assert_eq!(marks[0], marks[2]);
        assert_ne!(marks[0], marks[1]);
        assert_eq!(notes.into_text(), "1. a\n2. b");
    }

    #[test]
    fn build_times_are_compared_round_by_round() {
        let times = |own: &[u64], reference: &[u64]| {
            in_rounds(&BuildTimes {
                rounds_ns: own.to_vec(),
                reference_rounds_ns: reference.to_vec(),
            })
        };
        assert_eq!(times(&[30], &[20]), "1.50 (1 round)");
        assert_eq!(
            times(&[30, 20, 80], &[20, 20, 40]),
            "1.50 (1.00 to 2.00 in 3 rounds)"
        );
        assert_eq!(
            times(&[30, 20], &[20, 20]),
            "1.25 (1.00 to 1.50 in 2 rounds)"
        );
        assert_eq!(times(&[], &[]), "no round");
    }
}
