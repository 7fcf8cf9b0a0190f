//! Plots in the page: the picture, how to read it, the same as a table.

use std::fmt::Write as _;

use super::{prose::escaped, section::Writer};
use crate::{
    plot::{Plot, PlotKind, PlotTable},
    text::{Align, Table},
};

/// The plots of one kind; the first is shown, the others stand folded below it.
pub(super) fn of_kind(writer: &mut Writer<'_>, plots: &[Plot], kind: PlotKind) -> String {
    let mut html = String::new();
    for (at, plot) in plots.iter().filter(|plot| plot.kind == kind).enumerate() {
        let title = escaped(&plot.title);
        let figure = figure(writer, plot);
        let _ = match at {
            0 => write!(html, "<h3>{title}</h3>\n{figure}"),
            _ => writeln!(
                html,
                "<details><summary><h3>{title}</h3></summary>\n{figure}</details>"
            ),
        };
    }
    html
}

fn figure(writer: &mut Writer<'_>, plot: &Plot) -> String {
    let title = escaped(&plot.title);
    let (picture, _) = without_style(&plot.svg);
    let table = writer.plain_table(&table(&plot.table), &escaped(&plot.table.caption));
    format!(
        "<figure id=\"{id}\"><div class=\"scroll plot\" role=\"group\" tabindex=\"0\" \
         aria-label=\"Plot: {title}\">\n{picture}</div>\n<figcaption>{note}</figcaption></figure>\n\
         <details><summary>The same as a table<span class=\"unseen\">: {title}</span></summary>\n\
         {table}</details>\n",
        id = plot.id,
        note = escaped(&plot.note),
    )
}

fn table(figures: &PlotTable) -> Table {
    let mut table = Table::new();
    for (at, title) in figures.header.iter().enumerate() {
        let align = if at == 0 { Align::Left } else { Align::Right };
        table.column(title.clone(), align);
    }
    for row in &figures.rows {
        table.row(row.clone());
    }
    table
}

/// The style sheet of the plots, which is the same in all of them.
pub(super) fn style(plots: &[Plot]) -> &str {
    plots.first().map_or("", |plot| without_style(&plot.svg).1)
}

/// A picture without its style sheet, and the sheet: the page has it once.
fn without_style(svg: &str) -> (String, &str) {
    let (start, end) = ("<style>", "</style>");
    let parts = svg.split_once(start).and_then(|(before, rest)| {
        let (sheet, after) = rest.split_once(end)?;
        Some((before, sheet, after))
    });
    match parts {
        Some((before, sheet, after)) => (format!("{before}{}", after.trim_start()), sheet),
        None => (svg.to_owned(), ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_is_taken_out() {
        let (picture, sheet) = without_style("<svg><style>.a{b:c}</style>\n<g/></svg>");
        assert_eq!((picture.as_str(), sheet), ("<svg><g/></svg>", ".a{b:c}"));
        assert_eq!(without_style("<svg/>"), ("<svg/>".to_owned(), ""));
    }
}
