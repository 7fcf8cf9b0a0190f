//! Every option in force, with its reason, and what the running server said.

use record::Role;

use crate::{
    findings::{EntryFinding, Findings},
    render::{Page, sections::link},
    text::{Align, Table, code, escaped, with_code},
};

/// One part per contender, one table per variant.
pub(super) fn page(findings: &Findings) -> Page {
    let mut page = Page::new("Every option in force");
    page.paragraph(
        "What is set for each server and why, as its manifest says it, and what the running server \
         said of itself before the run. All else is alike for all: the same limits, threads, \
         allocator, build profile and TCP_NODELAY; compression is off.",
    );
    let mut told: Vec<&str> = Vec::new();
    for (_, first) in findings.rows_without_twin() {
        let name = first.key.contender.as_str();
        if told.contains(&name) {
            continue;
        }
        told.push(name);
        about(&mut page, first);
        for (_, entry) in findings.rows_without_twin() {
            if entry.key.contender == name {
                variant(&mut page, entry);
            }
        }
        gaps(&mut page, first);
    }
    page
}

fn about(page: &mut Page, entry: &EntryFinding) {
    page.heading(2, &escaped(&entry.key.contender));
    let library = match entry.key.role {
        Role::Baseline => "A baseline, no library".to_owned(),
        _ => format!(
            "{} {}",
            link(&entry.library, &entry.repository),
            escaped(&entry.version)
        ),
    };
    let mut text = format!(
        "{library}; {}, runtime {}, interface: {}.",
        entry.language,
        escaped(&entry.runtime),
        escaped(&entry.api)
    );
    if !entry.documentation.is_empty() {
        text.push_str(&format!(
            " The code follows {}.",
            link("its documentation", &entry.documentation)
        ));
    }
    page.paragraph(&text);
}

fn variant(page: &mut Page, entry: &EntryFinding) {
    page.heading(3, &escaped(&entry.key.variant.to_string()));
    let set = if entry.options.is_empty() {
        " Nothing is set."
    } else {
        ""
    };
    page.paragraph(&format!("Flushes {}.{set}", with_code(&entry.flush)));
    if !entry.options.is_empty() {
        let mut table = Table::new();
        for title in ["option", "value", "reason"] {
            table.column(title, Align::Left);
        }
        for option in &entry.options {
            table.row(vec![
                code(&option.name),
                code(&option.value),
                with_code(&option.reason),
            ]);
        }
        page.table(&table);
    }
    if !entry.options_in_force.is_empty() {
        let said: Vec<String> = entry
            .options_in_force
            .iter()
            .map(|option| code(&format!("{} = {}", option.name, option.value)))
            .collect();
        page.paragraph(&format!("The running server said: {}.", said.join(", ")));
    }
}

fn gaps(page: &mut Page, entry: &EntryFinding) {
    if entry.gaps.is_empty() {
        return;
    }
    page.heading(3, "What it can't do, or does otherwise");
    let lines: Vec<String> = entry
        .gaps
        .iter()
        .map(|gap| format!("- {}", with_code(gap)))
        .collect();
    page.paragraph(&lines.join("\n"));
}
