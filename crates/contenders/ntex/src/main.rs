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

    let (output, answers) = (io.get_ref(), RefCell::new(Answers::new(Kept::new(*keep))));
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
    /// What has come of a message in fragments: whether it is text, and its bytes.
    fragments: Option<(bool, BytesMut)>,
}

impl Answers {
    fn new(kept: Kept<Bytes>) -> Self {
        Self {
            kept,
            fragments: None,
        }
    }

    fn to(&mut self, frame: Frame) -> Option<Message> {
        match frame {
            Frame::Text(text) => Some(self.echo(true, text)),
            Frame::Binary(bytes) => Some(self.echo(false, bytes)),
            Frame::Continuation(Item::FirstText(first)) => self.start(true, &first),
            Frame::Continuation(Item::FirstBinary(first)) => self.start(false, &first),
            Frame::Continuation(Item::Continue(more)) => self.append(&more),
            Frame::Continuation(Item::Last(last)) => self.append(&last).or_else(|| {
                let (is_text, message) = self.fragments.take()?;
                Some(self.echo(is_text, message.freeze()))
            }),
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
            Err(_) => close(CloseCode::Invalid),
        }
    }

    fn start(&mut self, is_text: bool, first: &Bytes) -> Option<Message> {
        self.fragments = Some((is_text, BytesMut::copy_from_slice(first)));
        None
    }

    /// Closes the connection where the message grows over the limit.
    fn append(&mut self, more: &Bytes) -> Option<Message> {
        let (_, message) = self.fragments.as_mut()?;
        if message.len() + more.len() > MAX_MESSAGE_BYTES {
            return Some(close(CloseCode::Size));
        }
        message.extend_from_slice(more);
        None
    }
}

fn close(code: CloseCode) -> Message {
    Message::Close(Some(code.into()))
}
