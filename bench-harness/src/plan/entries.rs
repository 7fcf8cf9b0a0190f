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

/// The rows: baselines first, each in its default variant; then every contender
/// in each of its variants that `wanted` names (all, when it names none); the
/// reference's default variant whatever is wanted, and once more as its twin.
pub(crate) fn entries(
    candidates: &[Candidate],
    wanted: &[Variant],
    reference: Option<&str>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for candidate in candidates.iter().filter(|candidate| candidate.baseline) {
        entries.push(entry(candidate, Variant::Default, Role::Baseline));
    }
    for candidate in candidates.iter().filter(|candidate| !candidate.baseline) {
        let is_reference = reference == Some(candidate.name.as_str());
        for &variant in &candidate.variants {
            let ratio_basis = is_reference && variant == Variant::Default;
            if ratio_basis || wanted.is_empty() || wanted.contains(&variant) {
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
            candidate("raw", true, &both),
        ]
    }

    fn names(entries: &[Entry]) -> Vec<String> {
        entries.iter().map(|entry| entry.key.to_string()).collect()
    }

    #[test]
    fn the_reference_runs_twice_and_baselines_once() {
        let rows = entries(&candidates(), &[], Some("fast"));
        assert_eq!(
            names(&rows),
            ["raw", "fast", "fast (again)", "fast (tuned)", "plain"]
        );
        let reference: Vec<_> = rows.iter().filter(|row| row.is_reference).collect();
        assert_eq!(reference.len(), 1);
        assert_eq!(reference[0].key.role, Role::Contender);
    }

    #[test]
    fn the_reference_stays_whatever_variant_is_wanted() {
        let rows = entries(&candidates(), &[Variant::Tuned], Some("fast"));
        assert_eq!(
            names(&rows),
            ["raw", "fast", "fast (again)", "fast (tuned)"]
        );
    }
}
