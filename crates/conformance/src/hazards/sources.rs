//! Where it is public that a library does not survive a probe.

use std::sync::OnceLock;

use serde::Deserialize;

/// Something that a library's maintainers or users have made public.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct PublicFinding {
    /// The library, by the name that its server gives.
    library: String,
    /// The probe that shows it.
    probe: String,
    /// The page: an issue, an advisory, or the library's documentation.
    source: String,
    /// What it says.
    says: String,
}

fn findings() -> &'static [PublicFinding] {
    static FINDINGS: OnceLock<Vec<PublicFinding>> = OnceLock::new();
    FINDINGS.get_or_init(|| {
        // A test reads it.
        serde_json::from_str(include_str!("../../data/hazard-sources.json")).unwrap_or_default()
    })
}

/// The page that says that `library` does not survive `probe`, if there is one.
#[must_use]
pub fn public_source(library: &str, probe: &str) -> Option<&'static str> {
    findings()
        .iter()
        .find(|it| it.library == library && it.probe == probe)
        .map(|it| it.source.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hazards::catalogue;

    #[test]
    fn every_finding_has_a_page_and_a_probe() {
        let all: Vec<PublicFinding> =
            serde_json::from_str(include_str!("../../data/hazard-sources.json")).unwrap();
        assert!(!all.is_empty());
        for finding in all {
            assert!(finding.source.starts_with("https://"), "{finding:?}");
            assert!(finding.says.ends_with('.'), "{finding:?}");
            assert!(catalogue().iter().any(|probe| probe.id == finding.probe));
            let found = public_source(&finding.library, &finding.probe);
            assert_eq!(found, Some(finding.source.as_str()));
        }
        assert_eq!(public_source("no such library", "R01"), None);
    }
}
