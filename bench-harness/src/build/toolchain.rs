//! The compiler and its flags.

use std::{env, fs, path::Path, process::Command};

use record::ToolchainFacts;
use toml::{Table, Value};

use super::Cargo;

/// Describes the toolchain that builds the workspace at `root`. What can't be
/// had is empty.
pub(crate) fn toolchain(cargo: &Cargo, root: &Path) -> ToolchainFacts {
    let rustc_program = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let verbose = Command::new(rustc_program)
        .arg("--version")
        .arg("--verbose")
        .current_dir(root)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    ToolchainFacts {
        rustc: verbose.lines().next().unwrap_or_default().to_owned(),
        cargo: cargo.version().unwrap_or_default(),
        target: field(&verbose, "host").unwrap_or_default().to_owned(),
        rustflags: rustflags(root),
        profile: fs::read_to_string(root.join("Cargo.toml"))
            .ok()
            .and_then(|manifest| release_profile(&manifest))
            .unwrap_or_default(),
    }
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// Flags from the environment, which win, else from cargo's configuration
/// files, nearest first.
fn rustflags(root: &Path) -> String {
    if let Ok(flags) = env::var("CARGO_ENCODED_RUSTFLAGS") {
        return flags.replace('\u{1f}', " ");
    }
    if let Ok(flags) = env::var("RUSTFLAGS") {
        return flags;
    }
    let home = env::var_os("CARGO_HOME").map(Into::into).or_else(|| {
        let home = env::var_os("HOME")?;
        Some(Path::new(&home).join(".cargo"))
    });
    let beside_sources = root.ancestors().map(|folder| folder.join(".cargo"));
    beside_sources
        .chain(home)
        .flat_map(|folder| [folder.join("config.toml"), folder.join("config")])
        .find_map(|path| flags_in(&fs::read_to_string(path).ok()?))
        .unwrap_or_default()
}

/// `build.rustflags`, and those of targets, of a configuration file.
fn flags_in(config: &str) -> Option<String> {
    let config: Table = toml::from_str(config).ok()?;
    let build = config.get("build").into_iter();
    let targets = config
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(Table::values);
    let flags: Vec<String> = build
        .chain(targets)
        .filter_map(|section| section.get("rustflags"))
        .map(words)
        .filter(|words| !words.is_empty())
        .collect();
    (!flags.is_empty()).then(|| flags.join(" "))
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// The settings of `[profile.release]`, `name value` each.
fn release_profile(manifest: &str) -> Option<String> {
    let manifest: Table = toml::from_str(manifest).ok()?;
    let settings = manifest.get("profile")?.get("release")?.as_table()?;
    Some(
        settings
            .iter()
            .map(|(name, value)| format!("{name} {}", words(value)))
            .collect::<Vec<_>>()
            .join(", "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_in_words() {
        let manifest = "[profile.release]\nopt-level = 3\nlto = \"fat\"\ndebug = false\n";
        assert_eq!(
            release_profile(manifest).unwrap(),
            "debug false, lto fat, opt-level 3"
        );
        assert_eq!(release_profile("[package]\n"), None);
    }

    #[test]
    fn flags_of_a_configuration_file_are_found() {
        let config = "[build]\nrustflags = [\"-C\", \"target-cpu=native\"]\n\
                      [target.x86_64-unknown-linux-gnu]\nrustflags = \"-g\"\n";
        assert_eq!(flags_in(config).unwrap(), "-C target-cpu=native -g");
        assert_eq!(flags_in("[net]\noffline = true\n"), None);
    }

    #[test]
    fn the_host_is_read_from_rustc() {
        let verbose = "rustc 1.95.0\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\n";
        assert_eq!(field(verbose, "host"), Some("x86_64-unknown-linux-gnu"));
    }
}
