//! What is sent for each frame: ntex leaves fragments, UTF-8, ping and close to
//! its user.

use contender_kit::{Kept, MAX_MESSAGE_BYTES};
use ntex::{
    util::{ByteString, Bytes, BytesMut},
    ws::{CloseCode, Frame, Item, Message},
};

/// What a connection remembers to answer its frames: ntex hands out fragments
/// and control frames as they come, and does not check text.
pub(crate) struct Answers {
    kept: Kept<Bytes>,
    /// What has come of a message in fragments, and whether it is text.
    fragments: Option<BytesMut>,
    is_text: bool,
}

impl Answers {
    pub(crate) fn new(keep: usize) -> Self {
        Self {
            kept: Kept::new(keep),
            fragments: None,
            is_text: false,
        }
    }

    pub(crate) fn to(&mut self, frame: Frame) -> Option<Message> {
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
