//! Echo server on async-tungstenite and tokio: accepts as the library's
//! `examples/autobahn-server.rs` does, whose loop is contender-kit's `echo`, or in
//! the variant `tuned` its `echo_batches`.

use async_tungstenite::tokio::accept_async_with_config;
use contender_kit::{Contender, library, tungstenite};

fn main() -> anyhow::Result<()> {
    let identity = library!("async-tungstenite", "tokio").with_tuned();
    let contender = Contender::from_command_line(identity)?;
    let (config, options) = tungstenite::configuration(contender.variant());
    let accept = move |stream| accept_async_with_config(stream, Some(config));
    contender.echo_on_tokio(options, accept, tungstenite::is_data)?;
    Ok(())
}
