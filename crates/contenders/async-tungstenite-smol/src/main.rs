//! Echo server on async-tungstenite and smol, after the library's
//! `examples/autobahn-server.rs`, whose loop is contender-kit's `echo`.

use async_tungstenite::{
    accept_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};
use contender_kit::{
    Contender, Executor, Kept, MAX_MESSAGE_BYTES, Variant, echo, echo_batches, library, option,
};

fn main() -> anyhow::Result<()> {
    let identity = library!("async-tungstenite", "smol").with_tuned();
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();

    let config = WebSocketConfig::default()
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .max_message_size(Some(MAX_MESSAGE_BYTES));
    let mut options = vec![
        option("max_frame_size", MAX_MESSAGE_BYTES),
        option("max_message_size", MAX_MESSAGE_BYTES),
    ];

    match contender.variant() {
        Variant::Default => {
            contender.serve_smol(options, Executor::Global, move |stream| async move {
                let socket = accept_async_with_config(stream, Some(config)).await?;
                echo(socket, is_data, Kept::new(keep)).await
            })?;
        }
        Variant::Tuned => {
            let config = config.read_buffer_size(16 * 1024);
            options.push(option("read_buffer_size", config.read_buffer_size));
            options.push(option("flush", "when-idle"));
            options.push(option("executor", "own"));
            contender.serve_smol(options, Executor::Own, move |stream| async move {
                let socket = accept_async_with_config(stream, Some(config)).await?;
                echo_batches(socket, is_data, Kept::new(keep)).await
            })?;
        }
    }
    Ok(())
}

fn is_data(message: &Message) -> bool {
    message.is_text() || message.is_binary()
}
