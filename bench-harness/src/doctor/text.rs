//! Findings as text for a terminal and as JSON.

use record::{SchemaFile, Side};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Facts, Finding, Severity};

/// Columns of the report.
const WIDTH: usize = 79;

/// Columns of a severity and of a subject.
const SEVERITY: usize = 10;
const SUBJECT: usize = 20;

impl Severity {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Blocking => "blocking",
        }
    }

    /// Escape sequence of its colour.
    fn colour(self) -> &'static str {
        match self {
            Self::Good => "\u{1b}[32m",
            Self::Note => "\u{1b}[36m",
            Self::Warning => "\u{1b}[33m",
            Self::Blocking => "\u{1b}[31m",
        }
    }
}

/// The whole report: what is wrong first, with its meaning and a way out.
pub(crate) fn report(findings: &[Finding], colour: bool) -> String {
    let mut text = String::new();
    for finding in findings {
        let severity = finding.severity;
        let word = format!("{:<SEVERITY$}", severity.word());
        if colour {
            text.push_str(severity.colour());
            text.push_str(&word);
            text.push_str("\u{1b}[0m");
        } else {
            text.push_str(&word);
        }
        let head = format!("{:<SUBJECT$}", finding.seen.subject());
        text.push_str(&head);
        let indent = SEVERITY + SUBJECT;
        text.push_str(&wrapped(&finding.seen.in_words(), indent));
        if severity > Severity::Good {
            let mut meaning = finding.meaning().to_owned();
            if let Some(change) = finding.change() {
                meaning.push_str(&format!(". To change: {change}"));
            }
            text.push_str(&" ".repeat(SEVERITY));
            text.push_str(&wrapped(&meaning, SEVERITY));
        }
    }
    text.push_str(&format!("\n{}\n", counts(findings)));
    text
}

fn counts(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
    let parts = [
        (Severity::Blocking, "blocking"),
        (Severity::Warning, "warnings"),
        (Severity::Note, "notes"),
        (Severity::Good, "good"),
    ]
    .map(|(severity, name)| format!("{name}: {}", count(severity)));
    parts.join(", ")
}

/// Words in lines that start at the column `indent`, the first one without.
fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let length = line.chars().count() + usize::from(!line.is_empty()) + word.chars().count();
        if !line.is_empty() && indent + length > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    let separator = format!("\n{}", " ".repeat(indent));
    format!("{}\n", lines.join(&separator))
}

/// A finding in one line, for the start of a run.
pub(crate) fn in_a_line(finding: &Finding) -> String {
    let change = finding
        .change()
        .map_or_else(String::new, |change| format!(" ({change})"));
    format!(
        "{}: {}: {}{change}",
        finding.seen.subject(),
        finding.seen.in_words(),
        finding.meaning()
    )
}

/// Version of the JSON. It grows when a field changes its meaning or goes away.
const DOCTOR_VERSION: u32 = 1;

/// Facts and findings for programs.
#[derive(Serialize, JsonSchema)]
struct Json<'a> {
    /// [`DOCTOR_VERSION`].
    #[schemars(extend("const" = DOCTOR_VERSION))]
    doctor_version: u32,
    /// What was seen of the machine.
    facts: &'a Facts,
    /// What to think of it, the most important first.
    findings: Vec<JsonFinding>,
}

/// One thing that was looked at, and what to think of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct JsonFinding {
    /// How much it matters.
    severity: Severity,
    /// What was looked at.
    subject: &'static str,
    /// What was seen, in words.
    seen: String,
    /// What it does to a run or to its numbers; `None` where all is good.
    meaning: Option<&'static str>,
    /// How to change it, where that can be done and all is not good.
    change: Option<String>,
}

/// The schema of what `doctor --json` prints.
pub(crate) fn schema() -> serde_json::Result<SchemaFile> {
    SchemaFile::of::<Json<'_>>(
        "doctor",
        DOCTOR_VERSION,
        "What `doctor --json` prints",
        Side::Writer,
    )
}

/// Everything as JSON; what is good has no meaning and nothing to change.
pub(crate) fn json(facts: &Facts, findings: &[Finding]) -> serde_json::Result<String> {
    let findings = findings
        .iter()
        .map(|finding| {
            let is_good = finding.severity == Severity::Good;
            JsonFinding {
                severity: finding.severity,
                subject: finding.seen.subject(),
                seen: finding.seen.in_words(),
                meaning: (!is_good).then(|| finding.meaning()),
                change: finding.change().filter(|_| !is_good),
            }
        })
        .collect();
    let json = Json {
        doctor_version: DOCTOR_VERSION,
        facts,
        findings,
    };
    serde_json::to_string_pretty(&json).map(|text| text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Seen;

    fn findings() -> Vec<Finding> {
        let bbr = Seen::CongestionControl {
            name: Some("bbr".to_owned()),
        };
        let kernel = Seen::Kernel {
            release: "6.1.0".to_owned(),
        };
        vec![
            Finding {
                severity: Severity::Warning,
                seen: bbr,
            },
            Finding {
                severity: Severity::Good,
                seen: kernel,
            },
        ]
    }

    #[test]
    fn a_report_fits_a_terminal_and_is_plain_without_colour() {
        let text = report(&findings(), false);
        assert!(text.lines().all(|line| line.chars().count() < 80), "{text}");
        assert!(text.is_ascii(), "{text}");
        assert!(
            text.starts_with("warning   congestion control  bbr\n"),
            "{text}"
        );
        assert!(text.contains("tcp_congestion_control=cubic"), "{text}");
        assert!(
            text.contains("good      kernel              6.1.0\n"),
            "{text}"
        );
        assert!(!text.contains("epoll_pwait2"), "good needs no meaning");
        assert!(
            text.ends_with("blocking: 0, warnings: 1, notes: 0, good: 1\n"),
            "{text}"
        );
        assert!(report(&findings(), true).contains("\u{1b}[33mwarning"));
    }

    #[test]
    fn a_warning_before_a_run_is_one_line() {
        let line = in_a_line(&findings()[0]);
        assert!(!line.contains('\n'));
        assert!(line.starts_with("congestion control: bbr: "), "{line}");
        assert!(line.ends_with("=cubic)"), "{line}");
    }

    #[test]
    fn json_has_facts_and_findings() {
        let text = json(&Facts::default(), &findings()).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["findings"][0]["severity"], "warning");
        assert!(value["findings"][0]["change"].is_string());
        assert!(value["findings"][1]["meaning"].is_null());
        assert!(value["facts"]["needs"]["connections"].is_u64());
    }
}
