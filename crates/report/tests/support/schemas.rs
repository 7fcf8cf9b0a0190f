//! Values held against the committed schemas.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "shared by several programs, of two packages"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use jsonschema::Validator;
use serde::Serialize;
use serde_json::Value;

/// The project's root folder.
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = package.ancestors();
    let root = folders.find(|folder| folder.join("docs/schema").is_dir());
    root.expect("schemas are committed").to_owned()
}

/// The committed schema of this name.
pub fn schema(name: &str) -> Validator {
    let text = fs::read_to_string(root().join("docs/schema").join(name)).expect("it is committed");
    let schema = serde_json::from_str(&text).expect("it is JSON");
    jsonschema::meta::validate(&schema).expect("it is a schema");
    jsonschema::validator_for(&schema).expect("it is a schema")
}

/// What is wrong with a value, each with its place.
pub fn errors(schema: &Validator, value: &Value) -> Vec<String> {
    schema
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// The value is what the schema says; `name` tells it from others.
pub fn assert_valid(schema: &Validator, value: &Value, name: &str) {
    let errors = errors(schema, value);
    assert!(errors.is_empty(), "{name}: {}\n{value}", errors.join("\n"));
}

/// The same of JSON text.
pub fn assert_text_valid(schema: &Validator, text: &str, name: &str) {
    let value = serde_json::from_str(text).expect("it is JSON");
    assert_valid(schema, &value, name);
}

/// The same of a value as it is written.
pub fn assert_written_valid<T: Serialize>(schema: &Validator, value: &T, name: &str) {
    let value = serde_json::to_value(value).expect("it serialises");
    assert_valid(schema, &value, name);
}

/// A schema that takes anything proves nothing: each of these changes to a
/// valid value must be seen.
pub fn assert_refuses(schema: &Validator, valid: &Value, wrong: &[(&str, Value)]) {
    assert_valid(schema, valid, "before the change");
    for (pointer, wrong) in wrong {
        let mut changed = valid.clone();
        let place = changed.pointer_mut(pointer);
        *place.unwrap_or_else(|| panic!("{pointer} is not there")) = wrong.clone();
        assert!(!errors(schema, &changed).is_empty(), "{pointer} {wrong}");
    }
}

/// The value lacks nothing, and could do without none of its fields: what only
/// we write.
pub fn assert_needs_every_field(schema: &Validator, valid: &Value) {
    assert_valid(schema, valid, "before the change");
    let fields = valid.as_object().expect("it has fields");
    for name in fields.keys() {
        let mut changed = fields.clone();
        changed.remove(name);
        let changed = Value::Object(changed);
        assert!(!errors(schema, &changed).is_empty(), "without {name}");
    }
}
