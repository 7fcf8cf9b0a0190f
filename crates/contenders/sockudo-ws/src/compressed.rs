//! The handshake with permessage-deflate, which `WebSocketServer` doesn't agree
//! on: that of the library's `autobahn/server.rs`.

use bytes::BytesMut;
use futures_util::future::Either;
use sockudo_ws::{
    CompressedWebSocketStream, Config, Error, Result, Role, WebSocketStream,
    deflate::negotiate_server_deflate,
    handshake::{build_response, generate_accept_key, parse_request},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub(crate) type Socket<S> = Either<CompressedWebSocketStream<S>, WebSocketStream<S>>;

pub(crate) async fn accept(mut stream: TcpStream, config: Config) -> Result<Socket<TcpStream>> {
    let mut read = BytesMut::with_capacity(4096);
    let (response, agreed, length) = loop {
        if stream.read_buf(&mut read).await? == 0 {
            return Err(Error::ConnectionClosed);
        }
        if let Some((request, length)) = parse_request(&read)? {
            let offers = request.extensions.zip(config.deflate.as_ref());
            let agreed = offers.and_then(|(offers, own)| negotiate_server_deflate(offers, own));
            let extension = agreed.as_ref().map(|agreed| agreed.to_response_header());
            let key = generate_accept_key(request.key);
            let response = build_response(&key, None, extension.as_deref());
            break (response, agreed, length);
        }
    };
    stream.write_all(&response).await?;
    let rest = Some(read.split_off(length).freeze());
    Ok(match agreed.map(|agreed| agreed.config) {
        Some(deflate) => Either::Left(CompressedWebSocketStream::server_with_leftover(
            stream, config, deflate, rest,
        )),
        None => {
            let role = Role::Server;
            Either::Right(WebSocketStream::from_raw_with_leftover(
                stream, role, config, rest,
            ))
        }
    })
}
