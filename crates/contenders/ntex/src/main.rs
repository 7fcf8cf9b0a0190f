//! Echo server on ntex, with what `ntex::web::ws::start_with` does, but a codec
//! with the limit of every server here, which that function can't be given.
//!
//! Long because ntex leaves fragments, UTF-8, ping and close to its user.

use std::{cell::RefCell, convert::Infallible};

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, library, option};
use ntex::{
    SharedCfg,
    http::{body::BodySize, h1},
    io::{DispatchItem, Dispatcher, IoConfig},
    rt,
    time::Seconds,
    util::{ByteString, Bytes, BytesMut},
    web::{self, App, Error, HttpRequest, HttpResponse, HttpServer, types::State},
    ws::{self, CloseCode, Codec, Frame, Item, Message, error::HandshakeError},
};

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
    let answers = RefCell::new(Answers {
        kept: Kept::new(*keep),
        fragments: None,
        is_text: false,
    });
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

/// What a connection remembers to answer its frames: ntex hands out fragments
/// and control frames as they come, and does not check text.
struct Answers {
    kept: Kept<Bytes>,
    /// What has come of a message in fragments, and whether it is text.
    fragments: Option<BytesMut>,
    is_text: bool,
}

impl Answers {
    fn to(&mut self, frame: Frame) -> Option<Message> {
        match frame {
            Frame::Text(text) => Some(self.echo(true, text)),
            Frame::Binary(bytes) => Some(self.echo(false, bytes)),
            Frame::Continuation(item) => self.assemble(item),
            Frame::Ping(payload) => Some(Message::Pong(payload)),
            Frame::Pong(_) => None,
            Frame::Close(reason) => Some(Message::Close(reason)),
        }
    }

    fn echo(&mut self, is_text: bool, message: Bytes) -> Message {
        self.kept.keep(|| message.clone());
        if !is_text {
            return Message::Binary(message);
        }
        match ByteString::try_from(message) {
            Ok(text) => Message::Text(text),
            Err(_) => Message::Close(Some(CloseCode::Invalid.into())),
        }
    }

    /// Closes the connection where the message grows over the limit.
    fn assemble(&mut self, item: Item) -> Option<Message> {
        let is_last = matches!(item, Item::Last(_));
        let (is_text, part) = match item {
            Item::FirstText(first) => (true, first),
            Item::FirstBinary(first) => (false, first),
            Item::Continue(part) | Item::Last(part) => (self.is_text, part),
        };
        self.is_text = is_text;
        let room = || BytesMut::with_capacity(part.len());
        let mut message = self.fragments.take().unwrap_or_else(room);
        if message.len() + part.len() > MAX_MESSAGE_BYTES {
            return Some(Message::Close(Some(CloseCode::Size.into())));
        }
        message.extend_from_slice(&part);
        if is_last {
            return Some(self.echo(is_text, message.freeze()));
        }
        self.fragments = Some(message);
        None
    }
}
