//! Languages that contenders are written in, and what builds them.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// The language of a contender and its library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Built by cargo.
    #[default]
    Rust,
    /// Built by `go build`.
    Go,
    /// Run by Node.
    #[serde(rename = "javascript")]
    JavaScript,
    /// Run by CPython.
    Python,
}

impl Language {
    /// Whether it needs no word in a table of Rust libraries.
    #[must_use]
    pub fn is_rust(&self) -> bool {
        *self == Self::Rust
    }

    /// Whether its servers are there to compare with, and only when they are asked
    /// for.
    #[must_use]
    pub fn is_peer(self) -> bool {
        matches!(self, Self::JavaScript | Self::Python)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "Rust",
            Self::Go => "Go",
            Self::JavaScript => "JavaScript",
            Self::Python => "Python",
        })
    }
}

/// What a contender can't be built without and this machine doesn't have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MissingToolchain {
    /// Whose toolchain.
    pub language: Language,
    /// The version that is needed, where one that is too old is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed: Option<String>,
    /// The version that is there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

impl fmt::Display for MissingToolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let language = self.language;
        match (&self.needed, &self.found) {
            (Some(needed), Some(found)) => {
                write!(f, "{language} {needed} not found, only {found}")
            }
            _ => match language {
                Language::JavaScript => f.write_str("node not found"),
                Language::Python => f.write_str("python3 not found"),
                Language::Rust | Language::Go => write!(f, "{language} toolchain not found"),
            },
        }
    }
}

/// The Go toolchain that built contenders, the same for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GoToolchain {
    /// `go version`.
    pub version: String,
    /// The flags of `go build`.
    pub flags: String,
    /// Variables that change what is built, by name; those that are empty are
    /// left out.
    pub variables: BTreeMap<String, String>,
}

impl fmt::Display for GoToolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.version, self.flags)?;
        for (name, value) in &self.variables {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_toolchain_is_named_with_what_is_there() {
        let mut missing = MissingToolchain {
            language: Language::Go,
            needed: None,
            found: None,
        };
        assert_eq!(missing.to_string(), "Go toolchain not found");
        missing.needed = Some("1.26.0".to_owned());
        missing.found = Some("1.19.8".to_owned());
        assert_eq!(missing.to_string(), "Go 1.26.0 not found, only 1.19.8");
    }

    #[test]
    fn a_toolchain_is_one_line() {
        let toolchain = GoToolchain {
            version: "go version go1.26.8 linux/amd64".to_owned(),
            flags: "-trimpath".to_owned(),
            variables: BTreeMap::from([("CGO_ENABLED".to_owned(), "0".to_owned())]),
        };
        assert_eq!(
            toolchain.to_string(),
            "go version go1.26.8 linux/amd64, -trimpath CGO_ENABLED=0"
        );
    }
}
