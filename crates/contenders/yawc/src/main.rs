//! Echo server on yawc: hyper does the upgrade, with the loop of the library's
//! `examples/echo_server.rs` and, in the variant `tuned`, the batches and
//! buffers of its benchmarks.

mod tuned;

use bytes::Bytes;
use contender_kit::{Contender, FIRST_REFUSED_BYTES, Kept, Variant, library, option};
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::Empty;
use hyper::{Request, Response, body::Incoming, service::service_fn};
use yawc::{Frame, Options, UpgradeFut, WebSocket};

fn main() -> anyhow::Result<()> {
    let identity = library!("yawc", "tokio").with_tuned();
    let identity = identity.with_compressed(cfg!(feature = "compression"));
    let contender = Contender::from_command_line(identity)?;
    let (keep, variant) = (contender.keep(), contender.variant());

    let mut settings = Options::default()
        .with_utf8()
        .with_limits(FIRST_REFUSED_BYTES, FIRST_REFUSED_BYTES);
    let mut options = vec![
        option("max_payload_read", FIRST_REFUSED_BYTES),
        option("max_read_buffer", FIRST_REFUSED_BYTES),
        option("utf8", "on"),
    ];
    if variant == Variant::Tuned {
        settings = tuned::settings(settings);
        options.extend(tuned::options());
    }
    if cfg!(feature = "compression") && variant == Variant::Compressed {
        settings = settings.with_balanced_compression();
        options.push(option("compression", "balanced"));
    }

    let upgrade = move |request| upgrade(request, settings.clone(), variant, Kept::new(keep));
    contender.serve_http(options, service_fn(upgrade))?;
    Ok(())
}

async fn upgrade(
    mut request: Request<Incoming>,
    settings: Options,
    variant: Variant,
    kept: Kept<Frame>,
) -> yawc::Result<Response<Empty<Bytes>>> {
    let (response, upgraded) = WebSocket::upgrade_with_options(&mut request, settings)?;
    match variant {
        Variant::Default | Variant::Compressed => tokio::spawn(echo(upgraded, kept)),
        Variant::Tuned => tokio::spawn(tuned::echo(upgraded, kept)),
    };
    Ok(response)
}

async fn echo(upgraded: UpgradeFut, mut kept: Kept<Frame>) -> yawc::Result<()> {
    let mut socket = upgraded.await?;
    while let Some(frame) = socket.next().await {
        if !frame.opcode().is_control() {
            kept.keep(|| frame.clone());
            socket.send(frame).await?;
        }
    }
    Ok(())
}
