//! What the marks and lines of a picture mean, and its head and foot.

use super::{
    style::{Look, fitted, lines, width_px},
    svg::{Drawing, Shape, WIDTH_PX},
};

/// Space to the left and right of everything.
pub(super) const MARGIN_PX: f64 = 12.0;
/// Radius of marks in legends.
const MARK_PX: f64 = 4.0;
const SMALL_PX: f64 = 11.0;

/// What is shown before a legend's words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sample {
    /// A mark, filled or open.
    Mark(Look, bool),
    /// A line of this class with a mark in it, filled or open.
    Line(&'static str, bool),
    /// A line of this class.
    Path(&'static str),
    /// The shaded band.
    Band,
    /// A cross.
    Cross,
}

impl Sample {
    fn width_px(self) -> f64 {
        match self {
            Self::Mark(..) | Self::Cross => 14.0,
            Self::Line(..) | Self::Path(_) => 26.0,
            Self::Band => 18.0,
        }
    }

    /// Around the level `y`, from `x` to the right.
    fn draw(self, drawing: &mut Drawing, x: f64, y: f64) {
        let fill = |filled| if filled { "p-solid" } else { "p-open" };
        match self {
            Self::Mark(look, filled) => {
                drawing.open(look.class());
                drawing.mark(look.shape(), (x + 5.0, y), MARK_PX, fill(filled));
                drawing.close();
            }
            Self::Line(class, filled) => {
                drawing.open("p-default");
                drawing.line((x, y), (x + 22.0, y), class);
                drawing.mark(Shape::Circle, (x + 11.0, y), 3.0, fill(filled));
                drawing.close();
            }
            Self::Path(class) => {
                drawing.open("p-default");
                drawing.line((x, y), (x + 22.0, y), class);
                drawing.close();
            }
            Self::Band => drawing.rectangle((x, y - 6.0), (14.0, 12.0), "p-floor"),
            Self::Cross => {
                drawing.open("p-tuned");
                drawing.mark(Shape::Cross, (x + 5.0, y), MARK_PX, "p-bar");
                drawing.close();
            }
        }
    }
}

/// Draws the items one after the other, in as many lines as they need, the
/// first at `top`. Returns where the next thing may start.
pub(super) fn legend(drawing: &mut Drawing, items: &[(Sample, String)], top: f64) -> f64 {
    const LINE_PX: f64 = 18.0;
    const GAP_PX: f64 = 18.0;
    let room = WIDTH_PX - 2.0 * MARGIN_PX;
    let (mut x, mut y) = (MARGIN_PX, top + LINE_PX / 2.0);
    for (sample, words) in items {
        let words = fitted(words, SMALL_PX, room - sample.width_px());
        let width = sample.width_px() + width_px(&words, SMALL_PX);
        if x > MARGIN_PX && x + width > MARGIN_PX + room {
            (x, y) = (MARGIN_PX, y + LINE_PX);
        }
        sample.draw(drawing, x, y);
        drawing.text((x + sample.width_px(), y + 4.0), "p-small", &words);
        x += width + GAP_PX;
    }
    drawing.new_line();
    y + LINE_PX / 2.0
}

/// Draws the title and what stands under it. Returns where the next thing may
/// start.
pub(super) fn head(drawing: &mut Drawing, title: &str, subtitle: &str) -> f64 {
    const TITLE_PX: f64 = 15.0;
    let room = WIDTH_PX - 2.0 * MARGIN_PX;
    let title = fitted(title, TITLE_PX, room);
    drawing.text((MARGIN_PX, 24.0), "p-title", &title);
    let mut y = 28.0;
    for line in lines(subtitle, SMALL_PX, room) {
        y += 15.0;
        drawing.text((MARGIN_PX, y), "p-small", &line);
    }
    drawing.new_line();
    y + 8.0
}

/// Draws what stands under the picture, from `top` on. Returns the picture's
/// height.
pub(super) fn foot(drawing: &mut Drawing, text: &str, top: f64) -> f64 {
    let mut y = top;
    for line in lines(text, SMALL_PX, WIDTH_PX - 2.0 * MARGIN_PX) {
        y += 15.0;
        drawing.text((MARGIN_PX, y), "p-small", &line);
    }
    y + 10.0
}
