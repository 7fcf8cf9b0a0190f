//! What the servers on tungstenite 0.30 share, be it bare or under tokio,
//! async-tungstenite or hyper.

use ::tungstenite::{Message, protocol::WebSocketConfig};
use record::{OptionInForce, Variant};

use crate::{MAX_MESSAGE_BYTES, limits, option};

/// Read buffer of the variant `tuned`.
const TUNED_READ_BUFFER_BYTES: usize = 16 * 1024;

/// The library's configuration in a variant, and its options for the ready line.
#[must_use]
pub fn configuration(variant: Variant) -> (WebSocketConfig, Vec<OptionInForce>) {
    let mut config = WebSocketConfig::default()
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .max_message_size(Some(MAX_MESSAGE_BYTES));
    let mut options = limits();
    if variant == Variant::Tuned {
        config = config.read_buffer_size(TUNED_READ_BUFFER_BYTES);
        options.push(option("read_buffer_size", TUNED_READ_BUFFER_BYTES));
    }
    (config, options)
}

/// Whether a message is echoed: the library answers ping and Close by itself.
#[must_use]
pub fn is_data(message: &Message) -> bool {
    message.is_text() || message.is_binary()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(options: &[OptionInForce]) -> Vec<&str> {
        options.iter().map(|option| option.name.as_str()).collect()
    }

    #[test]
    fn the_options_are_what_the_configuration_holds() {
        let (config, options) = configuration(Variant::Default);
        assert_eq!(config.max_frame_size, Some(MAX_MESSAGE_BYTES));
        assert_eq!(config.max_message_size, Some(MAX_MESSAGE_BYTES));
        assert_eq!(
            config.read_buffer_size,
            WebSocketConfig::default().read_buffer_size
        );
        assert_eq!(names(&options), ["max_frame_size", "max_message_size"]);

        let (config, options) = configuration(Variant::Tuned);
        assert_eq!(config.max_frame_size, Some(MAX_MESSAGE_BYTES));
        assert_eq!(
            names(&options),
            ["max_frame_size", "max_message_size", "read_buffer_size"]
        );
        assert_eq!(options[2].value, config.read_buffer_size.to_string());
    }

    #[test]
    fn only_text_and_binary_messages_are_echoed() {
        assert!(is_data(&Message::text("a")));
        assert!(is_data(&Message::binary(vec![1])));
        for message in [
            Message::Ping([1].to_vec().into()),
            Message::Pong([1].to_vec().into()),
            Message::Close(None),
        ] {
            assert!(!is_data(&message), "{message:?}");
        }
    }
}
