//! Echo server on ntex, with what `ntex::web::ws::start_with` does, but a codec
//! with the limit of every server here, which that function can't be given.
//!
//! ntex leaves fragments, UTF-8, ping and close to its user: `answers` has them.

mod answers;

use std::{cell::RefCell, convert::Infallible};

use contender_kit::{Contender, MAX_MESSAGE_BYTES, library, option};
use ntex::{
    SharedCfg,
    http::{body::BodySize, h1},
    io::{DispatchItem, Dispatcher, IoConfig},
    rt,
    time::Seconds,
    web::{self, App, Error, HttpRequest, HttpResponse, HttpServer, types::State},
    ws::{self, Codec, Message, error::HandshakeError},
};

use crate::answers::Answers;

#[ntex::main]
async fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("ntex", "ntex on tokio"))?;
    let (threads, keep) = (contender.threads(), contender.keep());
    let options = vec![
        option("max_size", MAX_MESSAGE_BYTES),
        option("keepalive_timeout", 0),
    ];
    let listener = contender.listen(threads, keep as u32, options)?;

    HttpServer::new(async move || App::new().state(keep).default_service(web::to(upgrade)))
        .workers(threads as usize)
        .listen(listener)?
        .run()
        .await?;
    Ok(())
}

async fn upgrade(request: HttpRequest, keep: State<usize>) -> Result<HttpResponse, Error> {
    let (response, _) = ws::handshake(request.head())?.finish().into_parts();
    let (io, http) = request
        .head()
        .take_io()
        .ok_or(HandshakeError::NoWebsocketUpgrade)?;
    io.encode(h1::Message::Item((response, BodySize::Empty)), &http)
        .map_err(|_| HandshakeError::NoWebsocketUpgrade)?;
    io.set_config(SharedCfg::new("WS").add(IoConfig::new().set_keepalive_timeout(Seconds::ZERO)));
    io.stop_timer();

    let output = io.get_ref();
    let answers = RefCell::new(Answers::new(*keep));
    let echo = async move |item| {
        let DispatchItem::Item(frame) = item else {
            return Ok(None);
        };
        let answer = answers.borrow_mut().to(frame);
        if matches!(answer, Some(Message::Close(_))) {
            // Once the answer is on its way.
            let output = output.clone();
            rt::spawn(async move { output.close() });
        }
        Ok::<_, Infallible>(answer)
    };
    let codec = Codec::new().max_size(MAX_MESSAGE_BYTES);
    rt::spawn(async { Dispatcher::new(io, codec, echo).await });
    Ok(HttpResponse::Ok().finish())
}
