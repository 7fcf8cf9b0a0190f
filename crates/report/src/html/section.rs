//! A section of the page from the blocks of a Markdown page.

use super::{prose, subjects::Subjects, table::Shown};
use crate::{
    render::{Block, Page},
    text::Table,
};

/// One part of the page, with a place in its list of contents.
#[derive(Debug)]
pub(super) struct Section {
    /// Where links go.
    pub(super) id: &'static str,
    /// HTML.
    pub(super) title: String,
    /// HTML.
    pub(super) body: String,
}

/// Which parts of a section are unfolded from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// All of them.
    All,
    /// The first ones.
    First(usize),
}

/// Makes sections. No two tables of the page have the same caption.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    subjects: &'a Subjects,
    captions: Vec<String>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(subjects: &'a Subjects) -> Self {
        Self {
            subjects,
            captions: Vec::new(),
        }
    }

    /// The page as a section: its introduction, then `figures` (HTML), then its
    /// parts (headings of level 2), folded as `open` says.
    pub(super) fn section(
        &mut self,
        id: &'static str,
        page: Page,
        open: Open,
        figures: &str,
    ) -> Section {
        let mut title = String::new();
        let mut titles = Titles::default();
        let mut body = Body::new(open, figures);
        for block in page.into_blocks() {
            match block {
                Block::Heading {
                    level: 1,
                    title: text,
                } => {
                    title = prose::inline(&text);
                    titles.section.clone_from(&title);
                }
                Block::Heading {
                    level: 2,
                    title: text,
                } => {
                    let part = prose::inline(&text);
                    body.part(&part);
                    titles.part = Some(part);
                    titles.below = None;
                }
                Block::Heading { title: text, .. } => {
                    let below = prose::inline(&text);
                    body.html.push_str(&format!("<h4>{below}</h4>\n"));
                    titles.below = Some(below);
                }
                // Pictures are files beside the Markdown; this page has them inside.
                Block::Text(text) if text.starts_with("![") => {}
                Block::Text(text) => body.html.push_str(&prose::blocks(&text)),
                Block::Table(table) => {
                    let html = self.shown(&table, &titles.caption(), prose::inline);
                    body.html.push_str(&html);
                }
            }
        }
        Section {
            id,
            title,
            body: body.into_html(),
        }
    }

    /// A table of plain text with its caption, which is HTML.
    pub(super) fn plain_table(&mut self, table: &Table, caption: &str) -> String {
        self.shown(table, caption, prose::escaped)
    }

    fn shown(&mut self, table: &Table, caption: &str, cell: fn(&str) -> String) -> String {
        let before = self.captions.iter().filter(|it| *it == caption).count();
        self.captions.push(caption.to_owned());
        let caption = match before {
            0 => caption.to_owned(),
            _ => format!("{caption} ({})", before + 1),
        };
        let id = format!("t{}", self.captions.len());
        let shown = Shown {
            table,
            caption: &caption,
            id: &id,
            cell,
            subjects: self.subjects,
        };
        shown.html()
    }
}

/// The inside of a section under construction.
#[derive(Debug)]
struct Body<'a> {
    html: String,
    open: Open,
    figures: &'a str,
    parts: usize,
    is_folded: bool,
}

impl<'a> Body<'a> {
    fn new(open: Open, figures: &'a str) -> Self {
        Self {
            html: String::new(),
            open,
            figures,
            parts: 0,
            is_folded: false,
        }
    }

    /// Ends the part before and begins the one with this title.
    fn part(&mut self, title: &str) {
        self.end_part();
        self.parts += 1;
        self.is_folded = matches!(self.open, Open::First(most) if self.parts > most);
        let heading = format!("<h3>{title}</h3>");
        self.html.push_str(&if self.is_folded {
            format!("<details><summary>{heading}</summary>\n")
        } else {
            format!("{heading}\n")
        });
    }

    fn end_part(&mut self) {
        if self.parts == 0 {
            self.html.push_str(self.figures);
        }
        if self.is_folded {
            self.html.push_str("</details>\n");
        }
    }

    fn into_html(mut self) -> String {
        self.end_part();
        self.html
    }
}

/// The headings above a table.
#[derive(Debug, Default)]
struct Titles {
    section: String,
    part: Option<String>,
    below: Option<String>,
}

impl Titles {
    fn caption(&self) -> String {
        let mut caption = self.section.clone();
        let below = [&self.part, &self.below];
        for title in below
            .into_iter()
            .flatten()
            .filter(|it| **it != self.section)
        {
            caption.push_str(": ");
            caption.push_str(title);
        }
        caption
    }
}
