//! Open RUSTSEC advisories, by cargo-audit.

use std::collections::BTreeMap;

use record::Found;
use serde::Deserialize;

use crate::build::{BuildError, Cargo};

#[derive(Deserialize)]
struct Report {
    vulnerabilities: Vulnerabilities,
    #[serde(default)]
    warnings: BTreeMap<String, Vec<Entry>>,
}

#[derive(Deserialize)]
struct Vulnerabilities {
    list: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    advisory: Option<Advisory>,
    package: Package,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// Advisories by package (`NAME VERSION`).
pub(crate) type Advisories = BTreeMap<String, Vec<String>>;

/// Asks cargo-audit about Cargo.lock.
///
/// # Errors
/// When the user asked to stop. A tool or a database that can't be had is no
/// error but an answer.
pub(crate) fn look_up(cargo: &Cargo) -> Result<Found<Advisories>, BuildError> {
    let (stdout, stderr) = cargo.audit()?;
    Ok(read(&stdout, &stderr))
}

fn read(stdout: &[u8], stderr: &str) -> Found<Advisories> {
    let Ok(report) = serde_json::from_slice::<Report>(stdout) else {
        return Found::Unknown(reason(stderr));
    };
    let mut found = Advisories::new();
    let vulnerabilities = report.vulnerabilities.list.iter().map(|it| (it, None));
    let warnings = report
        .warnings
        .iter()
        .flat_map(|(kind, list)| list.iter().map(move |it| (it, Some(kind))));
    for (entry, kind) in vulnerabilities.chain(warnings) {
        // A version that was taken back has a warning and no advisory.
        let Some(advisory) = &entry.advisory else {
            continue;
        };
        let package = format!("{} {}", entry.package.name, entry.package.version);
        let kind = kind.map(|kind| format!(", {kind}")).unwrap_or_default();
        let text = format!("{} ({}{kind})", advisory.id, entry.package.name);
        found.entry(package).or_default().push(text);
    }
    Found::Known(found)
}

/// Why nothing was looked up.
fn reason(stderr: &str) -> String {
    if stderr.contains("no such command") {
        return "cargo-audit isn't installed".to_owned();
    }
    let line = stderr
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("error") || line.contains("couldn't"));
    match line {
        Some(line) => format!("cargo-audit can't get its database: {line}"),
        None => "cargo-audit printed no report".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_by_package() {
        let text = r#"{
            "database": {}, "lockfile": {"dependency-count": 2},
            "vulnerabilities": {"found": true, "count": 1, "list": [
                {"advisory": {"id": "RUSTSEC-2026-0001", "package": "x"},
                 "package": {"name": "x", "version": "1.0.0"}}]},
            "warnings": {
                "unmaintained": [{"kind": "unmaintained",
                    "advisory": {"id": "RUSTSEC-2025-0002"},
                    "package": {"name": "y", "version": "2.0.0"}}],
                "yanked": [{"kind": "yanked", "advisory": null,
                    "package": {"name": "z", "version": "3.0.0"}}]}}"#;
        let Found::Known(found) = read(text.as_bytes(), "") else {
            panic!("it is a report");
        };
        assert_eq!(found["x 1.0.0"], ["RUSTSEC-2026-0001 (x)"]);
        assert_eq!(found["y 2.0.0"], ["RUSTSEC-2025-0002 (y, unmaintained)"]);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn what_stands_in_the_way_is_said() {
        for (stderr, word) in [
            ("error: no such command: `audit`\n", "isn't installed"),
            (
                "    Fetching advisory database\nerror: couldn't fetch advisory database: io\n",
                "couldn't fetch",
            ),
            ("", "no report"),
        ] {
            let Found::Unknown(reason) = read(b"", stderr) else {
                panic!("there is no report");
            };
            assert!(reason.contains(word), "{reason}");
        }
    }
}
