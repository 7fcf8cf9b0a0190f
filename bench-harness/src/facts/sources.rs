//! Do the pages that claims name describe the version that is measured?

use record::{Claims, Property};

/// Claims whose page is of another version of the library than `version`.
///
/// Only addresses on docs.rs show their version; those without one (`latest`)
/// change under the reader's eyes and count as another.
pub(crate) fn of_other_versions(
    claims: &Claims,
    library: &str,
    version: &str,
) -> Vec<(Property, String)> {
    claims
        .iter()
        .filter_map(|(property, claim)| {
            let source = claim.source.as_deref()?;
            let page = source.strip_prefix("https://docs.rs/")?;
            let page = page.strip_prefix("crate/").unwrap_or(page);
            let rest = page.strip_prefix(library)?;
            let rest = match rest.strip_prefix('/') {
                Some(rest) => rest,
                // Another library whose name begins so.
                None if !rest.is_empty() => return None,
                None => "",
            };
            let shown = rest.split(['/', '#', '?']).next().unwrap_or_default();
            (shown != version).then(|| (*property, source.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use record::Claim;

    use super::*;

    #[test]
    fn only_pages_of_another_version_are_found() {
        for (source, expected) in [
            ("https://docs.rs/ws/0.3.0/ws/struct.X.html", false),
            ("https://docs.rs/crate/ws/0.3.0/source/src/lib.rs#10", false),
            ("https://docs.rs/ws/latest/ws/", true),
            ("https://docs.rs/ws", true),
            ("https://docs.rs/crate/ws/0.2.0/source/README.md", true),
            ("https://docs.rs/ws-tool/0.1.0/ws_tool/", false),
            ("https://github.com/a/ws/blob/v0.2.0/README.md", false),
        ] {
            let claim = Claim {
                answer: "yes".to_owned().into(),
                source: Some(source.to_owned()),
                note: None,
            };
            let claims = Claims::from([(Property::Wasm, claim)]);
            let found = of_other_versions(&claims, "ws", "0.3.0");
            assert_eq!(!found.is_empty(), expected, "{source}");
        }
    }
}
