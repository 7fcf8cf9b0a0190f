//! An echo server whose truth is known: right, or wrong in one chosen way.
//!
//! The harness is tested against it. It speaks the contender contract with
//! nothing but the standard library and the project's own frame codec, one
//! thread per connection, and it doesn't share contender-kit: a program in any
//! language could look like this.

mod connection;
mod control;
mod fault;
mod handshake;

use std::{
    io::{self, Write as _},
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread,
};

use anyhow::{Context as _, Result};
use clap::Parser;
use record::{ContenderLine, Protocol, Ready, Variant};

use fault::{Fault, Faults};

/// An echo server that is right, or wrong in one chosen way.
#[derive(Debug, Parser)]
struct Arguments {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Part of the contract; every connection has a thread here
    #[arg(long, default_value_t = 1)]
    threads: u32,
    /// Part of the contract; both are the same here
    #[arg(long, default_value = "default")]
    variant: Variant,
    /// Part of the contract; nothing is kept here
    #[arg(long, default_value_t = 0)]
    keep: u32,
    /// What to do wrong
    #[arg(long, value_enum, default_value = "none")]
    fault: Fault,
    /// Echo this many messages rightly first
    #[arg(long, default_value_t = 0)]
    after: u64,
    /// Then treat every N-th message wrongly; 0 for one message only
    #[arg(long, default_value_t = 1)]
    every: u64,
    /// How long a stall holds every connection up
    #[arg(long, value_name = "MS", default_value_t = 100)]
    stall_ms: u64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind(arguments.listen)
        .with_context(|| format!("{} can't be listened on", arguments.listen))?;
    let faults = Arc::new(Faults::new(
        arguments.fault,
        arguments.after,
        arguments.every,
        arguments.stall_ms,
    ));
    let address = listener.local_addr()?;
    thread::spawn(move || accept(&listener, &faults));

    let mut output = io::stdout();
    match arguments.fault {
        Fault::NeverReady => {}
        Fault::BadReady => writeln!(output, "listening on {address}")?,
        _ => {
            let ready = ContenderLine::Ready(ready(&arguments, address));
            writeln!(output, "{}", serde_json::to_string(&ready)?)?;
        }
    }
    output.flush()?;
    control::answer(io::stdin().lock(), output)?;
    Ok(())
}

fn accept(listener: &TcpListener, faults: &Arc<Faults>) {
    for stream in listener.incoming().flatten() {
        let faults = Arc::clone(faults);
        // A connection that breaks is the client's to notice.
        thread::spawn(move || connection::serve(stream, &faults));
    }
}

fn ready(arguments: &Arguments, address: SocketAddr) -> Ready {
    Ready {
        address: address.to_string(),
        protocol: Protocol::Websocket,
        library: "known-server".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        runtime: "threads".to_owned(),
        variant: arguments.variant,
        threads: 0,
        keep: 0,
        options: Vec::new(),
    }
}
