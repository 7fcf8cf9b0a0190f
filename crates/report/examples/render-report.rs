//! Renders the HTML report of a run, with the facts, the reports on conformance
//! and hostile input and the earlier runs beside its folder, as the harness would.
//!
//! `cargo run -p report --example render-report RUN.NDJSON REPORT.HTML`

use std::{fs, path::Path};

use report::{
    Beside, Findings, Run, analyse,
    compare::{History, PastRun},
    read_conformance, read_hazards, render_html,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("say which run.ndjson to read")?;
    let page = arguments.next().ok_or("say which file to write")?;
    let run = Run::parse(&fs::read_to_string(&file)?)?;
    let findings = analyse(&run);
    let results = Path::new(&file).parent().and_then(Path::parent);
    let mut beside = results.map_or_else(|| Ok(Beside::default()), beside)?;
    if let Some(results) = results {
        beside.history = history(results, &run, &findings)?;
    }
    let findings = findings.with_conformance(&beside.conformance);
    fs::write(page, render_html(&findings, &beside)?.text)?;
    Ok(())
}

fn beside(results: &Path) -> Result<Beside, Box<dyn std::error::Error>> {
    let facts = results.join("facts/facts.json");
    let mut beside = Beside::default();
    if facts.is_file() {
        beside.facts = Some(serde_json::from_str(&fs::read_to_string(facts)?)?);
    }
    for text in json_files(&results.join("conformance"))? {
        beside.conformance.push(read_conformance(&text)?);
    }
    beside
        .conformance
        .sort_by(|left, right| left.name.cmp(&right.name));
    for text in json_files(&results.join("hazards"))? {
        beside.hazards.push(read_hazards(&text)?);
    }
    beside
        .hazards
        .sort_by(|left, right| left.name.cmp(&right.name));
    Ok(beside)
}

/// The texts of a folder's JSON files; none where there is no folder.
fn json_files(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut texts = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "json") {
                texts.push(fs::read_to_string(path)?);
            }
        }
    }
    Ok(texts)
}

/// The whole runs of other folders that began before `now`.
fn history(
    results: &Path,
    now: &Run,
    findings: &Findings,
) -> Result<History, Box<dyn std::error::Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(results)? {
        let path = entry?.path();
        let file = path.join("run.ndjson");
        if !file.is_file() {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let run = Run::parse(&fs::read_to_string(file)?)?;
        let started = run.header.started_at_unix_ns;
        if started < now.header.started_at_unix_ns {
            found.push((started, PastRun::of(&name, &analyse(&run), findings)));
        }
    }
    found.sort_by_key(|(started, _)| std::cmp::Reverse(*started));
    Ok(History {
        runs: found.into_iter().map(|(_, run)| run).collect(),
    })
}
