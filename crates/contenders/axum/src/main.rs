//! Echo server on axum, after the documentation of `axum::extract::ws`, with
//! contender-kit's echo loop.

use axum::{
    Router,
    extract::ws::{Message, WebSocketUpgrade},
    routing::any,
};
use contender_kit::{
    Contender, Kept, MAX_MESSAGE_BYTES, Variant, echo, echo_batches, library, limits, option,
};
use hyper_util::service::TowerToHyperService;

/// Size of the read buffer in the variant `tuned`.
const TUNED_READ_BUFFER_BYTES: usize = 16 * 1024;

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("axum", "tokio").with_tuned())?;
    let keep = contender.keep();
    let mut options = limits();
    let handler = if contender.variant() == Variant::Tuned {
        options.push(option("read_buffer_size", TUNED_READ_BUFFER_BYTES));
        options.push(option("flush", "when-idle"));
        any(async move |upgrade| {
            let upgrade = limited(upgrade).read_buffer_size(TUNED_READ_BUFFER_BYTES);
            upgrade.on_upgrade(async move |socket| {
                let _ = echo_batches(socket, is_data, Kept::new(keep)).await;
            })
        })
    } else {
        any(async move |upgrade| {
            limited(upgrade).on_upgrade(async move |socket| {
                let _ = echo(socket, is_data, Kept::new(keep)).await;
            })
        })
    };
    let app = Router::new().route("/", handler);
    contender.serve_http(options, TowerToHyperService::new(app))?;
    Ok(())
}

fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_frame_size(MAX_MESSAGE_BYTES)
        .max_message_size(MAX_MESSAGE_BYTES)
}

fn is_data(message: &Message) -> bool {
    matches!(message, Message::Text(_) | Message::Binary(_))
}
