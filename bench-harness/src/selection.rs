//! Which contenders and scenarios take part.

use std::fmt;

use clap::ValueEnum;
use record::{Entry, Language, Scenario};

use crate::{
    discover::{Contender, Source},
    exit::UsageError,
};

/// Contenders that go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Group {
    /// The five libraries that the project began with
    Core,
    /// Every contender in Rust
    Rust,
    /// Every contender in Go
    Go,
    /// Servers in other languages to compare with; fetched from their registries
    Peers,
    /// Servers that are no WebSocket library
    Baselines,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Core => "core",
            Self::Rust => "rust",
            Self::Go => "go",
            Self::Peers => "peers",
            Self::Baselines => "baselines",
        })
    }
}

impl Group {
    fn has(self, contender: &Contender) -> bool {
        let facts = &contender.facts;
        match self {
            Self::Baselines => facts.baseline,
            _ if facts.baseline => false,
            Self::Core => facts.core,
            Self::Rust => facts.language == Language::Rust,
            Self::Go => facts.language == Language::Go,
            Self::Peers => facts.language.is_peer(),
        }
    }
}

/// What the filters say; an empty list lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    /// Exact names of contenders.
    pub(crate) contenders: Vec<String>,
    /// Groups of contenders.
    pub(crate) groups: Vec<Group>,
    /// Exact names of scenarios.
    pub(crate) scenarios: Vec<String>,
    /// Name of the reference.
    pub(crate) reference: String,
    /// Whether baselines stay out.
    pub(crate) no_baselines: bool,
}

/// The contenders that take part: those that were named, by themselves or by a
/// group (all but peers, when none was),
/// those that were given by a command, the reference, and the baselines unless
/// they are unwanted. A number without them can't be judged.
pub(crate) fn contenders(
    all: Vec<Contender>,
    filters: &Filters,
) -> Result<Vec<Contender>, UsageError> {
    let names: Vec<&str> = all
        .iter()
        .map(|contender| contender.name.as_str())
        .collect();
    for wanted in filters.contenders.iter().chain([&filters.reference]) {
        if !names.contains(&wanted.as_str()) {
            return Err(UsageError(format!(
                "there is no contender {wanted:?}; there are {}",
                names.join(", ")
            )));
        }
    }
    let baseline_as_reference = all
        .iter()
        .any(|contender| contender.name == filters.reference && contender.facts.baseline);
    if baseline_as_reference {
        return Err(UsageError(format!(
            "{:?} is a baseline and can't be the reference; choose a contender",
            filters.reference
        )));
    }
    if filters.no_baselines && filters.groups.contains(&Group::Baselines) {
        return Err(UsageError(
            "--group baselines and --no-baselines contradict each other".to_owned(),
        ));
    }
    if let Some(group) = filters
        .groups
        .iter()
        .find(|group| !all.iter().any(|it| group.has(it)))
    {
        return Err(UsageError(format!("the group {group} has no contender")));
    }
    let nothing_named = filters.contenders.is_empty() && filters.groups.is_empty();
    let takes_part = |contender: &Contender| {
        filters.contenders.contains(&contender.name)
            || filters.groups.iter().any(|group| group.has(contender))
            || contender.name == filters.reference
            || is_given(contender)
            || (contender.facts.baseline && !filters.no_baselines)
            || (nothing_named && !contender.facts.baseline && !contender.facts.language.is_peer())
    };
    Ok(all.into_iter().filter(takes_part).collect())
}

/// Exactly the contenders that are named.
pub(crate) fn only(contenders: Vec<Contender>, names: &[String]) -> Vec<Contender> {
    let named = |contender: &Contender| names.contains(&contender.name);
    contenders.into_iter().filter(named).collect()
}

fn is_given(contender: &Contender) -> bool {
    matches!(contender.source, Source::Command(_))
}

/// What is to be said of contenders that have none of the variants that were
/// asked for, and so no row.
///
/// # Errors
/// When one of them was named or given: leaving it out is not what was meant.
pub(crate) fn without_row(
    contenders: &[Contender],
    rows: &[Entry],
    filters: &Filters,
) -> Result<Vec<String>, UsageError> {
    let mut warnings = Vec::new();
    for contender in contenders {
        let name = &contender.name;
        if rows.iter().any(|row| row.key.contender == *name) {
            continue;
        }
        let variants: Vec<String> = contender.variants().map(|it| it.to_string()).collect();
        let variants = variants.join(", ");
        if is_given(contender) || filters.contenders.contains(name) {
            return Err(UsageError(format!(
                "--variant leaves {name} without a row: it has only {variants}; name that one too"
            )));
        }
        warnings.push(format!(
            "{name} has no row: --variant doesn't name {variants}, and it has no other"
        ));
    }
    Ok(warnings)
}

/// The scenarios that take part.
pub(crate) fn scenarios(
    all: Vec<Scenario>,
    filters: &Filters,
) -> Result<Vec<Scenario>, UsageError> {
    let names: Vec<&str> = all.iter().map(|scenario| scenario.name.as_str()).collect();
    for wanted in &filters.scenarios {
        if !names.contains(&wanted.as_str()) {
            return Err(UsageError(format!(
                "there is no scenario {wanted:?}; there are {}",
                names.join(", ")
            )));
        }
    }
    Ok(all
        .into_iter()
        .filter(|scenario| {
            filters.scenarios.is_empty() || filters.scenarios.contains(&scenario.name)
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{discover::External, run::fixture};

    fn all() -> Vec<Contender> {
        ["fast", "plain", "raw"].map(contender).into()
    }

    fn given() -> Vec<Contender> {
        vec![contender("given")]
    }

    fn contender(name: &str) -> Contender {
        let external: External = format!("{name}=server").parse().unwrap();
        let mut contender = external.contender();
        contender.facts.baseline = name == "raw";
        if name != "given" {
            contender.source = Source::Package(format!("echo-{name}"));
        }
        contender
    }

    fn chosen(contenders_named: &[&str], no_baselines: bool) -> Result<Vec<String>, UsageError> {
        let filters = Filters {
            contenders: contenders_named
                .iter()
                .map(|&name| name.to_owned())
                .collect(),
            reference: "fast".to_owned(),
            no_baselines,
            ..Filters::default()
        };
        let chosen = contenders(all(), &filters)?;
        Ok(chosen.into_iter().map(|contender| contender.name).collect())
    }

    #[test]
    fn the_reference_and_the_baselines_stay() {
        assert_eq!(chosen(&[], false).unwrap(), ["fast", "plain", "raw"]);
        assert_eq!(chosen(&["plain"], false).unwrap(), ["fast", "plain", "raw"]);
        assert_eq!(chosen(&["fast"], false).unwrap(), ["fast", "raw"]);
        assert_eq!(chosen(&["plain"], true).unwrap(), ["fast", "plain"]);
        assert_eq!(chosen(&["raw"], true).unwrap(), ["fast", "raw"]);
        assert_eq!(chosen(&[], true).unwrap(), ["fast", "plain"]);
    }

    #[test]
    fn only_is_without_the_reference_and_the_baselines() {
        let names = ["plain".to_owned()];
        let left: Vec<_> = only(all(), &names).into_iter().map(|it| it.name).collect();
        assert_eq!(left, names);
    }

    #[test]
    fn groups_and_names_add_up() {
        let mut all = all();
        all[0].facts.core = true;
        all[1].facts.language = Language::Go;
        let chosen = |groups: &[Group], names: &[&str], no_baselines| {
            let filters = Filters {
                contenders: names.iter().map(|&name| name.to_owned()).collect(),
                groups: groups.to_vec(),
                reference: "fast".to_owned(),
                no_baselines,
                ..Filters::default()
            };
            let chosen = contenders(all.clone(), &filters)?;
            Ok::<_, UsageError>(chosen.into_iter().map(|it| it.name).collect::<Vec<_>>())
        };
        for (groups, expected) in [
            (&[Group::Core][..], &["fast", "raw"][..]),
            (&[Group::Rust], &["fast", "raw"]),
            (&[Group::Go], &["fast", "plain", "raw"]),
            (&[Group::Baselines], &["fast", "raw"]),
            (&[Group::Core, Group::Go], &["fast", "plain", "raw"]),
        ] {
            assert_eq!(chosen(groups, &[], false).unwrap(), expected, "{groups:?}");
        }
        assert_eq!(
            chosen(&[Group::Core], &["plain"], true).unwrap(),
            ["fast", "plain"]
        );
        assert!(chosen(&[Group::Baselines], &[], true).is_err());
        all[0].facts.core = false;
        let filters = Filters {
            groups: vec![Group::Core],
            reference: "fast".to_owned(),
            ..Filters::default()
        };
        let error = contenders(all.clone(), &filters).unwrap_err().to_string();
        assert!(error.contains("core"), "{error}");
    }

    #[test]
    fn peers_take_part_only_when_they_are_named() {
        let mut all = all();
        all[1].facts.language = Language::Python;
        let chosen = |groups: &[Group], names: &[&str]| {
            let filters = Filters {
                contenders: names.iter().map(|&name| name.to_owned()).collect(),
                groups: groups.to_vec(),
                reference: "fast".to_owned(),
                ..Filters::default()
            };
            let chosen = contenders(all.clone(), &filters).unwrap();
            chosen.into_iter().map(|it| it.name).collect::<Vec<_>>()
        };
        assert_eq!(chosen(&[], &[]), ["fast", "raw"]);
        assert_eq!(chosen(&[Group::Peers], &[]), ["fast", "plain", "raw"]);
        assert_eq!(chosen(&[], &["plain"]), ["fast", "plain", "raw"]);
        assert_eq!(chosen(&[Group::Rust], &[]), ["fast", "raw"]);
    }

    #[test]
    fn what_is_given_takes_part_whoever_is_named() {
        let filters = Filters {
            contenders: vec!["plain".to_owned()],
            reference: "fast".to_owned(),
            no_baselines: true,
            ..Filters::default()
        };
        let mut known = all();
        known.extend(given());
        let chosen = contenders(known, &filters).unwrap();
        let names: Vec<_> = chosen.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["fast", "plain", "given"]);
    }

    #[test]
    fn nobody_is_left_without_a_row_unsaid() {
        let rows: Vec<Entry> = ["fast", "raw"]
            .map(|name| Entry {
                key: fixture::key(name),
                is_reference: false,
            })
            .into();
        let filters = Filters::default();
        let warnings = without_row(&all(), &rows, &filters).unwrap();
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].starts_with("plain has no row"), "{warnings:?}");
        let error = without_row(&given(), &rows, &filters).unwrap_err();
        assert!(error.to_string().contains("given"), "{error}");
        let named = Filters {
            contenders: vec!["plain".to_owned()],
            ..filters
        };
        let error = without_row(&all(), &rows, &named).unwrap_err();
        assert!(error.to_string().contains("only default"), "{error}");
    }

    #[test]
    fn unknown_names_are_refused_with_those_that_exist() {
        let error = chosen(&["slow"], false).unwrap_err().to_string();
        assert!(
            error.contains("\"slow\"") && error.contains("plain"),
            "{error}"
        );
        let filters = Filters {
            scenarios: vec!["ecko".to_owned()],
            ..Filters::default()
        };
        let error = scenarios(fixture::scenarios(), &filters)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("ecko") && error.contains("handshakes"),
            "{error}"
        );
    }

    #[test]
    fn a_baseline_is_no_reference() {
        let filters = Filters {
            reference: "raw".to_owned(),
            ..Filters::default()
        };
        assert!(contenders(all(), &filters).is_err());
    }
}
