//! SPDX licence expressions, as far as a choice needs them.

/// An expression as a choice between sets: who accepts all of one set may use
/// it. `None` when it can't be read. An exception (`WITH`) only adds
/// permissions, so that the licence before it is what counts; the old `/` means
/// `OR`.
pub(super) fn alternatives(expression: &str) -> Option<Vec<Vec<String>>> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let found = any_of(&mut rest)?;
    rest.is_empty().then_some(found)
}

fn any_of(words: &mut &[&str]) -> Option<Vec<Vec<String>>> {
    let mut found = all_of(words)?;
    while takes(words, "OR") {
        found.extend(all_of(words)?);
    }
    Some(found)
}

fn all_of(words: &mut &[&str]) -> Option<Vec<Vec<String>>> {
    let mut found = one(words)?;
    while takes(words, "AND") {
        let further = one(words)?;
        found = found
            .iter()
            .flat_map(|left| {
                further
                    .iter()
                    .map(|right| left.iter().chain(right).cloned().collect())
            })
            .collect();
    }
    Some(found)
}

fn one(words: &mut &[&str]) -> Option<Vec<Vec<String>>> {
    if takes(words, "(") {
        let found = any_of(words)?;
        return takes(words, ")").then_some(found);
    }
    let (first, rest) = words.split_first()?;
    if ["(", ")", "OR", "AND", "WITH"].contains(first) {
        return None;
    }
    *words = rest;
    if takes(words, "WITH") {
        *words = words.split_first()?.1;
    }
    Some(vec![vec![(*first).to_owned()]])
}

fn takes(words: &mut &[&str], word: &str) -> bool {
    match words.split_first() {
        Some((first, rest)) if *first == word => {
            *words = rest;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expression: &str) -> Option<String> {
        let sets = alternatives(expression)?;
        let sets: Vec<String> = sets.iter().map(|set| set.join("+")).collect();
        Some(sets.join(" "))
    }

    #[test]
    fn expressions_become_choices() {
        for (expression, expected) in [
            ("MIT", "MIT"),
            ("MIT OR Apache-2.0", "MIT Apache-2.0"),
            ("MIT/Apache-2.0", "MIT Apache-2.0"),
            ("MIT AND BSD-3-Clause", "MIT+BSD-3-Clause"),
            ("MIT AND (ISC OR Zlib)", "MIT+ISC MIT+Zlib"),
            ("MIT OR ISC AND Zlib", "MIT ISC+Zlib"),
            ("Apache-2.0 WITH LLVM-exception OR MIT", "Apache-2.0 MIT"),
        ] {
            assert_eq!(shown(expression).as_deref(), Some(expected), "{expression}");
        }
    }

    #[test]
    fn what_is_no_expression_is_not_known() {
        for text in [
            "", "MIT OR", "(MIT", "MIT)", "AND MIT", "MIT ISC", "MIT WITH",
        ] {
            assert_eq!(alternatives(text), None, "{text:?}");
        }
    }
}
