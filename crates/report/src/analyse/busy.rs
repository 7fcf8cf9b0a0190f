//! How busy both sides were.

use record::{Host, LoadResult};

use super::cell::{median, ratio};

/// From this share on a side counts as saturated.
const SATURATED: f64 = 0.9;

/// CPU time over the time of the processors that a side may use: medians over
/// trials.
pub(super) struct Busy {
    pub(super) server: f64,
    pub(super) generator: f64,
}

impl Busy {
    pub(super) fn of<'a>(
        loads: impl Iterator<Item = &'a LoadResult> + Clone,
        host: &Host,
    ) -> Option<Self> {
        let share = |cpu_ns: u64, cpus: &[u32], load: &LoadResult| {
            ratio(
                cpu_ns as f64,
                load.drained_ns as f64 * cpus.len().max(1) as f64,
            )
        };
        Some(Self {
            server: median(
                loads
                    .clone()
                    .filter_map(|load| share(load.observed_cpu_ns?, &host.server_cpus, load)),
            )?,
            generator: median(
                loads.filter_map(|load| share(load.generator_cpu_ns, &host.client_cpus, load)),
            )?,
        })
    }

    /// Whether the generator was saturated, and busier than the server: it came to
    /// its limit first.
    pub(super) fn is_generator_bound(&self) -> bool {
        self.generator >= SATURATED && self.server < self.generator
    }
}

/// The share of user mode in the ticks of all `loads` together, and the number
/// of those ticks.
pub(super) fn user_share<'a>(loads: impl Iterator<Item = &'a LoadResult>) -> (Option<f64>, u64) {
    let (mut user, mut kernel) = (0, 0);
    for load in loads {
        user += load.observed_user_ticks.unwrap_or(0);
        kernel += load.observed_kernel_ticks.unwrap_or(0);
    }
    let ticks = user + kernel;
    (ratio(user as f64, ticks as f64), ticks)
}

#[cfg(test)]
mod tests {
    use super::Busy;

    #[test]
    fn who_is_saturated_first_is_bound() {
        let is_bound = |generator, server| Busy { server, generator }.is_generator_bound();
        assert!(is_bound(0.95, 0.6));
        // Both are near their limit: the busier one was there first.
        assert!(is_bound(1.0, 0.91));
        assert!(!is_bound(0.95, 0.97));
        assert!(!is_bound(0.95, 0.95));
        assert!(!is_bound(0.89, 0.5));
    }
}
