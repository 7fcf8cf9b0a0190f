//! Flags of `conformance`.

use std::path::PathBuf;

use clap::Args;
use conformance::{Case, CaseTable, Pattern, Target, select};

use crate::exit::UsageError;

/// Flags of `conformance` besides those of all verbs.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConformanceOptions {
    /// Test the server at this ws:// address instead of contenders
    #[arg(long, value_name = "URL", conflicts_with_all = ["contender", "external", "variant"])]
    pub(crate) url: Option<String>,

    /// Allow --url to lead to another machine
    #[arg(long, requires = "url")]
    pub(crate) allow_remote: bool,

    /// Only these cases, such as 1.*,5.3 (default: all; 9.* alone takes most of
    /// the time)
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) cases: Vec<String>,

    /// Leave these cases out, such as 9.*
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) without: Vec<String>,

    /// Say where the index.json that Autobahn|Testsuite made of the same server
    /// has other verdicts (scripts/autobahn makes one)
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(crate) against: Option<PathBuf>,

    /// Print the reports as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Exit with code 3 when a case fails, or differs from --against
    #[arg(long)]
    pub(crate) fail: bool,
}

/// What a case list and a URL become.
pub(super) struct Chosen {
    pub(super) cases: Vec<Case>,
    pub(super) source: String,
    /// Whether it is every case.
    pub(super) whole: bool,
}

impl ConformanceOptions {
    /// The cases to run.
    pub(super) fn chosen(&self) -> anyhow::Result<Chosen> {
        let CaseTable { source, cases } = CaseTable::built_in()?;
        let total = cases.len();
        let kept = match &self.cases[..] {
            [] => cases.clone(),
            list => pick("--cases", list, cases.clone())?,
        };
        let cases: Vec<Case> = if self.without.is_empty() {
            kept
        } else {
            let dropped = pick("--without", &self.without, cases)?;
            kept.into_iter()
                .filter(|it| !dropped.contains(it))
                .collect()
        };
        if cases.is_empty() {
            let message = "--without leaves no case; see --cases";
            return Err(UsageError(message.to_owned()).into());
        }
        Ok(Chosen {
            whole: cases.len() == total,
            source,
            cases,
        })
    }

    /// The URL, taken apart.
    pub(super) fn target(&self) -> Result<Option<Target>, UsageError> {
        let parse = |url: &String| {
            url.parse()
                .map_err(|error| UsageError(format!("--url: {error}")))
        };
        self.url.as_ref().map(parse).transpose()
    }
}

fn pick(flag: &str, list: &[String], cases: Vec<Case>) -> Result<Vec<Case>, UsageError> {
    let said = |error: &dyn std::fmt::Display| UsageError(format!("{flag}: {error}"));
    let patterns: Result<Vec<Pattern>, _> = list.iter().map(|it| it.parse()).collect();
    let patterns = patterns.map_err(|error| said(&error))?;
    select(cases, &patterns).map_err(|error| said(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(cases: &[&str], without: &[&str]) -> anyhow::Result<(usize, bool)> {
        let owned = |list: &[&str]| list.iter().map(|&it| it.to_owned()).collect();
        let options = ConformanceOptions {
            cases: owned(cases),
            without: owned(without),
            ..ConformanceOptions::default()
        };
        options.chosen().map(|it| (it.cases.len(), it.whole))
    }

    #[test]
    fn lists_choose_cases() {
        assert_eq!(count(&[], &[]).unwrap(), (517, true));
        assert_eq!(count(&[], &["9.*"]).unwrap(), (463, false));
        assert_eq!(count(&["1.*", "5.3"], &["1.1.*"]).unwrap(), (9, false));
    }

    #[test]
    fn what_is_not_there_is_a_usage_error() {
        for (cases, without) in [
            (&["8.*"][..], &[][..]),
            (&["x"], &[]),
            (&[], &["14.*"]),
            (&["1.*"], &["*"]),
        ] {
            let error = count(cases, without).unwrap_err();
            assert!(error.is::<UsageError>(), "{error}");
        }
    }
}
