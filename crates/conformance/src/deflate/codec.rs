//! Raw DEFLATE as permessage-deflate uses it (RFC 7692 section 7.2).

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::{Negotiated, offer::LARGEST_WINDOW_BITS};

/// What ends the data of every message and is not sent (RFC 7692 section 7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

const PORTION_BYTES: usize = 32 << 10;

/// What a message may gain at the most when nothing in it can be compressed:
/// five bytes for each stored block, and the flush.
const fn longest(plain_bytes: usize) -> usize {
    plain_bytes + plain_bytes / 10 + 128
}

/// Compresses messages.
pub(crate) struct Deflater {
    compress: Compress,
    /// Whether each message is to be read without those before it.
    forgets: bool,
}

/// Makes messages of compressed ones.
pub(crate) struct Inflater {
    decompress: Decompress,
    forgets: bool,
    /// A fault was told, or nobody wanted more: nothing is made of what follows,
    /// up to where the data can be read again without it. Else what is seen
    /// would hang on how the stream was cut into reads.
    lost: bool,
    portion: Vec<u8>,
}

/// The bytes are no DEFLATE data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl Deflater {
    pub(crate) fn new(negotiated: &Negotiated) -> Self {
        // The encoder knows only the largest window; stored blocks refer to
        // nothing, so they fit into any.
        let level = if negotiated.client_window_bits < LARGEST_WINDOW_BITS {
            Compression::none()
        } else {
            Compression::fast()
        };
        Self {
            compress: Compress::new(level, false),
            forgets: negotiated.client_forgets,
        }
    }

    /// The payload of a compressed message.
    pub(crate) fn message(&mut self, plain: &[u8]) -> Vec<u8> {
        // Room for all of it at once: when miniz_oxide 0.9.1 has taken the whole
        // input and then lacks room, it may stop short of the end later, with
        // room left.
        let mut payload = Vec::with_capacity(longest(plain.len()));
        let before = self.compress.total_in();
        loop {
            payload.reserve(PORTION_BYTES);
            let taken = (self.compress.total_in() - before) as usize;
            let rest = &plain[taken..];
            let made = self
                .compress
                .compress_vec(rest, &mut payload, FlushCompress::Sync);
            let all_taken = (self.compress.total_in() - before) as usize == plain.len();
            // Room that is left says that nothing more is to come.
            if made.is_err() || all_taken && payload.len() < payload.capacity() {
                break;
            }
        }
        if payload.ends_with(&TAIL) {
            payload.truncate(payload.len() - TAIL.len());
        }
        if self.forgets {
            self.compress.reset();
        }
        payload
    }
}

impl Inflater {
    pub(crate) fn new(negotiated: &Negotiated) -> Self {
        Self {
            decompress: Decompress::new(false),
            forgets: negotiated.server_forgets,
            lost: false,
            portion: vec![0; PORTION_BYTES],
        }
    }

    /// Goes on with `input`; hands what it becomes to `take`, which says
    /// whether it wants more.
    pub(crate) fn push(
        &mut self,
        mut input: &[u8],
        take: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), Broken> {
        while !self.lost {
            let (taken, made) = (self.decompress.total_in(), self.decompress.total_out());
            let status =
                self.decompress
                    .decompress(input, &mut self.portion, FlushDecompress::Sync);
            let taken = (self.decompress.total_in() - taken) as usize;
            let made = (self.decompress.total_out() - made) as usize;
            // What came before a fault is there as well.
            if made > 0 && !take(&self.portion[..made]) {
                self.lost = true;
                return Ok(());
            }
            let Ok(status) = status else {
                self.lost = true;
                return Err(Broken);
            };
            input = &input[taken..];
            if status == Status::StreamEnd {
                // A block with BFINAL may end a message (RFC 7692 section 7.2.3.4).
                self.decompress.reset(false);
            }
            match (input.is_empty(), made) {
                (true, made) if made < PORTION_BYTES => return Ok(()),
                (false, 0) if taken == 0 => {
                    self.lost = true;
                    return Err(Broken);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Ends a message.
    pub(crate) fn end(&mut self, take: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Broken> {
        let ended = self.push(&TAIL, take);
        if self.forgets {
            self.decompress.reset(false);
            self.lost = false;
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(forgets: bool, bits: u8) -> Negotiated {
        Negotiated {
            server_forgets: forgets,
            client_forgets: forgets,
            client_window_bits: bits,
        }
    }

    fn inflated(inflater: &mut Inflater, payload: &[u8]) -> Result<Vec<u8>, Broken> {
        let mut plain = Vec::new();
        let mut take = |part: &[u8]| {
            plain.extend_from_slice(part);
            true
        };
        // Cut anywhere, as frames may be.
        for part in payload.chunks(7) {
            inflater.push(part, &mut take)?;
        }
        inflater.end(&mut take)?;
        Ok(plain)
    }

    #[test]
    fn messages_survive_with_and_without_memory() {
        let long: Vec<u8> = (0..200_000_u32).map(|n| (n / 7 % 251) as u8).collect();
        for negotiated in [agreed(true, 15), agreed(false, 15), agreed(true, 9)] {
            let mut deflater = Deflater::new(&negotiated);
            let mut inflater = Inflater::new(&negotiated);
            for plain in [&b"Hello"[..], b"Hello", &long, &long[..1], b"Hello"] {
                let payload = deflater.message(plain);
                assert!(!payload.ends_with(&TAIL));
                assert_eq!(inflated(&mut inflater, &payload).unwrap(), plain);
            }
        }
    }

    /// What can't be compressed is longer than one portion of output.
    #[test]
    fn every_sample_survives_at_every_length() {
        use super::super::Sample;

        for sample in [Sample::Bitmap, Sample::Document, Sample::Html] {
            for bytes in [16, 4 << 10, 32 << 10, 64 << 10, 128 << 10] {
                for negotiated in [agreed(true, 15), agreed(false, 15), agreed(false, 9)] {
                    let mut deflater = Deflater::new(&negotiated);
                    let mut inflater = Inflater::new(&negotiated);
                    for number in 0..4 {
                        let plain = sample.window(number, bytes);
                        let payload = deflater.message(&plain);
                        let back = inflated(&mut inflater, &payload).unwrap();
                        assert!(back == plain, "{sample}, {bytes} bytes, {negotiated:?}");
                        assert!(payload.len() <= longest(bytes));
                    }
                }
            }
        }
    }

    #[test]
    fn memory_makes_the_second_message_shorter_and_needs_the_first() {
        let text = b"a text that says something and says it once only".as_slice();
        let mut deflater = Deflater::new(&agreed(false, 15));
        let (first, second) = (deflater.message(text), deflater.message(text));
        assert!(second.len() < first.len());
        let mut forgetful = Inflater::new(&agreed(true, 15));
        assert_eq!(inflated(&mut forgetful, &first).unwrap(), text);
        assert_ne!(inflated(&mut forgetful, &second), Ok(text.to_vec()));
    }

    /// RFC 7692 sections 7.2.3.1 and 7.2.3.4.
    #[test]
    fn examples_of_the_rfc_are_read() {
        for payload in [
            &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00][..],
            &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00],
        ] {
            let mut inflater = Inflater::new(&agreed(true, 15));
            assert_eq!(inflated(&mut inflater, payload).unwrap(), b"Hello");
        }
    }

    #[test]
    fn what_is_no_deflate_data_is_refused() {
        let mut inflater = Inflater::new(&agreed(true, 15));
        assert_eq!(inflated(&mut inflater, &[0xff; 20]), Err(Broken));
    }
}
