//! Echo server on tokio-websockets, with the loop of the library's
//! `examples/autobahn_server.rs`.

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, library, option};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_websockets::{Error, Limits, Message, ServerBuilder};

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("tokio-websockets", "tokio"))?;
    let keep = contender.keep();
    let options = vec![option("max_payload_len", MAX_MESSAGE_BYTES)];
    contender.serve_tokio(options, move |stream| echo(stream, Kept::new(keep)))?;
    Ok(())
}

async fn echo(stream: TcpStream, mut kept: Kept<Message>) -> Result<(), Error> {
    let (_request, mut socket) = ServerBuilder::new()
        .limits(Limits::default().max_payload_len(Some(MAX_MESSAGE_BYTES)))
        .accept(stream)
        .await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() || message.is_binary() {
            kept.keep(|| message.clone());
            socket.send(message).await?;
        }
    }
    Ok(())
}
