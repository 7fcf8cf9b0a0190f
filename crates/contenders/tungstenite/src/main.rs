//! echo-tungstenite
fn main() {}
