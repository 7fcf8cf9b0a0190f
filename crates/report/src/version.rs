//! Which versions of `run.ndjson` are read, and by whom.

use std::ops::RangeInclusive;

use record::{RunLine, SCHEMA_VERSION};
use serde::Deserialize;

use crate::RunError;

/// The versions that this program reads; the rule is in docs/RESULTS.md.
pub const READ_VERSIONS: RangeInclusive<u32> = 1..=SCHEMA_VERSION;

/// Enough of a header to see who wrote it.
#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

/// Reads one line of a file as what this version of the program knows.
pub(crate) type LineReader = fn(&str) -> Result<RunLine, serde_json::Error>;

/// The reader for the file whose first line is `header`.
///
/// This is the one place that knows of versions. When [`SCHEMA_VERSION`] grows,
/// the types of the version before move to a module of their own, and its
/// reader turns them into the present ones.
pub(crate) fn reader_of(header: &str) -> Result<LineReader, RunError> {
    let version: Version = serde_json::from_str(header).map_err(|error| RunError::NoHeader {
        error: error.to_string(),
    })?;
    match version.schema_version {
        1 => Ok(version_1),
        found if found > *READ_VERSIONS.end() => Err(RunError::TooNew {
            found,
            known: *READ_VERSIONS.end(),
        }),
        found => Err(RunError::TooOld {
            found,
            oldest: *READ_VERSIONS.start(),
            known: *READ_VERSIONS.end(),
        }),
    }
}

fn version_1(line: &str) -> Result<RunLine, serde_json::Error> {
    serde_json::from_str(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(version: &str) -> String {
        format!("{{\"line\":\"header\",\"schema_version\":{version}}}")
    }

    #[test]
    fn every_version_that_is_named_has_a_reader() {
        for version in READ_VERSIONS {
            assert!(reader_of(&header(&version.to_string())).is_ok());
        }
    }

    #[test]
    fn others_are_refused_by_name() {
        for (version, words) in [
            ("0", ["version 0", "versions 1 to 1", "older"]),
            ("2", ["version 2", "versions 1 to 1", "newer"]),
            ("4294967295", ["4294967295", "versions 1 to 1", "newer"]),
        ] {
            let error = match reader_of(&header(version)) {
                Ok(_) => panic!("{version} is read"),
                Err(error) => error.to_string(),
            };
            for word in words {
                assert!(error.contains(word), "{error}");
            }
        }
        for version in ["\"1\"", "-1", "1.5", "null"] {
            assert!(matches!(
                reader_of(&header(version)),
                Err(RunError::NoHeader { .. })
            ));
        }
    }
}
