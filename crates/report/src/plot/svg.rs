//! SVG as text: foreign text escaped, coordinates with one decimal.

use super::style::STYLE;

/// Width of every plot.
pub(super) const WIDTH_PX: f64 = 960.0;

/// A mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Triangle,
    Square,
    Diamond,
    Cross,
}

/// A coordinate as text; the same on every machine.
pub(super) fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0").unwrap_or(&text) {
        "-0" => "0".to_owned(),
        short => short.to_owned(),
    }
}

/// `text` inside an element or an attribute. Characters that XML can't hold
/// (XML 1.0, section 2.2) are left out.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\r' | '\t' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => {}
            plain => safe.push(plain),
        }
    }
    safe
}

/// The inside of a picture under construction.
#[derive(Default)]
pub(super) struct Drawing {
    body: String,
}

impl Drawing {
    /// Starts a group; everything until [`Self::close`] is in it.
    pub(super) fn open(&mut self, class: &str) {
        self.body.push_str(&format!("<g class=\"{class}\">"));
    }

    /// Starts a group with a text that is shown when the pointer is over it.
    pub(super) fn open_titled(&mut self, class: &str, title: &str) {
        self.open(class);
        self.body
            .push_str(&format!("<title>{}</title>", escaped(title)));
    }

    /// Ends a group.
    pub(super) fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// Text that starts at a point, or ends or has its middle there if its
    /// class says so; nothing when it is empty.
    pub(super) fn text(&mut self, (x, y): (f64, f64), class: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let class = if class.is_empty() {
            String::new()
        } else {
            format!(" class=\"{class}\"")
        };
        self.body.push_str(&format!(
            "<text x=\"{}\" y=\"{}\"{class}>{}</text>",
            coordinate(x),
            coordinate(y),
            escaped(text)
        ));
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let (x1, y1) = (coordinate(from.0), coordinate(from.1));
        // Most lines are level or upright; they are shorter so.
        let rest = match (coordinate(to.0), coordinate(to.1)) {
            (x2, y2) if y2 == y1 => format!("H{x2}"),
            (x2, y2) if x2 == x1 => format!("V{y2}"),
            (x2, y2) => format!("L{x2} {y2}"),
        };
        self.path(&format!("M{x1} {y1}{rest}"), class);
    }

    /// A path of SVG's own commands; nothing when it is empty.
    pub(super) fn path(&mut self, path: &str, class: &str) {
        if !path.is_empty() {
            self.body
                .push_str(&format!("<path class=\"{class}\" d=\"{path}\"/>"));
        }
    }

    /// A rectangle.
    pub(super) fn rectangle(&mut self, (x, y): (f64, f64), size: (f64, f64), class: &str) {
        self.body.push_str(&format!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            coordinate(x),
            coordinate(y),
            coordinate(size.0),
            coordinate(size.1)
        ));
    }

    /// A mark around a point.
    pub(super) fn mark(&mut self, shape: Shape, (x, y): (f64, f64), radius_px: f64, class: &str) {
        let r = radius_px;
        let through = |points: &[(f64, f64)]| {
            let moved: Vec<(f64, f64)> = points
                .iter()
                .map(|(right, down)| (x + right * r, y + down * r))
                .collect();
            format!("{}Z", super::style::path_through(&moved))
        };
        match shape {
            Shape::Circle => self.body.push_str(&format!(
                "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
                coordinate(x),
                coordinate(y),
                coordinate(r)
            )),
            Shape::Triangle => {
                let path = through(&[(0.0, -1.45), (1.35, 0.95), (-1.35, 0.95)]);
                self.path(&path, class);
            }
            Shape::Square => {
                let path = through(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]);
                self.path(&path, class);
            }
            Shape::Diamond => {
                let path = through(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]);
                self.path(&path, class);
            }
            Shape::Cross => {
                self.line((x - r, y - r), (x + r, y + r), class);
                self.line((x - r, y + r), (x + r, y - r), class);
            }
        }
    }

    /// Ends a line of the source, for people who read it or its changes.
    pub(super) fn new_line(&mut self) {
        if !self.body.ends_with('\n') {
            self.body.push('\n');
        }
    }

    /// The whole picture, which stands alone and in a page. `id` must be its
    /// own in that page.
    pub(super) fn into_picture(
        mut self,
        id: &str,
        title: &str,
        description: &str,
        height_px: f64,
    ) -> String {
        self.new_line();
        let (width, height) = (coordinate(WIDTH_PX), coordinate(height_px));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"wsplot\" viewBox=\"0 0 {width} \
             {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\">\n\
             <title id=\"{id}-title\">{}</title>\n\
             <desc id=\"{id}-desc\">{}</desc>\n\
             <style>{STYLE}</style>\n\
             <rect class=\"p-paper\" width=\"{width}\" height=\"{height}\"/>\n\
             {}</svg>\n",
            escaped(title),
            escaped(description),
            self.body,
        )
    }
}

/// A name made of what an id, a class and a file name may hold.
pub(super) fn identifier(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'a'..='z' | '0'..='9' => name.push(character),
            'A'..='Z' => name.push(character.to_ascii_lowercase()),
            _ if name.ends_with('-') => {}
            _ => name.push('-'),
        }
    }
    name.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_one_decimal_at_most() {
        for (value, expected) in [(1.0, "1"), (1.25, "1.2"), (-0.01, "0"), (12.36, "12.4")] {
            assert_eq!(coordinate(value), expected);
        }
    }

    #[test]
    fn foreign_text_is_shown_not_obeyed() {
        assert_eq!(
            escaped("</text><script>\"a\" & 'b'\u{1b}[1m\n"),
            "&lt;/text&gt;&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;[1m "
        );
    }

    #[test]
    fn names_are_safe_everywhere() {
        assert_eq!(identifier("echo-125b_binary \"x\""), "echo-125b-binary-x");
        assert_eq!(identifier("µs"), "s");
    }
}
