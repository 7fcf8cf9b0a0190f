//! echo-async-tungstenite-tokio
fn main() {}
