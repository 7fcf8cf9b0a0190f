//! echo-tokio-tungstenite
fn main() {}
