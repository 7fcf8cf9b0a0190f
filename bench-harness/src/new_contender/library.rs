//! What the registry knows of a library.

use crate::exit::UsageError;

/// A library at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LibraryFacts {
    /// Its package name.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: String,
    /// Where its source is; empty when the registry doesn't know.
    pub(crate) repository: String,
    /// Its documentation.
    pub(crate) documentation: String,
}

impl LibraryFacts {
    /// The name in `CRATE` or `CRATE@VERSION`.
    pub(crate) fn name_in(spec: &str) -> Result<&str, UsageError> {
        let name = spec.split_once('@').map_or(spec, |(name, _)| name);
        let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_fine) || name.starts_with('-') {
            return Err(UsageError(format!(
                "--library {spec:?}: write the package's name, such as tungstenite or \
                 tungstenite@0.30.0"
            )));
        }
        Ok(name)
    }

    /// Reads what `cargo info` prints of the package `name`. The version is the
    /// one that was asked for, or the newest that this Rust can build.
    pub(crate) fn parse(name: &str, printed: &str) -> Option<Self> {
        let field = |key: &str| {
            printed.lines().find_map(|line| {
                let value = line.strip_prefix(key)?.strip_prefix(": ")?;
                value.split_whitespace().next().map(str::to_owned)
            })
        };
        let version = field("version")?;
        Some(Self {
            name: name.to_owned(),
            repository: field("repository").unwrap_or_default(),
            documentation: field("documentation")
                .unwrap_or_else(|| format!("https://docs.rs/{name}/{version}")),
            version,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
websocket-codec
A Tokio codec for the websocket protocol
version: 0.5.1 (latest 0.5.2)
license: MIT
rust-version: unknown
documentation: https://docs.rs/websocket-codec/0.5.1
repository: https://github.com/1tgr/rust-websocket-lite
edition: 2018
features:
";

    #[test]
    fn version_and_pages_are_read() {
        let facts = LibraryFacts::parse("websocket-codec", PRINTED).unwrap();
        assert_eq!(facts.version, "0.5.1");
        assert_eq!(
            facts.repository,
            "https://github.com/1tgr/rust-websocket-lite"
        );
        assert_eq!(facts.documentation, "https://docs.rs/websocket-codec/0.5.1");
    }

    #[test]
    fn what_is_not_known_has_a_stand_in() {
        let facts = LibraryFacts::parse("plain", "plain\nversion: 1.0.0\n").unwrap();
        assert_eq!(facts.repository, "");
        assert_eq!(facts.documentation, "https://docs.rs/plain/1.0.0");
        assert_eq!(LibraryFacts::parse("plain", "something else"), None);
    }

    #[test]
    fn a_library_may_have_a_version() {
        assert_eq!(LibraryFacts::name_in("yawc").unwrap(), "yawc");
        assert_eq!(LibraryFacts::name_in("yawc@0.2.7").unwrap(), "yawc");
        for spec in ["", "@1", "--locked", "a b", "../x", "https://x"] {
            assert!(LibraryFacts::name_in(spec).is_err(), "{spec:?}");
        }
    }
}
