//! Echo server on tungstenite: a thread per connection, with the loop of the
//! library's `examples/autobahn-server.rs`.

use std::net::TcpStream;

use contender_kit::{Contender, Kept, Variant, library, option, tungstenite::configuration};
use tungstenite::{Message, Result, accept_with_config, protocol::WebSocketConfig};

/// Stack of a connection's thread in the variant `tuned`.
const TUNED_STACK_BYTES: usize = 128 * 1024;

fn main() -> anyhow::Result<()> {
    let identity = library!("tungstenite", "threads").with_tuned();
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();
    let (config, mut options) = configuration(contender.variant());
    let mut stack_bytes = None;
    if contender.variant() == Variant::Tuned {
        stack_bytes = Some(TUNED_STACK_BYTES);
        options.push(option("thread stack_size", TUNED_STACK_BYTES));
    }
    contender.serve_threads(options, stack_bytes, move |stream| {
        echo(stream, config, Kept::new(keep))
    })?;
    Ok(())
}

fn echo(stream: TcpStream, config: WebSocketConfig, mut kept: Kept<Message>) -> Result<()> {
    let Ok(mut socket) = accept_with_config(stream, Some(config)) else {
        // The library has refused the request, or the client is gone.
        return Ok(());
    };
    loop {
        match socket.read()? {
            message @ (Message::Text(_) | Message::Binary(_)) => {
                kept.keep(|| message.clone());
                socket.send(message)?;
            }
            // The library queues the answers to ping and close; the next read
            // sends them and, after a close, returns `ConnectionClosed`.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {}
        }
    }
}
