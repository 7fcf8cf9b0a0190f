//! Which libraries there are.

use std::fmt;

use record::CodecFamily;

use crate::{Batch, Memory, Sink, echo, frame};

/// One iteration: a batch of messages.
pub type Body = Box<dyn FnMut() -> Result<(), Failure>>;

/// Why a body stopped.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The library refused what it got, or to send.
    #[error("the library says: {0}")]
    Library(String),
    /// A text message was no UTF-8.
    #[error("a text message arrived that is no UTF-8")]
    Utf8,
    /// Something else arrived than a text or binary message.
    #[error("{0} arrived instead of a text or binary message")]
    Unexpected(String),
    /// The future waits although the stream is always ready.
    #[error("the library waits although its stream is always ready")]
    Waits,
}

impl Failure {
    pub(crate) fn of(error: impl fmt::Display) -> Self {
        Self::Library(error.to_string())
    }

    pub(crate) fn unexpected(what: impl fmt::Debug) -> Self {
        Self::Unexpected(format!("{what:?}").chars().take(100).collect())
    }
}

/// Makes a body of the family `echo` on a stream.
type MakeEcho = fn(Memory, &Batch) -> Result<Body, Failure>;

/// Makes a body of the family `frame` that writes into a sink.
type MakeFrame = fn(&Batch, Sink) -> Body;

/// A library with its bodies.
#[derive(Clone, Copy)]
pub struct Library {
    /// The package's name.
    pub name: &'static str,
    pub(crate) echo: Option<MakeEcho>,
    pub(crate) frame: Option<MakeFrame>,
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Library").field(&self.name).finish()
    }
}

/// Every library that was built in, in the order of their names.
pub const LIBRARIES: &[Library] = &[
    #[cfg(feature = "actix-http")]
    Library {
        name: "actix-http",
        echo: None,
        frame: Some(frame::actix_http::frame),
    },
    #[cfg(feature = "async-tungstenite")]
    Library {
        name: "async-tungstenite",
        echo: Some(echo::async_tungstenite::echo),
        frame: None,
    },
    Library {
        name: Library::FLOOR,
        echo: Some(echo::copy_only::echo),
        frame: None,
    },
    #[cfg(feature = "fastwebsockets")]
    Library {
        name: "fastwebsockets",
        echo: Some(echo::fastwebsockets::echo),
        frame: None,
    },
    #[cfg(feature = "monoio-tungstenite")]
    Library {
        name: "monoio-tungstenite",
        echo: Some(echo::monoio_tungstenite::echo),
        frame: Some(frame::monoio_tungstenite::frame),
    },
    #[cfg(feature = "ntex")]
    Library {
        name: "ntex",
        echo: None,
        frame: Some(frame::ntex::frame),
    },
    #[cfg(feature = "ratchet_rs")]
    Library {
        name: "ratchet_rs",
        echo: Some(echo::ratchet::echo),
        frame: None,
    },
    #[cfg(feature = "sockudo-ws")]
    Library {
        name: "sockudo-ws",
        echo: Some(echo::sockudo::echo),
        frame: Some(frame::sockudo::frame),
    },
    #[cfg(feature = "soketto")]
    Library {
        name: "soketto",
        echo: Some(echo::soketto::echo),
        frame: Some(frame::soketto::frame),
    },
    #[cfg(feature = "tokio-tungstenite")]
    Library {
        name: "tokio-tungstenite",
        echo: Some(echo::tokio_tungstenite::echo),
        frame: None,
    },
    #[cfg(feature = "tokio-websockets")]
    Library {
        name: "tokio-websockets",
        echo: Some(echo::tokio_websockets::echo),
        frame: None,
    },
    #[cfg(feature = "tungstenite")]
    Library {
        name: "tungstenite",
        echo: Some(echo::tungstenite::echo),
        frame: None,
    },
    #[cfg(feature = "web-socket")]
    Library {
        name: "web-socket",
        echo: Some(echo::web_socket::echo),
        frame: None,
    },
    #[cfg(feature = "ws-tool")]
    Library {
        name: "ws-tool",
        echo: Some(echo::ws_tool::echo),
        frame: None,
    },
    #[cfg(feature = "wtx")]
    Library {
        name: "wtx",
        echo: Some(echo::wtx::echo),
        frame: None,
    },
    #[cfg(feature = "yawc")]
    Library {
        name: "yawc",
        echo: Some(echo::yawc::echo),
        frame: Some(frame::yawc::frame),
    },
];

/// What Cargo.lock has for the dependencies of this package.
const LOCKED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/locked_versions.rs"));

impl Library {
    /// The floor: the stream's own copies, and no codec.
    pub const FLOOR: &'static str = "copy-only";

    /// Its version; that of this package for the floor.
    #[must_use]
    pub fn version(&self) -> &'static str {
        let locked = LOCKED.iter().find(|(name, _)| *name == self.name);
        locked.map_or(env!("CARGO_PKG_VERSION"), |(_, version)| version)
    }

    /// The one of this name, if it was built in.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        LIBRARIES.iter().find(|it| it.name == name).copied()
    }

    /// Whether it has bodies of this family.
    #[must_use]
    pub fn has(&self, family: CodecFamily) -> bool {
        match family {
            CodecFamily::Echo => self.echo.is_some(),
            CodecFamily::Frame => self.frame.is_some(),
        }
    }

    /// A body for timing; `None` where the library's API allows none.
    ///
    /// # Errors
    /// [`Failure`] when the library can't make a connection.
    pub fn body(&self, family: CodecFamily, batch: &Batch) -> Result<Option<Body>, Failure> {
        match family {
            CodecFamily::Echo => self
                .echo
                .map(|make| make(Memory::of(batch), batch))
                .transpose(),
            CodecFamily::Frame => Ok(self.frame.map(|make| make(batch, Sink::seeing(batch)))),
        }
    }
}
