//! The server's half of the opening handshake (RFC 6455 section 4.2.2).

use std::{
    io::{self, Read, Write},
    net::TcpStream,
};

use crate::{fault::Fault, truth::Truth};

/// Longest request that is read.
const MAX_REQUEST_BYTES: usize = 16 * 1024;

/// Reads the request and answers it; returns what came after it.
pub(crate) fn answer(stream: &mut TcpStream, truth: &Truth) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    let mut chunk = [0; 1024];
    let end = loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if read.len() > MAX_REQUEST_BYTES {
            return Err(io::Error::other("the request is too long"));
        }
        match stream.read(&mut chunk)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => read.extend_from_slice(&chunk[..length]),
        }
    };
    let request = String::from_utf8_lossy(&read[..end]).into_owned();
    let key = header(&request, "sec-websocket-key")
        .ok_or_else(|| io::Error::other("the request has no Sec-WebSocket-Key"))?;
    let key = if truth.faults.is(Fault::BadAccept) {
        "another key"
    } else {
        key
    };
    write!(
        stream,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        wire::accept_of(key)
    )?;
    Ok(read.split_off(end))
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
