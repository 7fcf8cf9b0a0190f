//! echo-async-tungstenite-smol
fn main() {}
