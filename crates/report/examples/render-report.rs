//! Renders the HTML report of a run, with the facts and the conformance reports
//! beside its folder, as the harness would.
//!
//! `cargo run -p report --example render-report RUN.NDJSON REPORT.HTML`

use std::{fs, path::Path};

use report::{Beside, Run, analyse, read_conformance, render_html};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("say which run.ndjson to read")?;
    let page = arguments.next().ok_or("say which file to write")?;
    let findings = analyse(&Run::parse(&fs::read_to_string(&file)?)?);
    let results = Path::new(&file).parent().and_then(Path::parent);
    let beside = results.map_or_else(|| Ok(Beside::default()), beside)?;
    fs::write(page, render_html(&findings, &beside)?.text)?;
    Ok(())
}

fn beside(results: &Path) -> Result<Beside, Box<dyn std::error::Error>> {
    let facts = results.join("facts/facts.json");
    let mut beside = Beside::default();
    if facts.is_file() {
        beside.facts = Some(serde_json::from_str(&fs::read_to_string(facts)?)?);
    }
    let folder = results.join("conformance");
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "json") {
                let text = fs::read_to_string(&path)?;
                beside.conformance.push(read_conformance(&text)?);
            }
        }
        beside
            .conformance
            .sort_by(|left, right| left.name.cmp(&right.name));
    }
    Ok(beside)
}
