//! What a benchmark sends: masked frames of a client, always the same.

use std::sync::Arc;

use load_generator::multibyte_character;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use record::{MessageKind, MessageShape};
use wire::{FrameHeader, Opcode, append_frame};

/// Seed of payloads and masking keys.
const SEED: u64 = 0x5eed_0001;

/// Payload bytes that a batch aims at: more than the buffers of any library, so
/// that every one has to read several times, and little enough for a cache.
const TARGET_BYTES: u64 = 256 * 1024;

/// Messages of a batch, at least and at most.
const MESSAGES: std::ops::RangeInclusive<u64> = 4..=1024;

/// One iteration's input, and what must come out.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Whether the messages are text.
    pub is_text: bool,
    /// How many messages it holds.
    pub messages: usize,
    /// Bytes of all payloads.
    pub payload_bytes: u64,
    /// The masked frames, one after the other.
    pub frames: Arc<[u8]>,
    /// Where each frame ends.
    pub ends: Arc<[usize]>,
    /// The frames of a server that echoes: the same payloads, unmasked.
    pub echoes: Arc<[u8]>,
}

impl Batch {
    /// The batch of a benchmark; each message has a payload and a key of its own.
    #[must_use]
    pub fn of(subject: MessageShape) -> Self {
        let size = usize::try_from(subject.size_bytes).unwrap_or(usize::MAX);
        let messages = (TARGET_BYTES / subject.size_bytes.max(1))
            .clamp(*MESSAGES.start(), *MESSAGES.end()) as usize;
        let mut random = ChaCha8Rng::seed_from_u64(SEED ^ subject.size_bytes);
        let opcode = if subject.kind.is_text() {
            Opcode::Text
        } else {
            Opcode::Binary
        };
        let (mut frames, mut echoes, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..messages {
            let payload = payload(subject.kind, size, &mut random);
            let key = random.random::<[u8; 4]>();
            let header = |mask| FrameHeader::single(opcode, mask, subject.size_bytes);
            append_frame(&mut frames, &header(Some(key)), &payload);
            append_frame(&mut echoes, &header(None), &payload);
            ends.push(frames.len());
        }
        Self {
            is_text: subject.kind.is_text(),
            messages,
            payload_bytes: messages as u64 * subject.size_bytes,
            frames: frames.into(),
            ends: ends.into(),
            echoes: echoes.into(),
        }
    }

    /// Its frames, one by one.
    pub(crate) fn each_frame(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let frame = &self.frames[start..end];
            start = end;
            frame
        })
    }
}

fn payload(kind: MessageKind, size: usize, random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut plain = Vec::with_capacity(size);
    match kind {
        MessageKind::Binary => {
            plain.resize(size, 0);
            random.fill(&mut plain[..]);
        }
        MessageKind::TextAscii => {
            plain.extend((0..size).map(|_| random.random_range(b' '..=b'~')));
        }
        MessageKind::TextMultibyte => {
            while plain.len() < size {
                let character = multibyte_character(random, size - plain.len());
                plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_masked_frames_and_the_same_unmasked() {
        for kind in [MessageKind::Binary, MessageKind::TextMultibyte] {
            for size_bytes in [16, 125, 126, 65_535, 65_536] {
                let subject = MessageShape { kind, size_bytes };
                let batch = Batch::of(subject);
                let mut echoes = Vec::new();
                for frame in batch.each_frame() {
                    let (header, at) = FrameHeader::decode(frame).unwrap().unwrap();
                    let mut payload = frame[at..].to_vec();
                    assert_eq!(payload.len() as u64, size_bytes);
                    wire::apply_mask(header.mask.unwrap(), 0, &mut payload);
                    assert_eq!(header.opcode == Opcode::Text, kind.is_text());
                    assert!(!kind.is_text() || std::str::from_utf8(&payload).is_ok());
                    let header = FrameHeader::single(header.opcode, None, size_bytes);
                    append_frame(&mut echoes, &header, &payload);
                }
                assert_eq!(echoes, &batch.echoes[..]);
                assert_eq!(batch.payload_bytes, batch.messages as u64 * size_bytes);
                assert_eq!(Batch::of(subject).frames, batch.frames);
            }
        }
    }

    #[test]
    fn text_has_characters_of_every_length() {
        let text = payload(
            MessageKind::TextMultibyte,
            1024,
            &mut ChaCha8Rng::seed_from_u64(1),
        );
        let text = String::from_utf8(text).unwrap();
        let lengths: std::collections::BTreeSet<_> = text.chars().map(char::len_utf8).collect();
        assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4]);
    }
}
