//! A Markdown page under construction.

use crate::text::Table;

/// Paragraphs, headings and tables, one empty line between them.
#[derive(Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    pub(crate) fn new(title: &str) -> Self {
        let mut page = Self::default();
        page.paragraph(&format!("# {title}"));
        page
    }

    pub(crate) fn heading(&mut self, level: usize, title: &str) {
        self.paragraph(&format!("{} {title}", "#".repeat(level)));
    }

    /// Adds a paragraph or a list; nothing when it is empty.
    pub(crate) fn paragraph(&mut self, text: &str) {
        let text = text.trim_end();
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    pub(crate) fn table(&mut self, table: &Table) {
        self.paragraph(&table.to_markdown());
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}
