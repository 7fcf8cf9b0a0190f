//! Contenders of the checkout: those in Rust through cargo, those in other languages
//! from their folders. There is no central list.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{Metadata, MetadataCommand, Package, PackageId};
use record::ContenderFacts;

use super::{Contender, Declared, Source, go, peers, require_default};
use crate::{build::call, interrupt::Interrupt};

/// Package names of contenders begin so.
const PREFIX: &str = "echo-";

/// The checkout that this program belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// Its root.
    pub(crate) root: PathBuf,
    /// Where cargo puts what it builds; git ignores it.
    pub(crate) target: PathBuf,
    /// Its contenders, by name.
    pub(crate) contenders: Vec<Contender>,
    /// What their manifests, or claims.toml, say of their libraries, by the contender's name.
    pub(crate) declared: BTreeMap<String, Declared>,
}

impl Workspace {
    /// Asks cargo. The workspace is that of the package that `cargo run` runs,
    /// else that of the current folder.
    pub(crate) fn find(interrupt: &Interrupt) -> Result<Self> {
        let metadata = metadata_of_workspace(interrupt)?;
        let root = metadata.workspace_root.clone().into_std_path_buf();
        let (mut contenders, mut all_declared) = contenders(&metadata)?;
        for (contender, declared) in go::contenders(&root)? {
            ensure!(
                contenders.iter().all(|it| it.name != contender.name),
                "there are two contenders of the name {}",
                contender.name
            );
            all_declared.insert(contender.name.clone(), declared);
            contenders.push(contender);
        }
        for contender in peers::contenders(&root)? {
            ensure!(
                contenders.iter().all(|it| it.name != contender.name),
                "there are two contenders of the name {}",
                contender.name
            );
            contenders.push(contender);
        }
        Ok(Self {
            root,
            target: metadata.target_directory.clone().into_std_path_buf(),
            contenders,
            declared: all_declared,
        })
    }
}

/// What cargo says of the workspace and of every package that it is built with.
pub(crate) fn metadata_of_workspace(interrupt: &Interrupt) -> Result<Metadata> {
    let mut request = MetadataCommand::new();
    if let Some(folder) = env::var_os("CARGO_MANIFEST_DIR") {
        request.manifest_path(Path::new(&folder).join("Cargo.toml"));
    }
    request.other_options(["--locked".to_owned()]);
    let output = call(&mut request.cargo_command(), interrupt)?;
    ensure!(
        output.status.success(),
        "cargo can't describe the workspace; run this in the project's checkout, \
         and `cargo update --workspace` after a change of dependencies:\n{}",
        output.complaint()
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let json = text.lines().find(|line| line.starts_with('{'));
    MetadataCommand::parse(json.unwrap_or_default())
        .context("what `cargo metadata` prints can't be read")
}

fn contenders(metadata: &Metadata) -> Result<(Vec<Contender>, BTreeMap<String, Declared>)> {
    let mut found = BTreeMap::new();
    let mut all_declared = BTreeMap::new();
    for package in metadata.workspace_packages() {
        let Some(value) = package.metadata.get("contender") else {
            continue;
        };
        let context = || {
            format!(
                "[package.metadata.contender] in {}",
                package.manifest_path.as_str()
            )
        };
        let mut value = value.clone();
        let declared = Declared::take_from(&mut value).with_context(context)?;
        let facts: ContenderFacts = serde_json::from_value(value).with_context(context)?;
        require_default(&facts).with_context(context)?;
        let name = package
            .name
            .strip_prefix(PREFIX)
            .with_context(|| format!("{}: the name must begin with {PREFIX}", package.name))?;
        // A baseline measures no library; its version is its own.
        let library = library_package(metadata, package, &facts.library).unwrap_or(package);
        let version = library.version.to_string();
        all_declared.insert(name.to_owned(), declared);
        found.insert(
            name.to_owned(),
            Contender {
                name: name.to_owned(),
                facts,
                version,
                source: Source::Package(package.name.to_string()),
                features: Vec::new(),
            },
        );
    }
    Ok((found.into_values().collect(), all_declared))
}

/// The package of `library` that `package` is built with, as Cargo.lock has it:
/// the nearest of that name among its dependencies.
pub(crate) fn library_package<'a>(
    metadata: &'a Metadata,
    package: &'a Package,
    library: &str,
) -> Option<&'a Package> {
    let packages: HashMap<&PackageId, &'a Package> = metadata
        .packages
        .iter()
        .map(|package| (&package.id, package))
        .collect();
    let mut seen = HashSet::new();
    let mut queue = VecDeque::from([&package.id]);
    while let Some(id) = queue.pop_front() {
        if !seen.insert(id) {
            continue;
        }
        let Some(found) = packages.get(id) else {
            continue;
        };
        if found.name.as_str() == library {
            return Some(found);
        }
        let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
        if let Some(node) = nodes.into_iter().find(|node| node.id == *id) {
            queue.extend(&node.dependencies);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::BuildError;

    #[test]
    fn an_interrupt_is_no_failure_of_cargo() {
        let interrupt = Interrupt::default();
        interrupt.set();
        let error = Workspace::find(&interrupt).unwrap_err();
        assert!(matches!(
            error.downcast_ref(),
            Some(BuildError::Interrupted)
        ));
    }

    #[test]
    fn this_workspace_is_found_with_versions_from_its_lock_file() {
        let workspace = Workspace::find(&Interrupt::default()).unwrap();
        let lock = std::fs::read_to_string(workspace.root.join("Cargo.lock")).unwrap();
        let names: Vec<_> = workspace
            .contenders
            .iter()
            .map(|contender| contender.name.as_str())
            .collect();
        for name in [
            "tokio-tungstenite",
            "raw-tcp",
            "handwritten",
            "gorilla-websocket",
        ] {
            assert!(names.contains(&name), "{names:?}");
        }
        for contender in &workspace.contenders {
            if !contender.facts.baseline && contender.facts.language.is_rust() {
                let entry = format!(
                    "name = \"{}\"\nversion = \"{}\"\n",
                    contender.facts.library, contender.version
                );
                assert!(lock.contains(&entry), "{entry} is not in Cargo.lock");
            }
        }
    }
}
