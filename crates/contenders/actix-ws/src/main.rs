//! Echo server on actix-ws: actix-web does the upgrade, with the loop of the
//! library's `examples/chat.rs`.

use std::time::Duration;

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer, Result,
    web::{self, Bytes},
};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, Session};
use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, library, option};

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("actix-ws", "actix-rt"))?;
    let (threads, keep) = (contender.threads(), contender.keep());

    let server = HttpServer::new(move || {
        App::new()
            .app_data(keep)
            .default_service(web::get().to(upgrade))
    })
    .workers(threads as usize)
    .client_disconnect_timeout(Duration::ZERO);
    let options = vec![
        option("max_frame_size", MAX_MESSAGE_BYTES),
        option("max_continuation_size", MAX_MESSAGE_BYTES),
        option("client_disconnect_timeout", 0),
    ];

    let listener = contender.listen(threads, keep as u32, options)?;
    server.listen(listener)?.run().await?;
    Ok(())
}

async fn upgrade(request: HttpRequest, body: web::Payload) -> Result<HttpResponse> {
    let keep = request.app_data().copied().unwrap_or_default();
    let (response, session, stream) = actix_ws::handle(&request, body)?;
    let stream = stream
        .max_frame_size(MAX_MESSAGE_BYTES)
        .aggregate_continuations()
        .max_continuation_size(MAX_MESSAGE_BYTES);
    actix_web::rt::spawn(echo(session, stream, Kept::new(keep)));
    Ok(response)
}

async fn echo(
    mut session: Session,
    mut stream: AggregatedMessageStream,
    mut kept: Kept<Bytes>,
) -> Result<(), actix_ws::Closed> {
    while let Some(Ok(message)) = stream.recv().await {
        match message {
            AggregatedMessage::Text(text) => {
                kept.keep(|| text.as_bytes().clone());
                session.text(text).await?;
            }
            AggregatedMessage::Binary(bytes) => {
                kept.keep(|| bytes.clone());
                session.binary(bytes).await?;
            }
            AggregatedMessage::Ping(bytes) => session.pong(&bytes).await?,
            AggregatedMessage::Pong(_) => {}
            AggregatedMessage::Close(reason) => return session.close(reason).await,
        }
    }
    session.close(None).await
}
