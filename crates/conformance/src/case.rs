//! The table of cases: what is sent, what should come back.

use serde::Deserialize;

use crate::{
    deflate::{self, Sample},
    payload::{Hex, Payload},
};

/// One case.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its number, the one that Autobahn|Testsuite gave it.
    pub id: CaseId,
    /// What is sent, in words.
    pub sends: String,
    /// What is sent.
    pub steps: Vec<Step>,
    /// What should come back.
    pub expect: Expect,
    /// How the connection should end.
    pub close: CloseRule,
    /// How long after the last step the connection may last.
    pub limit_ms: u64,
    /// What the client does then.
    pub at_limit: AtLimit,
    /// Whether the client starts the closing handshake as soon as all that is
    /// expected has come.
    #[serde(default)]
    pub close_when_done: bool,
    /// What else is to be known.
    #[serde(default)]
    pub note: Option<String>,
    /// The extensions that the opening handshake offers, in the order of
    /// preference.
    #[serde(skip)]
    pub offers: Vec<String>,
}

/// The number of a case, such as `6.4.1`; ordered as a reader expects.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct CaseId(Vec<u32>);

/// What is no number of a case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no number of a case, such as 6.4.1")]
pub struct NotACaseId(String);

/// One thing that the client does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Sends a frame, whatever the state of the connection.
    Frame(FrameStep),
    /// Sends a legal message, unless the connection is closing.
    Message(MessageStep),
    /// Waits.
    Wait(WaitStep),
    /// Sends a Close frame with this payload, unless the connection is closing.
    Close(Hex),
    /// Sends the header of one frame, unless the connection is closing.
    Begin(BeginStep),
    /// Sends a part of that frame's payload, unless the connection is closing.
    Chunk(Hex),
    /// Sends a frame, and again each time its echo has come.
    Echoes(EchoesStep),
    /// Sends compressed messages, each when the echo of the one before has come.
    #[serde(skip)]
    Compressed(CompressedStep),
}

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameStep {
    /// 0 to 15.
    pub opcode: u8,
    /// Whether it is the last of its message.
    #[serde(default = "yes")]
    pub fin: bool,
    /// RSV1 is 4, RSV2 is 2, RSV3 is 1.
    #[serde(default)]
    pub rsv: u8,
    /// Its payload.
    pub payload: Payload,
    /// How many bytes go into one write to the socket; all, when absent.
    #[serde(default)]
    pub write_size: Option<usize>,
    /// Whether it gets a write of its own.
    #[serde(default)]
    pub alone: bool,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageStep {
    /// Whether it is sent as text.
    pub text: bool,
    /// Its payload.
    pub payload: Payload,
    /// The length of its fragments; one frame, when absent.
    #[serde(default)]
    pub fragment_size: Option<usize>,
}

/// A pause.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitStep {
    /// How long.
    pub ms: u64,
    /// The name under which it is noted that the connection outlived it.
    #[serde(default)]
    pub tag: Option<String>,
}

/// The start of a frame whose payload comes in parts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeginStep {
    /// 0 to 15.
    pub opcode: u8,
    /// The length that the header announces.
    pub length: u64,
}

/// A frame that is sent again and again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EchoesStep {
    /// How often.
    pub count: u64,
    /// The frame.
    pub frame: FrameStep,
}

/// Compressed messages, one at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompressedStep {
    /// Whether they are sent as text.
    pub text: bool,
    /// What they are cut from.
    pub sample: Sample,
    /// The length of each before it is compressed.
    pub length: usize,
    /// The length of the fragments of what it is compressed to; one frame, when
    /// absent.
    pub fragment_size: Option<usize>,
    /// How many there are.
    pub count: u64,
}

/// What should come back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expect {
    /// Exactly these events.
    Events {
        /// For the verdict OK.
        ok: Vec<ExpectedEvent>,
        /// For the verdict NON-STRICT.
        #[serde(default)]
        non_strict: Option<Vec<ExpectedEvent>>,
    },
    /// So many messages of one kind and length; their bytes are not compared.
    Echoes {
        /// Whether they are text.
        text: bool,
        /// Their length.
        length: u64,
        /// How many.
        count: u64,
    },
    /// Anything: the case is only written down.
    Informational,
}

/// Something that should come back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ExpectedEvent {
    /// A message.
    Message {
        /// Whether it is text.
        text: bool,
        /// Its payload.
        payload: Payload,
    },
    /// A pong.
    Pong(Payload),
    /// The connection outlives the wait of this name.
    StillOpen(String),
}

/// How the connection should end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseRule {
    /// Who ends it.
    pub by: Side,
    /// The codes that the server's Close frame may have; it may have none.
    pub codes: Vec<u16>,
    /// Whether a whole closing handshake is due.
    #[serde(default)]
    pub clean: bool,
    /// Whether the case is failed when the wrong side ends the connection.
    #[serde(default)]
    pub wrong_side_fails: bool,
    /// Whether the case is failed by a code that is not among `codes`.
    #[serde(default)]
    pub wrong_code_fails: bool,
}

/// A side of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// We.
    Client,
    /// The server under test.
    Server,
}

/// What the client does at the time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtLimit {
    /// It sends Close with code 1001, or ends the TCP connection when the
    /// closing handshake has begun.
    Fail,
    /// It starts the closing handshake, if that has not begun.
    Close,
}

/// All cases, in the order of their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseTable {
    /// Where they come from.
    pub source: String,
    /// The cases.
    pub cases: Vec<Case>,
}

/// The table can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the table of cases is broken: {0}")]
pub struct TableError(#[from] serde_json::Error);

/// How often a race is run. Each run takes milliseconds.
const RACE_TRIALS: u32 = 5;

impl Case {
    /// Whether either of two outcomes is allowed and nothing in the case decides
    /// which: an illegal frame follows a legal message at once, so that a server
    /// that gathers its writes echoes the message only when no read brings it
    /// both. Where the client waits between the two, the server decides.
    #[must_use]
    pub fn is_race(&self) -> bool {
        let either = matches!(
            &self.expect,
            Expect::Events { non_strict: Some(other), .. } if other.is_empty()
        );
        either && !self.steps.iter().any(|it| matches!(it, Step::Wait(_)))
    }

    /// How often the case is run at least, each time on a connection of its own.
    #[must_use]
    pub fn trials(&self) -> u32 {
        if self.is_race() { RACE_TRIALS } else { 1 }
    }
}

impl CaseTable {
    /// The table that is part of this program.
    ///
    /// # Errors
    /// When it is broken, which a test rules out.
    pub fn built_in() -> Result<Self, TableError> {
        let mut table: Self = serde_json::from_str(include_str!("../data/cases.json"))?;
        table.cases.extend(deflate::cases());
        Ok(table)
    }
}

impl CaseId {
    pub(crate) fn of(numbers: &[u32]) -> Self {
        Self(numbers.to_vec())
    }

    /// The first number.
    #[must_use]
    pub fn group(&self) -> u32 {
        self.0.first().copied().unwrap_or(0)
    }

    /// Its numbers.
    #[must_use]
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }
}

impl std::fmt::Display for CaseId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

impl TryFrom<String> for CaseId {
    type Error = NotACaseId;

    fn try_from(text: String) -> Result<Self, NotACaseId> {
        let numbers: Result<Vec<u32>, _> = text.split('.').map(str::parse).collect();
        match numbers {
            Ok(numbers) if (2..=3).contains(&numbers.len()) => Ok(Self(numbers)),
            _ => Err(NotACaseId(text)),
        }
    }
}

fn yes() -> bool {
    true
}
