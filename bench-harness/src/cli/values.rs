//! Values of flags that need a look of their own.

use std::time::Duration;

/// Longer windows only wear a machine out; more blocks say more.
const LONGEST_WINDOW: Duration = Duration::from_secs(3_600);

/// A longer time is a typing error.
const LONGEST_BUDGET: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Processors, as one value of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CpuList(pub(crate) Vec<u32>);

/// The time of a run, such as 10m, as a flag's value.
pub(super) fn budget(text: &str) -> Result<Duration, String> {
    duration(text, LONGEST_BUDGET, "30 days (720h)")
}

/// A time such as 500ms, as a flag's value.
pub(crate) fn window(text: &str) -> Result<Duration, String> {
    duration(text, LONGEST_WINDOW, "1h")
}

fn duration(text: &str, most: Duration, most_in_words: &str) -> Result<Duration, String> {
    let duration = text
        .parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|signed| Duration::try_from(signed).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "write a time such as 500ms, 90s or 1h 30m".to_owned())?;
    if duration > most {
        return Err(format!("that is too long; {most_in_words} is the most"));
    }
    Ok(duration)
}

/// Processors such as 0-3, as a flag's value.
pub(super) fn cpu_list(text: &str) -> Result<CpuList, String> {
    machine::parse_cpu_list(text)
        .map(CpuList)
        .map_err(|error| error.to_string())
}
