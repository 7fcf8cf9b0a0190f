//! Servers that mean harm to who tests them.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use wire::{FrameHeader, MAX_HEADER_BYTES, Opcode, append_frame};

use super::{TestServer, accept};

/// How a server attacks its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hostile {
    /// Ends the connection at once.
    HangsUp,
    /// Says nothing, ever.
    Mute,
    /// A response whose header never ends.
    EndlessHeader,
    /// A response that comes byte by byte, for ever.
    DripsHeader,
    /// Bytes that are no HTTP.
    NoHttp,
    /// A handshake, then nothing.
    MuteAfterHandshake,
    /// Complete messages without end.
    EndlessMessages,
    /// Empty messages without end.
    EmptyMessages,
    /// One message without end, in fragments.
    EndlessFragments,
    /// One frame of 2^63 bytes, as much of it as can be sent.
    HugeFrame,
    /// A control frame that says it has 2^64 - 1 bytes.
    HugeControl,
    /// Pings without end, reading nothing.
    PingFlood,
    /// Pongs without end.
    PongFlood,
    /// Close frames without end.
    CloseFlood,
    /// Bytes without sense.
    Garbage,
    /// Reads nothing.
    NeverReads,
    /// A frame byte by byte.
    Drips,
}

impl Hostile {
    pub(crate) const ALL: [Self; 17] = [
        Self::HangsUp,
        Self::Mute,
        Self::EndlessHeader,
        Self::DripsHeader,
        Self::NoHttp,
        Self::MuteAfterHandshake,
        Self::EndlessMessages,
        Self::EmptyMessages,
        Self::EndlessFragments,
        Self::HugeFrame,
        Self::HugeControl,
        Self::PingFlood,
        Self::PongFlood,
        Self::CloseFlood,
        Self::Garbage,
        Self::NeverReads,
        Self::Drips,
    ];

    pub(crate) fn start(self) -> TestServer {
        TestServer::start(move |stream| self.attack(stream))
    }

    /// Whether there is an opening handshake.
    pub(crate) fn opens(self) -> bool {
        !matches!(
            self,
            Self::HangsUp | Self::Mute | Self::EndlessHeader | Self::DripsHeader | Self::NoHttp
        )
    }

    fn attack(self, mut stream: TcpStream) {
        // Who attacks must end as well, when the client has gone.
        let _ = stream.set_write_timeout(Some(Duration::from_secs(20)));
        if self.opens() && accept(&mut stream).is_none() {
            return;
        }
        let data = |fin, opcode, length| frame(fin, opcode, &vec![b'x'; length]);
        match self {
            Self::HangsUp => {}
            Self::Mute | Self::MuteAfterHandshake => drain(stream),
            Self::EndlessHeader => {
                let _ = stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nX: ");
                flood(stream, &[b'x'; 4096]);
            }
            Self::DripsHeader => drip(stream, b"HTTP/1.1 101 Switching Protocols\r\nX: y\r\n"),
            Self::NoHttp => flood(stream, b"SSH-2.0-OpenSSH\r\n"),
            Self::EndlessMessages => flood(stream, &data(true, Opcode::Text, 60_000)),
            Self::EmptyMessages => flood(stream, &data(true, Opcode::Text, 0).repeat(10_000)),
            Self::EndlessFragments => {
                let _ = stream.write_all(&data(false, Opcode::Text, 1));
                flood(stream, &data(false, Opcode::Continuation, 60_000));
            }
            Self::HugeFrame => {
                let _ = stream.write_all(&announce(Opcode::Binary, 1 << 63));
                flood(stream, &[0; 60_000]);
            }
            Self::HugeControl => {
                let _ = stream.write_all(&announce(Opcode::Close, u64::MAX));
                flood(stream, &[0; 60_000]);
            }
            Self::PingFlood => flood(stream, &data(true, Opcode::Ping, 125).repeat(500)),
            Self::PongFlood => flood(stream, &data(true, Opcode::Pong, 0).repeat(10_000)),
            Self::CloseFlood => flood(stream, &data(true, Opcode::Close, 0).repeat(10_000)),
            Self::Garbage => {
                let bytes: Vec<u8> = (0..50_000_u32)
                    .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
                    .collect();
                flood(stream, &bytes);
            }
            Self::NeverReads => std::thread::sleep(Duration::from_secs(8)),
            Self::Drips => drip(stream, &data(true, Opcode::Text, 100)),
        }
    }
}

fn frame(fin: bool, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let header = FrameHeader {
        fin,
        ..FrameHeader::single(opcode, None, payload.len() as u64)
    };
    let mut bytes = Vec::new();
    append_frame(&mut bytes, &header, payload);
    bytes
}

fn announce(opcode: Opcode, length: u64) -> Vec<u8> {
    let mut octets = [0; MAX_HEADER_BYTES];
    let count = FrameHeader::single(opcode, None, length).encode(&mut octets);
    octets[..count].to_vec()
}

fn flood(mut stream: TcpStream, bytes: &[u8]) {
    while stream.write_all(bytes).is_ok() {}
}

fn drip(mut stream: TcpStream, bytes: &[u8]) {
    for byte in bytes.iter().cycle() {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn drain(mut stream: TcpStream) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let mut rest = [0; 4096];
    while matches!(stream.read(&mut rest), Ok(count) if count > 0) {}
}
