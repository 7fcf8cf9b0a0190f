//! Bytes to frame to bytes, for the libraries that have that as public API.

#[cfg(feature = "actix-http")]
pub(crate) mod actix_http;
#[cfg(feature = "monoio-tungstenite")]
pub(crate) mod monoio_tungstenite;
#[cfg(feature = "ntex")]
pub(crate) mod ntex;
#[cfg(feature = "sockudo-ws")]
pub(crate) mod sockudo;
#[cfg(feature = "soketto")]
pub(crate) mod soketto;
#[cfg(feature = "yawc")]
pub(crate) mod yawc;

use std::sync::Arc;

use crate::Batch;

/// The frames of a batch, ready to be copied one by one.
pub(crate) fn frames(batch: &Batch) -> Arc<[Box<[u8]>]> {
    batch.each_frame().map(Box::from).collect()
}
