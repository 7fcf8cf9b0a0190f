//! Which contenders and scenarios take part.

use record::Scenario;

use crate::{discover::Contender, exit::UsageError};

/// What the filters say; an empty list lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    /// Exact names of contenders.
    pub(crate) contenders: Vec<String>,
    /// Exact names of scenarios.
    pub(crate) scenarios: Vec<String>,
    /// Name of the reference.
    pub(crate) reference: String,
    /// Whether baselines stay out.
    pub(crate) no_baselines: bool,
}

/// The contenders that take part: those that were named (all, when none was),
/// the reference, and the baselines unless they are unwanted. A number without
/// them can't be judged.
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
    let takes_part = |contender: &Contender| {
        filters.contenders.contains(&contender.name)
            || contender.name == filters.reference
            || (contender.facts.baseline && !filters.no_baselines)
            || (filters.contenders.is_empty() && !contender.facts.baseline)
    };
    Ok(all.into_iter().filter(takes_part).collect())
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
        ["fast", "plain", "raw"]
            .map(|name| {
                let external: External = format!("{name}=server").parse().unwrap();
                let mut contender = external.contender();
                contender.facts.baseline = name == "raw";
                contender
            })
            .into()
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
