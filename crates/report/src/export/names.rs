//! Names of rows in other tools: unique, stable over runs, and without the
//! library's version, so that a series goes on when a library is updated.

use record::{EntryKey, Role};

/// `contender/variant`, and `/again` for the reference's twin.
pub(super) fn entry(key: &EntryKey) -> String {
    parts(key, "/")
}

/// `cell.contender.variant`, as a file's name.
pub(super) fn file_stem(cell: &str, key: &EntryKey) -> String {
    let name = format!("{cell}.{}", parts(key, "."));
    name.chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => character,
            _ => '-',
        })
        .collect()
}

/// `cell/contender/variant`.
pub(super) fn row(cell: &str, key: &EntryKey) -> String {
    format!("{cell}/{}", entry(key))
}

fn parts(key: &EntryKey, separator: &str) -> String {
    let again = match key.role {
        Role::Again => format!("{separator}again"),
        Role::Baseline | Role::Contender => String::new(),
    };
    format!("{}{separator}{}{again}", key.contender, key.variant)
}
