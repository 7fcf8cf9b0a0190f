//! Tables of text.

/// On which side a column is flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Column titles and rows of cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn column(&mut self, title: impl Into<String>, align: Align) {
        self.columns.push((title.into(), align));
    }

    /// Adds a row; missing cells are empty.
    pub(crate) fn row(&mut self, mut cells: Vec<String>) {
        cells.resize(self.columns.len(), String::new());
        self.rows.push(cells);
    }

    /// Titles and sides of the columns.
    pub(crate) fn columns(&self) -> &[(String, Align)] {
        &self.columns
    }

    /// The rows, each with a cell per column.
    pub(crate) fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// As a table of GitHub-flavoured Markdown, its columns aligned in the
    /// source as well. Cells may hold Markdown; bars and line breaks in them
    /// can't break the table.
    pub(crate) fn to_markdown(&self) -> String {
        let safe = |cell: &String| cell.replace('|', "\\|").replace(['\n', '\r'], " ");
        let titles: Vec<String> = self.columns.iter().map(|(title, _)| safe(title)).collect();
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(safe).collect())
            .collect();
        let widths = widths(&titles, &rows, 3);
        let mut text = self.markdown_line(&titles, &widths);
        text.push('|');
        for ((_, align), width) in self.columns.iter().zip(&widths) {
            match align {
                Align::Left => text.push_str(&format!(" {} |", "-".repeat(*width))),
                Align::Right => text.push_str(&format!(" {}: |", "-".repeat(*width - 1))),
            }
        }
        text.push('\n');
        for row in &rows {
            text.push_str(&self.markdown_line(row, &widths));
        }
        text
    }

    fn markdown_line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::from("|");
        for ((cell, width), (_, align)) in cells.iter().zip(widths).zip(&self.columns) {
            line.push_str(&format!(" {} |", padded(cell, *width, *align)));
        }
        line.push('\n');
        line
    }

    /// As lines for a terminal: two spaces between columns, the titles (in
    /// several lines where they hold line breaks) above a rule.
    pub(crate) fn to_lines(&self) -> Vec<String> {
        let height = self
            .columns
            .iter()
            .map(|(title, _)| title.lines().count())
            .max();
        let height = height.unwrap_or(0);
        let titles: Vec<Vec<String>> = (0..height)
            .map(|line| {
                self.columns
                    .iter()
                    .map(|(title, _)| {
                        let lines: Vec<&str> = title.lines().collect();
                        let above = height - lines.len();
                        line.checked_sub(above)
                            .and_then(|at| lines.get(at))
                            .map_or("", |it| it)
                    })
                    .map(ToOwned::to_owned)
                    .collect()
            })
            .collect();
        let all: Vec<Vec<String>> = titles.iter().chain(&self.rows).cloned().collect();
        let widths = widths(&vec![String::new(); self.columns.len()], &all, 1);
        let line = |cells: &Vec<String>| {
            let cells: Vec<String> = cells
                .iter()
                .zip(&widths)
                .zip(&self.columns)
                .map(|((cell, width), (_, align))| padded(cell, *width, *align))
                .collect();
            cells.join("  ").trim_end().to_owned()
        };
        let total = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        let mut lines: Vec<String> = titles.iter().map(line).collect();
        lines.push("-".repeat(total));
        lines.extend(self.rows.iter().map(line));
        lines
    }
}

fn widths(titles: &[String], rows: &[Vec<String>], least: usize) -> Vec<usize> {
    (0..titles.len())
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells
                .chain([titles[column].chars().count(), least])
                .max()
                .unwrap_or(least)
        })
        .collect()
}

fn padded(cell: &str, width: usize, align: Align) -> String {
    let missing = width.saturating_sub(cell.chars().count());
    match align {
        Align::Left => format!("{cell}{}", " ".repeat(missing)),
        Align::Right => format!("{}{cell}", " ".repeat(missing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new();
        table.column("server", Align::Left);
        table.column("CPU\nµs", Align::Right);
        table.row(vec!["a|b".to_owned(), "3.92 ±1.2 %".to_owned()]);
        table.row(vec!["c\nd".to_owned()]);
        table
    }

    #[test]
    fn markdown_is_aligned_and_cannot_be_broken_by_a_cell() {
        assert_eq!(
            table().to_markdown(),
            "| server |      CPU µs |\n\
             | ------ | ----------: |\n\
             | a\\|b   | 3.92 ±1.2 % |\n\
             | c d    |             |\n"
        );
    }

    #[test]
    fn terminal_titles_stand_at_the_bottom_of_their_lines() {
        let mut table = Table::new();
        table.column("server", Align::Left);
        table.column("CPU\nµs", Align::Right);
        table.row(vec!["raw-tcp".to_owned(), "2.91".to_owned()]);
        assert_eq!(
            table.to_lines(),
            [
                "          CPU",
                "server     µs",
                "-------------",
                "raw-tcp  2.91"
            ]
        );
    }
}
