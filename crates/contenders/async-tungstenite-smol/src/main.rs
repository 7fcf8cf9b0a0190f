//! Echo server on async-tungstenite and smol, after the library's
//! `examples/autobahn-server.rs`, whose loop is contender-kit's `echo`.

use async_tungstenite::accept_async_with_config;
use contender_kit::{
    Contender, Executor, Kept, Variant, echo, echo_batches, library, option,
    tungstenite::{configuration, is_data},
};

fn main() -> anyhow::Result<()> {
    let identity = library!("async-tungstenite", "smol").with_tuned();
    let contender = Contender::from_command_line(identity)?;
    let keep = contender.keep();
    let (config, mut options) = configuration(contender.variant());

    if contender.variant() == Variant::Tuned {
        options.push(option("flush", "when-idle"));
        options.push(option("executor", "own"));
        contender.serve_smol(options, Executor::Own, move |stream| async move {
            let socket = accept_async_with_config(stream, Some(config)).await?;
            echo_batches(socket, is_data, Kept::new(keep)).await
        })?;
    } else {
        contender.serve_smol(options, Executor::Global, move |stream| async move {
            let socket = accept_async_with_config(stream, Some(config)).await?;
            echo(socket, is_data, Kept::new(keep)).await
        })?;
    }
    Ok(())
}
