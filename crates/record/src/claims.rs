//! What a library is said to be able to do, and by whom.
//!
//! A property is answered by a claim (`[package.metadata.contender.claims]`,
//! with the page that says so), by a probe that ran, or not at all: an answer
//! that is missing is unknown, never a no; so is a `?`, whose note says why.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// A property of a library that no manifest tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Property {
    /// Passes the Autobahn cases. Only a probe can say so.
    PassesAutobahn,
    /// A message in several frames reaches the program as one message.
    ReceivesFragmentedMessages,
    /// The program can send a Close frame with a code and a reason.
    SendsClose,
    /// The program can send pings and sees the pongs.
    SendsPingsReceivesPongs,
    /// The program sees whether a message is text or binary.
    MessageTypeVisible,
    /// permessage-deflate (RFC 7692).
    PermessageDeflate,
    /// A message can be read in parts, before its end has arrived.
    StreamingRead,
    /// A message can be written in parts, before its end is known.
    StreamingWrite,
    /// The size of a received message can be limited.
    SizeLimit,
    /// The limit per message unless it is set.
    MessageLimitDefault,
    /// The limit per frame unless it is set.
    FrameLimitDefault,
    /// The limit of what waits to be written unless it is set.
    WriteBufferLimitDefault,
    /// A ping is answered without the program's doing.
    AutomaticPong,
    /// A Close frame is answered without the program's doing.
    AutomaticClose,
    /// Text is checked for UTF-8.
    Utf8Validation,
    /// The runtimes that it works on.
    Runtimes,
    /// The TLS implementations that it has an option for.
    TlsBackends,
    /// One task can read while another writes.
    Split,
    /// A pending read can be dropped and repeated without losing data.
    CancelSafeReads,
    /// The HTTP libraries whose connections it takes over.
    HttpIntegration,
    /// Builds for WebAssembly.
    Wasm,
    /// WebSockets over HTTP/2 (RFC 8441).
    Http2,
}

impl Property {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 22] = [
        Self::PassesAutobahn,
        Self::ReceivesFragmentedMessages,
        Self::SendsClose,
        Self::SendsPingsReceivesPongs,
        Self::MessageTypeVisible,
        Self::PermessageDeflate,
        Self::StreamingRead,
        Self::StreamingWrite,
        Self::SizeLimit,
        Self::MessageLimitDefault,
        Self::FrameLimitDefault,
        Self::WriteBufferLimitDefault,
        Self::AutomaticPong,
        Self::AutomaticClose,
        Self::Utf8Validation,
        Self::Runtimes,
        Self::TlsBackends,
        Self::Split,
        Self::CancelSafeReads,
        Self::HttpIntegration,
        Self::Wasm,
        Self::Http2,
    ];

    /// Whether a page may answer it; the rest is only ever measured.
    pub fn can_be_claimed(self) -> bool {
        self != Self::PassesAutobahn
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PassesAutobahn => "passes Autobahn",
            Self::ReceivesFragmentedMessages => "receives fragmented messages",
            Self::SendsClose => "sends close",
            Self::SendsPingsReceivesPongs => "sends pings, receives pongs",
            Self::MessageTypeVisible => "type of a received message visible",
            Self::PermessageDeflate => "compression (permessage-deflate)",
            Self::StreamingRead => "streaming read",
            Self::StreamingWrite => "streaming write",
            Self::SizeLimit => "size limit",
            Self::MessageLimitDefault => "message limit by default",
            Self::FrameLimitDefault => "frame limit by default",
            Self::WriteBufferLimitDefault => "write buffer limit by default",
            Self::AutomaticPong => "pong by itself",
            Self::AutomaticClose => "close reply by itself",
            Self::Utf8Validation => "UTF-8 validation",
            Self::Runtimes => "runtimes",
            Self::TlsBackends => "TLS backends",
            Self::Split => "concurrent read and write",
            Self::CancelSafeReads => "cancel-safe reads",
            Self::HttpIntegration => "HTTP integration",
            Self::Wasm => "WebAssembly",
            Self::Http2 => "HTTP/2 (RFC 8441)",
        })
    }
}

/// Yes, no, in part, unknown for a reason, or a value such as `64 MiB`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "String"))]
#[serde(from = "String", into = "String")]
pub enum Answer {
    /// It can.
    Yes,
    /// It can't.
    No,
    /// Not all of it; a note says what.
    Partly,
    /// It was looked for and isn't known; a note says why.
    Unknown,
    /// What it is, where the question isn't whether.
    Value(String),
}

impl From<String> for Answer {
    fn from(text: String) -> Self {
        match text.as_str() {
            "yes" => Self::Yes,
            "no" => Self::No,
            "partly" => Self::Partly,
            "?" => Self::Unknown,
            _ => Self::Value(text),
        }
    }
}

impl From<Answer> for String {
    fn from(answer: Answer) -> Self {
        answer.to_string()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Partly => "partly",
            Self::Unknown => "?",
            Self::Value(value) => value,
        })
    }
}

/// What documentation or source says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The answer.
    pub answer: Answer,
    /// The page that says so; of a `?` the one that comes nearest. A `no` may have
    /// none, because no page lists what isn't there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What the answer leaves out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The claims of one contender.
pub type Claims = BTreeMap<Property, Claim>;

/// A claim that can't stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimFault {
    /// It has no page to look it up.
    #[error("needs a `source`: the page of the documentation or the source that says so")]
    NoSource,
    /// Its source is no address.
    #[error("has a `source` that doesn't begin with https://")]
    NoAddress,
    /// It doesn't say what is missing.
    #[error("is \"partly\" and needs a `note` that says which part")]
    WhichPart,
    /// It doesn't say why nothing is known.
    #[error("is \"?\" and needs a `note` that says why it isn't known")]
    WhyUnknown,
    /// It says nothing.
    #[error("has an empty answer; leave the entry out where nobody has looked")]
    Empty,
    /// Only a measurement counts.
    #[error("can't be claimed, only measured; leave the entry out")]
    OnlyMeasured,
}

impl Claim {
    /// What is wrong with it as an answer to `property`.
    pub fn fault(&self, property: Property) -> Option<ClaimFault> {
        if !property.can_be_claimed() {
            return Some(ClaimFault::OnlyMeasured);
        }
        match (&self.answer, &self.source) {
            (Answer::Value(value), _) if value.trim().is_empty() => Some(ClaimFault::Empty),
            (_, Some(source)) if !source.starts_with("https://") => Some(ClaimFault::NoAddress),
            (Answer::Yes | Answer::Partly | Answer::Unknown | Answer::Value(_), None) => {
                Some(ClaimFault::NoSource)
            }
            (Answer::Partly, _) if self.note.is_none() => Some(ClaimFault::WhichPart),
            (Answer::Unknown, _) if self.note.is_none() => Some(ClaimFault::WhyUnknown),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(answer: &str, source: Option<&str>, note: Option<&str>) -> Claim {
        Claim {
            answer: answer.to_owned().into(),
            source: source.map(ToOwned::to_owned),
            note: note.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn every_property_is_listed_once_and_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<String> =
            Property::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(names.len(), Property::ALL.len());
        assert!(Property::ALL.is_sorted(), "the order of the declaration");
        // The declaration has as many: the last one's number says so.
        assert_eq!(Property::Http2 as usize + 1, Property::ALL.len());
    }

    #[test]
    fn answers_survive_a_file() {
        for text in ["yes", "no", "partly", "?", "64 MiB"] {
            let answer: Answer = serde_json::from_value(text.into()).unwrap();
            assert_eq!(serde_json::to_value(&answer).unwrap(), text);
        }
        assert_eq!(Answer::from("?".to_owned()), Answer::Unknown);
        let misspelt =
            serde_json::from_str::<Claims>("{\"permessage-deflat\":{\"answer\":\"no\"}}");
        assert!(
            misspelt
                .unwrap_err()
                .to_string()
                .contains("permessage-deflat")
        );
    }

    #[test]
    fn a_claim_without_evidence_is_refused() {
        let page = Some("https://docs.rs/x");
        let property = Property::PermessageDeflate;
        for (claim, fault) in [
            (claim("yes", page, None), None),
            (claim("no", None, None), None),
            (claim("partly", page, Some("server only")), None),
            (claim("yes", None, None), Some(ClaimFault::NoSource)),
            (claim("64 MiB", None, None), Some(ClaimFault::NoSource)),
            (claim("partly", page, None), Some(ClaimFault::WhichPart)),
            (claim("?", page, Some("it wasn't tried")), None),
            (claim("?", page, None), Some(ClaimFault::WhyUnknown)),
            (
                claim("?", None, Some("it wasn't tried")),
                Some(ClaimFault::NoSource),
            ),
            (
                claim("no", Some("see README"), None),
                Some(ClaimFault::NoAddress),
            ),
            (claim(" ", page, None), Some(ClaimFault::Empty)),
        ] {
            assert_eq!(claim.fault(property), fault, "{claim:?}");
        }
        let passes = claim("yes", page, None);
        let fault = passes.fault(Property::PassesAutobahn);
        assert_eq!(fault, Some(ClaimFault::OnlyMeasured));
    }
}
