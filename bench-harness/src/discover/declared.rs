//! What a contender's manifest says of its library besides how it is run.

use anyhow::{Result, bail};
use record::Claims;
use serde::Deserialize;
use serde_json::Value;

/// The part of `[package.metadata.contender]` that only tables of facts need.
/// It is kept apart from the facts that go into the record of every run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Declared {
    /// What documentation says of the library.
    #[serde(default)]
    pub(crate) claims: Claims,
    /// Other packages of the same project that hold a part of the library, for
    /// counting unsafe code.
    #[serde(default)]
    pub(crate) own_packages: Vec<String>,
}

impl Declared {
    /// Takes its keys out of the metadata.
    ///
    /// # Errors
    /// When a key is unknown or a claim can't stand; the entry is named.
    pub(crate) fn take_from(metadata: &mut Value) -> Result<Self> {
        let mut taken = serde_json::Map::new();
        if let Some(table) = metadata.as_object_mut() {
            for key in ["claims", "own_packages"] {
                taken.extend(table.remove_entry(key));
            }
        }
        let declared: Self = serde_json::from_value(Value::Object(taken))?;
        for (property, claim) in &declared.claims {
            if let Some(fault) = claim.fault(*property) {
                let key = serde_json::to_value(property)?;
                bail!("claims.{}: {fault}", key.as_str().unwrap_or_default());
            }
        }
        Ok(declared)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn its_keys_are_taken_and_the_rest_stays() {
        let mut metadata = json!({
            "library": "x",
            "own_packages": ["x-core"],
            "claims": { "wasm": { "answer": "no" } },
        });
        let declared = Declared::take_from(&mut metadata).unwrap();
        assert_eq!(metadata, json!({ "library": "x" }));
        assert_eq!(declared.own_packages, ["x-core"]);
        assert_eq!(declared.claims.len(), 1);
        let none = Declared::take_from(&mut metadata).unwrap();
        assert_eq!(none, Declared::default());
    }

    #[test]
    fn the_entry_at_fault_is_named() {
        for (claims, words) in [
            (
                json!({ "wasm": { "answer": "yes" } }),
                ["claims.wasm", "source"],
            ),
            (json!({ "wasn": { "answer": "no" } }), ["wasn", "wasm"]),
            (
                json!({ "passes-autobahn": { "answer": "no" } }),
                ["passes-autobahn", "measured"],
            ),
            (
                json!({ "wasm": { "answer": "no", "page": "" } }),
                ["page", "source"],
            ),
        ] {
            let mut metadata = json!({ "claims": claims });
            let error = Declared::take_from(&mut metadata).unwrap_err().to_string();
            for word in words {
                assert!(error.contains(word), "{error}");
            }
        }
    }
}
