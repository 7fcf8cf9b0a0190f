//! Echo server on wtx, with the loop of the library's `web-socket-server`
//! example, over plain TCP.

use contender_kit::{Contender, FIRST_REFUSED_BYTES, Kept, library, option};
use tokio::net::TcpStream;
#[cfg(feature = "compression")]
use wtx::web_socket::compression::Flate2;
use wtx::{
    collection::Vector,
    web_socket::{Compression, FrameVector, OpCode, WebSocketAcceptor, WebSocketPayloadOrigin},
};

fn main() -> anyhow::Result<()> {
    let identity = library!("wtx", "tokio").with_compressed(cfg!(feature = "compression"));
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();
    let options = vec![option("max_payload_len", FIRST_REFUSED_BYTES)];
    #[cfg(feature = "compression")]
    if contender.variant() == contender_kit::Variant::Compressed {
        let options = [options, vec![option("compression", "Flate2::default")]].concat();
        let serve = move |stream| echo(stream, Flate2::default(), Kept::new(keep));
        return Ok(contender.serve_tokio(options, serve)?);
    }
    contender.serve_tokio(options, move |stream| echo(stream, (), Kept::new(keep)))?;
    Ok(())
}

async fn echo(
    stream: TcpStream,
    compression: impl Compression<false>,
    mut kept: Kept<wtx::Result<FrameVector<false>>>,
) -> wtx::Result<()> {
    let acceptor = WebSocketAcceptor::default().compression(compression);
    let mut socket = acceptor.accept(stream).await?;
    socket.set_max_payload_len(FIRST_REFUSED_BYTES);
    let (mut common, mut reader, mut writer) = socket.split_mut();
    let mut buffer = Vector::new();
    loop {
        let origin = WebSocketPayloadOrigin::Adaptive;
        let mut frame = reader.read_frame(&mut buffer, &mut common, origin).await?;
        match frame.op_code() {
            OpCode::Text | OpCode::Binary => {
                kept.keep(|| frame.to_vector());
                writer.write_frame(&mut common, &mut frame).await?;
            }
            OpCode::Close => return Ok(()),
            _ => {}
        }
    }
}
