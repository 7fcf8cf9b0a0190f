//! Reads a report back from its file.

use conformance::hazards::{HAZARDS_VERSION, HazardReport};
use serde::Deserialize;

/// A file that can't be read as a hazard report.
#[derive(Debug, thiserror::Error)]
pub enum HazardError {
    /// It is no such file, or a broken one.
    #[error("this is no hazard report: {0}")]
    Broken(#[from] serde_json::Error),
    /// It was written by another version of this program.
    #[error(
        "this hazard report has version {found}, and version {HAZARDS_VERSION} is read here: run \
         `bench-harness hazards` again"
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

/// Reads the text of a file that `bench-harness hazards` wrote.
///
/// # Errors
/// When it is none, or of another version.
pub fn read_hazards(text: &str) -> Result<HazardReport, HazardError> {
    let Version { schema_version } = serde_json::from_str(text)?;
    if schema_version != HAZARDS_VERSION {
        return Err(HazardError::OtherVersion {
            found: schema_version,
        });
    }
    Ok(serde_json::from_str(text)?)
}
