//! echo-handwritten
fn main() {}
