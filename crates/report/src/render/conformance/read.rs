//! Reads a report back from its file.

use record::{CONFORMANCE_VERSION, ConformanceReport};
use serde::Deserialize;

/// A file that can't be read as a conformance report.
#[derive(Debug, thiserror::Error)]
pub enum ConformanceError {
    /// It is no such file, or a broken one.
    #[error("this is no conformance report: {0}")]
    Broken(#[from] serde_json::Error),
    /// It was written by another version of this program.
    #[error(
        "this conformance report has version {found}, and version {CONFORMANCE_VERSION} is read \
         here: run `bench-harness conformance` again"
    )]
    OtherVersion {
        /// Which.
        found: u32,
    },
}

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

/// Reads the text of a file that `bench-harness conformance` wrote.
///
/// # Errors
/// When it is none, or of another version.
pub fn read_conformance(text: &str) -> Result<ConformanceReport, ConformanceError> {
    let Version { schema_version } = serde_json::from_str(text)?;
    if schema_version != CONFORMANCE_VERSION {
        return Err(ConformanceError::OtherVersion {
            found: schema_version,
        });
    }
    Ok(serde_json::from_str(text)?)
}
