//! Generated text inside a page that people write.

/// Before the generated text.
pub const BEGIN: &str = "<!-- results:begin -->";
/// After it.
pub const END: &str = "<!-- results:end -->";

/// Why a page can't take generated text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpliceError {
    /// A marker is missing, or stands there several times.
    #[error(
        "the page must hold {marker:?} exactly once on a line of its own; it does {count} times"
    )]
    Marker {
        /// Which.
        marker: &'static str,
        /// How often it stands there.
        count: usize,
    },
    /// The end stands before the beginning.
    #[error("{END:?} stands before {BEGIN:?}; swap them")]
    WrongOrder,
}

/// `page` with everything between its two markers replaced by `section`.
///
/// # Errors
/// [`SpliceError`] unless both markers stand there once and in order.
pub fn splice(page: &str, section: &str) -> Result<String, SpliceError> {
    let begin = only(page, BEGIN)?;
    let end = only(page, END)?;
    if end < begin {
        return Err(SpliceError::WrongOrder);
    }
    let before = &page[..begin + BEGIN.len()];
    let after = &page[end..];
    Ok(format!("{before}\n\n{}\n\n{after}", section.trim()))
}

/// Position of the only line that is `marker`.
fn only(page: &str, marker: &'static str) -> Result<usize, SpliceError> {
    let mut position = 0;
    let mut found = Vec::new();
    for line in page.split_inclusive('\n') {
        if line.trim() == marker {
            found.push(position + line.find(marker).unwrap_or(0));
        }
        position += line.len();
    }
    match found.as_slice() {
        [one] => Ok(*one),
        others => Err(SpliceError::Marker {
            marker,
            count: others.len(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_what_stands_between_and_nothing_else() {
        let page = format!("# A\n\n{BEGIN}\nold\n{END}\n\nrest\n");
        let once = splice(&page, "new\n").expect("both markers are there");
        assert_eq!(once, format!("# A\n\n{BEGIN}\n\nnew\n\n{END}\n\nrest\n"));
        assert_eq!(splice(&once, "new").as_deref(), Ok(once.as_str()));
    }

    #[test]
    fn a_marker_in_running_text_is_no_marker() {
        let page = format!("use `{BEGIN}`\n{BEGIN}\n{END}\n");
        assert!(splice(&page, "new").is_ok());
    }

    #[test]
    fn pages_without_clear_markers_are_left_alone() {
        let missing = SpliceError::Marker {
            marker: END,
            count: 0,
        };
        assert_eq!(splice(BEGIN, "new"), Err(missing));
        let twice = SpliceError::Marker {
            marker: BEGIN,
            count: 2,
        };
        assert_eq!(
            splice(&format!("{BEGIN}\n{BEGIN}\n{END}"), "new"),
            Err(twice)
        );
        assert_eq!(
            splice(&format!("{END}\n{BEGIN}\n"), "new"),
            Err(SpliceError::WrongOrder)
        );
    }
}
