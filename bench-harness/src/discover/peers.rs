//! Peers: servers in other languages, to see where Rust's stand. They are off by
//! default, and what they need is fetched from their registry when they are
//! asked for.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use record::ContenderFacts;
use serde::Deserialize;

use super::{Contender, Source, name_of, require_default};
use crate::files::listed;

/// The peers' folders in a checkout.
const FOLDER: &str = "crates/peers";

/// What a peer declares about itself.
const METADATA: &str = "contender.toml";

/// What has to be installed for a peer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Peer {
    /// Its own program, in the peer's folder.
    #[serde(skip)]
    pub(crate) script: PathBuf,
    /// That program's file name.
    program: String,
    /// Package of its library, in the registry of its language.
    pub(crate) package: String,
    /// The version.
    pub(crate) version: String,
}

#[cfg(test)]
impl Peer {
    /// A peer with this script.
    pub(crate) fn sample(script: PathBuf, package: &str, version: &str) -> Self {
        Self {
            script,
            program: String::new(),
            package: package.to_owned(),
            version: version.to_owned(),
        }
    }
}

#[derive(Deserialize)]
struct Declaration {
    peer: Peer,
    contender: ContenderFacts,
}

/// The peers below `root`, by name; none where there is no such folder. Neither
/// their languages nor their packages need to be there.
pub(super) fn contenders(root: &Path) -> Result<Vec<Contender>> {
    let mut found = Vec::new();
    for folder in listed(&root.join(FOLDER))? {
        let path = folder.join(METADATA);
        if path.is_file() {
            found.push(contender(&folder, &path).with_context(|| path.display().to_string())?);
        }
    }
    Ok(found)
}

fn contender(folder: &Path, path: &Path) -> Result<Contender> {
    let Declaration {
        mut peer,
        contender: facts,
    } = toml::from_str(&fs::read_to_string(path)?)?;
    require_default(&facts)?;
    ensure!(
        facts.language.is_peer(),
        "{} is no language of peers: a contender in it belongs into crates/contenders or \
         crates/contenders-go",
        facts.language
    );
    let is_plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    ensure!(
        is_plain(&peer.package) && is_plain(&peer.version),
        "package and version of a peer consist of letters, digits, -, _ and ."
    );
    peer.script = folder.join(&peer.program);
    ensure!(peer.script.is_file(), "there is no {}", peer.program);
    Ok(Contender {
        name: name_of(folder)?,
        facts,
        version: peer.version.clone(),
        source: Source::Peer(peer),
        features: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use record::Language;

    use super::*;

    const TEXT: &str = "[peer]\nprogram = \"server.py\"\npackage = \"ws\"\nversion = \"1.2.3\"\n\
                        [contender]\nlanguage = \"python\"\nlibrary = \"ws\"\nruntime = \"asyncio\"\n\
                        api = \"async\"\nrepository = \"\"\ndocumentation = \"\"\n\
                        [contender.variants.default]\nflush = \"after every message\"\n";

    fn checkout(text: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(FOLDER).join("mine");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("server.py"), "").unwrap();
        fs::write(folder.join(METADATA), text).unwrap();
        root
    }

    #[test]
    fn a_folder_with_metadata_is_a_peer() {
        let root = checkout(TEXT);
        let found = contenders(root.path()).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].name.as_str(), found[0].version.as_str()),
            ("mine", "1.2.3")
        );
        assert_eq!(found[0].facts.language, Language::Python);
        let Source::Peer(peer) = &found[0].source else {
            panic!("{:?}", found[0].source);
        };
        assert!(peer.script.ends_with("mine/server.py"));
        let elsewhere = tempfile::tempdir().unwrap();
        assert!(contenders(elsewhere.path()).unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_named_with_the_file() {
        for (text, word) in [
            (TEXT.replace("server.py", "other.py"), "no other.py"),
            (TEXT.replace("\"python\"", "\"go\""), "crates/contenders-go"),
            (TEXT.replace("1.2.3", "1.2.3; rm"), "letters"),
            (TEXT.replace("default", "tuned"), "default"),
            (TEXT.replace("package", "packet"), "packet"),
        ] {
            let root = checkout(&text);
            let error = format!("{:#}", contenders(root.path()).unwrap_err());
            assert!(error.contains(word) && error.contains(METADATA), "{error}");
        }
    }
}
