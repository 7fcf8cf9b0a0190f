//! The oldest Rust that a library builds with.

use cargo_metadata::{Edition, Metadata, Package, semver::Version};
use record::Found;

use super::dependencies::Dependencies;

/// What the library's manifest promises. Where it promises nothing, the reason
/// says what is needed at least: by its edition, or by what it is built with here.
pub(crate) fn oldest_rust(
    library: &Package,
    dependencies: Option<&Dependencies>,
    metadata: &Metadata,
) -> Found<String> {
    if let Some(version) = &library.rust_version {
        return Found::Known(version.to_string());
    }
    let below = metadata.packages.iter().filter_map(|package| {
        let name = format!("{} {}", package.name, package.version);
        let is_below = dependencies.is_some_and(|it| it.all.contains(&name));
        let needed = package.rust_version.clone().filter(|_| is_below)?;
        Some((needed, name))
    });
    Found::Unknown(match at_least(library.edition, below) {
        Some(bound) => format!("the manifest names none; {bound}"),
        None => "the manifest names none".to_owned(),
    })
}

/// The strictest lower bound, and whose it is: that of the edition where no
/// package needs more.
fn at_least(edition: Edition, packages: impl Iterator<Item = (Version, String)>) -> Option<String> {
    let by_edition = first_with(edition);
    packages
        .filter(|(needed, _)| by_edition.as_ref().is_none_or(|first| needed > first))
        .max_by(|(one, name), (other, of_other)| one.cmp(other).then(of_other.cmp(name)))
        .map(|(needed, name)| format!("{name}, which it is built with here, needs {needed}"))
        .or_else(|| by_edition.map(|first| format!("its edition, {edition}, needs {first}")))
}

/// The first Rust that knows the edition; all know that of 2015.
fn first_with(edition: Edition) -> Option<Version> {
    let minor = match edition {
        Edition::E2018 => 31,
        Edition::E2021 => 56,
        Edition::E2024 => 85,
        _ => return None,
    };
    Some(Version::new(1, minor, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_bound_is_named() {
        let needs = |minor, name: &str| (Version::new(1, minor, 0), name.to_owned());
        for (edition, packages, expected) in [
            (Edition::E2015, vec![], None),
            (
                Edition::E2021,
                vec![],
                Some("its edition, 2021, needs 1.56.0"),
            ),
            (
                Edition::E2024,
                vec![needs(56, "a 1.0.0"), needs(85, "b 1.0.0")],
                Some("its edition, 2024, needs 1.85.0"),
            ),
            (
                Edition::E2021,
                vec![
                    needs(71, "a 1.0.0"),
                    needs(85, "c 1.0.0"),
                    needs(85, "b 2.0.0"),
                ],
                Some("b 2.0.0, which it is built with here, needs 1.85.0"),
            ),
            (
                Edition::E2015,
                vec![needs(9, "a 1.0.0")],
                Some("a 1.0.0, which it is built with here, needs 1.9.0"),
            ),
        ] {
            let found = at_least(edition, packages.into_iter());
            assert_eq!(found.as_deref(), expected);
        }
    }
}
