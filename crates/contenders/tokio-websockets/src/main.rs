//! Echo server on tokio-websockets, after the library's
//! `examples/autobahn_server.rs`, whose loop is contender-kit's `echo`.

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, echo, library, option};
use tokio::net::TcpStream;
use tokio_websockets::{Error, Limits, Message, ServerBuilder};

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("tokio-websockets", "tokio"))?;
    let keep = contender.keep();
    let options = vec![option("max_payload_len", MAX_MESSAGE_BYTES)];
    contender.serve_tokio(options, move |stream| serve(stream, Kept::new(keep)))?;
    Ok(())
}

async fn serve(stream: TcpStream, kept: Kept<Message>) -> Result<(), Error> {
    let (_request, socket) = ServerBuilder::new()
        .limits(Limits::default().max_payload_len(Some(MAX_MESSAGE_BYTES)))
        .accept(stream)
        .await?;
    echo(
        socket,
        |message| message.is_text() || message.is_binary(),
        kept,
    )
    .await
}
