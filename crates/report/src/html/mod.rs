//! `report.html`: a run and what other records say of its contenders, on one
//! page that needs nothing beside it.
//!
//! The words and the figures are those of the Markdown pages, made by the same
//! functions; this module gives them another form, an order for a person who
//! chooses, and scripts that sort, filter and choose.

mod answer;
mod chooser;
mod contents;
mod figure;
mod options;
mod policy;
mod prose;
mod section;
mod subjects;
mod table;

use askama::Template;
use conformance::hazards::HazardReport;
use record::{ConformanceReport, FactsFile};

use self::{
    answer::Answer,
    chooser::Chooser,
    section::{Open, Section, Writer},
    subjects::Subjects,
};
use crate::{
    choose,
    compare::History,
    findings::Findings,
    plot::plots,
    render::{RenderedFile, sections},
};

/// The page's name in a result folder.
pub const HTML_FILE: &str = "report.html";

const STYLE: &str = include_str!("../../templates/report.css");
const SCRIPT: &str = include_str!("../../templates/report.js");

/// What other records say of the contenders of a run.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// `results/facts/facts.json`, where it is there.
    pub facts: Option<FactsFile>,
    /// The reports in `results/conformance/`.
    pub conformance: Vec<ConformanceReport>,
    /// The reports in `results/hazards/`.
    pub hazards: Vec<HazardReport>,
    /// The runs in the folders beside the run's own that began before it.
    pub history: History,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum HtmlError {
    /// A template failed.
    #[error("the HTML report can't be rendered: {0}")]
    Template(#[from] askama::Error),
    /// What the page's scripts read can't be written.
    #[error("the data of the HTML report can't be written: {0}")]
    Data(#[from] serde_json::Error),
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    policy: String,
    styles: Vec<&'a str>,
    scripts: Vec<&'a str>,
    date: &'a str,
    host: &'a str,
    lead: String,
    partial: Option<String>,
    answers: Vec<Answer>,
    chooser: Option<Chooser<'a>>,
    glance: Section,
    subjects: &'a Subjects,
    rows: String,
    choose_data: String,
    sections: Vec<Section>,
}

/// The whole page.
///
/// # Errors
/// When a template fails or the findings can't be written as JSON, which no
/// findings of [`analyse`](crate::analyse) cause.
pub fn render_html(findings: &Findings, beside: &Beside) -> Result<RenderedFile, HtmlError> {
    let subjects = Subjects::of(findings);
    let plots = plots(findings);
    let data = choose::page_data(findings, beside.facts.as_ref(), &beside.conformance);
    let chooser = Chooser::of(&data)?;
    let mut styles = vec![STYLE, figure::style(&plots)];
    styles.retain(|style| !style.is_empty());
    let mut scripts = vec![SCRIPT];
    if chooser.is_some() {
        scripts.extend([choose::SCRIPT, chooser::SCRIPT]);
    }
    let mut writer = Writer::new(&subjects);
    let glance = writer.section("glance", sections::headline(findings), Open::All, "");
    let page = ReportPage {
        policy: policy::policy(&styles, &scripts),
        styles,
        scripts,
        date: findings.run.date(),
        host: &findings.run.host.name,
        lead: lead(findings),
        partial: sections::partial(findings),
        answers: answer::all(findings),
        choose_data: chooser::json(&data)?,
        chooser,
        glance,
        rows: subjects.to_json()?,
        sections: contents::sections(&mut writer, findings, beside, &plots),
        subjects: &subjects,
    };
    Ok(RenderedFile {
        name: HTML_FILE,
        text: page.render()?,
    })
}

fn lead(findings: &Findings) -> String {
    let run = &findings.run;
    let blocks = match run.whole_blocks {
        1 => "1 block".to_owned(),
        several => format!("{several} blocks"),
    };
    format!(
        "{} rows, {blocks}, {} effort, on {} with {} processors.",
        findings.rows_without_twin().count(),
        run.effort.level,
        run.host.cpu_model,
        run.host.cpus
    )
}
