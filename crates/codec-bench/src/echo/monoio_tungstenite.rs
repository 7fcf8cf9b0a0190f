//! monoio-tungstenite, with the loop of its `examples/autobahn_server.rs`, on a
//! stream that needs nothing of monoio's runtime.

use std::{any::Any, io};

use bytes::BytesMut;
use monoio::{
    BufResult,
    buf::{IoBuf, IoBufMut, IoVecBuf, IoVecBufMut, Slice},
    io::{AsyncReadRent, AsyncWriteRent, sink::SinkExt as _, stream::Stream as _},
};
use monoio_tungstenite::{
    WebSocket,
    protocol::{Role, WebSocketConfig},
};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let config = WebSocketConfig::default()
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .max_message_size(Some(MAX_MESSAGE_BYTES));
    let mut socket = WebSocket::from_raw_socket(Rented(stream), Role::Server, Some(config));
    let messages = batch.messages;
    Ok(Box::new(move || {
        wait(async {
            for _ in 0..messages {
                let message = socket.next().await.ok_or_else(|| Failure::of("the end"))?;
                let message = message.map_err(Failure::of)?;
                if !message.is_text() && !message.is_binary() {
                    return Err(Failure::unexpected(message));
                }
                let sent = socket.send_and_flush(message).await;
                sent.map_err(Failure::of)?;
            }
            Ok(())
        })
    }))
}

/// The stream as monoio sees one: it takes buffers and gives them back.
///
/// A buffer of monoio shows its bytes by a pointer only. Without unsafe code
/// there are two ways to them, and this library needs no more: monoio itself
/// reads from a slice, and what the library writes is a part of a `BytesMut`.
struct Rented(Memory);

impl AsyncReadRent for Rented {
    async fn read<T: IoBufMut>(&mut self, mut buffer: T) -> BufResult<usize, T> {
        self.0.source.next(buffer.bytes_total()).read(buffer).await
    }

    async fn readv<T: IoVecBufMut>(&mut self, buffers: T) -> BufResult<usize, T> {
        (Err(io::ErrorKind::Unsupported.into()), buffers)
    }
}

impl AsyncWriteRent for Rented {
    async fn write<T: IoBuf>(&mut self, buffer: T) -> BufResult<usize, T> {
        let Some(slice) = (&buffer as &dyn Any).downcast_ref::<Slice<BytesMut>>() else {
            return (Err(io::ErrorKind::Unsupported.into()), buffer);
        };
        let bytes = &slice.get_ref()[slice.begin()..slice.end()];
        self.0.sink.put(bytes);
        (Ok(bytes.len()), buffer)
    }

    async fn writev<T: IoVecBuf>(&mut self, buffers: T) -> BufResult<usize, T> {
        (Err(io::ErrorKind::Unsupported.into()), buffers)
    }

    async fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    async fn shutdown(&mut self) -> io::Result<()> {
        Ok(())
    }
}
