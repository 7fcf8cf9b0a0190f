//! What the counting allocator costs every contender while it is off.
//!
//! `cargo bench -p contender-kit --bench allocator_cost` allocates and frees
//! blocks through the kit's allocator, which is this program's global one, and
//! through the system's beneath it. Rounds alternate A-B-B-A.

#![allow(
    clippy::print_stdout,
    unsafe_code,
    reason = "a benchmark program, of functions that are unsafe to call"
)]

use std::{
    alloc::{GlobalAlloc as _, Layout, System, alloc, dealloc},
    hint::black_box,
    time::Instant,
};

// Installs the allocator.
use contender_kit as _;

const PAIRS: u32 = 200_000;
const ROUNDS: usize = 100;

fn main() {
    println!("ns for one allocation and its release, median of {ROUNDS} paired rounds");
    for bytes in [16, 128, 1_024, 16_384] {
        let Ok(layout) = Layout::from_size_align(bytes, 8) else {
            continue;
        };
        let mut counting_ns = Vec::with_capacity(ROUNDS);
        let mut system_ns = Vec::with_capacity(ROUNDS);
        for round in 0..ROUNDS {
            for turn in 0..2 {
                if (round + turn) % 2 == 0 {
                    counting_ns.push(through_the_kit(layout));
                } else {
                    system_ns.push(through_the_system(layout));
                }
            }
        }
        let mut extra_ns: Vec<f64> = counting_ns
            .iter()
            .zip(&system_ns)
            .map(|(counting, system)| counting - system)
            .collect();
        println!(
            "{bytes:6} bytes: kit {:6.2}, system {:6.2}, more by {:5.2} (quartiles {:5.2} to {:5.2})",
            quantile(&mut counting_ns, 2),
            quantile(&mut system_ns, 2),
            quantile(&mut extra_ns, 2),
            quantile(&mut extra_ns, 1),
            quantile(&mut extra_ns, 3),
        );
    }
}

fn quantile(values: &mut [f64], quarter: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) * quarter / 4]
}

#[inline(never)]
fn through_the_kit(layout: Layout) -> f64 {
    let start = Instant::now();
    for _ in 0..PAIRS {
        // SAFETY: the size is not 0; the block goes back with its own layout.
        unsafe { dealloc(black_box(alloc(black_box(layout))), layout) };
    }
    start.elapsed().as_nanos() as f64 / f64::from(PAIRS)
}

#[inline(never)]
fn through_the_system(layout: Layout) -> f64 {
    let start = Instant::now();
    for _ in 0..PAIRS {
        // SAFETY: the size is not 0; the block goes back with its own layout.
        unsafe { System.dealloc(black_box(System.alloc(black_box(layout))), layout) };
    }
    start.elapsed().as_nanos() as f64 / f64::from(PAIRS)
}
