//! Days and their distance.

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    year: i64,
    month: i64,
    day: i64,
}

impl Day {
    /// Reads `YYYY-MM-DD`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_shaped = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_shaped {
            return None;
        }
        let day = Self {
            year: text[..4].parse().ok()?,
            month: text[5..7].parse().ok()?,
            day: text[8..].parse().ok()?,
        };
        ((1..=12).contains(&day.month) && (1..=31).contains(&day.day)).then_some(day)
    }

    /// Days since 0000-03-01, by counting years from March.
    fn number(self) -> i64 {
        let year = if self.month <= 2 {
            self.year - 1
        } else {
            self.year
        };
        let month = (self.month + 9) % 12;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        year * 365 + leap_days + (month * 306 + 5) / 10 + self.day - 1
    }

    /// Days from `earlier` to this one; below zero when it is later.
    pub(super) fn days_since(self, earlier: Self) -> i64 {
        self.number() - earlier.number()
    }

    /// Whether this day is at most `months` months before `today`. The same day
    /// of the month counts as within.
    pub(super) fn is_within_months(self, months: i64, today: Self) -> bool {
        let first = today.year * 12 + today.month - months;
        let own = self.year * 12 + self.month;
        own > first || (own == first && self.day >= today.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn only_days_are_days() {
        for text in [
            "2026-11-2",
            "2026-13-01",
            "2026-00-10",
            "26-11-21xx",
            "2026/11/21",
            "",
            "２026-1-1",
        ] {
            assert_eq!(Day::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn distances_know_leap_years() {
        let since = |later, earlier| day(later).days_since(day(earlier));
        assert_eq!(since("2026-11-21", "2026-11-21"), 0);
        assert_eq!(since("2024-03-01", "2024-02-28"), 2);
        assert_eq!(since("2025-03-01", "2025-02-28"), 1);
        assert_eq!(since("2000-03-01", "2000-02-28"), 2);
        assert_eq!(since("2100-03-01", "2100-02-28"), 1);
        assert_eq!(since("2027-01-01", "2026-01-01"), 365);
        assert_eq!(since("2026-01-01", "2026-01-02"), -1);
    }

    #[test]
    fn months_end_on_their_day() {
        let within = |earlier, months| day(earlier).is_within_months(months, day("2026-11-21"));
        assert!(within("2025-11-21", 12));
        assert!(!within("2025-11-20", 12));
        assert!(within("2026-12-01", 1));
        assert!(!within("2024-12-31", 12));
    }
}
