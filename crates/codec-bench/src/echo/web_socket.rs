//! web-socket in the `BufReader` that its README wraps a stream in.

use tokio::io::BufReader;
use web_socket::{DataType, Event, MessageType, WebSocket};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let mut socket = WebSocket::server(BufReader::new(stream));
    socket.max_payload_len = MAX_MESSAGE_BYTES;
    let messages = batch.messages;
    Ok(Box::new(move || {
        wait(async {
            for _ in 0..messages {
                match socket.recv().await.map_err(Failure::of)? {
                    Event::Data {
                        ty: DataType::Complete(MessageType::Text),
                        data,
                    } => {
                        let text = simdutf8::basic::from_utf8(&data).map_err(|_| Failure::Utf8)?;
                        socket.send(text).await.map_err(Failure::of)?;
                    }
                    Event::Data {
                        ty: DataType::Complete(MessageType::Binary),
                        data,
                    } => socket.send(&*data).await.map_err(Failure::of)?,
                    other => return Err(Failure::unexpected(other)),
                }
                socket.flash().await.map_err(Failure::of)?;
            }
            Ok(())
        })
    }))
}
