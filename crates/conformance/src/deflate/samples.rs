//! Payloads of the kinds that the suite compresses, made here: what it sends is
//! not ours to copy.

use std::{fmt, sync::OnceLock};

/// How long each sample is.
const SAMPLE_BYTES: usize = 192 << 10;

/// A kind of payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// Records in JSON.
    Json,
    /// Pixels of a picture.
    Bitmap,
    /// Running text.
    Prose,
    /// A page of a book shop.
    Html,
    /// A document in which text and packed data alternate.
    Document,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::Bitmap => "a bitmap",
            Self::Prose => "prose",
            Self::Html => "HTML",
            Self::Document => "a document with packed data",
        })
    }
}

impl Sample {
    /// The payload of the message of this number: a window that slides over the
    /// sample and starts again behind its end.
    pub(crate) fn window(self, number: u64, length: usize) -> Vec<u8> {
        let all = self.all();
        let start = number as usize % all.len() * (length % all.len()) % all.len();
        let mut window = Vec::with_capacity(length);
        let mut rest = &all[start..];
        while window.len() < length {
            let count = rest.len().min(length - window.len());
            window.extend_from_slice(&rest[..count]);
            rest = all;
        }
        window
    }

    fn all(self) -> &'static [u8] {
        static MADE: [OnceLock<Vec<u8>>; 5] = [const { OnceLock::new() }; 5];
        MADE[self as usize].get_or_init(|| {
            let mut bytes = Vec::with_capacity(SAMPLE_BYTES + 1024);
            let mut chance = Chance(self as u64 + 1);
            let mut number = 0;
            while bytes.len() < SAMPLE_BYTES {
                self.append(&mut bytes, number, &mut chance);
                number += 1;
            }
            bytes.truncate(SAMPLE_BYTES);
            bytes
        })
    }

    fn append(self, bytes: &mut Vec<u8>, number: u64, chance: &mut Chance) {
        match self {
            Self::Json => bytes.extend_from_slice(
                format!(
                    "{{\"id\":{number},\"name\":\"{}\",\"active\":{},\"score\":{}.{}}},\n",
                    chance.word(),
                    chance.below(2) == 0,
                    chance.below(1000),
                    chance.below(10)
                )
                .as_bytes(),
            ),
            Self::Bitmap => {
                for x in 0..256_u64 {
                    let grain = chance.below(4);
                    let pixel = [x, number, ((x * number) >> 6) + grain];
                    bytes.extend(pixel.map(|value| (value & 0xff) as u8));
                }
            }
            Self::Prose => {
                let end = if chance.below(9) == 0 { ".\n" } else { " " };
                bytes.extend_from_slice(chance.word().as_bytes());
                bytes.extend_from_slice(end.as_bytes());
            }
            Self::Html => bytes.extend_from_slice(
                format!(
                    "<tr class=\"{}\"><td>{number}</td><td><a href=\"/{}\">{}</a></td></tr>\n",
                    if number.is_multiple_of(2) {
                        "even"
                    } else {
                        "odd"
                    },
                    chance.word(),
                    chance.word()
                )
                .as_bytes(),
            ),
            Self::Document => {
                let head = format!("{number} 0 obj << /Length 700 >> stream\n");
                bytes.extend_from_slice(head.as_bytes());
                bytes.extend((0..700).map(|_| chance.below(256) as u8));
                bytes.extend_from_slice(b"\nendstream endobj\n");
            }
        }
    }
}

const WORDS: [&str; 16] = [
    "river",
    "of",
    "copper",
    "the",
    "winter",
    "a",
    "lantern",
    "under",
    "seven",
    "bridges",
    "slowly",
    "and",
    "remembered",
    "harbour",
    "without",
    "salt",
];

/// Numbers without order, the same each time (Knuth's MMIX constants).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Sample; 5] = [
        Sample::Json,
        Sample::Bitmap,
        Sample::Prose,
        Sample::Html,
        Sample::Document,
    ];

    #[test]
    fn windows_slide_and_start_again() {
        for sample in ALL {
            let all = sample.all();
            assert_eq!(all.len(), SAMPLE_BYTES);
            assert_eq!(sample.window(0, 100), all[..100]);
            assert_eq!(sample.window(3, 100), all[300..400]);
            let long = sample.window(1, SAMPLE_BYTES + 10);
            assert_eq!(long[SAMPLE_BYTES..], long[..10]);
        }
    }

    #[test]
    fn what_is_sent_as_text_is_text() {
        for sample in [Sample::Json, Sample::Html, Sample::Prose] {
            assert!(sample.all().is_ascii());
        }
    }

    #[test]
    fn samples_differ_in_how_well_they_compress() {
        let negotiated = super::super::Negotiated {
            server_forgets: true,
            client_forgets: true,
            client_window_bits: 15,
        };
        let packed = |sample: Sample| {
            let mut deflater = super::super::Deflater::new(&negotiated);
            deflater.message(sample.all()).len()
        };
        assert!(packed(Sample::Json) * 3 < SAMPLE_BYTES);
        assert!(packed(Sample::Document) * 10 > SAMPLE_BYTES * 9);
    }
}
