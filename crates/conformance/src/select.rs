//! Which cases: `1.*,5.3`.

use crate::case::{Case, CaseId};

/// One entry of a selection: a case, or all whose numbers start alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    start: Vec<u32>,
    all: bool,
}

/// A pattern that can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no cases; write a number such as 5.3, a group such as 1.*, or *")]
pub struct PatternError(String);

/// A pattern that no case has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no case is called {0}; groups 1 to 7, 9, 10, 12 and 13 are there")]
pub struct NoSuchCase(pub String);

impl std::str::FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let error = || PatternError(text.to_owned());
        if text == "*" {
            let start = Vec::new();
            return Ok(Self { start, all: true });
        }
        let (numbers, all) = match text.strip_suffix(".*") {
            Some(numbers) => (numbers, true),
            None => (text, false),
        };
        let start: Result<Vec<u32>, _> = numbers.split('.').map(str::parse).collect();
        let start = start.map_err(|_| error())?;
        // "5" alone can only mean the group.
        let all = all || start.len() == 1;
        Ok(Self { start, all })
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut words: Vec<String> = self.start.iter().map(ToString::to_string).collect();
        if self.all {
            words.push("*".to_owned());
        }
        f.write_str(&words.join("."))
    }
}

impl Pattern {
    /// Whether this case is meant.
    #[must_use]
    pub fn matches(&self, id: &CaseId) -> bool {
        if self.all {
            id.numbers().starts_with(&self.start)
        } else {
            id.numbers() == self.start
        }
    }
}

/// The cases that some pattern means, in the table's order.
///
/// # Errors
/// When a pattern means none.
pub fn select(cases: Vec<Case>, patterns: &[Pattern]) -> Result<Vec<Case>, NoSuchCase> {
    if let Some(pattern) = patterns
        .iter()
        .find(|pattern| !cases.iter().any(|case| pattern.matches(&case.id)))
    {
        return Err(NoSuchCase(pattern.to_string()));
    }
    let meant = |case: &Case| patterns.iter().any(|pattern| pattern.matches(&case.id));
    Ok(cases.into_iter().filter(meant).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseTable;

    fn ids(patterns: &[&str]) -> Result<Vec<String>, NoSuchCase> {
        let patterns: Vec<Pattern> = patterns.iter().map(|it| it.parse().unwrap()).collect();
        let cases = select(CaseTable::built_in().unwrap().cases, &patterns)?;
        Ok(cases.iter().map(|case| case.id.to_string()).collect())
    }

    #[test]
    fn numbers_and_groups_select() {
        assert_eq!(ids(&["5.3"]).unwrap(), ["5.3"]);
        assert_eq!(ids(&["6.4.*", "2.1"]).unwrap().len(), 5);
        assert_eq!(ids(&["10"]).unwrap(), ["10.1.1"]);
        assert_eq!(ids(&["1.*"]).unwrap().len(), 16);
        assert_eq!(ids(&["*"]).unwrap().len(), 517);
    }

    #[test]
    fn what_is_not_there_is_named() {
        let error = ids(&["1.*", "8.*"]).unwrap_err().to_string();
        assert!(error.contains("8.*"), "{error}");
        for text in ["", "x", "1*", ".*", "1..2", "-1"] {
            assert!(text.parse::<Pattern>().is_err(), "{text:?}");
        }
    }
}
