//! echo-fastwebsockets
fn main() {}
