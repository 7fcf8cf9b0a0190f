//! Text that others wrote, inside Markdown.

/// `text` such that Markdown shows it as it is, in one line.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => safe.push(' '),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' => {
                safe.push('\\');
                safe.push(character);
            }
            // Bars are the table writer's; other control characters are
            // nobody's.
            control if control.is_control() => {}
            plain => safe.push(plain),
        }
    }
    safe
}

/// `text` as inline code, whatever backticks it holds (CommonMark section 6.1).
pub(crate) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest > 0 {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A sentence of a manifest, in which code stands between backticks.
pub(crate) fn with_code(text: &str) -> String {
    text.split('`')
        .enumerate()
        .map(|(at, part)| match at % 2 {
            0 => escaped(part),
            _ => code(part),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_foreign_text_is_shown_not_obeyed() {
        assert_eq!(
            escaped("<b>*x*</b>\n[a](b) `c`\u{1b}[1m"),
            "&lt;b&gt;\\*x\\*&lt;/b&gt; \\[a\\](b) \\`c\\`\\[1m"
        );
    }

    #[test]
    fn code_keeps_backticks() {
        assert_eq!(code("cargo run"), "`cargo run`");
        assert_eq!(code("a `b` c"), "`` a `b` c ``");
    }
    #[test]
    fn code_in_sentences_stays_code() {
        assert_eq!(with_code("`read_all` and *so*"), "`read_all` and \\*so\\*");
    }
}
