//! Echo server on ratchet, with the loop of the library's `examples/server.rs`.

use bytes::{Bytes, BytesMut};
use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, library, option};
use ratchet_rs::{
    CloseCode, CloseReason, Error, Message, NoExtProvider, PayloadType, SubprotocolRegistry,
    UpgradedServer, WebSocketConfig, accept_with,
};
use tokio::net::TcpStream;

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("ratchet_rs", "tokio"))?;
    let keep = contender.keep();
    let options = vec![
        option("max_message_size", MAX_MESSAGE_BYTES),
        option("UTF-8", "simdutf8"),
    ];
    contender.serve_tokio(options, move |stream| echo(stream, Kept::new(keep)))?;
    Ok(())
}

async fn echo(stream: TcpStream, mut kept: Kept<(PayloadType, Bytes)>) -> Result<(), Error> {
    let config = WebSocketConfig {
        max_message_size: MAX_MESSAGE_BYTES,
    };
    let subprotocols = SubprotocolRegistry::default();
    let upgrader = accept_with(stream, config, NoExtProvider, subprotocols).await?;
    let UpgradedServer { mut websocket, .. } = upgrader.upgrade().await?;
    let mut buffer = BytesMut::new();
    loop {
        let kind = match websocket.read(&mut buffer).await? {
            Message::Text if simdutf8::basic::from_utf8(&buffer).is_err() => {
                let reason = CloseReason::new(CloseCode::Invalid, None);
                return websocket.close(reason).await;
            }
            Message::Text => PayloadType::Text,
            Message::Binary => PayloadType::Binary,
            Message::Ping(_) | Message::Pong(_) => continue,
            Message::Close(_) => return Ok(()),
        };
        websocket.write(&mut buffer, kind).await?;
        kept.keep(|| (kind, buffer.split().freeze()));
        buffer.clear();
    }
}
