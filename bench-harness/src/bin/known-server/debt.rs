//! CPU time that a thread burns on top of its work: so many per cent of it,
//! whatever the machine.

use rustix::time::{ClockId, clock_gettime};

/// The books: a share of all work, less what was burnt. An overshoot counts for
/// the next turn, so that the sum is right however coarse the clock is.
#[derive(Clone, Copy, Debug)]
struct Debt {
    percent: u32,
    /// In hundredths of a nanosecond, so that no share is rounded away.
    owed: i128,
}

impl Debt {
    fn new(percent: u32) -> Self {
        Self { percent, owed: 0 }
    }

    fn worked(&mut self, ns: u64) {
        self.owed += i128::from(ns) * i128::from(self.percent);
    }

    fn burnt(&mut self, ns: u64) {
        self.owed -= i128::from(ns) * 100;
    }

    /// What is to be burnt now.
    fn owed_ns(&self) -> u64 {
        u64::try_from(self.owed / 100).unwrap_or(0)
    }
}

/// Burns after every turn of a thread's loop.
///
/// A turn is what lies between two calls of [`Burner::turn`]. The clock is that
/// of the thread's CPU time and stands still while the thread sleeps, so a turn
/// holds the whole cost of the system calls in it, the wait for the next bytes
/// included. With 0 per cent the clock is read just as often; all that differs
/// is the burning.
#[derive(Debug)]
pub(crate) struct Burner {
    debt: Debt,
    turn_started_ns: u64,
}

impl Burner {
    /// The first turn begins.
    pub(crate) fn new(percent: u32) -> Self {
        Self {
            debt: Debt::new(percent),
            turn_started_ns: thread_cpu_ns(),
        }
    }

    /// A turn ends here, and the next one begins.
    pub(crate) fn turn(&mut self) {
        let start_ns = thread_cpu_ns();
        self.debt.worked(start_ns - self.turn_started_ns);
        let owed_ns = self.debt.owed_ns();
        let mut now_ns = start_ns;
        while now_ns - start_ns < owed_ns {
            now_ns = thread_cpu_ns();
        }
        self.debt.burnt(now_ns - start_ns);
        self.turn_started_ns = now_ns;
    }
}

/// CPU time that this thread has used.
fn thread_cpu_ns() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // A clock of CPU time is never negative.
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However each burn overshoots, the sum is the share of the work to
        /// within the last overshoot.
        #[test]
        fn the_sum_is_the_share_of_the_work(
            percent in 0_u32..200,
            turns in prop::collection::vec((0_u64..100_000, 0_u64..1_000), 1..200),
        ) {
            let mut debt = Debt::new(percent);
            let (mut worked, mut burnt, mut last_overshoot) = (0, 0, 0);
            for (work_ns, overshoot_ns) in turns {
                debt.worked(work_ns);
                worked += work_ns;
                let owed_ns = debt.owed_ns();
                if owed_ns > 0 {
                    last_overshoot = overshoot_ns;
                    debt.burnt(owed_ns + overshoot_ns);
                    burnt += owed_ns + overshoot_ns;
                }
            }
            let share = worked as f64 * f64::from(percent) / 100.0;
            prop_assert!(burnt as f64 >= share - 1.0, "{burnt} of {share}");
            prop_assert!(burnt as f64 <= share + last_overshoot as f64 + 1.0, "{burnt} of {share}");
        }
    }

    #[test]
    fn nothing_is_owed_for_nothing() {
        let mut debt = Debt::new(0);
        debt.worked(1_000_000);
        assert_eq!(debt.owed_ns(), 0);
        let mut debt = Debt::new(5);
        debt.worked(1_000);
        assert_eq!(debt.owed_ns(), 50);
        debt.burnt(80);
        assert_eq!(debt.owed_ns(), 0, "the overshoot is credit");
        debt.worked(1_000);
        assert_eq!(debt.owed_ns(), 20);
    }

    #[test]
    fn a_turn_burns_cpu_time_of_this_thread() {
        let mut burner = Burner::new(100);
        let start_ns = thread_cpu_ns();
        while thread_cpu_ns() - start_ns < 1_000_000 {}
        burner.turn();
        assert!(thread_cpu_ns() - start_ns >= 2_000_000);
    }
}
