//! A page under construction: Markdown in the end, or a section of the HTML
//! report, from the same blocks.

use crate::text::Table;

/// A piece of a page. Its texts are Markdown.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    /// A title; 1 is the page's own.
    Heading { level: usize, title: String },
    /// A paragraph or a list.
    Text(String),
    /// A table.
    Table(Table),
}

impl Block {
    fn to_markdown(&self) -> String {
        match self {
            Self::Heading { level, title } => format!("{} {title}", "#".repeat(*level)),
            Self::Text(text) => text.clone(),
            Self::Table(table) => table.to_markdown().trim_end().to_owned(),
        }
    }
}

/// Paragraphs, headings and tables, one empty line between them.
#[derive(Debug, Default)]
pub(crate) struct Page {
    blocks: Vec<Block>,
}

impl Page {
    pub(crate) fn new(title: &str) -> Self {
        let mut page = Self::default();
        page.heading(1, title);
        page
    }

    pub(crate) fn heading(&mut self, level: usize, title: &str) {
        let title = title.trim_end().to_owned();
        self.blocks.push(Block::Heading { level, title });
    }

    /// Adds a paragraph or a list; nothing when it is empty.
    pub(crate) fn paragraph(&mut self, text: &str) {
        let text = text.trim_end();
        if !text.is_empty() {
            self.blocks.push(Block::Text(text.to_owned()));
        }
    }

    pub(crate) fn table(&mut self, table: &Table) {
        self.blocks.push(Block::Table(table.clone()));
    }

    pub(crate) fn into_blocks(self) -> Vec<Block> {
        self.blocks
    }

    pub(crate) fn into_text(self) -> String {
        let blocks: Vec<String> = self.blocks.iter().map(Block::to_markdown).collect();
        let mut text = blocks.join("\n\n");
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}
