//! What is known of a library in Go, from `go list`: it reads go.mod and the
//! module cache, and asks the module proxy for what is missing there.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use record::{ContenderRow, DependencyCounts, DerivedFacts, Found, ProbesFile};
use serde::Deserialize;

use super::{licence::license_in, properties};
use crate::{
    build::{BuildError, Go},
    discover::{Contender, Declared},
};

/// One line per package: its module (none in the standard library), its import
/// path, what it imports.
const PACKAGES: &str = "{{with .Module}}{{.Path}}{{end}}\t{{.ImportPath}}\t{{join .Imports \" \"}}";

/// A module as `go list -m -json` prints it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Module {
    path: String,
    time: Option<String>,
    dir: Option<PathBuf>,
    go_version: Option<String>,
}

/// Every module that go.mod names, or why they can't be listed.
///
/// # Errors
/// When the user asked to stop.
pub(crate) fn modules(go: &Go) -> Result<Found<Vec<Module>>, BuildError> {
    Ok(match go.list(&["-m", "-json", "all"])? {
        Found::Unknown(reason) => Found::Unknown(reason),
        Found::Known(text) => serde_json::Deserializer::from_str(&text)
            .into_iter::<Module>()
            .collect::<Result<Vec<Module>, _>>()
            .map_or_else(
                |error| Found::Unknown(format!("`go list -m` can't be understood: {error}")),
                Found::Known,
            ),
    })
}

/// The packages that `contender` links with its library, as [`PACKAGES`] has
/// them.
///
/// # Errors
/// When the user asked to stop.
pub(crate) fn packages(go: &Go, contender: &Contender) -> Result<Found<String>, BuildError> {
    go.list(&["-deps", "-f", PACKAGES, &contender.facts.library])
}

/// The row of `contender`, whose library links `packages`.
pub(crate) fn go_row(
    contender: &Contender,
    declared: &Declared,
    modules: &Found<Vec<Module>>,
    packages: &Found<String>,
    probes: &ProbesFile,
) -> ContenderRow {
    ContenderRow {
        contender: contender.name.clone(),
        language: contender.facts.language,
        library: contender.facts.library.clone(),
        version: contender.version.clone(),
        repository: contender.facts.repository.clone(),
        derived: derived(&contender.facts.library, modules, packages),
        properties: properties(contender, &declared.claims, probes),
    }
}

fn derived(library: &str, modules: &Found<Vec<Module>>, packages: &Found<String>) -> DerivedFacts {
    let module = match modules {
        Found::Unknown(reason) => Err(reason.clone()),
        Found::Known(all) => all
            .iter()
            .filter(|module| holds(&module.path, library))
            .max_by_key(|module| module.path.len())
            .ok_or_else(|| format!("go.mod requires no module that holds {library}")),
    };
    let fact = |of: &dyn Fn(&Module) -> Result<String, String>| {
        let found = module.as_ref().map_err(Clone::clone).and_then(|it| of(it));
        found.map_or_else(Found::Unknown, Found::Known)
    };
    DerivedFacts {
        released: fact(&|module| {
            let time = module.time.as_deref().and_then(|time| time.split_once('T'));
            let day = time.map(|(day, _)| day.to_owned());
            day.ok_or_else(|| "`go list -m` names no time of this version".to_owned())
        }),
        license: fact(&|module| match &module.dir {
            Some(folder) => license_in(folder),
            None => Err("the module isn't in the cache: run `go mod download`".to_owned()),
        }),
        rust_version: fact(&|module| {
            let version = module
                .go_version
                .as_ref()
                .map(|version| format!("Go {version}"));
            version.ok_or_else(|| "its go.mod names none".to_owned())
        }),
        dependencies: match packages {
            Found::Unknown(reason) => Found::Unknown(reason.clone()),
            Found::Known(text) => counts(text, library).map_or_else(
                || Found::Unknown(format!("`go list -deps` doesn't show {library}")),
                Found::Known,
            ),
        },
        unsafe_code: not_of_go("what is counted is Rust's `unsafe`"),
        stripped_size: not_of_go("its program has Go's runtime in it, and the baseline's hasn't"),
        build_times: not_of_go("only builds by cargo are timed"),
        advisories: not_of_go("RUSTSEC lists crates"),
    }
}

fn not_of_go<T>(why: &str) -> Found<T> {
    Found::Unknown(format!("a library in Go: {why}"))
}

fn holds(module: &str, package: &str) -> bool {
    package
        .strip_prefix(module)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Modules below that of `library`: those whose packages it imports itself, and
/// all that are linked. The standard library is none.
fn counts(packages: &str, library: &str) -> Option<DependencyCounts> {
    let rows: Vec<[&str; 3]> = packages
        .lines()
        .filter_map(|line| {
            let mut parts = line.split('\t');
            Some([parts.next()?, parts.next()?, parts.next()?])
        })
        .collect();
    let module_of: BTreeMap<&str, &str> = rows
        .iter()
        .map(|[module, package, _]| (*package, *module))
        .collect();
    let own = *module_of.get(library)?;
    let is_other = |module: &&str| !module.is_empty() && *module != own;
    let all: BTreeSet<&str> = module_of.values().copied().filter(is_other).collect();
    let direct: BTreeSet<&str> = rows
        .iter()
        .filter(|[module, ..]| *module == own)
        .flat_map(|[.., imports]| imports.split(' '))
        .filter_map(|import| module_of.get(import).copied())
        .filter(is_other)
        .collect();
    let count = |set: &BTreeSet<&str>| u32::try_from(set.len()).unwrap_or(u32::MAX);
    Some(DependencyCounts {
        direct: count(&direct),
        total: count(&all),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const PACKAGES_TEXT: &str = "\tio\t\n\
                                 \tnet/http\tio vendor/golang.org/x/text\n\
                                 example.org/deep\texample.org/deep/x\tio\n\
                                 example.org/near\texample.org/near\tio example.org/deep/x\n\
                                 example.org/ws\texample.org/ws/internal\texample.org/near io\n\
                                 example.org/ws\texample.org/ws\texample.org/ws/internal net/http\n";

    #[test]
    fn modules_are_counted_once_and_the_standard_library_is_none() {
        let found = counts(PACKAGES_TEXT, "example.org/ws").unwrap();
        assert_eq!((found.direct, found.total), (1, 2));
        let leaf = counts(PACKAGES_TEXT, "example.org/deep/x").unwrap();
        assert_eq!(
            (leaf.direct, leaf.total),
            (0, 2),
            "all that is listed is linked"
        );
        assert_eq!(counts(PACKAGES_TEXT, "example.org/other"), None);
        assert_eq!(counts("", "example.org/ws"), None);
    }

    #[test]
    fn what_go_says_becomes_facts_and_what_it_does_not_say_has_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let text = "Apache License Version 2.0";
        fs::write(folder.path().join("LICENSE"), text).unwrap();
        let module = |path: &str, time: Option<&str>| Module {
            path: path.to_owned(),
            time: time.map(str::to_owned),
            dir: Some(folder.path().to_owned()),
            go_version: None,
        };
        let modules = Found::Known(vec![
            module("example.org", Some("2020-01-01T00:00:00Z")),
            module("example.org/ws", Some("2026-07-11T12:50:30Z")),
        ]);
        let packages = Found::Known(PACKAGES_TEXT.to_owned());
        let facts = derived("example.org/ws", &modules, &packages);
        assert_eq!(facts.released, Found::Known("2026-07-11".to_owned()));
        assert_eq!(facts.license, Found::Known("Apache-2.0".to_owned()));
        let reason = |found: &Found<String>| match found {
            Found::Unknown(reason) => reason.clone(),
            Found::Known(value) => panic!("{value}"),
        };
        assert!(reason(&facts.rust_version).contains("go.mod names none"));
        let missing = Found::Unknown("Go toolchain not found".to_owned());
        let facts = derived("example.org/ws", &missing, &Found::Unknown("x".to_owned()));
        assert_eq!(reason(&facts.released), "Go toolchain not found");
        let facts = derived("example.com/ws", &modules, &packages);
        assert!(reason(&facts.license).contains("example.com/ws"));
        assert_eq!(facts.dependencies.known(), None);
    }
}
