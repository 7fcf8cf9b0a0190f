//! echo-ws-tool-blocking
fn main() {}
