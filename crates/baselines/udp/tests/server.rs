//! The contract with the harness, on the running server.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead as _, BufReader},
    net::UdpSocket,
    process::{Command, Stdio},
};

use record::{ContenderLine, Protocol};

fn server() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_echo-udp"));
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Ready line, echo, end of input.
#[test]
fn says_where_it_can_be_reached_and_ends_with_its_input() {
    let mut process = server().spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ContenderLine::Ready(ready) = serde_json::from_str(&line).unwrap() else {
        panic!("{line} is no ready line");
    };
    assert_eq!((ready.protocol, ready.threads), (Protocol::Udp, 1));

    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(&ready.address).unwrap();
    client.send(b"echo").unwrap();
    let mut buffer = [0; 8];
    let received = client.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..received], b"echo");

    drop(process.stdin.take());
    assert_eq!(process.wait().unwrap().code(), Some(0));
}

#[test]
fn a_taken_address_is_named_with_the_next_step() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = server().args(["--listen", &address]).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success(), "{said}");
    for part in [&address, "choose another address with --listen"] {
        assert!(said.contains(part), "{said}");
    }
}
