//! What each frame is answered with: ntex hands out fragments and control
//! frames as they come, and does not check text.

use contender_kit::{Kept, MAX_MESSAGE_BYTES};
use ntex::{
    util::{ByteString, Bytes, BytesMut},
    ws::{CloseCode, Frame, Item, Message},
};

/// What a connection remembers to answer its frames.
pub(crate) struct Answers {
    kept: Kept<Bytes>,
    /// What has come of a message in fragments: whether it is text, and its bytes.
    fragments: Option<(bool, BytesMut)>,
}

impl Answers {
    pub(crate) fn new(kept: Kept<Bytes>) -> Self {
        Self {
            kept,
            fragments: None,
        }
    }

    pub(crate) fn to(&mut self, frame: Frame) -> Option<Message> {
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
