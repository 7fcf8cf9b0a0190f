//! Line breaks.

/// `text` in lines of at most `width` characters, broken at spaces; later lines
/// start with `indent` spaces. A longer word keeps a line of its own.
pub(crate) fn wrapped(text: &str, width: usize, indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let needed = line.chars().count() + 1 + word.chars().count();
        if line.trim().is_empty() {
            line.push_str(word);
        } else if needed <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(line);
            line = " ".repeat(indent) + word;
        }
    }
    if !line.trim().is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_at_spaces() {
        assert_eq!(
            wrapped("one two three four", 9, 2),
            ["one two", "  three", "  four"]
        );
        assert_eq!(wrapped("unbreakable", 4, 0), ["unbreakable"]);
        assert!(wrapped("  ", 4, 0).is_empty());
    }
}
