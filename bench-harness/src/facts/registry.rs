//! When a version was published.
//!
//! The files of a package say nothing of it: cargo sets their times to a date
//! of its own. The registry's index does (`pubtime`), and cargo keeps what it
//! read of it.

use std::{fs, path::Path};

use record::Found;
use serde::Deserialize;

/// One version in the index.
#[derive(Deserialize)]
struct Version {
    vers: String,
    pubtime: Option<String>,
}

/// The day on which `version` of the package was published, as the index of its
/// registry says, of which cargo keeps a copy beside the sources.
pub(crate) fn released(manifest: &Path, name: &str, version: &str) -> Found<String> {
    // …/registry/src/REGISTRY/NAME-VERSION/Cargo.toml
    let registry = manifest.parent().and_then(Path::parent);
    let index = registry.and_then(|registry| {
        let home = registry.parent()?.parent()?;
        Some(home.join("index").join(registry.file_name()?))
    });
    let Some(index) = index else {
        return Found::Unknown("it is not from a registry".to_owned());
    };
    let copy = index.join(".cache").join(place(name));
    let Ok(bytes) = fs::read(&copy) else {
        return Found::Unknown(
            "cargo has no copy of the registry's index here: run `cargo fetch`".to_owned(),
        );
    };
    day_of(&bytes, version).map_or_else(
        || Found::Unknown("the index that cargo has here names no date".to_owned()),
        Found::Known,
    )
}

/// Where a package's versions stand in an index.
fn place(name: &str) -> String {
    let name = name.to_lowercase();
    let letters: Vec<char> = name.chars().collect();
    let part = |from: usize, to: usize| letters[from..to].iter().collect::<String>();
    match letters.len() {
        0..=2 => format!("{}/{name}", letters.len()),
        3 => format!("3/{}/{name}", part(0, 1)),
        _ => format!("{}/{}/{name}", part(0, 2), part(2, 4)),
    }
}

/// Cargo's copy is its own affair: texts with a zero byte between them, of
/// which those that are a version count.
fn day_of(copy: &[u8], version: &str) -> Option<String> {
    copy.split(|byte| *byte == 0)
        .filter_map(|part| serde_json::from_slice::<Version>(part).ok())
        .find(|it| it.vers == version)?
        .pubtime?
        .split_once('T')
        .map(|(day, _)| day.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_versions_own() {
        let home = tempfile::tempdir().unwrap();
        let copy = home.path().join("index/reg-1/.cache/so/me/some-ws");
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        let text = b"\x03\x02\0\0\0etag\x000.1.0\0{\"vers\":\"0.1.0\",\"pubtime\":\"2024-01-02T03:04:05Z\"}\
            \x000.2.0\0{\"vers\":\"0.2.0\",\"pubtime\":\"2026-07-11T12:50:30Z\"}\
            \x000.3.0\0{\"vers\":\"0.3.0\"}\0";
        fs::write(&copy, text).unwrap();
        let of = |name: &str, version: &str| {
            let folder = home
                .path()
                .join("src/reg-1")
                .join(format!("{name}-{version}"));
            released(&folder.join("Cargo.toml"), name, version)
        };
        assert_eq!(
            of("some-ws", "0.2.0"),
            Found::Known("2026-07-11".to_owned())
        );
        for (name, version, word) in [
            ("some-ws", "0.3.0", "no date"),
            ("some-ws", "9.0.0", "no date"),
            ("other", "0.2.0", "cargo fetch"),
        ] {
            match of(name, version) {
                Found::Unknown(reason) => assert!(reason.contains(word), "{reason}"),
                Found::Known(day) => panic!("{name} {version}: {day}"),
            }
        }
    }

    #[test]
    fn short_names_have_places_of_their_own() {
        for (name, expected) in [
            ("a", "1/a"),
            ("wo", "2/wo"),
            ("wtx", "3/w/wtx"),
            ("Yawc", "ya/wc/yawc"),
            ("ws-tool", "ws/-t/ws-tool"),
        ] {
            assert_eq!(place(name), expected);
        }
    }
}
