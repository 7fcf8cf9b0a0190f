//! The contract with the harness, on a running server.
//!
//! The server is this test program itself: started again with [`SERVER`] in its
//! environment, its test `server` serves instead of passing.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    env,
    error::Error,
    hint::black_box,
    io::{self, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::Duration,
};

use contender_kit::{Contender, Protocol, Variant, baseline, option};
use record::{AllocationCounts, ContenderLine, Ready};

/// Which server to be; set for the server's process only.
const SERVER: &str = "CONTENDER_KIT_TEST_SERVER";

/// The server's arguments.
const ARGUMENTS: &str = "CONTENDER_KIT_TEST_ARGUMENTS";

/// Makes a connection allocate 1,000 bytes, grow them to 3,000 and free them.
const ALLOCATE: u8 = b'a';

/// Makes a connection panic.
const PANIC: u8 = b'!';

#[test]
fn server() -> Result<(), Box<dyn Error>> {
    let Ok(which) = env::var(SERVER) else {
        return Ok(());
    };
    // The thread that started this test notes so, and allocates for that; on a
    // busy machine it may come to it late, and would be counted.
    thread::sleep(Duration::from_millis(100));
    let arguments = env::var(ARGUMENTS)?;
    let contender = Contender::from_arguments(
        baseline!("bytes", "test").with_tuned(),
        arguments.split_whitespace().map(Into::into),
    )?;
    let options = vec![option("limit", 7)];
    match which.as_str() {
        "threads" => contender.serve_threads(options, Some(128 * 1024), echo_bytes)?,
        #[cfg(feature = "tokio")]
        "tokio" => contender.serve_tokio(options, asynchronous::echo_bytes_on_tokio)?,
        #[cfg(feature = "tokio-timer")]
        "tokio-timer" => contender.serve_tokio_with_timer(options, async |stream| {
            // Panics on a runtime without a timer.
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            asynchronous::echo_bytes_on_tokio(stream).await
        })?,
        #[cfg(feature = "smol")]
        "smol" => {
            let executor = contender_kit::Executor::Global;
            contender.serve_smol(options, executor, asynchronous::echo_bytes_on_smol)?;
        }
        #[cfg(feature = "smol")]
        "smol-own" => {
            let executor = contender_kit::Executor::Own;
            contender.serve_smol(options, executor, asynchronous::echo_bytes_on_smol)?;
        }
        #[cfg(feature = "compio")]
        "compio" => contender.serve_compio(options, asynchronous::echo_bytes_on_compio)?,
        #[cfg(feature = "monoio")]
        "monoio" => contender.serve_monoio(options, asynchronous::echo_bytes_on_monoio)?,
        other => panic!("there is no server {other}"),
    }
    Ok(())
}

fn echo_bytes(mut stream: TcpStream) -> io::Result<()> {
    let mut byte = [0];
    loop {
        stream.read_exact(&mut byte)?;
        obey(byte[0]);
        stream.write_all(&byte)?;
    }
}

fn obey(byte: u8) {
    match byte {
        ALLOCATE => {
            let mut block: Vec<u8> = black_box(Vec::with_capacity(1000));
            block.reserve_exact(3000);
            black_box(block);
        }
        PANIC => panic!("as asked"),
        _ => {}
    }
}

#[cfg(any(
    feature = "compio",
    feature = "monoio",
    feature = "smol",
    feature = "tokio"
))]
mod asynchronous {
    use std::io;

    #[cfg(feature = "tokio")]
    pub(super) async fn echo_bytes_on_tokio(mut stream: tokio::net::TcpStream) -> io::Result<()> {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

        loop {
            let byte = stream.read_u8().await?;
            super::obey(byte);
            stream.write_u8(byte).await?;
        }
    }

    #[cfg(feature = "smol")]
    pub(super) async fn echo_bytes_on_smol(mut stream: smol::net::TcpStream) -> io::Result<()> {
        use smol::io::{AsyncReadExt as _, AsyncWriteExt as _};

        let mut byte = [0];
        loop {
            stream.read_exact(&mut byte).await?;
            super::obey(byte[0]);
            stream.write_all(&byte).await?;
        }
    }

    #[cfg(feature = "compio")]
    pub(super) async fn echo_bytes_on_compio(mut stream: compio::net::TcpStream) -> io::Result<()> {
        use compio::io::{AsyncReadExt as _, AsyncWriteExt as _};

        let mut byte = [0];
        loop {
            let compio::BufResult(read, filled) = stream.read_exact(byte).await;
            read?;
            byte = filled;
            super::obey(byte[0]);
            stream.write_all(byte).await.0?;
        }
    }

    #[cfg(feature = "monoio")]
    pub(super) async fn echo_bytes_on_monoio(mut stream: monoio::net::TcpStream) -> io::Result<()> {
        use monoio::io::{AsyncReadRentExt as _, AsyncWriteRentExt as _};

        let mut bytes = vec![0];
        loop {
            let (read, filled) = stream.read_exact(bytes).await;
            read?;
            super::obey(filled[0]);
            let (written, echoed) = stream.write_all(filled).await;
            written?;
            bytes = echoed;
        }
    }
}

/// A server in a process of its own; killed when dropped.
struct Running {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    ready: Ready,
}

impl Running {
    fn start(which: &str, arguments: &str) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", "server", "--nocapture"])
            .env(SERVER, which)
            .env(ARGUMENTS, arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = process.stdin.take();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let ContenderLine::Ready(ready) = next_line(&mut output) else {
            panic!("the first line is no ready line");
        };
        Self {
            process,
            input,
            output,
            ready,
        }
    }

    fn command(&mut self, command: &str) -> ContenderLine {
        let mut input = self.input.as_ref().unwrap();
        input.write_all(command.as_bytes()).unwrap();
        input.write_all(b"\n").unwrap();
        next_line(&mut self.output)
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.ready.address).unwrap()
    }

    fn exit_code_after_end_of_input(mut self) -> Option<i32> {
        drop(self.input.take());
        self.process.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The next line of JSON; the test runner of the server's process prints others.
fn next_line(output: &mut impl io::BufRead) -> ContenderLine {
    loop {
        let mut line = String::new();
        assert!(output.read_line(&mut line).unwrap() > 0, "end of output");
        if let Some(start) = line.find('{') {
            return serde_json::from_str(&line[start..]).unwrap();
        }
    }
}

fn echo(stream: &mut TcpStream, byte: u8) -> u8 {
    stream.write_all(&[byte]).unwrap();
    let mut answer = [0];
    stream.read_exact(&mut answer).unwrap();
    answer[0]
}

/// A whole life: ready line, echo, a connection that panics, end of input.
fn lives(which: &str, arguments: &str, threads: u32) {
    let server = Running::start(which, arguments);
    assert_eq!(server.ready.threads, threads);
    let mut first = server.connect();
    assert_eq!(echo(&mut first, b'x'), b'x');

    let mut failing = server.connect();
    failing.write_all(&[PANIC]).unwrap();
    assert_eq!(failing.read(&mut [0]).unwrap(), 0, "it ended");

    assert_eq!(echo(&mut first, b'y'), b'y', "others go on");
    assert_eq!(echo(&mut server.connect(), b'z'), b'z', "new ones come in");
    assert_eq!(server.exit_code_after_end_of_input(), Some(0));
}

#[test]
fn lives_on_threads() {
    lives("threads", "--threads 3", 0);
}

#[cfg(feature = "tokio")]
#[test]
fn lives_on_tokio() {
    lives("tokio", "", 1);
    lives("tokio", "--threads 2", 2);
}

#[cfg(feature = "tokio-timer")]
#[test]
fn lives_on_tokio_with_its_timer() {
    lives("tokio-timer", "", 1);
    lives("tokio-timer", "--threads 2", 2);
}

#[cfg(feature = "smol")]
#[test]
fn lives_on_smol() {
    lives("smol", "", 1);
    lives("smol-own", "", 1);
    lives("smol-own", "--threads 2", 2);
}

#[cfg(feature = "compio")]
#[test]
fn lives_on_compio() {
    if io_uring_is_forbidden("compio") {
        return;
    }
    lives("compio", "", 1);
    lives("compio", "--threads 2", 2);
}

#[cfg(feature = "monoio")]
#[test]
fn lives_on_monoio() {
    if io_uring_is_forbidden("monoio") {
        return;
    }
    for (arguments, threads) in [("", 1), ("--threads 2", 2)] {
        let server = Running::start("monoio", arguments);
        assert_eq!(server.ready.threads, threads);
        let mut first = server.connect();
        assert_eq!(echo(&mut first, b'x'), b'x');
        assert_eq!(echo(&mut server.connect(), b'y'), b'y');
        assert_eq!(echo(&mut first, b'z'), b'z');
        assert_eq!(server.exit_code_after_end_of_input(), Some(0));
    }
}

/// Whether a server whose input has ended at once ended well, and what it said.
#[cfg(any(feature = "compio", feature = "monoio"))]
fn said(which: &str, before: &str) -> (bool, String) {
    let output = Command::new("sh")
        .args([
            "-c",
            &format!("{before} exec \"$0\" --exact server --nocapture"),
        ])
        .arg(env::current_exe().unwrap())
        .env(SERVER, which)
        .env(ARGUMENTS, "--threads 2")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// Containers often forbid io_uring; no server on it can live there.
#[cfg(any(feature = "compio", feature = "monoio"))]
fn io_uring_is_forbidden(which: &str) -> bool {
    said(which, "").1.contains("IoUring")
}

/// With one descriptor to spare, no runtime can start on every thread.
#[cfg(any(feature = "compio", feature = "monoio"))]
fn fails_before_the_ready_line(which: &str) {
    let (ended_well, said) = said(which, "ulimit -n 4 &&");
    assert!(!ended_well, "{said}");
    assert!(said.contains("IoUring"), "{said}");
    assert!(!said.contains("ready"), "{said}");
}

#[cfg(feature = "compio")]
#[test]
fn compio_fails_before_the_ready_line() {
    fails_before_the_ready_line("compio");
}

#[cfg(feature = "monoio")]
#[test]
fn monoio_fails_before_the_ready_line() {
    fails_before_the_ready_line("monoio");
}

#[cfg(feature = "monoio")]
#[test]
fn a_panic_on_monoio_ends_every_thread() {
    if io_uring_is_forbidden("monoio") {
        return;
    }
    for arguments in ["", "--threads 2"] {
        let mut server = Running::start("monoio", arguments);
        server.connect().write_all(&[PANIC]).unwrap();
        let code = server.process.wait().unwrap().code();
        assert!(code.is_some_and(|code| code != 0), "{code:?}");
    }
}

#[test]
fn the_ready_line_says_what_is_in_force() {
    let arguments = "--variant tuned --keep 3 --listen 127.0.0.1:0";
    let server = Running::start("threads", arguments);
    let ready = server.ready.clone();
    assert!(ready.address.starts_with("127.0.0.1:") && !ready.address.ends_with(":0"));
    let expected = Ready {
        address: ready.address.clone(),
        protocol: Protocol::Websocket,
        library: "bytes".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        runtime: "test".to_owned(),
        variant: Variant::Tuned,
        threads: 0,
        keep: 3,
        options: vec![option("limit", "7")],
    };
    assert_eq!(ready, expected);
}

#[test]
fn counts_what_a_connection_allocates_and_nothing_else() {
    let mut server = Running::start("threads", "");
    let mut stream = server.connect();
    echo(&mut stream, b'x');
    echo(&mut stream, ALLOCATE);

    assert_eq!(
        server.command("count on"),
        ContenderLine::Counting { on: true }
    );
    for _ in 0..10 {
        // The answers themselves allocate.
        let unknown = "no command ".repeat(50);
        assert!(matches!(
            server.command(&unknown),
            ContenderLine::Error { .. }
        ));
    }
    let nothing = AllocationCounts {
        allocations: Some(0),
        reallocations: Some(0),
        frees: Some(0),
        allocated_bytes: Some(0),
        live_bytes: Some(0),
        peak_live_bytes: Some(0),
    };
    assert_eq!(server.command("stats"), ContenderLine::Stats(nothing));

    for _ in 0..5 {
        echo(&mut stream, b'x');
        echo(&mut stream, ALLOCATE);
    }
    let five = ContenderLine::Stats(AllocationCounts {
        allocations: Some(5),
        reallocations: Some(5),
        frees: Some(5),
        allocated_bytes: Some(15_000),
        live_bytes: Some(0),
        peak_live_bytes: Some(3000),
    });
    assert_eq!(server.command("stats"), five);
    assert_eq!(
        server.command("count off"),
        ContenderLine::Counting { on: false }
    );
    echo(&mut stream, ALLOCATE);
    assert_eq!(server.command("stats"), five);

    server.command("count on");
    assert_eq!(server.command("stats"), ContenderLine::Stats(nothing));
}
