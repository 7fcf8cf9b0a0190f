//! What several servers on one library share, a module per library.

#[cfg(feature = "tungstenite")]
pub mod tungstenite;
#[cfg(feature = "ws-tool")]
pub mod ws_tool;
