//! A global allocator that counts when it is told to.
//!
//! Off, it costs one relaxed load per call. Every contender has it, because
//! the kit installs it.
#![allow(
    unsafe_code,
    reason = "GlobalAlloc is an unsafe trait; each method passes its arguments on unchanged"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed, Ordering::SeqCst},
};

use record::AllocationCounts;

/// The allocator of every program that links the kit.
#[global_allocator]
pub(crate) static ALLOCATOR: CountingAllocator = CountingAllocator::new();

thread_local! {
    /// Has no destructor and a constant start value, so that reading it neither
    /// allocates nor fails while a thread ends.
    static EXCLUDED: Cell<bool> = const { Cell::new(false) };
}

/// Leaves what this thread allocates and frees out of every count.
pub(crate) fn exclude_this_thread() {
    EXCLUDED.set(true);
}

/// The system's allocator, with counts of what is asked of it.
pub(crate) struct CountingAllocator {
    counting: AtomicBool,
    allocations: AtomicU64,
    reallocations: AtomicU64,
    frees: AtomicU64,
    allocated_bytes: AtomicU64,
    live_bytes: AtomicI64,
    peak_live_bytes: AtomicI64,
}

impl CountingAllocator {
    pub(crate) const fn new() -> Self {
        Self {
            counting: AtomicBool::new(false),
            allocations: AtomicU64::new(0),
            reallocations: AtomicU64::new(0),
            frees: AtomicU64::new(0),
            allocated_bytes: AtomicU64::new(0),
            live_bytes: AtomicI64::new(0),
            peak_live_bytes: AtomicI64::new(0),
        }
    }

    /// Sets every count to 0 and counts from here on.
    pub(crate) fn count_on(&self) {
        self.counting.store(false, SeqCst);
        for count in [
            &self.allocations,
            &self.reallocations,
            &self.frees,
            &self.allocated_bytes,
        ] {
            count.store(0, SeqCst);
        }
        self.live_bytes.store(0, SeqCst);
        self.peak_live_bytes.store(0, SeqCst);
        self.counting.store(true, SeqCst);
    }

    /// Stops counting; the counts stay as they are.
    pub(crate) fn count_off(&self) {
        self.counting.store(false, SeqCst);
    }

    /// The counts since [`count_on`](Self::count_on).
    pub(crate) fn counts(&self) -> AllocationCounts {
        AllocationCounts {
            allocations: Some(self.allocations.load(SeqCst)),
            reallocations: Some(self.reallocations.load(SeqCst)),
            frees: Some(self.frees.load(SeqCst)),
            allocated_bytes: Some(self.allocated_bytes.load(SeqCst)),
            live_bytes: Some(self.live_bytes.load(SeqCst)),
            peak_live_bytes: Some(self.peak_live_bytes.load(SeqCst)),
        }
    }

    #[inline(always)]
    fn counts_this_call(&self) -> bool {
        self.counting.load(Relaxed) && counts_this_thread()
    }

    #[cold]
    fn allocated(&self, bytes: usize) {
        self.allocations.fetch_add(1, Relaxed);
        self.grew(bytes);
    }

    #[cold]
    fn freed(&self, bytes: usize) {
        self.frees.fetch_add(1, Relaxed);
        self.shrank(bytes);
    }

    #[cold]
    fn reallocated(&self, old_bytes: usize, new_bytes: usize) {
        self.reallocations.fetch_add(1, Relaxed);
        match new_bytes.checked_sub(old_bytes) {
            Some(growth_bytes) => self.grew(growth_bytes),
            None => self.shrank(old_bytes - new_bytes),
        }
    }

    fn grew(&self, bytes: usize) {
        self.allocated_bytes.fetch_add(bytes as u64, Relaxed);
        // A layout's size is at most isize::MAX.
        let before = self.live_bytes.fetch_add(bytes as i64, Relaxed);
        self.peak_live_bytes
            .fetch_max(before + bytes as i64, Relaxed);
    }

    fn shrank(&self, bytes: usize) {
        self.live_bytes.fetch_sub(bytes as i64, Relaxed);
    }
}

#[cold]
fn counts_this_thread() -> bool {
    !EXCLUDED.get()
}

// SAFETY: every method hands its arguments to `System` unchanged and returns
// what that returns, so `System`'s guarantees hold; counting neither allocates
// nor unwinds.
unsafe impl GlobalAlloc for CountingAllocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`.
        let block = unsafe { System.alloc(layout) };
        if self.counts_this_call() && !block.is_null() {
            self.allocated(layout.size());
        }
        block
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        let block = unsafe { System.alloc_zeroed(layout) };
        if self.counts_this_call() && !block.is_null() {
            self.allocated(layout.size());
        }
        block
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if self.counts_this_call() {
            self.freed(layout.size());
        }
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(block, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_bytes: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `realloc`.
        let moved = unsafe { System.realloc(block, layout, new_bytes) };
        if self.counts_this_call() && !moved.is_null() {
            self.reallocated(layout.size(), new_bytes);
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use std::alloc::{GlobalAlloc, Layout};

    use proptest::prelude::*;
    use record::AllocationCounts;

    use super::{CountingAllocator, exclude_this_thread};

    fn layout(bytes: usize) -> Layout {
        Layout::from_size_align(bytes, 8).unwrap()
    }

    fn counts(numbers: [u64; 4], live_bytes: i64, peak_live_bytes: i64) -> AllocationCounts {
        let [allocations, reallocations, frees, allocated_bytes] = numbers.map(Some);
        AllocationCounts {
            allocations,
            reallocations,
            frees,
            allocated_bytes,
            live_bytes: Some(live_bytes),
            peak_live_bytes: Some(peak_live_bytes),
        }
    }

    #[test]
    fn counts_nothing_until_asked() {
        let allocator = CountingAllocator::new();
        // SAFETY: the block is freed with the layout that it was allocated with.
        unsafe { allocator.dealloc(allocator.alloc(layout(100)), layout(100)) };
        assert_eq!(allocator.counts(), counts([0; 4], 0, 0));
    }

    #[test]
    fn counts_each_kind_of_call() {
        let allocator = CountingAllocator::new();
        allocator.count_on();
        // SAFETY: every block is used with the layout that it has at that time.
        unsafe {
            let first = allocator.alloc(layout(100));
            let second = allocator.alloc_zeroed(layout(50));
            let first = allocator.realloc(first, layout(100), 300);
            let first = allocator.realloc(first, layout(300), 120);
            assert_eq!(allocator.counts(), counts([2, 2, 0, 350], 170, 350));
            allocator.dealloc(first, layout(120));
            allocator.dealloc(second, layout(50));
        }
        assert_eq!(allocator.counts(), counts([2, 2, 2, 350], 0, 350));
    }

    #[test]
    fn a_block_from_before_makes_live_bytes_negative() {
        let allocator = CountingAllocator::new();
        // SAFETY: the block is freed with the layout that it was allocated with.
        unsafe {
            let block = allocator.alloc(layout(64));
            allocator.count_on();
            allocator.dealloc(block, layout(64));
        }
        assert_eq!(allocator.counts(), counts([0, 0, 1, 0], -64, 0));
    }

    #[test]
    fn counts_stay_after_off_and_restart_at_on() {
        let allocator = CountingAllocator::new();
        allocator.count_on();
        // SAFETY: the block is freed with the layout that it was allocated with.
        unsafe {
            let block = allocator.alloc(layout(8));
            allocator.count_off();
            allocator.dealloc(block, layout(8));
        }
        assert_eq!(allocator.counts(), counts([1, 0, 0, 8], 8, 8));
        allocator.count_on();
        assert_eq!(allocator.counts(), counts([0; 4], 0, 0));
    }

    #[test]
    fn an_excluded_thread_is_not_counted() {
        let allocator = CountingAllocator::new();
        allocator.count_on();
        let work = |excluded: bool| {
            if excluded {
                exclude_this_thread();
            }
            // SAFETY: the block is freed with the layout it was allocated with.
            unsafe {
                let block = allocator.alloc(layout(10));
                let block = allocator.realloc(block, layout(10), 20);
                allocator.dealloc(block, layout(20));
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| work(true));
            scope.spawn(|| work(false));
        });
        assert_eq!(allocator.counts(), counts([1, 1, 1, 20], 0, 20));
    }

    proptest! {
        #[test]
        fn live_bytes_are_what_was_not_freed(blocks in prop::collection::vec((1_usize..5000, any::<bool>()), 0..50)) {
            let allocator = CountingAllocator::new();
            allocator.count_on();
            let mut kept = Vec::new();
            for &(bytes, free) in &blocks {
                // SAFETY: a block is freed once, with its own layout.
                unsafe {
                    let block = allocator.alloc(layout(bytes));
                    if free {
                        allocator.dealloc(block, layout(bytes));
                    } else {
                        kept.push((block, bytes));
                    }
                }
            }
            let seen = allocator.counts();
            let live: usize = kept.iter().map(|&(_, bytes)| bytes).sum();
            let total: usize = blocks.iter().map(|&(bytes, _)| bytes).sum();
            prop_assert_eq!(seen.live_bytes, Some(live as i64));
            prop_assert_eq!(seen.allocated_bytes, Some(total as u64));
            prop_assert_eq!(seen.allocations, Some(blocks.len() as u64));
            prop_assert_eq!(seen.frees, Some((blocks.len() - kept.len()) as u64));
            for (block, bytes) in kept {
                // SAFETY: a block is freed once, with its own layout.
                unsafe { allocator.dealloc(block, layout(bytes)) };
            }
            prop_assert_eq!(allocator.counts().live_bytes, Some(0));
        }
    }
}
