//! An echo server whose truth is known: right, or wrong in one chosen way.
//!
//! The harness is tested against it, and `bench-harness selftest` proves with it
//! that figures are true. It speaks the contender contract with little but the
//! standard library and the project's own frame codec, one thread per
//! connection or one for all. Of contender-kit it has nothing but the counting allocator, so
//! that the counts of every contender are proven with it.

mod connection;
mod control;
mod debt;
mod fault;
mod handshake;
mod pause;
mod together;
mod truth;

use std::{
    io::{self, Write as _},
    net::{SocketAddr, TcpListener},
    process,
    sync::Arc,
    thread,
};

use anyhow::{Context as _, Result};
use clap::Parser;
use record::{ContenderLine, Protocol, Ready, Variant};
use rustix::net::sockopt;

use fault::{Fault, Faults};
use pause::Pauses;
use truth::Truth;

/// An echo server that is right, or wrong in one chosen way.
#[derive(Debug, Parser)]
struct Arguments {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Part of the contract; every connection has a thread here, or all have one
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
    /// Stall at the end of each time of this length; 0 for only as --fault says
    #[arg(long, value_name = "MS", default_value_t = 0)]
    stall_every_ms: u64,
    /// Serve all connections on one thread
    #[arg(long)]
    one_thread: bool,
    /// Burn this much CPU time on top of all work, in per cent of it
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    burn: u32,
    /// Allocate so often per message, and free at once
    #[arg(long, value_name = "N", default_value_t = 0)]
    allocate: u32,
    /// Bytes of each such allocation
    #[arg(long, value_name = "BYTES", default_value_t = 40)]
    allocate_bytes: usize,
    /// Receive buffer of every connection, as asked of the kernel; 0 to leave it
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    receive_buffer: usize,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind(arguments.listen)
        .with_context(|| format!("{} can't be listened on", arguments.listen))?;
    if arguments.receive_buffer > 0 {
        // Connections inherit it.
        sockopt::set_socket_recv_buffer_size(&listener, arguments.receive_buffer)
            .context("the receive buffer can't be set")?;
    }
    let truth = Arc::new(truth(&arguments));
    let address = listener.local_addr()?;
    let one_thread = arguments.one_thread;
    thread::spawn(move || {
        if !one_thread {
            accept(&listener, &truth);
        } else if let Err(error) = together::serve(&listener, &truth) {
            // The harness sees the end of the program and these words.
            let _ = writeln!(io::stderr(), "{error}");
            process::exit(1);
        }
    });

    let mut output = io::stdout();
    match arguments.fault {
        Fault::NeverReady => {}
        Fault::ExitAtOnce => process::exit(3),
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

fn truth(arguments: &Arguments) -> Truth {
    Truth {
        faults: Faults::new(
            arguments.fault,
            arguments.after,
            arguments.every,
            arguments.stall_ms,
        ),
        burn_percent: arguments.burn,
        pauses: Pauses::new(arguments.stall_every_ms, arguments.stall_ms),
        allocations: arguments.allocate,
        allocation_bytes: arguments.allocate_bytes,
    }
}

fn accept(listener: &TcpListener, truth: &Arc<Truth>) {
    for stream in listener.incoming().flatten() {
        let truth = Arc::clone(truth);
        // A connection that breaks is the client's to notice.
        thread::spawn(move || connection::serve(stream, &truth));
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
