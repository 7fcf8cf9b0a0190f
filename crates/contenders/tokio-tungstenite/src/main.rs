//! Echo server on tokio-tungstenite: accepts as the library's
//! `examples/autobahn-server.rs` does, whose loop is contender-kit's `echo`, or in
//! the variant `tuned` its `echo_batches`.

use contender_kit::{Contender, library, tungstenite};
use tokio_tungstenite::accept_async_with_config;

fn main() -> anyhow::Result<()> {
    let identity = library!("tokio-tungstenite", "tokio").with_tuned();
    let contender = Contender::from_command_line(identity)?;
    let (config, options) = tungstenite::configuration(contender.variant());
    let accept = move |stream| accept_async_with_config(stream, Some(config));
    contender.echo_on_tokio(options, accept, tungstenite::is_data)?;
    Ok(())
}
