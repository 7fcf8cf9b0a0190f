//! Echo server on soketto and tokio, with the loop of the library's
//! `examples/autobahn_server.rs`.

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, library, option};
use futures_util::io::{BufReader, BufWriter};
use soketto::{
    BoxedError, Data,
    connection::Error,
    extension::Extension,
    handshake::{Server, server::Response},
};
#[cfg(feature = "compression")]
use soketto::{connection::Mode, extension::deflate::Deflate};
use tokio::net::TcpStream;
use tokio_util::compat::TokioAsyncReadCompatExt as _;

fn main() -> anyhow::Result<()> {
    let identity = library!("soketto", "tokio").with_compressed(cfg!(feature = "compression"));
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();
    let options = vec![
        option("max_frame_size", MAX_MESSAGE_BYTES),
        option("max_message_size", MAX_MESSAGE_BYTES),
        option("buffers", "read 8192, write 8192"),
        option("UTF-8", "std::str::from_utf8"),
    ];
    #[cfg(feature = "compression")]
    if contender.variant() == contender_kit::Variant::Compressed {
        let options = [options, vec![option("extension", "Deflate")]].concat();
        let deflate = || Box::new(Deflate::new(Mode::Server)) as _;
        let serve = move |stream| echo(stream, [deflate()], Kept::new(keep));
        return Ok(contender.serve_tokio(options, serve)?);
    }
    contender.serve_tokio(options, move |stream| echo(stream, [], Kept::new(keep)))?;
    Ok(())
}

async fn echo<const N: usize>(
    stream: TcpStream,
    extensions: [Box<dyn Extension + Send>; N],
    mut kept: Kept<(Data, Vec<u8>)>,
) -> Result<(), BoxedError> {
    let mut server = Server::new(BufReader::new(BufWriter::new(stream.compat())));
    for extension in extensions {
        server.add_extension(extension);
    }
    let key = server.receive_request().await?.key();
    let accept = Response::Accept {
        key,
        protocol: None,
    };
    server.send_response(&accept).await?;

    let mut builder = server.into_builder();
    builder.set_max_frame_size(MAX_MESSAGE_BYTES);
    builder.set_max_message_size(MAX_MESSAGE_BYTES);
    let (mut sender, mut receiver) = builder.finish();
    let mut message = Vec::new();
    loop {
        message.clear();
        let data = match receiver.receive_data(&mut message).await {
            Ok(data) => data,
            Err(Error::Closed) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        match data {
            Data::Binary(_) => sender.send_binary_mut(&mut message).await?,
            Data::Text(_) => sender.send_text(str::from_utf8(&message)?).await?,
        }
        sender.flush().await?;
        kept.keep(|| (data, std::mem::take(&mut message)));
    }
}
