//! Scenario files: those that are part of the program, or a folder of others.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, bail, ensure};
use record::{Scenario, ScenarioKind};

/// `(file name, text)` of every file in `scenarios/`; `build.rs` lists them.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// The scenarios of the program, or of `folder`, in the order of their tables.
pub(crate) fn load(folder: Option<&Path>) -> Result<Vec<Scenario>> {
    let mut scenarios = match folder {
        None => EMBEDDED
            .iter()
            .map(|(name, text)| parse(name, text))
            .collect::<Result<Vec<_>>>()?,
        Some(folder) => read_folder(folder)?,
    };
    scenarios.sort_by(|left, right| {
        (left.order, left.name.as_str()).cmp(&(right.order, right.name.as_str()))
    });
    refuse_ambiguous_names(&scenarios)?;
    Ok(scenarios)
}

/// Trials of two scenarios, or of two cells, of one name would be counted as
/// those of one.
fn refuse_ambiguous_names(scenarios: &[Scenario]) -> Result<()> {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for scenario in scenarios {
        let name = scenario.name.as_str();
        ensure!(names.insert(name), "two scenarios have the name {name:?}");
        for cell in scenario.cell_names() {
            if let Some(other) = owners.insert(cell.clone(), name) {
                bail!("{other} and {name} both have a cell {cell:?}; rename a scenario or a rung");
            }
        }
    }
    Ok(())
}

fn read_folder(folder: &Path) -> Result<Vec<Scenario>> {
    let context = || format!("scenarios can't be read from {}", folder.display());
    let mut scenarios = Vec::new();
    for entry in fs::read_dir(folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let text = fs::read_to_string(&path).with_context(context)?;
            scenarios.push(parse(&path.display().to_string(), &text)?);
        }
    }
    ensure!(
        !scenarios.is_empty(),
        "{} holds no scenario (*.toml)",
        folder.display()
    );
    Ok(scenarios)
}

fn parse(file: &str, text: &str) -> Result<Scenario> {
    let context = || format!("scenario {file}");
    let scenario: Scenario = toml::from_str(text).with_context(context)?;
    refuse_unknown_fields(text, &scenario).with_context(context)?;
    check(&scenario).with_context(context)?;
    Ok(scenario)
}

/// Serde can't refuse unknown fields beside a flattened one; a misspelt
/// `repetition` must not pass as the default.
fn refuse_unknown_fields(text: &str, scenario: &Scenario) -> Result<()> {
    let given: toml::Table = toml::from_str(text)?;
    let known = toml::Table::try_from(scenario)?;
    for name in given.keys() {
        ensure!(
            known.contains_key(name),
            "unknown field {name:?}; it has {}",
            known.keys().cloned().collect::<Vec<_>>().join(", ")
        );
    }
    Ok(())
}

fn check(scenario: &Scenario) -> Result<()> {
    let name = &scenario.name;
    ensure!(
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
        "the name {name:?} must consist of a-z, 0-9 and -"
    );
    ensure!(
        !scenario.why.trim().is_empty(),
        "\"why\" is empty: say what the scenario is for"
    );
    match &scenario.kind {
        ScenarioKind::Echo {
            connections,
            in_flight,
            ..
        } => ensure!(
            *connections > 0 && *in_flight > 0,
            "\"connections\" and \"in_flight\" must be at least 1"
        ),
        ScenarioKind::RateLadder {
            connections, rungs, ..
        } => {
            ensure!(*connections > 0, "\"connections\" must be at least 1");
            ensure!(!rungs.is_empty(), "a ladder needs rungs");
            for rung in rungs {
                if !(rung.fraction_of_slowest > 0.0 && rung.fraction_of_slowest < 1.0) {
                    bail!(
                        "rung {:?}: the fraction must lie between 0 and 1, or a queue grows",
                        rung.name
                    );
                }
            }
        }
        ScenarioKind::Handshakes { concurrency } => {
            ensure!(*concurrency > 0, "\"concurrency\" must be at least 1");
        }
        ScenarioKind::Idle { levels } => ensure!(
            !levels.is_empty() && levels[0] > 0 && levels.is_sorted_by(|less, more| less < more),
            "\"levels\" must grow from at least 1; level 0 is always read"
        ),
        ScenarioKind::AllocationsPerMessage {
            sizes_bytes,
            messages,
            ..
        } => ensure!(
            !sizes_bytes.is_empty() && *messages > 0,
            "\"sizes_bytes\" and \"messages\" must not be empty"
        ),
        ScenarioKind::PerMessageCosts { sizes, .. } => {
            ensure!(!sizes.is_empty(), "\"sizes\" must not be empty");
            for size in sizes {
                ensure!(
                    0 < size.fewer && size.fewer < size.more,
                    "{} B: \"fewer\" must be at least 1, and \"more\" above it",
                    size.size_bytes
                );
            }
        }
        ScenarioKind::AllocationsPerConnection {
            handshakes,
            connections,
        } => ensure!(
            *handshakes > 0 && *connections > 0,
            "\"handshakes\" and \"connections\" must be at least 1"
        ),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        name = "echo"
        title = "Echo"
        why = "Because."
        order = 1
        kind = "echo"
        connections = 1
        in_flight = 1
        message = { kind = "binary", size_bytes = 1 }
    "#;

    #[test]
    fn every_file_of_the_project_is_good() {
        let scenarios = load(None).unwrap();
        assert!(scenarios.len() >= 12);
        for scenario in &scenarios {
            assert!(scenario.why.len() > 60, "{}: why?", scenario.name);
        }
    }

    #[test]
    fn a_folder_replaces_the_project_s_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("one.toml"), GOOD).unwrap();
        fs::write(folder.path().join("notes.txt"), "no scenario").unwrap();
        let names: Vec<_> = load(Some(folder.path()))
            .unwrap()
            .into_iter()
            .map(|scenario| scenario.name)
            .collect();
        assert_eq!(names, ["echo"]);

        fs::write(folder.path().join("two.toml"), GOOD).unwrap();
        assert!(load(Some(folder.path())).is_err(), "a name twice");
    }

    #[test]
    fn cells_have_names_of_their_own() {
        let ladder = |name: &str, rungs: &str| {
            let rungs: Vec<String> = rungs
                .split(' ')
                .map(|rung| format!("{{ name = {rung:?}, fraction_of_slowest = 0.5 }}"))
                .collect();
            parse(
                name,
                &format!(
                    "name = {name:?}\ntitle = \"A\"\nwhy = \"Because.\"\norder = 1\n\
                     kind = \"rate-ladder\"\nconnections = 1\n\
                     message = {{ kind = \"binary\", size_bytes = 1 }}\nrungs = [{}]\n",
                    rungs.join(", ")
                ),
            )
            .unwrap()
        };
        let cell = |scenario: &Scenario| scenario.cell_names().remove(0);
        let one = ladder("rate", "low high");
        let mut echo = parse("echo", GOOD).unwrap();
        assert!(refuse_ambiguous_names(&[one.clone(), echo.clone()]).is_ok());
        echo.name = cell(&one);
        let error = refuse_ambiguous_names(&[one, echo]).unwrap_err();
        assert!(error.to_string().contains("rename"), "{error}");
        let twice = ladder("rate", "low low");
        let error = refuse_ambiguous_names(&[twice]).unwrap_err();
        assert!(error.to_string().contains("low"), "{error}");
    }

    #[test]
    fn mistakes_are_named() {
        let mistakes = [
            (GOOD.replace("why = \"Because.\"", "why = \"\""), "why"),
            (
                GOOD.replace("\"echo\"\n        title", "\"E\"\n        title"),
                "a-z",
            ),
            (format!("{GOOD}\nrepetitions = \"twice\""), "repetitions"),
            (
                GOOD.replace("connections = 1", "connections = 0"),
                "connections",
            ),
            (GOOD.replace("kind = \"echo\"", "kind = \"ehco\""), "ehco"),
            (GOOD.replace("size_bytes = 1", "size = 1"), "size"),
        ];
        for (text, word) in mistakes {
            let error = format!("{:#}", parse("x.toml", &text).unwrap_err());
            assert!(error.contains("x.toml"), "{error}");
            assert!(error.contains(word), "{error} lacks {word}");
        }
    }
}
