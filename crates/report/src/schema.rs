//! JSON Schemas of what is on the disk and on the wire between programs.

use conformance::hazards::{HAZARDS_VERSION, HazardReport};
use record::{SchemaFile, Side};

use crate::findings::{FINDINGS_VERSION, Findings};

/// Every schema of `docs/schema/`: those of the records and the control lines,
/// and that of `findings.json`.
///
/// # Errors
/// When a schema can't be written as JSON, which no type's schema causes.
pub fn schema_files() -> Result<Vec<SchemaFile>, serde_json::Error> {
    let mut files = record::schema_files()?;
    files.push(SchemaFile::of::<Findings>(
        "findings",
        FINDINGS_VERSION,
        "findings.json",
        Side::Writer,
    )?);
    files.push(SchemaFile::of::<HazardReport>(
        "hazards",
        HAZARDS_VERSION,
        "What one server did under hostile input",
        Side::Reader,
    )?);
    Ok(files)
}
