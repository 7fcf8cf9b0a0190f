//! Contenders in Go: folders of one module, each with its metadata.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use record::{ContenderFacts, Language};
use serde_json::json;

use super::{Contender, Declared, Source, name_of, require_default};
use crate::files::{listed, text_of};

/// The module's folder in a checkout.
pub(crate) const MODULE: &str = "crates/contenders-go";

/// What a contender declares about itself.
const METADATA: &str = "contender.toml";

/// What documentation says of its library, for tables of facts; it may be missing.
const CLAIMS: &str = "claims.toml";

/// The contenders of the module below `root`, by name, with what is said of their
/// libraries; none where there is no module. Go itself is not asked: it may not be installed.
pub(super) fn contenders(root: &Path) -> Result<Vec<(Contender, Declared)>> {
    let module = root.join(MODULE);
    let folders = listed(&module)?;
    if folders.is_empty() {
        return Ok(Vec::new());
    }
    let path = module.join("go.mod");
    let go_mod =
        fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
    let mut found = Vec::new();
    for folder in folders {
        let path = folder.join(METADATA);
        if path.is_file() {
            let contender = contender(&folder, &path, &go_mod);
            let contender = contender.with_context(|| path.display().to_string())?;
            found.push((contender, declared(&folder)?));
        }
    }
    Ok(found)
}

fn declared(folder: &Path) -> Result<Declared> {
    let path = folder.join(CLAIMS);
    let Some(text) = text_of(&path)? else {
        return Ok(Declared::default());
    };
    let context = || path.display().to_string();
    let claims: serde_json::Value = toml::from_str(&text).with_context(context)?;
    Declared::take_from(&mut json!({ "claims": claims })).with_context(context)
}

fn contender(folder: &Path, path: &Path, go_mod: &str) -> Result<Contender> {
    let text = fs::read_to_string(path)?;
    let mut facts: ContenderFacts = toml::from_str(&text)?;
    require_default(&facts)?;
    facts.language = Language::Go;
    let Some(version) = version_of(&facts.library, go_mod) else {
        bail!(
            "go.mod requires no module that holds {}; `go get` it there",
            facts.library
        );
    };
    let name = name_of(folder)?;
    Ok(Contender {
        version: version.to_owned(),
        source: Source::Go(name.clone()),
        features: Vec::new(),
        name,
        facts,
    })
}

/// The version of the module that holds the package `library`, without the `v`
/// in front; the longest path wins, as it does for Go.
fn version_of<'a>(library: &str, go_mod: &'a str) -> Option<&'a str> {
    go_mod
        .lines()
        .filter_map(|line| {
            let mut words = line
                .trim()
                .trim_start_matches("require ")
                .split_whitespace();
            Some((words.next()?, words.next()?.strip_prefix('v')?))
        })
        .filter(|(module, _)| {
            library
                .strip_prefix(module)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .max_by_key(|(module, _)| module.len())
        .map(|(_, version)| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GO_MOD: &str = "module contenders\n\ngo 1.26.0\n\nrequire (\n\
                          \tgolang.org/x/net v0.62.0\n\tgithub.com/a/ws v1.4.0 // indirect\n)\n\
                          require github.com/a/ws/v2 v2.0.1\n";

    const METADATA_TEXT: &str = "library = \"github.com/a/ws\"\nruntime = \"goroutines\"\n\
                                 api = \"blocking\"\nrepository = \"\"\ndocumentation = \"\"\n\
                                 [variants.default]\nflush = \"after every message\"\n";

    #[test]
    fn the_version_is_that_of_the_module_that_holds_the_package() {
        assert_eq!(
            version_of("golang.org/x/net/websocket", GO_MOD),
            Some("0.62.0")
        );
        assert_eq!(version_of("github.com/a/ws", GO_MOD), Some("1.4.0"));
        assert_eq!(version_of("github.com/a/ws/v2/util", GO_MOD), Some("2.0.1"));
        assert_eq!(version_of("golang.org/x/network", GO_MOD), None);
        assert_eq!(version_of("go", GO_MOD), None);
    }

    fn checkout(metadata: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let module = root.path().join(MODULE);
        fs::create_dir_all(module.join("internal/kit")).unwrap();
        fs::write(module.join("go.mod"), GO_MOD).unwrap();
        for name in ["b", "a"] {
            fs::create_dir(module.join(name)).unwrap();
            fs::write(module.join(name).join(METADATA), metadata).unwrap();
        }
        root
    }

    #[test]
    fn folders_with_metadata_are_contenders() {
        let root = checkout(METADATA_TEXT);
        let found = contenders(root.path()).unwrap();
        let names: Vec<_> = found.iter().map(|(it, _)| it.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        let (first, declared) = &found[0];
        assert_eq!(first.source, Source::Go("a".to_owned()));
        assert_eq!(first.version, "1.4.0");
        assert_eq!(first.facts.language, Language::Go);
        assert_eq!(*declared, Declared::default());
        let elsewhere = tempfile::tempdir().unwrap();
        assert!(contenders(elsewhere.path()).unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_named_with_the_file() {
        for (metadata, word) in [
            (METADATA_TEXT.replace("a/ws", "other"), "go get"),
            (METADATA_TEXT.replace("default", "tuned"), "default"),
            (METADATA_TEXT.replace("api", "apy"), "apy"),
        ] {
            let root = checkout(&metadata);
            let error = format!("{:#}", contenders(root.path()).unwrap_err());
            assert!(error.contains(word), "{error}");
            assert!(error.contains(METADATA), "{error}");
        }
    }

    #[test]
    fn claims_stand_in_a_file_of_their_own() {
        let root = checkout(METADATA_TEXT);
        let path = root.path().join(MODULE).join("b").join(CLAIMS);
        fs::write(&path, "wasm = { answer = \"no\" }\n").unwrap();
        let found = contenders(root.path()).unwrap();
        let claims: Vec<_> = found.iter().map(|(_, it)| it.claims.len()).collect();
        assert_eq!(claims, [0, 1]);
        for text in [
            "wasm = { answer = \"yes\" }",
            "wasn = { answer = \"no\" }",
            "?",
        ] {
            fs::write(&path, text).unwrap();
            let error = format!("{:#}", contenders(root.path()).unwrap_err());
            assert!(error.contains(CLAIMS), "{error}");
        }
    }
}
