//! Echo server on ws-tool and tokio, with the loop of the library's
//! `examples/bench_async_server.rs` and the answers to ping and close of its
//! `examples/autobahn_async_client.rs`.
//!
//! Long because the library leaves those answers and the Close frame after an
//! error to its user.

use std::{borrow::Cow, pin::pin, task::Poll};

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, Variant, library, option};
use futures_util::poll;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt as _, BufStream},
    net::TcpStream,
};
use ws_tool::{
    Message, ServerBuilder,
    codec::{
        AsyncBytesCodec, AsyncBytesSend, FrameConfig, ValidateUtf8Policy, default_handshake_handler,
    },
    errors::WsError,
    frame::OpCode,
};

/// Each of the two buffers in the variant `tuned`.
const TUNED_BUFFER_BYTES: usize = 8 * 1024;

/// A message as its user would hold it: the library only lends its buffer.
type OwnedMessage = (OpCode, Vec<u8>);

/// What the library hands out.
type Received<'a> = Result<Message<Cow<'a, [u8]>>, WsError>;

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("ws-tool", "tokio").with_tuned())?;
    let keep = contender.keep();

    let mut options = vec![
        option("max_frame_payload_size", MAX_MESSAGE_BYTES),
        option("validate_utf8", "Off"),
    ];
    match contender.variant() {
        Variant::Default => {
            contender.serve_tokio(options, move |stream| echo(stream, Kept::new(keep)))?;
        }
        Variant::Tuned => {
            let size = TUNED_BUFFER_BYTES;
            options.push(option("BufStream", format!("read {size}, write {size}")));
            options.push(option("flush", "when-idle"));
            contender.serve_tokio(options, move |stream| echo_batches(stream, Kept::new(keep)))?;
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

async fn echo(stream: TcpStream, mut kept: Kept<OwnedMessage>) -> Result<(), WsError> {
    let codec = ServerBuilder::async_accept(stream, default_handshake_handler, |_, stream| {
        Ok(AsyncBytesCodec::new_with(stream, config()))
    })
    .await?;
    let (mut read, mut write) = codec.split();
    while answer(read.receive().await, &mut write, &mut kept).await? == Next::Message {}
    Ok(())
}

/// The same with buffers, flushed when no further message is ready.
async fn echo_batches(stream: TcpStream, mut kept: Kept<OwnedMessage>) -> Result<(), WsError> {
    let mut stream = BufStream::with_capacity(TUNED_BUFFER_BYTES, TUNED_BUFFER_BYTES, stream);
    let accepted =
        ServerBuilder::async_accept(&mut stream, default_handshake_handler, |_, _| Ok(())).await;
    // The response is still in the buffer, be it a refusal.
    stream.flush().await?;
    accepted?;
    let (mut read, mut write) = AsyncBytesCodec::new_with(stream, config()).split();
    loop {
        // Receiving is not cancel-safe: what has begun goes on after the flush.
        let mut receive = pin!(read.receive());
        let received = match poll!(&mut receive) {
            Poll::Ready(received) => received,
            Poll::Pending => {
                write.flush().await?;
                receive.await
            }
        };
        if answer(received, &mut write, &mut kept).await? == Next::End {
            return write.flush().await;
        }
    }
}

/// What follows on a message.
#[derive(PartialEq, Eq)]
enum Next {
    Message,
    End,
}

async fn answer<W: AsyncWrite + Unpin>(
    received: Received<'_>,
    write: &mut AsyncBytesSend<W>,
    kept: &mut Kept<OwnedMessage>,
) -> Result<Next, WsError> {
    let message = match received {
        Ok(message) => message,
        Err(error) => {
            if let Some(code) = close_code(&error) {
                write.send(close(code)).await?;
            }
            return Ok(Next::End);
        }
    };
    match message.code {
        OpCode::Text if simdutf8::basic::from_utf8(&message.data).is_err() => {
            write.send(close(1007)).await?;
            return Ok(Next::End);
        }
        OpCode::Text | OpCode::Binary => {
            kept.keep(|| (message.code, message.data.to_vec()));
            write.send(message).await?;
        }
        OpCode::Ping => write.pong(&message.data).await?,
        OpCode::Close => {
            write.send(message).await?;
            return Ok(Next::End);
        }
        _ => {}
    }
    Ok(Next::Message)
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
