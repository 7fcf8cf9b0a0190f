//! Baseline: the body of every POST comes back in its response, on connections
//! that stay open, after the echo server of hyper's guide.

use std::sync::{Arc, Mutex, PoisonError};

use contender_kit::{Contender, Kept, MAX_MESSAGE_BYTES, Protocol, library, option};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response, Result, StatusCode,
    body::{Body as _, Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;

/// The last messages of one connection, when any are kept.
type Keeper = Option<Arc<Mutex<Kept<Bytes>>>>;

fn main() -> anyhow::Result<()> {
    let identity = library!("hyper", "tokio").speaking(Protocol::Http);
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();
    let options = vec![option("largest body", MAX_MESSAGE_BYTES)];
    contender.serve_tokio(options, move |stream| {
        let keeper = (keep > 0).then(|| Arc::new(Mutex::new(Kept::new(keep))));
        let service = service_fn(move |request| echo(request, keeper.clone()));
        http1::Builder::new().serve_connection(TokioIo::new(stream), service)
    })?;
    Ok(())
}

async fn echo(request: Request<Incoming>, keeper: Keeper) -> Result<Response<Full<Bytes>>> {
    let most_bytes = request.body().size_hint().upper().unwrap_or(u64::MAX);
    if most_bytes > MAX_MESSAGE_BYTES as u64 {
        let mut refusal = Response::new(Full::default());
        *refusal.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return Ok(refusal);
    }
    let body = request.into_body().collect().await?.to_bytes();
    if let Some(keeper) = keeper {
        let mut kept = keeper.lock().unwrap_or_else(PoisonError::into_inner);
        kept.keep(|| body.clone());
    }
    Ok(Response::new(Full::new(body)))
}
