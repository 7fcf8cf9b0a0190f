//! JSON Schemas of what is on the disk and on the wire between programs.

use conformance::hazards::{HAZARDS_VERSION, HazardReport};
use record::{SchemaFile, Side};

use crate::{
    choose::{CHOOSE_VERSION, Choice},
    compare::{COMPARISON_VERSION, RunComparison},
    findings::{FINDINGS_VERSION, Findings},
};

/// The schemas of `docs/schema/` but for those of verbs that the harness alone
/// knows: of records, control lines and reports, of `findings.json`, and of what
/// `compare` and `choose` print.
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
    files.push(SchemaFile::of::<RunComparison>(
        "comparison",
        COMPARISON_VERSION,
        "What `compare --json` prints",
        Side::Writer,
    )?);
    files.push(SchemaFile::of::<Choice>(
        "choice",
        CHOOSE_VERSION,
        "What `choose --json` prints",
        Side::Writer,
    )?);
    Ok(files)
}
