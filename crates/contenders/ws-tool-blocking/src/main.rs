//! Echo server on ws-tool with blocking sockets: a thread per connection, with
//! the loop of the library's `examples/bench_server.rs` and the answers to ping
//! and close of its `examples/autobahn_client.rs`.
//!
//! Long because the library leaves those answers and the Close frame after an
//! error to its user, and splits a socket by duplicating its descriptor.

use std::{
    borrow::Cow,
    io::{self, IoSlice, Read, Write},
    net::TcpStream,
    sync::Arc,
};

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, Variant, library, option};
use ws_tool::{
    Message, ServerBuilder,
    codec::{
        BytesCodec, BytesRecv, BytesSend, FrameConfig, Split, ValidateUtf8Policy,
        default_handshake_handler,
    },
    errors::WsError,
    frame::OpCode,
    stream::BufStream,
};

/// Stack of a connection's thread in the variant `tuned`.
const TUNED_STACK_BYTES: usize = 128 * 1024;

/// Read buffer during the handshake in the variant `tuned`.
const TUNED_HANDSHAKE_BYTES: usize = 8 * 1024;

/// A message as its user would hold it: the library only lends its buffer.
type OwnedMessage = (OpCode, Vec<u8>);

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("ws-tool", "threads").with_tuned())?;
    let keep = contender.keep();

    let mut options = vec![
        option("max_frame_payload_size", MAX_MESSAGE_BYTES),
        option("validate_utf8", "Off"),
        option("Split", "one shared descriptor"),
    ];
    match contender.variant() {
        Variant::Default => contender.serve_threads(options, None, move |stream| {
            let stream = Shared(Arc::new(stream));
            let codec = ServerBuilder::accept(stream, default_handshake_handler, |_, stream| {
                Ok(BytesCodec::new_with(stream, config()))
            })?;
            let (read, write) = codec.split();
            echo(read, write, Kept::new(keep))
        })?,
        Variant::Tuned => {
            options.push(option(
                "BufStream",
                format!("{TUNED_HANDSHAKE_BYTES} for the handshake"),
            ));
            options.push(option("thread stack_size", TUNED_STACK_BYTES));
            contender.serve_threads(options, Some(TUNED_STACK_BYTES), move |stream| {
                let stream = Shared(Arc::new(stream));
                let buffered = BufStream::with_capacity(TUNED_HANDSHAKE_BYTES, 0, stream);
                let codec =
                    ServerBuilder::accept(buffered, default_handshake_handler, |_, mut stream| {
                        let stream = stream.get_mut().clone();
                        Ok(BytesCodec::new_with(stream, config()))
                    })?;
                let (read, write) = codec.split();
                echo(read, write, Kept::new(keep))
            })?;
        }
    }
    Ok(())
}

fn config() -> FrameConfig {
    FrameConfig {
        mask_send_frame: false,
        max_frame_payload_size: MAX_MESSAGE_BYTES,
        validate_utf8: ValidateUtf8Policy::Off,
        ..FrameConfig::default()
    }
}

fn echo(
    mut read: BytesRecv<Shared>,
    mut write: BytesSend<Shared>,
    mut kept: Kept<OwnedMessage>,
) -> Result<(), WsError> {
    loop {
        let message = match read.receive() {
            Ok(message) => message,
            Err(error) => {
                if let Some(code) = close_code(&error) {
                    write.send(close(code))?;
                }
                return Err(error);
            }
        };
        match message.code {
            OpCode::Text if simdutf8::basic::from_utf8(&message.data).is_err() => {
                return write.send(close(1007));
            }
            OpCode::Text | OpCode::Binary => {
                kept.keep(|| (message.code, message.data.to_vec()));
                write.send(message)?;
            }
            OpCode::Ping => write.pong(&message.data)?,
            OpCode::Close => return write.send(message),
            _ => {}
        }
    }
}

/// The code to close with after an error, `None` if the stream is of no use.
fn close_code(error: &WsError) -> Option<u16> {
    match error {
        WsError::ProtocolError { close_code, .. } => Some(*close_code),
        WsError::UnsupportedFrame(_) => Some(1002),
        _ => None,
    }
}

fn close(code: u16) -> Message<Cow<'static, [u8]>> {
    Message {
        code: OpCode::Close,
        data: Cow::Borrowed(&[]),
        close_code: Some(code),
    }
}

/// A socket whose halves share one descriptor. The library splits a `TcpStream`
/// by duplicating it, which halves the connections that a process can hold.
#[derive(Clone, Debug)]
struct Shared(Arc<TcpStream>);

impl Split for Shared {
    type R = Self;
    type W = Self;

    fn split(self) -> (Self, Self) {
        (self.clone(), self)
    }
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        (&*self.0).write_vectored(parts)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.0).flush()
    }
}
