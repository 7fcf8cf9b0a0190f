//! Echo server on hyper-tungstenite, after the library's `examples/server.rs`,
//! with contender-kit's echo loop: the library answers ping and close by itself.

use contender_kit::{
    Contender, Kept, MAX_MESSAGE_BYTES, Variant, echo, echo_batches, library, option,
};
use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_tungstenite::{
    HyperWebsocket, is_upgrade_request,
    tungstenite::{Message, Result, error::ProtocolError, protocol::WebSocketConfig},
    upgrade,
};

/// What is the same for every connection.
#[derive(Clone, Copy)]
struct Settings {
    config: WebSocketConfig,
    variant: Variant,
    keep: usize,
}

fn main() -> anyhow::Result<()> {
    let identity = library!("hyper-tungstenite", "tokio").with_tuned();
    let contender = Contender::from_command_line(identity)?;
    let mut settings = Settings {
        config: WebSocketConfig::default()
            .max_frame_size(Some(MAX_MESSAGE_BYTES))
            .max_message_size(Some(MAX_MESSAGE_BYTES)),
        variant: contender.variant(),
        keep: contender.keep(),
    };
    let mut options = vec![
        option("max_frame_size", MAX_MESSAGE_BYTES),
        option("max_message_size", MAX_MESSAGE_BYTES),
    ];
    if settings.variant == Variant::Tuned {
        settings.config = settings.config.read_buffer_size(16 * 1024);
        options.push(option("read_buffer_size", settings.config.read_buffer_size));
        options.push(option("flush", "when-idle"));
    }
    contender.serve_http(
        options,
        service_fn(move |request| answer(request, settings)),
    )?;
    Ok(())
}

async fn answer(
    mut request: Request<Incoming>,
    settings: Settings,
) -> Result<Response<Full<Bytes>>, ProtocolError> {
    if is_upgrade_request(&request) {
        let (response, websocket) = upgrade(&mut request, Some(settings.config))?;
        tokio::spawn(serve(websocket, settings));
        return Ok(response);
    }
    let mut refusal = Response::new(Full::default());
    *refusal.status_mut() = StatusCode::BAD_REQUEST;
    Ok(refusal)
}

async fn serve(websocket: HyperWebsocket, settings: Settings) -> Result<()> {
    let socket = websocket.await?;
    let kept = Kept::new(settings.keep);
    match settings.variant {
        Variant::Default => echo(socket, is_data, kept).await,
        Variant::Tuned => echo_batches(socket, is_data, kept).await,
    }
}

fn is_data(message: &Message) -> bool {
    message.is_text() || message.is_binary()
}
