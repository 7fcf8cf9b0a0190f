//! echo-raw-tcp
fn main() {}
