//! Whole echoes: each library's public server API on a stream in memory, with
//! the loop of its server on real sockets.

#[cfg(feature = "async-tungstenite")]
pub(crate) mod async_tungstenite;
pub(crate) mod copy_only;
#[cfg(feature = "fastwebsockets")]
pub(crate) mod fastwebsockets;
#[cfg(any(
    feature = "async-tungstenite",
    feature = "sockudo-ws",
    feature = "tokio-tungstenite",
    feature = "tokio-websockets"
))]
mod messages;
#[cfg(feature = "monoio-tungstenite")]
pub(crate) mod monoio_tungstenite;
#[cfg(feature = "ratchet_rs")]
pub(crate) mod ratchet;
#[cfg(feature = "sockudo-ws")]
pub(crate) mod sockudo;
#[cfg(feature = "soketto")]
pub(crate) mod soketto;
#[cfg(feature = "tokio-tungstenite")]
pub(crate) mod tokio_tungstenite;
#[cfg(feature = "tokio-websockets")]
pub(crate) mod tokio_websockets;
#[cfg(feature = "tungstenite")]
pub(crate) mod tungstenite;
#[cfg(feature = "web-socket")]
pub(crate) mod web_socket;
#[cfg(feature = "ws-tool")]
pub(crate) mod ws_tool;
#[cfg(feature = "wtx")]
pub(crate) mod wtx;
#[cfg(feature = "yawc")]
pub(crate) mod yawc;
