//! Numbers for people.

use crate::findings::AllocationFigure;

/// The unit of a column of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
}

impl TimeUnit {
    /// The unit in which the middle one of `values_ns` reads best.
    pub(crate) fn for_values(values_ns: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values_ns.filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        match values.get(values.len() / 2) {
            Some(middle) if *middle >= 1e9 => Self::Seconds,
            Some(middle) if *middle >= 1e6 => Self::Milliseconds,
            Some(middle) if *middle < 100.0 => Self::Nanoseconds,
            _ => Self::Microseconds,
        }
    }

    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Microseconds => "µs",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
        }
    }

    /// `ns` in this unit, three digits.
    pub(crate) fn show(self, ns: f64) -> String {
        significant(self.of(ns), 3)
    }

    pub(crate) fn of(self, ns: f64) -> f64 {
        match self {
            Self::Nanoseconds => ns,
            Self::Microseconds => ns / 1e3,
            Self::Milliseconds => ns / 1e6,
            Self::Seconds => ns / 1e9,
        }
    }
}

/// Bytes as KiB with three digits, but none finer than a hundredth: what is read
/// from the kernel in pages is not known to a byte.
pub(crate) fn kibibytes(value_bytes: f64) -> String {
    let kib = value_bytes / 1024.0;
    if kib.abs() < 1.0 {
        format!("{kib:.2}")
    } else {
        significant(kib, 3)
    }
}

/// `value` with `digits` significant digits; whole numbers keep all of theirs,
/// in groups of three.
pub(crate) fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 {
            "0".to_owned()
        } else {
            "–".to_owned()
        };
    }
    let magnitude = value.abs().log10().floor() as i32;
    let step = 10.0_f64.powi(digits - 1 - magnitude);
    // Rounding may carry into the next magnitude: 9.996 is 10.0, not 10.00.
    let rounded = if digits > magnitude + 1 {
        (value * step).round() / step
    } else {
        value
    };
    let magnitude = rounded.abs().log10().floor() as i32;
    let decimals = (digits - 1 - magnitude).max(0) as usize;
    let text = format!("{rounded:.decimals$}");
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", group_digits(whole)),
        None => group_digits(&text),
    }
}

/// As [`significant`], with a plus sign for what is above zero.
pub(crate) fn signed_significant(value: f64, digits: i32) -> String {
    let text = significant(value, digits);
    match text.strip_prefix('-') {
        Some(magnitude) => format!("−{magnitude}"),
        None => format!("+{text}"),
    }
}

/// A whole number in groups of three.
pub(crate) fn grouped(value: u64) -> String {
    group_digits(&value.to_string())
}

fn group_digits(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let mut grouped = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A ratio, two decimals or three digits.
pub(crate) fn ratio(value: f64) -> String {
    if value.abs() < 0.1 || value.abs() >= 10.0 {
        significant(value, if value.abs() < 0.1 { 2 } else { 3 })
    } else {
        format!("{value:.2}")
    }
}

/// A factor from 1 on, with a digit more where it is near 1.
pub(crate) fn factor(value: f64) -> String {
    if value < 1.1 {
        format!("{value:.3}")
    } else {
        ratio(value)
    }
}

/// Per cent of a magnitude, one decimal under ten.
pub(crate) fn per_cent(value: f64) -> String {
    if value.abs() >= 9.95 {
        format!("{value:.0} %")
    } else {
        format!("{value:.1} %")
    }
}

/// A size in bytes with its unit, exact where it can be.
pub(crate) fn bytes(value: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    const GIB: u64 = 1024 * MIB;
    for (unit, name) in [(GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")] {
        if value >= unit {
            return if value.is_multiple_of(unit) {
                format!("{} {name}", value / unit)
            } else {
                format!("{} {name}", significant(value as f64 / unit as f64, 3))
            };
        }
    }
    format!("{value} B")
}

/// An allocation figure: whole numbers as such, up to three decimals, `≈`
/// before what was not the same in every count.
pub(crate) fn allocation(figure: Option<AllocationFigure>) -> String {
    let Some(figure) = figure else {
        return "unknown".to_owned();
    };
    let value = figure.per_time;
    let text = if value.fract() == 0.0 {
        group_digits(&format!("{value:.0}"))
    } else {
        let text = format!("{value:.3}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        match text.split_once('.') {
            Some((whole, fraction)) => format!("{}.{fraction}", group_digits(whole)),
            None if value.abs() < 0.0005 => "<0.001".to_owned(),
            None => group_digits(text),
        }
    };
    if figure.is_exact {
        text
    } else {
        format!("≈{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_and_groups() {
        for (value, expected) in [
            (3.9249, "3.92"),
            (9.996, "10.0"),
            (99.96, "100"),
            (13.74, "13.7"),
            (131.2, "131"),
            (8713.4, "8,713"),
            (1_234_567.0, "1,234,567"),
            (0.0042, "0.00420"),
            (-0.5, "-0.500"),
            (0.0, "0"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(significant(value, 3), expected, "{value}");
        }
        assert_eq!(signed_significant(-2.91, 2), "−2.9");
        assert_eq!(signed_significant(0.11, 2), "+0.11");
    }

    #[test]
    fn ratios_and_per_cents() {
        for (value, expected) in [
            (0.4539, "0.45"),
            (1.0, "1.00"),
            (0.0421, "0.042"),
            (12.34, "12.3"),
        ] {
            assert_eq!(ratio(value), expected);
        }
        assert_eq!(factor(1.0042), "1.004");
        assert_eq!(factor(1.4623), "1.46");
        assert_eq!(per_cent(0.04), "0.0 %");
        assert_eq!(per_cent(9.94), "9.9 %");
        assert_eq!(per_cent(12.3), "12 %");
    }

    #[test]
    fn sizes_keep_their_exact_unit() {
        for (value, expected) in [
            (125, "125 B"),
            (1024, "1 KiB"),
            (16_384, "16 KiB"),
            (1_048_576, "1 MiB"),
            (1500, "1.46 KiB"),
        ] {
            assert_eq!(bytes(value), expected);
        }
    }

    #[test]
    fn allocations_show_whole_numbers_and_doubt() {
        let figure = |per_time, is_exact| Some(AllocationFigure { per_time, is_exact });
        assert_eq!(allocation(figure(3.0, true)), "3");
        assert_eq!(allocation(figure(1_048_576.0, true)), "1,048,576");
        assert_eq!(allocation(figure(0.003_906_25, true)), "0.004");
        assert_eq!(allocation(figure(2.5, false)), "≈2.5");
        assert_eq!(allocation(figure(0.0001, true)), "<0.001");
        assert_eq!(allocation(None), "unknown");
    }

    #[test]
    fn a_column_has_the_unit_of_its_middle_value() {
        let unit = |values: &[f64]| TimeUnit::for_values(values.iter().copied());
        assert_eq!(unit(&[3_000.0, 4_000.0, 2_000_000.0]).symbol(), "µs");
        assert_eq!(unit(&[2e6, 3e6]).symbol(), "ms");
        assert_eq!(unit(&[2e9]).symbol(), "s");
        assert_eq!(unit(&[20.0]).symbol(), "ns");
        assert_eq!(unit(&[]).show(3_920.0), "3.92");
    }
}
