//! Comma-separated values, RFC 4180.

/// A CSV text under construction.
pub(crate) struct Csv {
    text: String,
    columns: usize,
}

impl Csv {
    pub(crate) fn new<S: AsRef<str>>(columns: &[S]) -> Self {
        let mut csv = Self {
            text: String::new(),
            columns: columns.len(),
        };
        csv.line(columns);
        csv
    }

    /// Adds a row; missing fields are empty.
    pub(crate) fn row(&mut self, mut fields: Vec<String>) {
        debug_assert!(fields.len() <= self.columns, "more fields than columns");
        fields.resize(self.columns, String::new());
        self.line(&fields);
    }

    fn line<S: AsRef<str>>(&mut self, fields: &[S]) {
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.text.push_str(&quoted(field.as_ref()));
        }
        self.text.push('\n');
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let mut csv = Csv::new(&["a", "b", "c"]);
        csv.row(vec!["1,5".to_owned(), "say \"x\"".to_owned()]);
        assert_eq!(csv.into_text(), "a,b,c\n\"1,5\",\"say \"\"x\"\"\",\n");
    }
}
