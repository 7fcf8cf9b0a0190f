//! Contenders whose toolchain this machine doesn't have. Their rows say so, and
//! a run of everything is complete without them; a run that asked for them is
//! not.

use record::{BuildOutcome, BuiltContender, Language};

use crate::{cli::Options, selection::Group};

/// Those that were asked for by name or by their language, with what is
/// missing, one line each.
pub(super) fn asked_for(options: &Options, contenders: &[BuiltContender]) -> Vec<String> {
    contenders
        .iter()
        .filter_map(|contender| {
            let BuildOutcome::ToolchainMissing(missing) = &contender.build else {
                return None;
            };
            let is_asked_for = options.contender.contains(&contender.name)
                || contender.name == options.reference
                || (missing.language == Language::Go && options.group.contains(&Group::Go))
                || (missing.language.is_peer() && options.group.contains(&Group::Peers));
            is_asked_for.then(|| {
                format!(
                    "{}: {missing}; install it, or leave this contender out",
                    contender.name
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use record::MissingToolchain;

    use super::*;
    use crate::{cli::Cli, discover::External};

    fn lines(words: &[&str]) -> Vec<String> {
        let external: External = "mine=server".parse().unwrap();
        let contender = external.contender();
        let missing = BuildOutcome::ToolchainMissing(MissingToolchain {
            language: Language::Go,
            needed: None,
            found: None,
        });
        let contenders = [contender.built(missing)];
        let cli = Cli::parse_from([&["bench-harness", "run"], words].concat());
        asked_for(&cli.options, &contenders)
    }

    #[test]
    fn only_what_was_asked_for_is_a_shortcoming() {
        assert_eq!(lines(&[]), [""; 0]);
        assert_eq!(lines(&["--group", "rust"]), [""; 0]);
        assert_eq!(lines(&["--contender", "other"]), [""; 0]);
        for words in [
            ["--contender", "mine"],
            ["--group", "go"],
            ["--reference", "mine"],
        ] {
            let lines = lines(&words);
            assert_eq!(lines.len(), 1, "{words:?}");
            assert!(lines[0].starts_with("mine: Go toolchain not found; install"));
        }
    }
}
