//! How plots look: colours, marks, one style sheet.
//!
//! The style sheet is the same in every plot and holds only under `.wsplot`, so
//! that any number of plots can stand in one page. Its colours are custom
//! properties (`--plot-…`) that a page can set otherwise by a selector of
//! higher weight, such as `[data-theme="dark"] .wsplot`. They are those of Okabe
//! and Ito (Color Universal Design, 2008), which most colour-blind people tell
//! apart; shape and fill say the same as the colour.

use record::{Role, Variant};

use super::svg::{Shape, coordinate};
use crate::findings::EntryFinding;

/// The style sheet.
pub(super) const STYLE: &str = "\
.wsplot{--plot-paper:#fff;--plot-ink:#1f2328;--plot-muted:#59636e;--plot-grid:#d9dee4;\
--plot-floor:#dfe5ec;--plot-default:#0072b2;--plot-tuned:#d55e00;--plot-baseline:#1f2328;\
--plot-reference:#009e73;max-width:100%;height:auto}\
@media (prefers-color-scheme:dark){.wsplot{--plot-paper:#0d1117;--plot-ink:#e6edf3;\
--plot-muted:#9198a1;--plot-grid:#2d333b;--plot-floor:#2b3340;--plot-default:#56b4e9;\
--plot-tuned:#e69f00;--plot-baseline:#e6edf3;--plot-reference:#1fc08f}}\
.wsplot text{font:12px system-ui,sans-serif;fill:var(--plot-ink)}\
.wsplot .p-title{font-size:15px;font-weight:600}\
.wsplot .p-head{font-weight:600}\
.wsplot .p-small{font-size:11px;fill:var(--plot-muted)}\
.wsplot .p-note{font-size:11px;fill:var(--plot-muted);font-style:italic;paint-order:stroke;\
stroke:var(--plot-paper);stroke-width:4px}\
.wsplot .p-end{text-anchor:end}\
.wsplot .p-middle{text-anchor:middle}\
.wsplot .p-paper{fill:var(--plot-paper)}\
.wsplot .p-floor{fill:var(--plot-floor)}\
.wsplot .p-shade{fill:var(--plot-floor);opacity:.45}\
.wsplot .p-hit{fill:transparent}\
.wsplot .p-row:hover .p-hit{fill:var(--plot-grid);opacity:.5}\
.wsplot .p-row:hover .p-line{stroke-width:3}\
.wsplot .p-grid{stroke:var(--plot-grid);fill:none}\
.wsplot .p-axis{stroke:var(--plot-muted);fill:none}\
.wsplot .p-one{stroke:var(--plot-reference);stroke-width:1.5;fill:none}\
.wsplot .p-line{stroke:currentColor;stroke-width:1.75;fill:none;stroke-linejoin:round}\
.wsplot .p-thin{stroke:currentColor;stroke-width:1.25;stroke-dasharray:4 2.5;fill:none;\
stroke-linejoin:round}\
.wsplot .p-bar{stroke:currentColor;stroke-width:1.75;fill:none}\
.wsplot .p-range{stroke:currentColor;stroke-width:1.75;stroke-dasharray:3 2;fill:none}\
.wsplot .p-whisker{stroke:currentColor;stroke-width:1;opacity:.6;fill:none}\
.wsplot .p-solid{fill:currentColor;stroke:currentColor;stroke-width:1.5}\
.wsplot .p-open{fill:var(--plot-paper);stroke:currentColor;stroke-width:1.5}\
.wsplot .p-default{color:var(--plot-default)}\
.wsplot .p-tuned{color:var(--plot-tuned)}\
.wsplot .p-baseline{color:var(--plot-baseline)}\
.wsplot .p-reference{color:var(--plot-reference)}\
.wsplot .p-context{stroke:var(--plot-reference);stroke-width:1.25;stroke-dasharray:3 2;fill:none}\
.wsplot .p-ground{stroke:var(--plot-muted);stroke-width:1.25;stroke-dasharray:1 2;fill:none}";

/// Which colour and shape a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    /// No library.
    Baseline,
    /// A library's `default`.
    Default,
    /// A library's `tuned`.
    Tuned,
    /// What ratios are taken against, or its twin.
    Reference,
}

impl Look {
    /// Of a row; the reference is a variant like any other where nothing is
    /// held against it.
    pub(super) fn of(entry: &EntryFinding) -> Self {
        match (entry.key.role, entry.key.variant) {
            (Role::Baseline, _) => Self::Baseline,
            (_, Variant::Default) => Self::Default,
            (_, Variant::Tuned | Variant::Compressed) => Self::Tuned,
        }
    }

    /// Of a row among ratios to the reference.
    pub(super) fn among_ratios(entry: &EntryFinding) -> Self {
        if entry.is_reference || entry.key.role == Role::Again {
            Self::Reference
        } else {
            Self::of(entry)
        }
    }

    /// Class of a group in its colour.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Baseline => "p-baseline",
            Self::Default => "p-default",
            Self::Tuned => "p-tuned",
            Self::Reference => "p-reference",
        }
    }

    /// Its mark.
    pub(super) fn shape(self) -> Shape {
        match self {
            Self::Baseline => Shape::Square,
            Self::Default => Shape::Circle,
            Self::Tuned => Shape::Triangle,
            Self::Reference => Shape::Diamond,
        }
    }

    /// Its name in a legend.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Default => "default",
            Self::Tuned => "tuned",
            Self::Reference => "reference",
        }
    }
}

/// Roughly how wide `text` is in a sans-serif font of `size_px`; rather too wide
/// than too narrow.
pub(super) fn width_px(text: &str, size_px: f64) -> f64 {
    let ems: f64 = text
        .chars()
        .map(|character| match character {
            'i' | 'j' | 'l' | '|' | '.' | ',' | ':' | ';' | '\'' | '!' => 0.3,
            'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/' | ' ' => 0.4,
            'm' | 'w' | 'M' | 'W' | '%' | '@' | '×' | '÷' => 0.92,
            'A'..='Z' => 0.7,
            other if other.is_ascii() => 0.59,
            other if (other as u32) < 0x2100 => 0.62,
            _ => 1.05,
        })
        .sum();
    ems * size_px
}

/// `text`, or its beginning and `…` where it would be wider than `room_px`.
pub(super) fn fitted(text: &str, size_px: f64, room_px: f64) -> String {
    if width_px(text, size_px) <= room_px {
        return text.to_owned();
    }
    let mut short = String::new();
    for character in text.chars() {
        short.push(character);
        if width_px(&short, size_px) + size_px > room_px {
            short.pop();
            break;
        }
    }
    format!("{}…", short.trim_end())
}

/// Words in lines of at most `room_px`.
pub(super) fn lines(text: &str, size_px: f64, room_px: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_px(&format!("{line} {word}"), size_px) <= room_px => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A path through points, in pixels.
pub(super) fn path_through(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        path.push(if index == 0 { 'M' } else { 'L' });
        path.push_str(&coordinate(*x));
        path.push(' ');
        path.push_str(&coordinate(*y));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(fitted("raw-tcp", 12.0, 100.0), "raw-tcp");
        let cut = fitted("async-tungstenite-tokio 0.35.0 (tuned)", 12.0, 120.0);
        assert!(cut.ends_with('…') && cut.starts_with("async-"), "{cut}");
        assert!(width_px(&cut, 12.0) <= 120.0, "{cut}");
    }

    #[test]
    fn lines_hold_whole_words() {
        let text = "Rows that share a letter can't be told apart";
        let lines = lines(text, 12.0, 130.0);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| width_px(line, 12.0) <= 130.0));
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn paths_move_once() {
        assert_eq!(path_through(&[(0.0, 1.26), (10.0, -0.04)]), "M0 1.3L10 0");
        assert_eq!(path_through(&[]), "");
    }
}
