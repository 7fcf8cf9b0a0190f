//! What must hold of any bytes of a server, and of any words of a user: shared
//! by the fuzz targets and by the test that replays their corpus.
#![allow(dead_code, reason = "each fuzz target uses one")]

use std::sync::LazyLock;

use conformance::{Case, CaseTable, Pattern, Target, read_response, replay};
use record::Behaviour;

/// Cases of every kind, but none whose payload is large.
const CASES: [&str; 16] = [
    "1.1.1", "1.2.3", "2.2", "2.5", "2.10", "3.2", "4.1.3", "5.3", "5.19", "6.1.2", "6.3.1",
    "7.1.1", "7.7.1", "7.9.1", "12.1.1", "13.7.2",
];

static TABLE: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let cases = CaseTable::built_in().map(|table| table.cases);
    let known = |case: &Case| CASES.contains(&case.id.to_string().as_str());
    cases
        .unwrap_or_default()
        .into_iter()
        .filter(known)
        .collect()
});

/// The first byte says which case, the second how the rest is cut. How a stream
/// is cut changes nothing of what is seen, and little of it is kept.
pub(crate) fn replay_stream(data: &[u8]) {
    let &[which, length, ref bytes @ ..] = data else {
        return;
    };
    assert_eq!(TABLE.len(), CASES.len());
    let case = &TABLE[usize::from(which) % TABLE.len()];
    let whole = replay(case, [bytes], 1);
    let cut = replay(case, bytes.chunks(usize::from(length).max(1)), 1);
    assert_eq!(whole, cut);
    let (observed, verdict) = whole;
    assert!(observed.events.len() <= 32);
    if verdict.behaviour == Behaviour::Ok {
        assert!(observed.events_left_out == 0 || !case.offers.is_empty());
    }
}

/// A response to an offer is taken or refused however it is cut, and ends at the
/// same byte.
pub(crate) fn opening(data: &[u8]) {
    let Some((&length, bytes)) = data.split_first() else {
        return;
    };
    let offers = &TABLE[TABLE.len() - 1].offers;
    let nonce = *b"the sample nonce";
    let whole = read_response(offers, nonce, [bytes]);
    let cut = read_response(offers, nonce, bytes.chunks(usize::from(length).max(1)));
    assert_eq!(whole.ok(), cut.ok());
}

/// Words of a user are understood or refused.
pub(crate) fn words(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = text.parse::<Target>();
        if let Ok(pattern) = text.parse::<Pattern>() {
            let again: Result<Pattern, _> = pattern.to_string().parse();
            assert_eq!(again.as_ref(), Ok(&pattern));
        }
    }
}
