//! What a library is built with in one contender.

use std::collections::{BTreeMap, BTreeSet};

use record::DependencyCounts;

/// A package as `NAME VERSION`.
pub(crate) type PackageName = String;

/// Packages below a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependencies {
    /// Those that it names itself.
    pub(crate) direct: BTreeSet<PackageName>,
    /// All of them; the library isn't one.
    pub(crate) all: BTreeSet<PackageName>,
}

impl Dependencies {
    /// Reads them from what `cargo tree --prefix depth --format {p}` prints;
    /// `None` when the library isn't there.
    pub(crate) fn of(tree: &str, library: &str) -> Option<Self> {
        let children = children(tree);
        let direct = children.get(library)?.clone();
        let mut all = BTreeSet::new();
        let mut open: Vec<&PackageName> = direct.iter().collect();
        while let Some(package) = open.pop() {
            if package != library && all.insert(package.clone()) {
                open.extend(children.get(package).into_iter().flatten());
            }
        }
        Some(Self { direct, all })
    }

    /// How many there are.
    pub(crate) fn counts(&self) -> DependencyCounts {
        let count = |set: &BTreeSet<PackageName>| u32::try_from(set.len()).unwrap_or(u32::MAX);
        DependencyCounts {
            direct: count(&self.direct),
            total: count(&self.all),
        }
    }
}

/// Who names whom. A package that cargo shows again, marked with `(*)`, has its
/// own packages where it came first.
fn children(tree: &str) -> BTreeMap<PackageName, BTreeSet<PackageName>> {
    let mut children: BTreeMap<PackageName, BTreeSet<PackageName>> = BTreeMap::new();
    let mut path: Vec<PackageName> = Vec::new();
    for line in tree.lines() {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let (depth, package) = line.split_at(digits);
        let mut words = package.split_whitespace();
        let (Ok(depth), Some(name), Some(version)) =
            (depth.parse::<usize>(), words.next(), words.next())
        else {
            continue;
        };
        let package = format!("{name} {}", version.trim_start_matches('v'));
        path.truncate(depth);
        if let Some(parent) = path.last() {
            children
                .entry(parent.clone())
                .or_default()
                .insert(package.clone());
        }
        children.entry(package.clone()).or_default();
        path.push(package);
    }
    children
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "0echo-x v0.1.0 (/somewhere/x)\n\
                        1kit v0.1.0 (/somewhere/kit)\n\
                        2tokio v1.54.1\n\
                        3mio v1.2.4\n\
                        3macros v2.0.0 (proc-macro)\n\
                        4syn v2.0.119\n\
                        1x v0.3.0\n\
                        2log v0.4.35\n\
                        2tokio v1.54.1 (*)\n\
                        2thing v2.0.21\n\
                        3log v0.4.35\n";

    #[test]
    fn packages_below_the_library_are_counted_once() {
        let found = Dependencies::of(TREE, "x 0.3.0").unwrap();
        let names = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
        assert_eq!(
            names(&found.direct),
            "log 0.4.35, thing 2.0.21, tokio 1.54.1"
        );
        assert_eq!(
            names(&found.all),
            "log 0.4.35, macros 2.0.0, mio 1.2.4, syn 2.0.119, thing 2.0.21, tokio 1.54.1"
        );
        let counts = found.counts();
        assert_eq!((counts.direct, counts.total), (3, 6));
    }

    #[test]
    fn a_library_without_dependencies_has_none_and_a_missing_one_is_missing() {
        let leaf = Dependencies::of(TREE, "log 0.4.35").unwrap();
        assert_eq!(leaf.counts(), DependencyCounts::default());
        assert_eq!(Dependencies::of(TREE, "x 0.4.0"), None);
        assert_eq!(Dependencies::of("", "x 0.3.0"), None);
    }
}
