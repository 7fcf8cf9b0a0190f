//! Do the pages that claims name describe the versions that are measured?

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::Metadata;
use record::{Claims, Property};

/// The versions of every package in Cargo.lock, by name.
pub(crate) type Versions = BTreeMap<String, BTreeSet<String>>;

/// What cargo says.
pub(crate) fn versions(metadata: &Metadata) -> Versions {
    let mut found = Versions::new();
    for package in &metadata.packages {
        let versions = found.entry(package.name.to_string()).or_default();
        versions.insert(package.version.to_string());
    }
    found
}

/// Claims whose page is of another version than any in Cargo.lock.
///
/// Only addresses on docs.rs show their version; those without one (`latest`)
/// change under the reader's eyes and count as another. Pages of packages that
/// nothing here is built with are let through.
pub(crate) fn of_other_versions(claims: &Claims, pinned: &Versions) -> Vec<(Property, String)> {
    claims
        .iter()
        .filter_map(|(property, claim)| {
            let source = claim.source.as_deref()?;
            let page = source.strip_prefix("https://docs.rs/")?;
            let mut parts = page
                .strip_prefix("crate/")
                .unwrap_or(page)
                .split(['/', '#', '?']);
            let versions = pinned.get(parts.next()?)?;
            let shown = parts.next().unwrap_or_default();
            (!versions.contains(shown)).then(|| (*property, source.to_owned()))
        })
        .collect()
}

/// The same for a library in Go: a page shows the version of its module (`@v1.2.3`,
/// `blob/v1.2.3`), or changes under the reader's eyes.
pub(crate) fn of_other_go_versions(claims: &Claims, version: &str) -> Vec<(Property, String)> {
    let shown = format!("v{version}");
    claims
        .iter()
        .filter_map(|(property, claim)| {
            let source = claim.source.as_deref()?;
            let mut parts = source.split(['/', '@', '#', '?']);
            (!parts.any(|part| part == shown)).then(|| (*property, source.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use record::Claim;

    use super::*;

    #[test]
    fn only_pages_of_another_version_are_found() {
        let pinned = [("ws", "0.3.0"), ("ws", "0.4.0"), ("core", "1.0.0")];
        let mut versions = Versions::new();
        for (name, version) in pinned {
            let of = versions.entry(name.to_owned()).or_default();
            of.insert(version.to_owned());
        }
        for (source, expected) in [
            ("https://docs.rs/ws/0.3.0/ws/struct.X.html", false),
            ("https://docs.rs/ws/0.4.0/ws/struct.X.html", false),
            ("https://docs.rs/crate/ws/0.3.0/source/src/lib.rs#10", false),
            ("https://docs.rs/ws/latest/ws/", true),
            ("https://docs.rs/ws", true),
            ("https://docs.rs/crate/ws/0.2.0/source/README.md", true),
            ("https://docs.rs/core/0.9.0/core/", true),
            ("https://docs.rs/ws-tool/0.1.0/ws_tool/", false),
            ("https://github.com/a/ws/blob/v0.2.0/README.md", false),
        ] {
            let claim = Claim {
                answer: "yes".to_owned().into(),
                source: Some(source.to_owned()),
                note: None,
            };
            let claims = Claims::from([(Property::Wasm, claim)]);
            let found = of_other_versions(&claims, &versions);
            assert_eq!(!found.is_empty(), expected, "{source}");
        }
    }

    #[test]
    fn a_page_about_go_shows_its_version() {
        for (source, expected) in [
            ("https://github.com/a/ws/blob/v1.2.3/conn.go#L10", false),
            ("https://pkg.go.dev/github.com/a/ws@v1.2.3#Conn", false),
            ("https://pkg.go.dev/github.com/a/ws", true),
            ("https://github.com/a/ws/blob/v1.2.30/conn.go", true),
            ("https://github.com/a/ws/blob/master/conn.go", true),
        ] {
            let claim = Claim {
                answer: "yes".to_owned().into(),
                source: Some(source.to_owned()),
                note: None,
            };
            let found = of_other_go_versions(&Claims::from([(Property::Wasm, claim)]), "1.2.3");
            assert_eq!(!found.is_empty(), expected, "{source}");
        }
    }
}
