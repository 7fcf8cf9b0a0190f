//! bench-harness
fn main() {}
