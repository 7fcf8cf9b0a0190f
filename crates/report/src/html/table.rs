//! A table: its caption says what it shows, its rows say whom they are about.

use std::fmt::Write as _;

use super::subjects::Subjects;
use crate::text::{Align, Table};

/// Rows from which sorting is of use.
const WORTH_SORTING: usize = 3;

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
            let _ = write!(html, "<th scope=\"col\"{}>{title}</th>", left(*align));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.row(&mut html, row);
        }
        html.push_str("</tbody></table></div>\n");
        html
    }

    fn row(&self, html: &mut String, row: &[String]) {
        let columns = self.table.columns();
        let first = columns.first().map_or("", |(title, _)| title.as_str());
        let label = row.first().map_or("", String::as_str);
        let _ = match self.subjects.of_row(first, label) {
            Some(subject) => write!(html, "<tr data-e=\"{subject}\">"),
            None => write!(html, "<tr>"),
        };
        for (at, (text, (_, align))) in row.iter().zip(columns).enumerate() {
            let cell = (self.cell)(text);
            let _ = match at {
                0 => write!(html, "<th scope=\"row\">{cell}</th>"),
                _ => write!(html, "<td{}>{cell}</td>", left(*align)),
            };
        }
        html.push_str("</tr>\n");
    }
}

/// Numbers stand right, which is the rule; text stands left.
fn left(align: Align) -> &'static str {
    match align {
        Align::Left => " class=\"l\"",
        Align::Right => "",
    }
}
