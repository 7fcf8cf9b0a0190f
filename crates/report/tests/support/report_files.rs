//! Reports on tested servers, written and read back.
#![allow(unreachable_pub, reason = "shared by several programs")]

use std::fmt::Debug;

use report::{ReportFileError, schema_files};
use serde::Serialize;

type Read<R> = fn(&str) -> Result<R, ReportFileError>;

/// Reports come back from their files as they were, and fit the schema in this
/// file.
pub fn assert_survive<R: Serialize + PartialEq + Debug>(
    reports: &[R],
    schema: &str,
    read: Read<R>,
) {
    let schemas = schema_files().expect("schemas serialise");
    let schema = schemas
        .iter()
        .find(|file| file.name == schema)
        .expect("there is a schema");
    let schema = serde_json::from_str(&schema.text).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    for report in reports {
        let text = serde_json::to_string(report).expect("a report serialises");
        assert_eq!(read(&text).expect("it reads"), *report);
        let value = serde_json::from_str(&text).expect("it is JSON");
        assert!(validator.is_valid(&value), "{text}");
    }
}

/// The report in another version is refused, with the verb that makes it again;
/// what is no report is refused as well.
pub fn assert_refuses_others<R: Serialize + Debug>(report: &R, verb: &str, read: Read<R>) {
    let text = serde_json::to_string(report).expect("a report serialises");
    let newer = text.replace("\"schema_version\":1", "\"schema_version\":2");
    let error = read(&newer).expect_err("it is newer").to_string();
    let again = format!("`bench-harness {verb}` again");
    assert!(
        error.contains("version 2") && error.contains(&again),
        "{error}"
    );
    assert!(read("{}").is_err());
}
