//! From the Markdown of the other pages to HTML.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html::push_html};

/// Markup that the pages use beside Markdown. Anything else is foreign text, and
/// is shown as it is.
const MARKUP: [&str; 4] = ["<sup>", "</sup>", "<sub>", "</sub>"];

/// `markdown` as paragraphs, lists and the like.
pub(super) fn blocks(markdown: &str) -> String {
    if let Some(line) = footer(markdown) {
        return format!("<p class=\"foot\">{}</p>\n", inline(line));
    }
    let mut html = String::with_capacity(markdown.len() * 5 / 4);
    push_html(&mut html, events(markdown));
    html.replace("<th>", "<th scope=\"col\">")
}

/// `markdown` without the paragraph around it, for a cell or a title.
pub(super) fn inline(markdown: &str) -> String {
    let is_paragraph = |event: &Event<'_>| {
        matches!(
            event,
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)
        )
    };
    let mut html = String::with_capacity(markdown.len() * 5 / 4);
    push_html(
        &mut html,
        events(markdown).filter(|event| !is_paragraph(event)),
    );
    html
}

/// Text that others wrote, as it is.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    push_html(
        &mut html,
        std::iter::once(Event::Text(CowStr::Borrowed(text))),
    );
    html.replace('"', "&quot;")
}

/// The line under a table, which Markdown can only make small.
fn footer(markdown: &str) -> Option<&str> {
    let inner = markdown.strip_prefix("<sub>")?.strip_suffix("</sub>")?;
    (!inner.contains("<sub>")).then_some(inner)
}

fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::InlineHtml(text) | Event::Html(text) if !MARKUP.contains(&text.trim()) => {
            Event::Text(text)
        }
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_markup_is_markup() {
        assert_eq!(
            inline("**5.39** ±11 % <sup>ab</sup>"),
            "<strong>5.39</strong> ±11 % <sup>ab</sup>"
        );
        assert_eq!(
            inline("a <script>alert(1)</script> b"),
            "a &lt;script&gt;alert(1)&lt;/script&gt; b"
        );
        assert_eq!(
            blocks("<iframe src=x>\n"),
            "&lt;iframe src=x&gt;\n",
            "a block of foreign markup"
        );
    }

    #[test]
    fn cells_that_begin_like_blocks_stay_cells() {
        for text in ["+1.2 KiB", "–", "0", "1.50 (1.00 to 2.00)", "≈1.025"] {
            assert_eq!(inline(text), text);
        }
    }

    #[test]
    fn the_line_under_a_table_is_a_paragraph_of_its_own() {
        assert_eq!(
            blocks("<sub>n = 12 · `cargo run`</sub>"),
            "<p class=\"foot\">n = 12 · <code>cargo run</code></p>\n"
        );
    }

    #[test]
    fn foreign_text_is_shown_as_it_is() {
        assert_eq!(escaped("<b> & \"c\""), "&lt;b&gt; &amp; &quot;c&quot;");
    }
}
