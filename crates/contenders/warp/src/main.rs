//! Echo server on warp, after the repository's `examples/websockets.rs`.

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, library, limits};
use futures_util::{StreamExt as _, TryStreamExt as _, future};
use hyper_util::service::TowerToHyperService;
use warp::{
    Error, Filter as _,
    ws::{Message, WebSocket, Ws},
};

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("warp", "tokio"))?;
    let keep = contender.keep();
    let route = warp::ws().map(move |upgrade: Ws| {
        upgrade
            .max_frame_size(MAX_MESSAGE_BYTES)
            .max_message_size(MAX_MESSAGE_BYTES)
            .on_upgrade(async move |socket| {
                let _ = echo(socket, Kept::new(keep)).await;
            })
    });
    contender.serve_http(limits(), TowerToHyperService::new(warp::service(route)))?;
    Ok(())
}

async fn echo(socket: WebSocket, mut kept: Kept<Message>) -> Result<(), Error> {
    let (sink, stream) = socket.split();
    stream
        .try_filter(|message| future::ready(message.is_text() || message.is_binary()))
        .inspect_ok(|message| kept.keep(|| message.clone()))
        .forward(sink)
        .await
}
