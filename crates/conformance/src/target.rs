//! The URL of a server under test.

use std::{
    io,
    net::{SocketAddr, TcpStream, ToSocketAddrs as _},
    time::Duration,
};

use crate::socket::Endpoint;

/// A URL that can be tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    url: String,
    host: String,
    port: u16,
    authority: String,
    path: String,
}

/// A URL that can't.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// It is no `ws://` URL.
    #[error("{url:?} is no ws:// URL, such as ws://127.0.0.1:9001/")]
    NotAUrl {
        /// It.
        url: String,
    },
    /// It asks for TLS.
    #[error(
        "{url:?} asks for TLS, which the cases can't be run over; give the plain ws:// address \
         behind the TLS terminator"
    )]
    Tls {
        /// It.
        url: String,
    },
    /// Its host has no address.
    #[error("the host of {url:?} can't be found: {error}")]
    NoAddress {
        /// It.
        url: String,
        /// The system's words.
        error: io::Error,
    },
    /// Nobody accepts a connection there.
    #[error("{url:?} ({address}) can't be connected to: {error}; is the server running?")]
    NoAnswer {
        /// It.
        url: String,
        /// Where it leads.
        address: SocketAddr,
        /// The system's words.
        error: io::Error,
    },
    /// Its host is another machine.
    #[error(
        "{url:?} leads to {address}, which is not this machine; the cases send what RFC 6455 \
         forbids: give --allow-remote when you may do that to it"
    )]
    Remote {
        /// It.
        url: String,
        /// Where it leads.
        address: SocketAddr,
    },
}

impl std::str::FromStr for Target {
    type Err = TargetError;

    fn from_str(url: &str) -> Result<Self, TargetError> {
        let error = || TargetError::NotAUrl {
            url: url.to_owned(),
        };
        let (scheme, rest) = url.split_once("://").ok_or_else(error)?;
        if scheme.eq_ignore_ascii_case("wss") {
            return Err(TargetError::Tls {
                url: url.to_owned(),
            });
        }
        // A byte outside this range would write another request.
        let printable = url.bytes().all(|byte| byte.is_ascii_graphic());
        if !scheme.eq_ignore_ascii_case("ws") || !printable || rest.contains('#') {
            return Err(error());
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().map_err(|_| error())?)
            }
            _ => (authority, 80),
        };
        let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        if host.is_empty() || host.contains('@') || (bare.is_none() && host.contains(':')) {
            return Err(error());
        }
        Ok(Self {
            url: url.to_owned(),
            host: bare.unwrap_or(host).to_owned(),
            port,
            authority: authority.to_owned(),
            path: if path.starts_with('/') {
                path.to_owned()
            } else {
                format!("/{path}")
            },
        })
    }
}

impl Target {
    /// The URL as it was given.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Finds the address at which a server answers. Another machine's is refused
    /// unless `allow_remote`.
    ///
    /// # Errors
    /// When there is none, nobody answers, or it is refused.
    pub fn resolve(&self, allow_remote: bool) -> Result<Endpoint, TargetError> {
        let no_address = |error| TargetError::NoAddress {
            url: self.url.clone(),
            error,
        };
        let addresses: Vec<SocketAddr> = (self.host.as_str(), self.port)
            .to_socket_addrs()
            .map_err(no_address)?
            .collect();
        if !allow_remote && let Some(&address) = addresses.iter().find(|it| !it.ip().is_loopback())
        {
            return Err(TargetError::Remote {
                url: self.url.clone(),
                address,
            });
        }
        // Names often have an address of each family, and servers listen on
        // one: the first that answers is taken.
        let mut refused = no_address(io::ErrorKind::NotFound.into());
        for address in addresses {
            match TcpStream::connect_timeout(&address, PROBE) {
                Ok(_) => return Ok(self.endpoint(address)),
                Err(error) => {
                    refused = TargetError::NoAnswer {
                        url: self.url.clone(),
                        address,
                        error,
                    };
                }
            }
        }
        Err(refused)
    }

    fn endpoint(&self, address: SocketAddr) -> Endpoint {
        Endpoint {
            address,
            host: self.authority.clone(),
            path: self.path.clone(),
        }
    }
}

const PROBE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn parse(url: &str) -> Result<Target, TargetError> {
        url.parse()
    }

    #[test]
    fn urls_are_taken_apart() {
        let target = parse("ws://localhost:9001/chat?x=1").unwrap();
        assert_eq!(
            (&*target.host, target.port, &*target.path),
            ("localhost", 9001, "/chat?x=1")
        );
        let target = parse("WS://[::1]").unwrap();
        assert_eq!(
            (&*target.host, target.port, &*target.path),
            ("::1", 80, "/")
        );
        assert_eq!(parse("ws://a:1?x").unwrap().path, "/?x");
    }

    #[test]
    fn what_is_no_url_is_refused_with_the_next_step() {
        for url in [
            "",
            "localhost:9001",
            "http://a/",
            "ws://",
            "ws://a:b/",
            "ws://a:99999/",
            "ws://u@a/",
            "ws://a/\r\nX: y",
            "ws://a b/",
            "ws://::1/",
        ] {
            let error = parse(url).unwrap_err().to_string();
            assert!(error.contains("ws://127.0.0.1:9001/"), "{error}");
        }
        let tls = parse("wss://a/").unwrap_err().to_string();
        assert!(tls.contains("TLS"), "{tls}");
    }

    #[test]
    fn another_machine_needs_to_be_allowed() {
        // TEST-NET-1 (RFC 5737): nobody is there.
        let target = parse("ws://192.0.2.1:9/").unwrap();
        let error = target.resolve(false).unwrap_err().to_string();
        assert!(error.contains("--allow-remote"), "{error}");
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let authority = server.local_addr().unwrap().to_string();
        let target = parse(&format!("ws://{authority}/x")).unwrap();
        let here = target.resolve(false).unwrap();
        assert_eq!((here.host, &*here.path), (authority, "/x"));
    }

    #[test]
    fn an_address_where_nobody_listens_is_an_error() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let target = parse(&format!("ws://{}/", free.unwrap())).unwrap();
        let error = target.resolve(false).unwrap_err().to_string();
        assert!(error.contains("is the server running?"), "{error}");
    }
}
