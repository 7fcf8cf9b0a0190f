//! A table: its caption says what it shows, its rows say whom they are about.

use std::fmt::Write as _;

use super::subjects::Subjects;
use crate::text::{Align, Table};

/// Rows from which sorting is of use.
const WORTH_SORTING: usize = 3;

/// Characters from which on a cell needs several lines.
const PHRASE: usize = 24;

/// Characters from which on it needs many.
const PROSE: usize = 60;

/// A table in the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    /// What it holds.
    pub(super) table: &'a Table,
    /// Its caption, as HTML.
    pub(super) caption: &'a str,
    /// The id of its caption.
    pub(super) id: &'a str,
    /// What makes HTML of a cell.
    pub(super) cell: fn(&str) -> String,
    /// Whom rows can be about.
    pub(super) subjects: &'a Subjects,
}

impl Shown<'_> {
    /// The table inside a region that scrolls by itself and that the keyboard
    /// can reach.
    pub(super) fn html(&self) -> String {
        let (rows, columns) = (self.table.rows(), self.table.columns());
        let class = if rows.len() >= WORTH_SORTING {
            " class=\"s\""
        } else {
            ""
        };
        let (id, caption) = (self.id, self.caption);
        let mut html = String::with_capacity(40 * (rows.len() + 2) * columns.len());
        let _ = write!(
            html,
            "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"{id}\">\
             <table{class}><caption id=\"{id}\">{caption}</caption>\n<thead><tr>"
        );
        for (title, align) in columns {
            let title = (self.cell)(&title.replace('\n', " "));
            let class = match align {
                Align::Left => " class=\"l\"",
                Align::Right => "",
            };
            let _ = write!(html, "<th scope=\"col\"{class}>{title}</th>");
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|text| (self.cell)(text)).collect())
            .collect();
        let classes: Vec<&str> = columns
            .iter()
            .enumerate()
            .map(|(at, (_, align))| width_class(*align, cells.iter().filter_map(|row| row.get(at))))
            .collect();
        for (row, cells) in rows.iter().zip(&cells) {
            self.row(&mut html, row, cells, &classes);
        }
        html.push_str("</tbody></table></div>\n");
        html
    }

    fn row(&self, html: &mut String, row: &[String], cells: &[String], classes: &[&str]) {
        let columns = self.table.columns();
        let first = columns.first().map_or("", |(title, _)| title.as_str());
        let label = row.first().map_or("", String::as_str);
        let _ = match self.subjects.of_row(first, label) {
            Some(subject) => write!(html, "<tr data-e=\"{subject}\">"),
            None => write!(html, "<tr>"),
        };
        for (at, (cell, class)) in cells.iter().zip(classes).enumerate() {
            let _ = match at {
                0 => write!(html, "<th scope=\"row\">{cell}</th>"),
                _ => write!(html, "<td{class}>{cell}</td>"),
            };
        }
        html.push_str("</tr>\n");
    }
}

/// How the cells of a column stand: numbers right, which is the rule; text left,
/// and the longer its longest, the wider the column stays where the page is
/// narrow. A sentence one word wide would make a row as high as a telephone.
fn width_class<'a>(align: Align, cells: impl Iterator<Item = &'a String>) -> &'static str {
    let longest = cells.map(|cell| visible(cell)).max().unwrap_or(0);
    match align {
        Align::Right => "",
        Align::Left if longest > PROSE => " class=\"l prose\"",
        Align::Left if longest > PHRASE => " class=\"l phrase\"",
        Align::Left => " class=\"l\"",
    }
}

/// Characters of a cell's HTML outside its tags; a reference counts as one.
fn visible(html: &str) -> usize {
    let (mut count, mut end) = (0, None);
    for character in html.chars() {
        match (end, character) {
            (None, '<') => end = Some('>'),
            (None, '&') => {
                count += 1;
                end = Some(';');
            }
            (None, _) => count += 1,
            (Some(closing), character) if character == closing => end = None,
            (Some(_), _) => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_wide_as_its_longest_text_asks() {
        let of = |align, texts: &[String]| width_class(align, texts.iter());
        let (short, phrase, prose) = ("yes".to_owned(), "x".repeat(25), "x".repeat(61));
        assert_eq!(
            of(Align::Left, std::slice::from_ref(&short)),
            " class=\"l\""
        );
        assert_eq!(
            of(Align::Left, &[short.clone(), phrase.clone()]),
            " class=\"l phrase\""
        );
        assert_eq!(
            of(Align::Left, &[phrase, prose.clone(), short]),
            " class=\"l prose\""
        );
        assert_eq!(of(Align::Right, &[prose]), "");
        assert_eq!(of(Align::Left, &[]), " class=\"l\"");
    }

    #[test]
    fn tags_and_references_are_not_read_aloud() {
        assert_eq!(visible("<a href=\"https://x.example/y\">a &lt; b</a>"), 5);
    }
}
