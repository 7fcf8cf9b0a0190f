//! Which scenarios have a meaning for a server, by what it speaks.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Protocol, ScenarioKind};

/// Why a scenario has no meaning for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum Inapplicable {
    /// A message is larger than what its protocol can carry in one piece.
    MessageTooLarge {
        /// What can be carried.
        limit_bytes: u64,
    },
    /// It is about connections, and the protocol has none.
    NoConnections,
}

impl fmt::Display for Inapplicable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MessageTooLarge { .. } => f.write_str("too large for a datagram"),
            Self::NoConnections => f.write_str("has no connections"),
        }
    }
}

impl Inapplicable {
    /// Why `protocol` can't carry a message of so many bytes; `None` where it can.
    #[must_use]
    pub fn of_size(protocol: Protocol, size_bytes: u64) -> Option<Self> {
        let limit_bytes = protocol.largest_message_bytes()?;
        (size_bytes > limit_bytes).then_some(Self::MessageTooLarge { limit_bytes })
    }

    /// The same in a sentence, for a note under a table.
    #[must_use]
    pub fn explanation(&self) -> String {
        match self {
            Self::MessageTooLarge { limit_bytes } => format!(
                "not applicable: a datagram carries at most {limit_bytes} bytes of payload, and \
                 cutting a message into several would need a protocol of our own"
            ),
            Self::NoConnections => {
                "not applicable: datagrams need no connection, so none is opened, held or closed"
                    .to_owned()
            }
        }
    }
}

impl ScenarioKind {
    /// Why this can't be measured of a server that speaks `protocol`; `None`
    /// where it can.
    ///
    /// Of several sizes whose allocations are counted, one that fits is enough:
    /// the others are left out.
    #[must_use]
    pub fn inapplicable_to(&self, protocol: Protocol) -> Option<Inapplicable> {
        let is_about_connections = match self {
            Self::Handshakes { .. } | Self::Idle { .. } | Self::AllocationsPerConnection { .. } => {
                true
            }
            // Messages are kept per connection.
            Self::AllocationsPerMessage { keep, .. } => *keep > 0,
            Self::Echo { .. } | Self::RateLadder { .. } | Self::PerMessageCosts { .. } => false,
        };
        if is_about_connections && !protocol.has_connections() {
            return Some(Inapplicable::NoConnections);
        }
        let needed_bytes = match self {
            Self::Echo { message, .. } | Self::RateLadder { message, .. } => {
                Some(message.size_bytes)
            }
            Self::AllocationsPerMessage { sizes_bytes, .. } => sizes_bytes.iter().min().copied(),
            Self::PerMessageCosts { sizes, .. } => sizes.iter().map(|size| size.size_bytes).max(),
            Self::Handshakes { .. } | Self::Idle { .. } | Self::AllocationsPerConnection { .. } => {
                None
            }
        };
        Inapplicable::of_size(protocol, needed_bytes?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MessageKind, MessageShape};

    const ALL: [Protocol; 4] = [
        Protocol::Websocket,
        Protocol::RawTcp,
        Protocol::Udp,
        Protocol::Http,
    ];

    fn echo(size_bytes: u64) -> ScenarioKind {
        ScenarioKind::Echo {
            connections: 1,
            in_flight: 1,
            message: MessageShape {
                kind: MessageKind::Binary,
                size_bytes,
            },
        }
    }

    #[test]
    fn only_datagrams_have_a_limit_and_no_connections() {
        for protocol in ALL {
            let is_udp = protocol == Protocol::Udp;
            let refused = |kind: &ScenarioKind| kind.inapplicable_to(protocol);
            assert_eq!(refused(&echo(65_507)), None);
            let limit_bytes = 65_507;
            assert_eq!(
                refused(&echo(65_508)),
                is_udp.then_some(Inapplicable::MessageTooLarge { limit_bytes })
            );
            for about_connections in [
                ScenarioKind::Handshakes { concurrency: 1 },
                ScenarioKind::Idle { levels: vec![1] },
                ScenarioKind::AllocationsPerConnection {
                    handshakes: 1,
                    connections: 1,
                },
            ] {
                assert_eq!(
                    refused(&about_connections),
                    is_udp.then_some(Inapplicable::NoConnections)
                );
            }
        }
    }

    #[test]
    fn of_several_sizes_one_that_fits_is_enough() {
        let allocations = |sizes_bytes: &[u64], keep| ScenarioKind::AllocationsPerMessage {
            sizes_bytes: sizes_bytes.to_vec(),
            messages: 1,
            keep,
        };
        let refused = |kind: ScenarioKind| kind.inapplicable_to(Protocol::Udp);
        assert_eq!(refused(allocations(&[1 << 20, 125], 0)), None);
        assert!(refused(allocations(&[1 << 20], 0)).is_some());
        assert_eq!(
            refused(allocations(&[125], 64)),
            Some(Inapplicable::NoConnections)
        );
    }
}
