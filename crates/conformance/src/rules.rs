//! What RFC 6455 says on what a case is about.

use crate::case::CaseId;

/// Sections and what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) section: &'static str,
    pub(crate) says: &'static str,
}

const FRAMING: Rule = Rule {
    section: "RFC 6455 sections 5.2 and 5.6",
    says: "A message may have any length; 126 and 127 in the length field say that two or eight \
           octets of length follow. An echo server returns each message as it came.",
};
const PING: Rule = Rule {
    section: "RFC 6455 sections 5.5.2 and 5.5.3",
    says: "A Ping must be answered by a Pong with the same payload as soon as is practical.",
};
const PINGS: Rule = Rule {
    section: "RFC 6455 section 5.5.3",
    says: "Of several Pings, only the latest need be answered; the suite wants all, in order.",
};
const PONG: Rule = Rule {
    section: "RFC 6455 section 5.5.3",
    says: "A Pong may come unasked; no answer to it is expected.",
};
const CONTROL_LENGTH: Rule = Rule {
    section: "RFC 6455 section 5.5",
    says: "A control frame must have at most 125 bytes of payload; another one fails the \
           connection (section 7.1.7, code 1002).",
};
const RESERVED_BITS: Rule = Rule {
    section: "RFC 6455 section 5.2",
    says: "Reserved bits must be 0 unless an extension gives them a meaning; else the connection \
           must be failed. Messages before it should still be echoed.",
};
const RESERVED_OPCODES: Rule = Rule {
    section: "RFC 6455 section 5.2",
    says: "On an opcode without a meaning, the connection must be failed. Messages before it \
           should still be echoed.",
};
const CONTROL_FRAGMENTED: Rule = Rule {
    section: "RFC 6455 sections 5.4 and 5.5",
    says: "Control frames must not be fragmented; the connection must be failed (code 1002).",
};
const FRAGMENTS: Rule = Rule {
    section: "RFC 6455 section 5.4",
    says: "A message may come in fragments of any size, also empty, and control frames may come \
           between them and must be answered there.",
};
const CONTINUATION: Rule = Rule {
    section: "RFC 6455 section 5.4",
    says: "A continuation must belong to a message that has begun, and a message must end before \
           the next begins; else the connection must be failed (code 1002).",
};
const GOOD_TEXT: Rule = Rule {
    section: "RFC 6455 sections 5.6 and 8.1, RFC 3629",
    says: "Any valid UTF-8 is a text message, wherever fragments cut it.",
};
const BAD_TEXT: Rule = Rule {
    section: "RFC 6455 section 8.1, RFC 3629",
    says: "Bytes in a text message that are not valid UTF-8 must fail the connection (section \
           7.1.7, code 1007).",
};
const FAIL_FAST: Rule = Rule {
    section: "RFC 6455 section 8.1",
    says: "Invalid UTF-8 must fail the connection. Doing so as soon as it is there, not only at \
           the end of the message, is what the suite calls strict.",
};
const CLOSING: Rule = Rule {
    section: "RFC 6455 sections 5.5.1 and 7.1",
    says: "A Close frame must be answered with a Close frame, after it nothing is to be processed \
           or sent, and the server closes TCP first.",
};
const CLOSE_PAYLOAD: Rule = Rule {
    section: "RFC 6455 sections 5.5 and 5.5.1",
    says: "A Close frame's payload is empty, or a two-byte code and up to 123 bytes of reason; \
           another one is a protocol error (code 1002).",
};
const CLOSE_REASON: Rule = Rule {
    section: "RFC 6455 sections 5.5.1 and 8.1",
    says: "The reason of a Close frame must be valid UTF-8; else the connection is failed (code \
           1007 or 1002).",
};
const CLOSE_CODES: Rule = Rule {
    section: "RFC 6455 section 7.4",
    says: "Codes 1000 to 1003, 1007 to 1011 and 3000 to 4999 may be sent, and are answered with a \
           Close frame with the same code or 1000.",
};
const FORBIDDEN_CODES: Rule = Rule {
    section: "RFC 6455 sections 7.4.1 and 7.4.2",
    says: "Codes below 1000, 1004 to 1006 and those without a definition below 3000 must not be \
           sent; the answer is code 1002, or none.",
};
const UNDEFINED_CODES: Rule = Rule {
    section: "RFC 6455 section 7.4.2",
    says: "Codes from 5000 on have no meaning; what to do with them is not said.",
};
const LARGE: Rule = Rule {
    section: "RFC 6455 sections 5.2 and 10.4",
    says: "Lengths up to 2^63 - 1 are legal; a server may set limits of its own, and should say \
           code 1009 when one is reached. This case only needs the echo of a large message.",
};
const MANY: Rule = Rule {
    section: "RFC 6455 section 5.6",
    says: "Each message is echoed; the suite measures the time of a round trip with this case.",
};
const COMPRESSED: Rule = Rule {
    section: "RFC 7692 sections 6, 7.1 and 7.2",
    says: "A server that accepts permessage-deflate accepts it as it was offered, reads compressed \
           messages, and may compress what it sends with the agreed parameters.",
};

/// The rule behind a case. `ends_well` when what it sends is legal, so that the
/// client is the one who ends the connection.
pub(crate) fn rule_of(id: &CaseId, ends_well: bool) -> Rule {
    match *id.numbers() {
        [1, ..] => FRAMING,
        [2, 5] => CONTROL_LENGTH,
        [2, 7..=9] => PONG,
        [2, 10 | 11] => PINGS,
        [2, ..] => PING,
        [3, ..] => RESERVED_BITS,
        [4, ..] => RESERVED_OPCODES,
        [5, 1 | 2] => CONTROL_FRAGMENTED,
        [5, ..] if ends_well => FRAGMENTS,
        [5, ..] => CONTINUATION,
        [6, 4, ..] => FAIL_FAST,
        [6, ..] if ends_well => GOOD_TEXT,
        [6, ..] => BAD_TEXT,
        [7, 3, ..] => CLOSE_PAYLOAD,
        [7, 5, ..] => CLOSE_REASON,
        [7, 7, ..] => CLOSE_CODES,
        [7, 9, ..] => FORBIDDEN_CODES,
        [7, 13, ..] => UNDEFINED_CODES,
        [7, ..] => CLOSING,
        [9, 7 | 8, ..] => MANY,
        [9, ..] => LARGE,
        [12 | 13, ..] => COMPRESSED,
        _ => FRAGMENTS,
    }
}
