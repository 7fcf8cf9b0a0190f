//! Echo server on web-socket, with the answers of the example in the library's
//! README. The library has no handshake: contender-kit's stands before it.

use std::{io, mem};

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, handshake, library, option};
use tokio::{io::BufReader, net::TcpStream};
use web_socket::{CloseCode, DataType, Event, MessageType, Stream, WebSocket};

/// A message as its user would hold it.
type Message = (MessageType, Box<[u8]>);

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("web-socket", "tokio"))?;
    let keep = contender.keep();
    let options = vec![
        option("max_payload_len", MAX_MESSAGE_BYTES),
        option("BufReader", "8192"),
        option("UTF-8", "std::str::from_utf8"),
    ];
    contender.serve_tokio(options, move |stream| echo(stream, Kept::new(keep)))?;
    Ok(())
}

async fn echo(stream: TcpStream, mut kept: Kept<Message>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    handshake::answer(&mut stream).await?;
    let mut socket = WebSocket::server(stream);
    socket.max_payload_len = MAX_MESSAGE_BYTES;
    let mut fragments = Vec::new();
    loop {
        let (kind, data) = match socket.recv().await? {
            Event::Data { ty, data } => match ty {
                DataType::Complete(kind) => (kind, data),
                DataType::Stream(part) => {
                    if fragments.len() + data.len() > MAX_MESSAGE_BYTES {
                        return socket.close(CloseCode::MessageTooBig).await;
                    }
                    fragments.extend_from_slice(&data);
                    let Stream::End(kind) = part else { continue };
                    (kind, mem::take(&mut fragments).into())
                }
            },
            Event::Ping(data) => {
                socket.send_pong(data).await?;
                continue;
            }
            Event::Pong(_) => continue,
            Event::Error(_) => return socket.close(CloseCode::ProtocolError).await,
            Event::Close { .. } => return socket.close(()).await,
        };
        match kind {
            MessageType::Binary => socket.send(&*data).await?,
            MessageType::Text => match str::from_utf8(&data) {
                Ok(text) => socket.send(text).await?,
                Err(_) => return socket.close(CloseCode::InvalidPayload).await,
            },
        }
        kept.keep(|| (kind, data));
    }
}
