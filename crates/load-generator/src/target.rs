//! Where to connect to, and from which address.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

use crate::Error;

/// A server's address and the parts of its URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where to connect.
    pub address: SocketAddr,
    /// Value of the `Host` header.
    pub host: String,
    /// Resource name of the request line (RFC 6455 section 3).
    pub path: String,
}

impl Target {
    /// Takes a `ws://HOST[:PORT][/PATH][?QUERY]` URL apart and resolves its host.
    ///
    /// # Errors
    /// [`Error::Url`] for another scheme, a fragment, user information, or a
    /// host that does not resolve.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let fail = |problem: &str| Error::Url {
            url: url.to_owned(),
            problem: problem.to_owned(),
        };
        let rest = url.strip_prefix("ws://").ok_or_else(|| {
            fail("only ws:// URLs can be driven, such as ws://127.0.0.1:9001/ (wss:// is not supported)")
        })?;
        let split = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, resource) = rest.split_at(split);
        if resource.contains('#') {
            return Err(fail("a WebSocket URL has no fragment (RFC 6455 section 3)"));
        }
        if authority.is_empty() || authority.contains('@') {
            return Err(fail("expected ws://HOST:PORT/PATH"));
        }
        if resource.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return Err(fail("the path has a blank or a control character"));
        }
        let has_port = match authority.rfind(']') {
            Some(end) => authority[end..].contains(':'),
            None => authority.contains(':'),
        };
        let resolvable = if has_port {
            authority.to_owned()
        } else {
            format!("{authority}:80")
        };
        let addresses: Vec<SocketAddr> = resolvable
            .to_socket_addrs()
            .map_err(|error| fail(&format!("host does not resolve: {error}")))?
            .collect();
        let address =
            first_that_answers(&addresses).ok_or_else(|| fail("host does not resolve"))?;
        let path = if resource.starts_with('/') {
            resource.to_owned()
        } else {
            format!("/{resource}")
        };
        Ok(Self {
            address,
            host: authority.to_owned(),
            path,
        })
    }
}

/// Of several addresses of a host, such as ::1 and 127.0.0.1 of `localhost`, the
/// first on which somebody listens; else the first.
fn first_that_answers(addresses: &[SocketAddr]) -> Option<SocketAddr> {
    let first = *addresses.first()?;
    if addresses.len() == 1 {
        return Some(first);
    }
    let answers =
        |address: &&SocketAddr| TcpStream::connect_timeout(address, PROBE_TIMEOUT).is_ok();
    Some(addresses.iter().find(answers).copied().unwrap_or(first))
}

const PROBE_TIMEOUT: Duration = Duration::from_millis(500);

/// Connections that one source address carries. Linux gives about 28,000
/// ephemeral ports to each pair of addresses.
const CONNECTIONS_PER_SOURCE: u32 = 20_000;

/// The source address of connection `index`: 127.0.0.1, 127.0.0.2, … for an
/// IPv4 loopback target, so that more connections fit than one address has
/// ports. `None` elsewhere: the kernel chooses.
#[must_use]
pub(crate) fn source_address(target: SocketAddr, index: u32) -> Option<SocketAddr> {
    match target.ip() {
        IpAddr::V4(ip) if ip.is_loopback() && index >= CONNECTIONS_PER_SOURCE => {
            let step = index / CONNECTIONS_PER_SOURCE;
            let [_, _, _, low] = Ipv4Addr::LOCALHOST.octets();
            let host = u32::from(low) + step;
            let [_, b, c, d] = host.to_be_bytes();
            Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, b, c, d)), 0))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_url_apart() {
        let target = Target::parse("ws://127.0.0.1:9001/chat?room=1").unwrap();
        assert_eq!(target.address, "127.0.0.1:9001".parse().unwrap());
        assert_eq!(target.host, "127.0.0.1:9001");
        assert_eq!(target.path, "/chat?room=1");
        assert_eq!(Target::parse("ws://127.0.0.1:1").unwrap().path, "/");
        assert_eq!(Target::parse("ws://127.0.0.1:1?a").unwrap().path, "/?a");
        assert_eq!(
            Target::parse("ws://[::1]/").unwrap().address,
            "[::1]:80".parse().unwrap()
        );
    }

    #[test]
    fn names_what_is_wrong_with_a_url() {
        for (url, part) in [
            ("wss://localhost/", "wss:// is not supported"),
            ("http://localhost/", "only ws://"),
            ("ws://", "expected ws://HOST"),
            ("ws://user@localhost/", "expected ws://HOST"),
            ("ws://localhost/#x", "no fragment"),
            ("ws://localhost/a b", "blank"),
            ("ws://127.0.0.1:99999/", "does not resolve"),
        ] {
            let error = Target::parse(url).unwrap_err().to_string();
            assert!(error.contains(part), "{url}: {error}");
        }
    }

    #[test]
    fn spreads_many_connections_over_loopback() {
        let target = "127.0.0.1:80".parse().unwrap();
        assert_eq!(source_address(target, 0), None);
        assert_eq!(source_address(target, 19_999), None);
        let at = |index| source_address(target, index).map(|address| address.to_string());
        assert_eq!(at(20_000).as_deref(), Some("127.0.0.2:0"));
        assert_eq!(at(45_000).as_deref(), Some("127.0.0.3:0"));
        assert_eq!(at(20_000 * 300).as_deref(), Some("127.0.1.45:0"));
        assert_eq!(source_address("[::1]:80".parse().unwrap(), 50_000), None);
    }
}
