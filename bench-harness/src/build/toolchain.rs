//! The compiler and its flags.

use std::{fs, path::Path, process::Command};

use record::{BuildOutcome, BuiltContender, Language, ToolchainFacts};

use super::{Cargo, Go, settings::Settings};

/// Describes the toolchains that built `contenders` of the workspace at `root`.
/// What can't be had is empty.
pub(crate) fn toolchain(
    cargo: &Cargo,
    go: &Go,
    root: &Path,
    contenders: &[BuiltContender],
) -> ToolchainFacts {
    let has_go = contenders.iter().any(|contender| {
        contender.facts.language == Language::Go
            && matches!(contender.build, BuildOutcome::Built { .. })
    });
    let settings = Settings::read(root);
    let verbose = Command::new(settings.rustc())
        .arg("--version")
        .arg("--verbose")
        .current_dir(root)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    let host = field(&verbose, "host").unwrap_or_default();
    let target = settings.target().unwrap_or_else(|| host.to_owned());
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    ToolchainFacts {
        rustc: verbose.lines().next().unwrap_or_default().to_owned(),
        cargo: cargo.version().unwrap_or_default(),
        rustflags: settings.rustflags(&target),
        target,
        profile: settings.release_profile(&manifest),
        overrides: settings.overrides(),
        go: has_go.then(|| go.toolchain()).flatten(),
    }
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_read_from_rustc() {
        let verbose = "rustc 1.95.0\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\n";
        assert_eq!(field(verbose, "host"), Some("x86_64-unknown-linux-gnu"));
    }
}
