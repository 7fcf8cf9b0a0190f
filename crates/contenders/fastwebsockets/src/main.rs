//! Echo server on fastwebsockets: hyper does the upgrade, with the loop of the
//! library's `examples/echo_server.rs`.

use std::convert::Infallible;

use bytes::Bytes;
use contender_kit::{Contender, FIRST_REFUSED_BYTES, Kept, bad_request, library, option};
use fastwebsockets::{
    FragmentCollector, Frame, OpCode, Payload, WebSocketError,
    upgrade::{self, UpgradeFut},
};
use http_body_util::Empty;
use hyper::{Request, Response, body::Incoming, service::service_fn};

fn main() -> anyhow::Result<()> {
    let contender = Contender::from_command_line(library!("fastwebsockets", "tokio"))?;
    let keep = contender.keep();
    let options = vec![option("max_message_size", FIRST_REFUSED_BYTES)];
    contender.serve_http(options, service_fn(move |request| answer(request, keep)))?;
    Ok(())
}

async fn answer(
    mut request: Request<Incoming>,
    keep: usize,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    if upgrade::is_upgrade_request(&request)
        && let Ok((response, upgraded)) = upgrade::upgrade(&mut request)
    {
        tokio::spawn(echo(upgraded, Kept::new(keep)));
        return Ok(response);
    }
    Ok(bad_request())
}

async fn echo(upgraded: UpgradeFut, mut kept: Kept<Bytes>) -> Result<(), WebSocketError> {
    let mut socket = upgraded.await?;
    socket.set_max_message_size(FIRST_REFUSED_BYTES);
    let mut socket = FragmentCollector::new(socket);
    loop {
        let frame = socket.read_frame().await?;
        match frame.opcode {
            OpCode::Close => return Ok(()),
            OpCode::Text | OpCode::Binary if kept.is_off() => socket.write_frame(frame).await?,
            OpCode::Text | OpCode::Binary => {
                let message = shared(frame.payload);
                let echo = Frame::new(true, frame.opcode, None, Payload::Borrowed(&message));
                socket.write_frame(echo).await?;
                kept.keep(|| message);
            }
            _ => {}
        }
    }
}

/// `write_frame` takes the payload, so one that shall stay is shared first.
fn shared(payload: Payload<'_>) -> Bytes {
    match payload {
        Payload::Bytes(bytes) => bytes.freeze(),
        other => Vec::from(other).into(),
    }
}
