//! Echo server on tokio-tungstenite, after the library's
//! `examples/autobahn-server.rs`, whose loop is contender-kit's `echo`.

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
