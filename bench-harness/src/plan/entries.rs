//! The rows of the comparison.

use record::{Entry, EntryKey, Role, Variant};

/// A contender as far as the plan is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Its name.
    pub(crate) name: String,
    /// Whether it is no WebSocket library.
    pub(crate) baseline: bool,
    /// Its variants.
    pub(crate) variants: Vec<Variant>,
}

/// The rows: baselines first, then every contender, each in those of its
/// variants that `wanted` names (all, when it names none). Baselines and the
/// reference have their default variant whatever is wanted, the reference once
/// more as its twin.
pub(crate) fn entries(
    candidates: &[Candidate],
    wanted: &[Variant],
    reference: Option<&str>,
) -> Vec<Entry> {
    let is_wanted = |variant| wanted.is_empty() || wanted.contains(&variant);
    let mut entries = Vec::new();
    for candidate in candidates.iter().filter(|candidate| candidate.baseline) {
        for &variant in &candidate.variants {
            if variant == Variant::Default || is_wanted(variant) {
                entries.push(entry(candidate, variant, Role::Baseline));
            }
        }
    }
    for candidate in candidates.iter().filter(|candidate| !candidate.baseline) {
        let is_reference = reference == Some(candidate.name.as_str());
        for &variant in &candidate.variants {
            let ratio_basis = is_reference && variant == Variant::Default;
            if ratio_basis || is_wanted(variant) {
                let mut row = entry(candidate, variant, Role::Contender);
                row.is_reference = ratio_basis;
                entries.push(row);
            }
            if ratio_basis {
                entries.push(entry(candidate, variant, Role::Again));
            }
        }
    }
    entries
}

fn entry(candidate: &Candidate, variant: Variant, role: Role) -> Entry {
    Entry {
        key: EntryKey {
            contender: candidate.name.clone(),
            variant,
            role,
        },
        is_reference: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate> {
        let candidate = |name: &str, baseline, variants: &[Variant]| Candidate {
            name: name.to_owned(),
            baseline,
            variants: variants.to_vec(),
        };
        let both = [Variant::Default, Variant::Tuned];
        vec![
            candidate("fast", false, &both),
            candidate("plain", false, &[Variant::Default]),
            candidate("raw", true, &[Variant::Default]),
            candidate("hand", true, &both),
        ]
    }

    fn names(entries: &[Entry]) -> Vec<String> {
        entries.iter().map(|entry| entry.key.to_string()).collect()
    }

    #[test]
    fn the_reference_runs_twice() {
        let rows = entries(&candidates(), &[], Some("fast"));
        assert_eq!(
            names(&rows),
            [
                "raw",
                "hand",
                "hand (tuned)",
                "fast",
                "fast (again)",
                "fast (tuned)",
                "plain"
            ]
        );
        let reference: Vec<_> = rows.iter().filter(|row| row.is_reference).collect();
        assert_eq!(reference.len(), 1);
        assert_eq!(reference[0].key.role, Role::Contender);
    }

    #[test]
    fn the_reference_and_the_baselines_stay_whatever_variant_is_wanted() {
        let rows = |wanted| names(&entries(&candidates(), &[wanted], Some("fast")));
        assert_eq!(
            rows(Variant::Tuned),
            [
                "raw",
                "hand",
                "hand (tuned)",
                "fast",
                "fast (again)",
                "fast (tuned)"
            ]
        );
        assert_eq!(
            rows(Variant::Default),
            ["raw", "hand", "fast", "fast (again)", "plain"]
        );
    }
}
