//! Whether what is ranked was tested.

use std::path::Path;

use anyhow::Result;
use record::{EntryKey, Role};

use super::read_all;

/// Contenders among `entries`, each with its library's version, of which `folder`
/// has no report of that version. Such a row is ranked although nobody knows
/// whether it would be admitted.
pub(crate) fn untested<'a>(
    folder: &Path,
    entries: impl Iterator<Item = (&'a EntryKey, &'a str)>,
) -> Result<Vec<String>> {
    let reports = read_all(folder)?;
    let is_tested = |key: &EntryKey, version: &str| {
        reports.iter().any(|report| {
            let of = &report.entry;
            (&of.contender, of.variant) == (&key.contender, key.variant)
                && report.version == version
        })
    };
    Ok(entries
        .filter(|(key, _)| key.role == Role::Contender)
        .filter(|(key, version)| !is_tested(key, version))
        .map(|(key, version)| {
            format!(
                "{} has no admission report on {key} {version}: run `bench-harness check {} --save`",
                folder.display(),
                key.contender
            )
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use record::{AdmissionReport, Variant};

    use super::*;

    fn key(contender: &str, variant: Variant, role: Role) -> EntryKey {
        EntryKey {
            contender: contender.to_owned(),
            variant,
            role,
        }
    }

    #[test]
    fn a_contender_without_a_report_of_its_version_and_variant_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let tested = key("some", Variant::Default, Role::Contender);
        let [library, version, runtime] = ["some", "1.2.3", "tokio"].map(str::to_owned);
        let report = AdmissionReport::new(tested.clone(), library, version, runtime);
        fs::write(
            folder.path().join("some.default.json"),
            serde_json::to_string(&report).unwrap(),
        )
        .unwrap();
        let tuned = key("some", Variant::Tuned, Role::Contender);
        let baseline = key("raw-tcp", Variant::Default, Role::Baseline);
        let twin = key("some", Variant::Default, Role::Again);
        let of = |entries: &[(&EntryKey, &'static str)]| {
            let entries = entries.iter().map(|(key, version)| (*key, *version));
            untested(folder.path(), entries).unwrap()
        };
        let all = [(&tested, "1.2.3"), (&baseline, ""), (&twin, "1.2.3")];
        assert_eq!(of(&all), [""; 0]);
        for (entry, version) in [(&tested, "1.2.4"), (&tuned, "1.2.3")] {
            let named = of(&[(entry, version)]);
            assert_eq!(named.len(), 1);
            assert!(named[0].contains(version) && named[0].contains("check some --save"));
        }
    }
}
