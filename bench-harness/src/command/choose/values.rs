//! Values of flags that need a look of their own.

/// An amount of memory such as 125, 16KiB or 2GiB, as a flag's value.
pub(super) fn amount_of_bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 7] = [
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("b", 1),
    ];
    const HOW: &str = "write bytes such as 125, 16KiB or 2GiB";
    let lower = text.trim().to_lowercase();
    let unit = UNITS
        .iter()
        .find_map(|(unit, factor)| Some((lower.strip_suffix(unit)?, *factor)));
    let (number, factor) = unit.unwrap_or((&lower, 1));
    let number: u64 = number.trim().parse().map_err(|_| HOW.to_owned())?;
    let bytes = number.checked_mul(factor);
    bytes.filter(|it| *it > 0).ok_or_else(|| HOW.to_owned())
}

/// A rate above 0, per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate(pub(super) f64);

/// It is finite.
impl Eq for Rate {}

/// A rate such as 2, 0.1 or 1/60, as a flag's value.
pub(super) fn rate_per_s(text: &str) -> Result<Rate, String> {
    const HOW: &str = "write messages per second such as 2, 0.1 or 1/60, above 0";
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| HOW.to_owned());
    let rate = match text.split_once('/') {
        Some((messages, seconds)) => number(messages)? / number(seconds)?,
        None => number(text)?,
    };
    if rate.is_finite() && rate > 0.0 {
        Ok(Rate(rate))
    } else {
        Err(HOW.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_units() {
        for (text, bytes) in [
            ("125", 125),
            ("125B", 125),
            ("16KiB", 16_384),
            ("2 GiB", 2 << 30),
            ("1MB", 1_000_000),
        ] {
            assert_eq!(amount_of_bytes(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "KiB", "-1", "1.5KiB", "99999999999GiB", "many"] {
            let error = amount_of_bytes(text).unwrap_err();
            assert!(error.contains("16KiB"), "{text:?}: {error}");
        }
    }

    #[test]
    fn rates_may_be_fractions() {
        assert_eq!(rate_per_s("2"), Ok(Rate(2.0)));
        assert_eq!(rate_per_s("0.1"), Ok(Rate(0.1)));
        assert_eq!(rate_per_s("1/60"), Ok(Rate(1.0 / 60.0)));
        for text in ["", "0", "-1", "1/0", "0/1", "inf", "NaN", "fast"] {
            assert!(rate_per_s(text).is_err(), "{text:?}");
        }
    }
}
