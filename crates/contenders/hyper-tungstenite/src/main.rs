//! Echo server on hyper-tungstenite, after the library's `examples/server.rs`,
//! with contender-kit's echo loop: the library answers ping and close by itself.

use contender_kit::{
    Contender, Kept, Variant, bad_request, echo, echo_batches, library, option,
    tungstenite::{configuration, is_data},
};
use http_body_util::Full;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_tungstenite::{
    HyperWebsocket, is_upgrade_request,
    tungstenite::{Message, Result, error::ProtocolError, protocol::WebSocketConfig},
    upgrade,
};

fn main() -> anyhow::Result<()> {
    let identity = library!("hyper-tungstenite", "tokio").with_tuned();
    let contender = Contender::from_command_line(identity)?;
    let (variant, keep) = (contender.variant(), contender.keep());
    let (config, mut options) = configuration(variant);
    if variant == Variant::Tuned {
        options.push(option("flush", "when-idle"));
    }
    let service = service_fn(move |request| answer(request, config, variant, keep));
    contender.serve_http(options, service)?;
    Ok(())
}

async fn answer(
    mut request: Request<Incoming>,
    config: WebSocketConfig,
    variant: Variant,
    keep: usize,
) -> Result<Response<Full<Bytes>>, ProtocolError> {
    if !is_upgrade_request(&request) {
        return Ok(bad_request());
    }
    let (response, websocket) = upgrade(&mut request, Some(config))?;
    tokio::spawn(serve(websocket, variant, Kept::new(keep)));
    Ok(response)
}

async fn serve(websocket: HyperWebsocket, variant: Variant, kept: Kept<Message>) -> Result<()> {
    let socket = websocket.await?;
    if variant == Variant::Tuned {
        echo_batches(socket, is_data, kept).await
    } else {
        echo(socket, is_data, kept).await
    }
}
