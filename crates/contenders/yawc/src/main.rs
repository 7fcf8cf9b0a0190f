//! Echo server on yawc: hyper does the upgrade, after the library's
//! `examples/echo_server.rs`, with contender-kit's echo loop; in the variant
//! `tuned`, with the batches and buffers of its benchmarks.

use bytes::Bytes;
use contender_kit::{
    Contender, Kept, MAX_MESSAGE_BYTES, Variant, echo, echo_batches, library, option,
};
use futures_util::StreamExt as _;
use http_body_util::Empty;
use hyper::{Request, Response, body::Incoming, service::service_fn};
use yawc::{Frame, Options, WebSocket};

/// The library refuses messages of this size and above.
const FIRST_REFUSED_BYTES: usize = MAX_MESSAGE_BYTES + 1;

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("yawc", "tokio").with_tuned())?;
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
        settings = settings
            .with_read_buffer_capacity(128 * 1024)
            .with_backpressure_boundary(64 * 1024);
        options.push(option("read_buffer_capacity", 128 * 1024));
        options.push(option("backpressure_boundary", 64 * 1024));
        options.push(option("flush", "when-idle"));
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
        Variant::Default => {
            tokio::spawn(async move { echo(upgraded.await?.map(Ok), is_data, kept).await })
        }
        Variant::Tuned => {
            tokio::spawn(async move { echo_batches(upgraded.await?.map(Ok), is_data, kept).await })
        }
    };
    Ok(response)
}

fn is_data(frame: &Frame) -> bool {
    !frame.opcode().is_control()
}
