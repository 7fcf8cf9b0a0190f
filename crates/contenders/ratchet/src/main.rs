//! Echo server on ratchet, with the loop of the library's `examples/server.rs`.

use bytes::{Bytes, BytesMut};
use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, library, option};
#[cfg(feature = "compression")]
use ratchet_rs::deflate::DeflateExtProvider;
use ratchet_rs::{
    CloseCode, CloseReason, Error, ExtensionProvider, Message, NoExtProvider, PayloadType,
    SubprotocolRegistry, UpgradedServer, WebSocketConfig, accept_with,
};
use tokio::net::TcpStream;

fn main() -> anyhow::Result<()> {
    let identity = library!("ratchet_rs", "tokio").with_compressed(cfg!(feature = "compression"));
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();
    let options = vec![
        option("max_message_size", MAX_MESSAGE_BYTES),
        option("UTF-8", "simdutf8"),
    ];
    #[cfg(feature = "compression")]
    if contender.variant() == contender_kit::Variant::Compressed {
        let options = [options, vec![option("extension", "DeflateExtProvider")]].concat();
        let serve = move |stream| echo(stream, DeflateExtProvider::default(), Kept::new(keep));
        return Ok(contender.serve_tokio(options, serve)?);
    }
    let serve = move |stream| echo(stream, NoExtProvider, Kept::new(keep));
    contender.serve_tokio(options, serve)?;
    Ok(())
}

async fn echo(
    stream: TcpStream,
    extension: impl ExtensionProvider,
    mut kept: Kept<(PayloadType, Bytes)>,
) -> Result<(), Error> {
    let config = WebSocketConfig {
        max_message_size: MAX_MESSAGE_BYTES,
    };
    let subprotocols = SubprotocolRegistry::default();
    let upgrader = accept_with(stream, config, extension, subprotocols).await?;
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
