//! echo-ws-tool-tokio
fn main() {}
