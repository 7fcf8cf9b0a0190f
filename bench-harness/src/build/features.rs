//! One number for all features that a program is built with.

use std::{collections::BTreeSet, fmt::Write as _};

use sha1::{Digest as _, Sha1};

use super::{BuildError, Cargo};

/// Digits of a hash; enough to tell the builds of one table apart.
const DIGITS: usize = 12;

/// A hash over name, version and features of every package in a program: the
/// sorted lines of `cargo tree --format "{p} {f}"`, without folders.
pub(super) fn hash(
    cargo: &Cargo,
    package: &str,
    features: &[String],
) -> Result<String, BuildError> {
    Ok(hash_of(&cargo.features(package, features)?))
}

pub(super) fn hash_of(tree: &str) -> String {
    let lines: BTreeSet<String> = tree
        .lines()
        .map(without_notes)
        .filter(|line| !line.is_empty())
        .collect();
    let mut hasher = Sha1::new();
    for line in lines {
        hasher.update(line.as_bytes());
        hasher.update(b"\n");
    }
    let mut digits = String::new();
    for byte in hasher.finalize() {
        // Writing to a string can't fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits.truncate(DIGITS);
    digits
}

/// A line without what stands in brackets: where a package lies, `(*)` for a
/// repeated one, `(proc-macro)`.
fn without_notes(line: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for character in line.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(character),
            _ => {}
        }
    }
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_order_and_repetition_do_not_matter() {
        let one = "echo v0.1.0 (/home/a/echo) \nbytes v1.0.0 default,std\nlog v0.4.0 \n";
        let two = "echo v0.1.0 (/srv/echo) \nlog v0.4.0 \nbytes v1.0.0 default,std (*)\n";
        assert_eq!(hash_of(one), hash_of(two));
        assert_eq!(hash_of(one).len(), DIGITS);
    }

    #[test]
    fn features_and_versions_do() {
        let base = hash_of("bytes v1.0.0 default,std\n");
        assert_ne!(base, hash_of("bytes v1.0.0 default\n"));
        assert_ne!(base, hash_of("bytes v1.0.1 default,std\n"));
    }
}
