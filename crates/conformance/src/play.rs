//! Plays the steps of a case on a connection.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use record::{ConnectionEnd, Observed, ObservedEvent};
use wire::{FrameHeader, Opcode, append_frame};

use crate::{
    case::{AtLimit, Case, CompressedStep, Expect, ExpectedEvent, FrameStep, MessageStep, Step},
    deflate::{Deflater, Negotiated},
    matching::{Agreement, Echoes, Matching},
    pace::Pace,
    payload::{Payload, to_hex},
    peer::{Dropped, Peer, PeerEvent, State},
};

/// Events that are kept; cases expect ten at most.
const MOST_EVENTS: usize = 32;

/// Bytes of a message that are written down.
const SHOWN_BYTES: usize = 32;

/// One case on one connection.
pub(crate) struct Play<'a> {
    case: &'a Case,
    pub(crate) peer: Peer,
    /// The step that comes next.
    at: usize,
    waits_until: Option<Instant>,
    limit: Option<Instant>,
    /// When the connection is given up whatever its state.
    pub(crate) last: Instant,
    pace: Pace,
    events: Vec<ObservedEvent>,
    events_left_out: u64,
    /// Whether each event so far is the one that the verdict OK, and NON-STRICT,
    /// want at its place.
    as_ok: Matching<'a>,
    as_non_strict: Matching<'a>,
    echoes: Echoes,
    /// Whether the time limit came before all that was expected.
    limit_came_first: bool,
    deflater: Option<Deflater>,
    /// The compressed message whose echo is awaited.
    awaited: Vec<u8>,
    message_key: [u8; 4],
    message_phase: usize,
}

impl<'a> Play<'a> {
    /// Starts the case on a connection that is open since `now`.
    pub(crate) fn new(
        case: &'a Case,
        random: ChaCha8Rng,
        pace: Pace,
        negotiated: Option<&Negotiated>,
        now: Instant,
    ) -> Self {
        let (ok, non_strict) = match &case.expect {
            Expect::Events { ok, non_strict } => (Some(&ok[..]), non_strict.as_deref()),
            Expect::Echoes { .. } | Expect::Informational => (None, None),
        };
        let mut play = Self {
            case,
            peer: Peer::new(random, pace, negotiated),
            at: 0,
            waits_until: None,
            limit: None,
            last: now + waits(case) + pace.longest_case() + pace.after_limit(),
            pace,
            events: Vec::new(),
            events_left_out: 0,
            as_ok: Matching::new(ok),
            as_non_strict: Matching::new(non_strict),
            echoes: Echoes::default(),
            limit_came_first: false,
            deflater: negotiated.map(Deflater::new),
            awaited: Vec::new(),
            message_key: [0; 4],
            message_phase: 0,
        };
        if play.is_unimplemented() {
            play.at = case.steps.len();
            play.close_normally(now);
        }
        play.go_on(now);
        play
    }

    /// Whether the case needs an extension that the server didn't agree to.
    fn is_unimplemented(&self) -> bool {
        !self.case.offers.is_empty() && self.deflater.is_none()
    }

    /// When something is to be done if nothing comes before.
    pub(crate) fn next_due(&self) -> Instant {
        [self.waits_until, self.limit, self.peer.next_due()]
            .into_iter()
            .flatten()
            .fold(self.last, Instant::min)
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, now: Instant) {
        // After a late wake-up several may be due: they are done in their order,
        // because which of them ends the connection decides the verdict.
        if let Some(limit) = self.limit
            && self.peer.next_due().is_some_and(|due| limit < due)
        {
            self.end_at_limit(now);
        }
        self.peer.tick(now);
        if now >= self.last && self.peer.state != State::Closed {
            self.peer.state = State::Closing;
            self.peer.fail(1001, Dropped::TimeLimit, now);
        }
        if self.peer.state == State::Closed {
            return;
        }
        if self.waits_until.is_some_and(|until| until <= now) {
            self.waits_until = None;
            if let Some(Step::Wait(wait)) = self.at.checked_sub(1).map(|at| &self.case.steps[at])
                && let Some(tag) = &wait.tag
            {
                for matching in [&mut self.as_ok, &mut self.as_non_strict] {
                    matching
                        .saw(|wanted| matches!(wanted, ExpectedEvent::StillOpen(it) if it == tag));
                }
                self.note(ObservedEvent::StillOpen { wait: tag.clone() });
            }
            self.go_on(now);
        }
        self.end_at_limit(now);
    }

    fn end_at_limit(&mut self, now: Instant) {
        if self.limit.is_none_or(|limit| limit > now) {
            return;
        }
        self.limit = None;
        match self.case.at_limit {
            AtLimit::Fail => {
                self.limit_came_first = true;
                self.peer.fail(1001, Dropped::TimeLimit, now);
            }
            AtLimit::Close => {
                self.limit_came_first |= !self.agreement().ok;
                self.peer.close(&[], false, now);
            }
        }
    }

    /// Reads what came: one event after the other, because what the client does
    /// after one decides what the next means, however the stream was cut.
    pub(crate) fn input(&mut self, mut bytes: &[u8], now: Instant) {
        while self.peer.input(&mut bytes, now) {
            while let Some(event) = self.peer.events.pop_front() {
                self.event(event, now);
            }
        }
    }

    fn go_on(&mut self, now: Instant) {
        while let Some(step) = self.case.steps.get(self.at) {
            self.at += 1;
            match step {
                Step::Frame(frame) => self.send_frame(frame),
                Step::Message(message) => self.send_message(message),
                Step::Close(payload) => self.peer.close(&payload.0, false, now),
                Step::Begin(begin) => {
                    self.message_key = self.peer.key();
                    self.message_phase = 0;
                    let opcode = Opcode::from_bits(begin.opcode);
                    let header = FrameHeader::single(opcode, Some(self.message_key), begin.length);
                    self.send_if_open(&header, &[]);
                }
                Step::Chunk(chunk) => {
                    let mut bytes = chunk.0.clone();
                    wire::apply_mask(self.message_key, self.message_phase, &mut bytes);
                    self.message_phase += bytes.len();
                    if self.peer.state == State::Open {
                        self.peer.outgoing.push_apart(bytes, None);
                    }
                }
                Step::Echoes(echoes) => self.send_frame(&echoes.frame),
                Step::Compressed(step) => self.send_compressed(step),
                Step::Wait(wait) => {
                    self.waits_until = Some(now + Duration::from_millis(wait.ms));
                    return;
                }
            }
        }
        let limit = self.pace.case(self.case.limit_ms);
        self.limit = Some(now + limit);
        self.last = now + limit + self.pace.after_limit();
        self.shorten_limit(now);
    }

    /// What came wrong doesn't become right by waiting: all that is left to see
    /// is whether the server closes.
    fn shorten_limit(&mut self, now: Instant) {
        if !self.may_become_right() {
            let soon = now + Pace::after_wrong();
            self.limit = self.limit.map(|limit| limit.min(soon));
        }
    }

    fn send_frame(&mut self, frame: &FrameStep) {
        let payload = frame.payload.bytes();
        let header = FrameHeader {
            fin: frame.fin,
            rsv: frame.rsv,
            opcode: Opcode::from_bits(frame.opcode),
            mask: Some(self.peer.key()),
            payload_len: payload.len() as u64,
        };
        let mut bytes = Vec::new();
        append_frame(&mut bytes, &header, &payload);
        if frame.alone || frame.write_size.is_some() {
            self.peer.outgoing.push_apart(bytes, frame.write_size);
        } else {
            self.peer.outgoing.push(bytes);
        }
    }

    fn send_message(&mut self, message: &MessageStep) {
        let payload = message.payload.bytes();
        self.send_in_frames(message.text, 0, &payload, message.fragment_size);
    }

    /// Sends the next of its messages.
    fn send_compressed(&mut self, step: &CompressedStep) {
        self.awaited = step.sample.window(self.echoes.right, step.length);
        if let Some(deflater) = &mut self.deflater {
            let payload = deflater.message(&self.awaited);
            self.send_in_frames(step.text, 4, &payload, step.fragment_size);
        }
    }

    /// Sends a message; `rsv` stands on its first frame.
    fn send_in_frames(&mut self, text: bool, rsv: u8, payload: &[u8], size: Option<usize>) {
        let size = size.unwrap_or(payload.len()).max(1);
        let kind = if text { Opcode::Text } else { Opcode::Binary };
        // An empty message has one frame as well.
        let count = payload.len().div_ceil(size).max(1);
        for index in 0..count {
            let start = index * size;
            let fragment = &payload[start..payload.len().min(start + size)];
            let is_first = index == 0;
            let header = FrameHeader {
                fin: index + 1 == count,
                rsv: if is_first { rsv } else { 0 },
                opcode: if is_first { kind } else { Opcode::Continuation },
                mask: Some(self.peer.key()),
                payload_len: fragment.len() as u64,
            };
            self.send_if_open(&header, fragment);
        }
    }

    fn send_if_open(&mut self, header: &FrameHeader, payload: &[u8]) {
        if self.peer.state == State::Open {
            let mut bytes = Vec::new();
            append_frame(&mut bytes, header, payload);
            self.peer.outgoing.push(bytes);
        }
    }

    fn event(&mut self, event: PeerEvent, now: Instant) {
        let is = |wanted: &ExpectedEvent| match (wanted, &event) {
            (
                ExpectedEvent::Message { text, payload },
                PeerEvent::Message {
                    text: was_text,
                    start,
                    length,
                },
            ) => text == was_text && equals(payload, start, *length),
            (ExpectedEvent::Pong(payload), PeerEvent::Pong(was)) => payload.bytes() == *was,
            _ => false,
        };
        self.as_ok.saw(is);
        self.as_non_strict.saw(is);
        if let (
            Expect::Echoes {
                text,
                length,
                count,
            },
            PeerEvent::Message {
                text: was_text,
                length: was,
                start,
            },
        ) = (&self.case.expect, &event)
        {
            // Of large messages only kind and length are compared, as in the
            // suite; of compressed ones every byte.
            let bytes = self.awaited.is_empty() || self.awaited == *start;
            self.echo(text == was_text && length == was && bytes, *count, now);
        } else if self.case.close_when_done && self.as_ok.complete() {
            self.close_normally(now);
        } else {
            self.shorten_limit(now);
        }
        self.note(match event {
            PeerEvent::Message {
                text,
                start,
                length,
            } => ObservedEvent::Message {
                text,
                length_bytes: length,
                start_hex: to_hex(&start[..start.len().min(SHOWN_BYTES)]),
            },
            PeerEvent::Pong(payload) => ObservedEvent::Pong {
                payload_hex: to_hex(&payload),
            },
        });
    }

    fn echo(&mut self, right: bool, count: u64, now: Instant) {
        if !right {
            self.echoes.wrong = true;
            self.close_normally(now);
            return;
        }
        self.echoes.right += 1;
        let is_last = self.echoes.right >= count;
        match self.case.steps.first() {
            Some(Step::Echoes(echoes)) if !is_last => {
                if self.peer.state == State::Open {
                    self.send_frame(&echoes.frame);
                }
            }
            Some(Step::Compressed(step)) if !is_last => self.send_compressed(step),
            _ => self.close_normally(now),
        }
    }

    fn close_normally(&mut self, now: Instant) {
        let code = self.case.close.codes.first().copied().unwrap_or(1000);
        self.peer.close(&code.to_be_bytes(), false, now);
    }

    fn note(&mut self, event: ObservedEvent) {
        if self.events.len() < MOST_EVENTS {
            self.events.push(event);
        } else {
            self.events_left_out += 1;
        }
    }

    /// What the events say.
    pub(crate) fn agreement(&self) -> Agreement {
        let unimplemented = self.is_unimplemented();
        match self.case.expect {
            Expect::Echoes { count, .. } => Agreement {
                ok: !self.echoes.wrong && self.echoes.right >= count,
                non_strict: false,
                unimplemented,
            },
            _ => Agreement {
                ok: self.as_ok.complete(),
                non_strict: self.as_non_strict.complete(),
                unimplemented,
            },
        }
    }

    /// Whether a time limit ran out while nothing wrong had come: with more time
    /// the verdict might be another one.
    pub(crate) fn out_of_time(&self) -> bool {
        let dropped = matches!(
            self.peer.dropped,
            Some(Dropped::NoCloseReply | Dropped::ServerKeptTcp | Dropped::TimeLimit)
        );
        (self.limit_came_first || dropped)
            && self.may_become_right()
            && self.peer.violation.is_none()
    }

    /// Whether nothing has come that is wrong whatever comes next. Where nothing
    /// is expected, nothing is wrong.
    fn may_become_right(&self) -> bool {
        match self.case.expect {
            Expect::Echoes { .. } => !self.echoes.wrong,
            Expect::Events { .. } => {
                self.as_ok.may_become_complete() || self.as_non_strict.may_become_complete()
            }
            Expect::Informational => true,
        }
    }

    /// What is to be written down of it.
    pub(crate) fn observed(self, end: ConnectionEnd, elapsed: Duration) -> Observed {
        let end = match self.peer.dropped {
            None => end,
            Some(Dropped::NoCloseReply) => ConnectionEnd::NoCloseReply,
            Some(Dropped::ServerKeptTcp) => ConnectionEnd::NotDropped,
            Some(Dropped::TimeLimit) => ConnectionEnd::TimeLimit,
            Some(Dropped::Violation) => ConnectionEnd::Violation,
        };
        Observed {
            events: self.events,
            events_left_out: self.events_left_out,
            pings: self.peer.pings,
            close_code: self.peer.close_code,
            close_frames: self.peer.close_frames,
            ended_by_client: self.peer.closed_by_me,
            clean: self.peer.clean,
            end,
            violation: self.peer.violation,
            elapsed_ns: u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX),
        }
    }
}

/// How long the case waits in all.
pub(crate) fn waits(case: &Case) -> Duration {
    let waits = case.steps.iter().map(|step| match step {
        Step::Wait(wait) => wait.ms,
        _ => 0,
    });
    Duration::from_millis(waits.sum())
}

fn equals(payload: &Payload, start: &[u8], length: u64) -> bool {
    payload.len() as u64 == length && payload.bytes() == start
}
