//! Servers that are given on the command line.

use std::{collections::BTreeMap, str::FromStr};

use anyhow::{Context as _, Error, Result, ensure};
use record::{ContenderFacts, Language, Protocol, Variant, VariantFacts};

use super::{Contender, Source};

/// `NAME=COMMAND`: any executable that speaks the contender contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct External {
    /// Name of its row.
    pub(crate) name: String,
    /// Program and arguments; those of the contract are added.
    pub(crate) command: Vec<String>,
}

impl FromStr for External {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, command) = text
            .split_once('=')
            .context("write NAME=COMMAND, such as mine=./my-server")?;
        let words =
            shlex::split(command).context("a quotation mark of the command isn't closed")?;
        ensure!(
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)),
            "the name {name:?} must consist of letters, digits, -, _ and ."
        );
        ensure!(!words.is_empty(), "the command is empty");
        Ok(Self {
            name: name.to_owned(),
            command: words,
        })
    }
}

impl External {
    /// The contender. Library, version and runtime are known once it has said
    /// them on its ready line.
    pub(crate) fn contender(&self) -> Contender {
        let flush = "as the given program does".to_owned();
        let variant = VariantFacts {
            flush,
            ..VariantFacts::default()
        };
        Contender {
            name: self.name.clone(),
            facts: ContenderFacts {
                library: self.name.clone(),
                runtime: "unknown".to_owned(),
                api: "unknown".to_owned(),
                baseline: false,
                core: false,
                language: Language::default(),
                protocol: Protocol::Websocket,
                repository: String::new(),
                documentation: String::new(),
                gaps: Vec::new(),
                helper_threads: Vec::new(),
                variants: BTreeMap::from([(Variant::Default, variant)]),
            },
            version: String::new(),
            source: Source::Command(self.command.clone()),
            features: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_may_have_quoted_arguments() {
        let external: External = "mine=./server --greeting 'good day'".parse().unwrap();
        assert_eq!(external.name, "mine");
        assert_eq!(external.command, ["./server", "--greeting", "good day"]);
        let contender = external.contender();
        assert_eq!(contender.source, Source::Command(external.command));
        assert_eq!(contender.variants().collect::<Vec<_>>(), [Variant::Default]);
    }

    #[test]
    fn mistakes_are_refused() {
        for text in [
            "server",
            "=server",
            "mine=",
            "mine='open",
            "a b=server",
            "a/b=c",
        ] {
            assert!(text.parse::<External>().is_err(), "{text:?}");
        }
    }
}
