//! `scripts/handshake-spellings` against servers of this process.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
};

/// What a server on this port does with a request: its status, or 101.
type Answer = fn(&[String]) -> &'static str;

fn serve(answer: Answer) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            respond(stream.unwrap(), answer);
        }
    });
    port
}

fn respond(mut stream: TcpStream, answer: Answer) {
    let lines: Vec<String> = BufReader::new(stream.try_clone().unwrap())
        .lines()
        .map(Result::unwrap)
        .take_while(|line| !line.is_empty())
        .collect();
    let status = answer(&lines);
    let key = header(&lines, "sec-websocket-key").unwrap();
    let accept = match status {
        "101" => wire::accept_of(key),
        _ => String::new(),
    };
    let response = format!(
        "HTTP/1.1 {status} Whatever\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(response.as_bytes()).unwrap();
}

fn header<'a>(lines: &'a [String], name: &str) -> Option<&'a str> {
    let fields = lines.iter().filter_map(|line| line.split_once(':'));
    let mut named = fields.filter(|(it, _)| it.eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| value.trim())
}

/// Where `program` is in `PATH`.
fn installed(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|it| it.is_file())
}

/// The interpreter itself: what is called `python3` may be a script that looks
/// for it in `PATH`.
fn python() -> Option<PathBuf> {
    let program = installed("python3")?;
    let code = "import sys; print(sys.executable)";
    let output = Command::new(program).args(["-c", code]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    output.status.success().then(|| said.trim().into())
}

/// Runs the script where there is no cargo; `None` where there is no Python.
fn script(arguments: &[&str]) -> Option<Output> {
    let Some(python) = python() else {
        eprintln!("skipped: python3 is not installed");
        return None;
    };
    let programs = tempfile::tempdir().unwrap();
    symlink(python, programs.path().join("python3")).unwrap();
    for name in ["bash", "cat", "dirname", "mktemp", "rm"] {
        symlink(installed(name).unwrap(), programs.path().join(name)).unwrap();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = Command::new(root.join("scripts/handshake-spellings"))
        .args(arguments)
        .env("PATH", programs.path())
        .output()
        .unwrap();
    Some(output)
}

#[track_caller]
fn assert_said(output: &Output, code: i32, stdout: &str, stderr: &str) {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(stderr), "{said}");
    assert_eq!(said.is_empty(), stderr.is_empty(), "{said}");
}

/// A server given by its address needs no cargo, and its refusal is a result.
#[test]
fn a_spelling_that_is_refused_is_named_and_no_error() {
    let port = serve(|lines| {
        let listed = header(lines, "connection").is_some_and(|it| it.contains(','));
        match &lines[0][..] {
            "GET /chat HTTP/1.1" if !listed => "101",
            _ => "400",
        }
    });
    let url = format!("ws://127.0.0.1:{port}/chat");
    let Some(output) = script(&[&url]) else {
        return;
    };
    let said = format!("{url}: 7 of 8 accepted\n  connection-list: HTTP 400\n");
    assert_said(&output, 0, &said, "");
}

/// Each server gets its line, also behind one that takes everything.
#[test]
fn a_server_that_takes_everything_is_said_to() {
    let any = serve(|_| "101");
    let literal = serve(|lines| match header(lines, "upgrade") {
        Some("websocket") => "101",
        _ => "426",
    });
    let urls = [any, literal].map(|port| format!("ws://127.0.0.1:{port}"));
    let Some(output) = script(&[&urls[0], &urls[1]]) else {
        return;
    };
    let said = format!(
        "{}: 8 of 8 accepted\n{}: 6 of 8 accepted\n  upgrade-mixed: HTTP 426\n  \
         upgrade-upper: HTTP 426\n",
        urls[0], urls[1]
    );
    assert_said(&output, 0, &said, "");
}

#[test]
fn a_port_where_nobody_listens_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    drop(listener);
    if let Some(output) = script(&[&url]) {
        let error = format!("error: {url} doesn't accept the usual request (Connection refused)");
        assert_said(&output, 1, "", &error);
    }
}

#[test]
fn a_server_that_takes_no_usual_request_is_an_error() {
    let url = format!("ws://127.0.0.1:{}/", serve(|_| "404"));
    if let Some(output) = script(&[&url]) {
        assert_said(&output, 1, "", "the usual request (HTTP 404); is it up?");
    }
}

#[test]
fn without_a_server_the_usage_is_said() {
    for arguments in [&[][..], &["--help"]] {
        if let Some(output) = script(arguments) {
            assert_said(&output, 2, "", "CONTENDER|URL");
        }
    }
}

/// A contender has to be built, which needs cargo.
#[test]
fn a_contender_without_cargo_is_an_error_with_a_way_out() {
    if let Some(output) = script(&["tokio-tungstenite"]) {
        assert_said(&output, 1, "", "cargo is missing");
    }
}
