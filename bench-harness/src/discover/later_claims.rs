//! Claims that stand beside the table of facts instead of in a manifest.
//!
//! They are of the same form. What was looked up about a library after its server
//! was written needs no change of that server's manifest.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::Declared;
use crate::files::text_of;

/// Where they are, below the workspace.
const FILE: &str = "results/facts/claims.toml";

/// Adds the claims of the file to those of the manifests.
///
/// # Errors
/// When a claim can't stand, is of no contender, or stands in a manifest too:
/// a fact lives once.
pub(super) fn add(root: &Path, declared: &mut BTreeMap<String, Declared>) -> Result<()> {
    let path = root.join(FILE);
    let Some(text) = text_of(&path)? else {
        return Ok(());
    };
    let context = || path.display().to_string();
    let tables: BTreeMap<String, serde_json::Value> =
        toml::from_str(&text).with_context(context)?;
    for (name, claims) in tables {
        let context = || format!("{}, [{name}]", path.display());
        let later = Declared::take_from(&mut json!({ "claims": claims })).with_context(context)?;
        let known = declared
            .get_mut(&name)
            .with_context(|| format!("{} is no contender", context()))?;
        for (property, claim) in later.claims {
            if known.claims.insert(property, claim).is_some() {
                bail!(
                    "{}: the claim on {property:?} stands in its manifest too; leave one out",
                    context()
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use record::{Answer, Property};

    use super::*;

    const WASM: &str = "[lib]\nwasm = { answer = \"?\", source = \"https://docs.rs/lib/1.0.0\", \
                        note = \"Nobody tried.\" }\n";

    fn added(text: Option<&str>, claims: serde_json::Value) -> Result<Declared> {
        let root = tempfile::tempdir().unwrap();
        if let Some(text) = text {
            let path = root.path().join(FILE);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let declared = Declared::take_from(&mut json!({ "claims": claims })).unwrap();
        let mut all = BTreeMap::from([("lib".to_owned(), declared)]);
        add(root.path(), &mut all).map(|()| all.remove("lib").unwrap())
    }

    #[test]
    fn they_join_those_of_the_manifest() {
        let of_manifest = json!({ "http2": { "answer": "no" } });
        let alone = added(None, of_manifest.clone()).unwrap();
        assert_eq!(alone.claims.len(), 1);
        let both = added(Some(WASM), of_manifest).unwrap();
        assert_eq!(both.claims.len(), 2);
        assert_eq!(both.claims[&Property::Wasm].answer, Answer::Unknown);
    }

    #[test]
    fn what_can_not_be_added_is_named() {
        for (text, claims, word) in [
            (WASM, json!({ "wasm": { "answer": "no" } }), "manifest too"),
            (
                &*WASM.replace("[lib]", "[other]"),
                json!({}),
                "no contender",
            ),
            (&*WASM.replace("note", "remark"), json!({}), "remark"),
            (&*WASM.replace("source", "page"), json!({}), "[lib]"),
            ("[lib", json!({}), "claims.toml"),
        ] {
            let error = format!("{:#}", added(Some(text), claims).unwrap_err());
            assert!(error.contains(word), "{error}");
        }
    }
}
