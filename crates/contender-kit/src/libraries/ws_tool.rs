//! What the servers on ws-tool share. The library leaves the answers to ping and
//! Close and the Close frame after an error to its user, as its Autobahn examples
//! show. Text is checked here, message by message: neither of the library's own
//! checks gets fragments right.

use std::borrow::Cow;

use ::ws_tool::{
    Message,
    codec::{FrameConfig, ValidateUtf8Policy},
    errors::WsError,
    frame::OpCode,
};
use record::OptionInForce;

use crate::{Kept, MAX_MESSAGE_BYTES, option};

/// Text that is no UTF-8 (RFC 6455 section 7.4.1).
const INVALID_PAYLOAD: u16 = 1007;

/// A broken frame (the same section).
const PROTOCOL_ERROR: u16 = 1002;

/// What the library hands out: it lends its buffer.
pub type Received<'a> = Result<Message<Cow<'a, [u8]>>, WsError>;

/// A message as its user would hold it.
pub type OwnedMessage = (OpCode, Vec<u8>);

/// The library's configuration; [`options`] says it on the ready line.
#[must_use]
pub fn frame_config() -> FrameConfig {
    FrameConfig {
        mask_send_frame: false,
        max_frame_payload_size: MAX_MESSAGE_BYTES,
        validate_utf8: ValidateUtf8Policy::Off,
        ..FrameConfig::default()
    }
}

/// What [`frame_config`] sets, for the ready line.
#[must_use]
pub fn options() -> Vec<OptionInForce> {
    vec![
        option("max_frame_payload_size", MAX_MESSAGE_BYTES),
        option("validate_utf8", "Off"),
    ]
}

/// What a server sends for what it received.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The message, if there is an answer.
    pub message: Option<Message<Cow<'a, [u8]>>>,
    /// Whether the connection ends with it.
    pub is_last: bool,
}

/// The echo of a message, the answer to a ping or Close, or the Close frame that
/// an error calls for.
pub fn answer<'a>(received: Received<'a>, kept: &mut Kept<OwnedMessage>) -> Answer<'a> {
    let message = match received {
        Ok(message) => message,
        Err(error) => {
            return Answer {
                message: close_code(&error).map(close),
                is_last: true,
            };
        }
    };
    let (message, is_last) = match message.code {
        OpCode::Text if simdutf8::basic::from_utf8(&message.data).is_err() => {
            (Some(close(INVALID_PAYLOAD)), true)
        }
        OpCode::Text | OpCode::Binary => {
            kept.keep(|| (message.code, message.data.to_vec()));
            (Some(message), false)
        }
        OpCode::Ping => (Some((OpCode::Pong, message.data).into()), false),
        OpCode::Close => (Some(message), true),
        _ => (None, false),
    };
    Answer { message, is_last }
}

/// `None` if nothing more can be sent.
fn close_code(error: &WsError) -> Option<u16> {
    match error {
        WsError::ProtocolError { close_code, .. } => Some(*close_code),
        WsError::UnsupportedFrame(_) => Some(PROTOCOL_ERROR),
        _ => None,
    }
}

/// With the code in the payload, which every codec of the library sends as it is;
/// `BytesCodec::close` sends a binary frame.
fn close(code: u16) -> Message<Cow<'static, [u8]>> {
    (OpCode::Close, code.to_be_bytes().to_vec()).into()
}

#[cfg(test)]
mod tests {
    use std::io;

    use ::ws_tool::errors::ProtocolError;

    use super::*;

    /// Opcode, payload and close code of a message.
    type Parts = (OpCode, Vec<u8>, Option<u16>);

    /// What is sent for what was received, and whether it is the last.
    fn sent(received: Received<'_>) -> (Option<Parts>, bool) {
        let Answer { message, is_last } = answer(received, &mut Kept::new(0));
        let parts = |message: Message<Cow<'_, [u8]>>| {
            (message.code, message.data.into_owned(), message.close_code)
        };
        (message.map(parts), is_last)
    }

    fn received(code: OpCode, data: &[u8]) -> Received<'_> {
        Ok((code, data).into())
    }

    fn closing(code: u16) -> Option<Parts> {
        Some((OpCode::Close, code.to_be_bytes().to_vec(), None))
    }

    #[test]
    fn messages_come_back_and_pings_are_answered() {
        for (code, data, answer) in [
            (OpCode::Text, &b"\xc3\xa9"[..], OpCode::Text),
            (OpCode::Text, b"", OpCode::Text),
            (OpCode::Binary, b"\xff", OpCode::Binary),
            (OpCode::Ping, b"p", OpCode::Pong),
        ] {
            let expected = Some((answer, data.to_vec(), None));
            assert_eq!(sent(received(code, data)), (expected, false));
        }
        assert_eq!(sent(received(OpCode::Pong, b"p")), (None, false));
    }

    #[test]
    fn a_close_frame_comes_back_as_it_came() {
        let close = Message {
            code: OpCode::Close,
            data: Cow::Borrowed(&b"bye"[..]),
            close_code: Some(1001),
        };
        let expected = Some((OpCode::Close, b"bye".to_vec(), Some(1001)));
        assert_eq!(sent(Ok(close)), (expected, true));
    }

    #[test]
    fn text_that_is_no_utf_8_ends_the_connection() {
        let expected = (closing(INVALID_PAYLOAD), true);
        assert_eq!(sent(received(OpCode::Text, b"\xc3")), expected);
    }

    #[test]
    fn an_error_ends_it_with_the_code_it_asks_for() {
        let refused = WsError::ProtocolError {
            close_code: 1008,
            error: ProtocolError::PayloadTooLarge(1),
        };
        assert_eq!(sent(Err(refused)), (closing(1008), true));
        let unknown = WsError::UnsupportedFrame(OpCode::RNC3);
        assert_eq!(sent(Err(unknown)), (closing(PROTOCOL_ERROR), true));
        let gone = WsError::IOError(io::ErrorKind::UnexpectedEof.into());
        assert_eq!(sent(Err(gone)), (None, true));
    }

    #[test]
    fn the_options_are_what_the_configuration_holds() {
        let config = frame_config();
        let options = options();
        assert_eq!(options[0].value, config.max_frame_payload_size.to_string());
        assert_eq!(options[1].value, format!("{:?}", config.validate_utf8));
        assert!(!config.mask_send_frame);
    }
}
