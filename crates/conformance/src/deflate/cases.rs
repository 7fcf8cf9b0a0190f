//! The cases of groups 12 and 13: a thousand compressed messages, one at a time.

use crate::{
    case::{AtLimit, Case, CaseId, CloseRule, CompressedStep, Expect, Side, Step},
    deflate::Sample,
};

/// What is offered where nothing else is said.
const OFFER: &str = "permessage-deflate; client_no_context_takeover; client_max_window_bits";

/// How many messages each case has.
const MESSAGES: u64 = 1_000;

/// Length of a message, and of the fragments in which its compressed bytes are
/// sent; with the time that the suite gives to a thousand of them.
const SIZES: [(usize, Option<usize>, u64); 18] = [
    (16, None, 60),
    (64, None, 60),
    (256, None, 120),
    (1 << 10, None, 240),
    (4 << 10, None, 480),
    (8 << 10, None, 480),
    (16 << 10, None, 480),
    (32 << 10, None, 480),
    (64 << 10, None, 480),
    (128 << 10, None, 480),
    (8 << 10, Some(256), 480),
    (16 << 10, Some(256), 480),
    (32 << 10, Some(256), 480),
    (64 << 10, Some(256), 480),
    (128 << 10, Some(256), 480),
    (128 << 10, Some(1 << 10), 480),
    (128 << 10, Some(4 << 10), 480),
    (128 << 10, Some(32 << 10), 480),
];

/// The payloads of group 12, and which of them go as text.
const PAYLOADS: [(Sample, bool); 5] = [
    (Sample::Json, true),
    (Sample::Bitmap, false),
    (Sample::Prose, false),
    (Sample::Html, true),
    (Sample::Document, false),
];

/// What the offers of group 13 ask of the server beyond [`OFFER`].
const ASKED: [&[&str]; 7] = [
    &[""],
    &["; server_no_context_takeover"],
    &["; server_max_window_bits=9"],
    &["; server_max_window_bits=15"],
    &["; server_no_context_takeover; server_max_window_bits=9"],
    &["; server_no_context_takeover; server_max_window_bits=15"],
    &[
        "; server_no_context_takeover; server_max_window_bits=9",
        "; server_no_context_takeover",
        "",
    ],
];

/// All of them, in the order of their numbers.
pub(crate) fn cases() -> Vec<Case> {
    let payloads = (1..).zip(PAYLOADS).flat_map(|(subgroup, (sample, text))| {
        sized(move |size| case([12, subgroup, size], sample, text, &[""]))
    });
    let offers = (1..).zip(ASKED).flat_map(|(subgroup, asked)| {
        sized(move |size| case([13, subgroup, size], Sample::Json, true, asked))
    });
    payloads.chain(offers).collect()
}

fn sized(case: impl Fn(u32) -> Case) -> Vec<Case> {
    (1..).zip(SIZES).map(|(size, _)| case(size)).collect()
}

fn case(numbers: [u32; 3], sample: Sample, text: bool, asked: &[&str]) -> Case {
    let (length, fragment_size, limit_s) = SIZES[numbers[2] as usize - 1];
    let kind = if text { "text" } else { "binary" };
    let offers: Vec<String> = asked.iter().map(|more| format!("{OFFER}{more}")).collect();
    let frames = match fragment_size {
        None => "each in one frame".to_owned(),
        Some(size) => format!("in frames of {size} compressed bytes"),
    };
    Case {
        id: CaseId::of(&numbers),
        sends: format!(
            "{MESSAGES} compressed {kind} messages of {length} bytes of {sample}, one at a time, \
             {frames}; offered: {}",
            offers.join(", ")
        ),
        steps: vec![Step::Compressed(CompressedStep {
            text,
            sample,
            length,
            fragment_size,
            count: MESSAGES,
        })],
        expect: Expect::Echoes {
            text,
            length: length as u64,
            count: MESSAGES,
        },
        close: CloseRule {
            by: Side::Client,
            codes: vec![1000],
            clean: true,
            wrong_side_fails: false,
            wrong_code_fails: false,
        },
        limit_ms: limit_s * 1_000,
        at_limit: AtLimit::Close,
        close_when_done: true,
        note: None,
        offers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_as_in_the_suite() {
        let cases = cases();
        let of = |group| cases.iter().filter(|it| it.id.group() == group).count();
        assert_eq!((of(12), of(13)), (90, 126));
        let find = |id: &str| cases.iter().find(|it| it.id.to_string() == id).unwrap();
        assert_eq!(find("13.7.18").offers.len(), 3);
        assert!(find("12.1.11").sends.contains("frames of 256"));
        assert!(find("13.5.1").offers[0].ends_with("server_max_window_bits=9"));
        assert_eq!(find("12.3.3").limit_ms, 120_000);
    }
}
