//! Reads which version of a dependency Cargo.lock gives to a package.

use std::collections::BTreeMap;

/// One `[[package]]` of a lock file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct LockedPackage {
    pub(crate) name: String,
    pub(crate) version: String,
    /// As written: `name`, or `name version` where the name alone is ambiguous.
    pub(crate) dependencies: Vec<String>,
}

/// A dependency of a package, and the version that the lock file gives it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LockedDependency {
    pub(crate) package: String,
    pub(crate) dependency: String,
    pub(crate) version: String,
}

/// Reads the packages of a lock file.
///
/// Cargo writes the file itself, one key or array element per line, so lines
/// are all there is to look at.
pub(crate) fn packages(lock_file: &str) -> Vec<LockedPackage> {
    let mut packages: Vec<LockedPackage> = Vec::new();
    let mut in_dependencies = false;
    for line in lock_file.lines() {
        let line = line.trim();
        if line == "[[package]]" {
            packages.push(LockedPackage::default());
            in_dependencies = false;
            continue;
        }
        let Some(package) = packages.last_mut() else {
            continue;
        };
        if line.starts_with(']') {
            in_dependencies = false;
        } else if in_dependencies {
            let element = line.trim_end_matches(',');
            package.dependencies.extend(quoted(element));
        } else if let Some((key, value)) = line.split_once('=') {
            match (key.trim(), quoted(value.trim())) {
                ("name", Some(name)) => package.name = name,
                ("version", Some(version)) => package.version = version,
                ("dependencies", _) => in_dependencies = true,
                _ => {}
            }
        }
    }
    packages
}

/// The dependencies of every package whose name starts with `prefix`.
pub(crate) fn dependencies_of(packages: &[LockedPackage], prefix: &str) -> Vec<LockedDependency> {
    let versions: BTreeMap<&str, &str> = packages
        .iter()
        .map(|package| (package.name.as_str(), package.version.as_str()))
        .collect();
    packages
        .iter()
        .filter(|package| package.name.starts_with(prefix))
        .flat_map(|package| {
            package.dependencies.iter().map(|written| {
                // `name`, `name version` or `name version (source)`.
                let mut words = written.split(' ');
                let dependency = words.next().unwrap_or_default();
                let version = words
                    .next()
                    .or_else(|| versions.get(dependency).copied())
                    .unwrap_or_default();
                LockedDependency {
                    package: package.name.clone(),
                    dependency: dependency.to_owned(),
                    version: version.to_owned(),
                }
            })
        })
        .collect()
}

fn quoted(text: &str) -> Option<String> {
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    Some(text.to_owned())
}
