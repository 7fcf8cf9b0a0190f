//! Tables as a page on the web has room for them: some 100 characters a row.

use super::{
    beside::with_documents,
    cells::columns_of,
    footer,
    headline::{self, Form},
    legend,
    page::Page,
    reading, spreads,
    words::echo_column,
};
use crate::{
    findings::{CellFinding, Findings, Metric},
    text::Table,
};

/// Cells whose figures stand beside each other in one table.
const MOST_CELLS: usize = 3;

/// The first table with what its columns are: for the project's README. What is
/// not in Rust stands folded below, because who reads this writes Rust.
pub(super) fn at_a_glance(page: &mut Page, findings: &Findings, results: &str) {
    let is_other = |index: usize| !findings.entries[index].language.is_rust();
    let others = findings.rows_without_twin().filter(|(it, _)| is_other(*it));
    let others = others.count();
    let Some(table) = headline::table(findings, results, Form::Narrow, &|it| !is_other(it)) else {
        return nothing_yet(page, findings);
    };
    page.table(&table);
    page.paragraph(&headline::footer(findings, results, &|it| !is_other(it)).unwrap_or_default());
    let of_others = headline::table(findings, results, Form::Narrow, &is_other);
    if let Some(table) = of_others.filter(|_| others > 0) {
        page.paragraph(&format!(
            "<details><summary>The same for {others} {} in other languages, under the same \
             load</summary>",
            footer::plural(others, "row")
        ));
        page.table(&table);
        page.paragraph(&headline::footer(findings, results, &is_other).unwrap_or_default());
        page.paragraph("</details>");
    }
    let words = legend::columns_in_words(findings).unwrap_or_default();
    page.paragraph(&with_documents(&words, results));
}

/// The same over all rows, the columns that had no room, and every rule.
pub(super) fn in_full(page: &mut Page, findings: &Findings, results: &str) {
    let Some(table) = headline::table(findings, results, Form::Narrow, &|_| true) else {
        return nothing_yet(page, findings);
    };
    let line = headline::footer(findings, results, &|_| true).unwrap_or_default();
    page.table(&table);
    page.paragraph(&line);
    let words = legend::columns_in_words(findings).unwrap_or_default();
    page.paragraph(&with_documents(&words, results));
    page.paragraph(&legend::small_print(findings).unwrap_or_default());
    page.paragraph(&legend::fewer_blocks(findings).unwrap_or_default());
    let rest = headline::table(findings, results, Form::Rest, &|_| true);
    if let Some(table) = rest.filter(|table| table.columns().len() > 1) {
        page.paragraph(
            "Of the same servers: processor time per message by user and kernel (±: what so few \
             ticks of the kernel leave open), allocations and reallocations (per message / per \
             kept message / per handshake), processor time per handshake.",
        );
        page.table(&table);
        page.paragraph(&line);
    }
}

fn nothing_yet(page: &mut Page, findings: &Findings) {
    page.paragraph(&format!(
        "The plan of this run has no echo cell. {}",
        footer::line_of(
            findings,
            findings.run.whole_blocks as usize,
            footer::nothing_judged(),
            Vec::new(),
        )
    ));
}

/// One quantity over several cells, a few of them in each table. `rules` leads
/// to the page that has every rule, `results` to the folders of reports on the
/// servers.
pub(super) fn overview(
    page: &mut Page,
    findings: &Findings,
    cells: &[&CellFinding],
    metric: Metric,
    table: &dyn Fn(&[&CellFinding]) -> Table,
    rules: &str,
    results: &str,
) {
    for some in cells.chunks(MOST_CELLS) {
        page.table(&table(some));
        let columns = columns_of(some, metric, echo_column);
        let blocks = some.iter().map(|cell| cell.blocks).max().unwrap_or(0);
        page.paragraph(&footer::line_of(
            findings,
            blocks,
            Some(footer::floors(&columns)),
            footer::unranked(findings, results, &|_| true),
        ));
    }
    let found = || cells.iter().filter_map(|cell| cell.metric(metric));
    let letters = if found().any(reading::has_letters) {
        " Rows that share a letter (c–f: all from c to f) can't be told apart; their order means nothing; a row without \
         one has no verdict."
    } else {
        ""
    };
    page.paragraph(&format!(
        "Medians over blocks; ± is half the {}.{letters} Every rule and interval: {rules}.",
        spreads::half_of_what_in(found()),
    ));
}
