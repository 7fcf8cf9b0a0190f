//! Echo server on fastwebsockets without hyper: contender-kit's handshake, then
//! `WebSocket::after_handshake` and the loop of the library's front page.

use bytes::Bytes;
use contender_kit::{Contender, FIRST_REFUSED_BYTES, Kept, handshake, library, option};
use fastwebsockets::{FragmentCollector, Frame, OpCode, Payload, Role, WebSocket};
use tokio::net::TcpStream;

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("fastwebsockets", "tokio"))?;
    let keep = contender.keep();
    let options = vec![option("max_message_size", FIRST_REFUSED_BYTES)];
    contender.serve_tokio(options, move |stream| echo(stream, Kept::new(keep)))?;
    Ok(())
}

async fn echo(mut stream: TcpStream, mut kept: Kept<Bytes>) -> anyhow::Result<()> {
    handshake::answer(&mut stream).await?;
    let mut socket = WebSocket::after_handshake(stream, Role::Server);
    socket.set_max_message_size(FIRST_REFUSED_BYTES);
    let mut socket = FragmentCollector::new(socket);
    loop {
        let mut frame = socket.read_frame().await?;
        if frame.opcode == OpCode::Close {
            return Ok(());
        }
        if !matches!(frame.opcode, OpCode::Text | OpCode::Binary) {
            continue;
        }
        if kept.is_off() {
            socket.write_frame(frame).await?;
            continue;
        }
        // `write_frame` takes the payload: one that shall stay is lent instead.
        let message = match frame.payload {
            Payload::Bytes(bytes) => bytes.freeze(),
            payload => Bytes::from(Vec::from(payload)),
        };
        frame = Frame::new(true, frame.opcode, None, Payload::Borrowed(&message));
        socket.write_frame(frame).await?;
        kept.keep(|| message);
    }
}
