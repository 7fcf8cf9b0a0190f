//! Work on all processors.

use std::{
    num::NonZero,
    panic,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// `of` each item, in the items' order. A thread takes the next item when it is
/// done with one, so that they end together whatever the items cost.
pub(crate) fn map<T: Sync, U: Send>(items: &[T], of: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = processors.min(items.len());
    if threads < 2 {
        return items.iter().map(of).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            match items.get(index) {
                Some(item) => done.push((index, of(item))),
                None => return done,
            }
        }
    };
    let mut done = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        let done = threads.into_iter().flat_map(|thread| {
            let done = thread.join();
            done.unwrap_or_else(|cause| panic::resume_unwind(cause))
        });
        done.collect::<Vec<_>>()
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::map;

    proptest! {
        #[test]
        fn results_stand_in_the_order_of_the_items(items: Vec<u32>) {
            let expected: Vec<u64> = items.iter().map(|it| u64::from(*it) + 1).collect();
            prop_assert_eq!(map(&items, |it| u64::from(*it) + 1), expected);
        }
    }

    #[test]
    #[should_panic(expected = "item 3")]
    fn a_panic_is_passed_on() {
        map(&[1, 2, 3, 4], |item| assert!(*item != 3, "item {item}"));
    }
}
