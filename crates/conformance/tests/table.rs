//! The table of cases is whole, and says what Autobahn|Testsuite's says.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;

use conformance::{CaseTable, Expect, Side, Step};

#[test]
fn every_case_of_every_group_is_there_once() {
    let table = CaseTable::built_in().unwrap();
    let mut groups: BTreeMap<u32, usize> = BTreeMap::new();
    for case in &table.cases {
        *groups.entry(case.id.group()).or_default() += 1;
    }
    let wanted = [
        (1, 16),
        (2, 11),
        (3, 7),
        (4, 10),
        (5, 20),
        (6, 145),
        (7, 37),
        (9, 54),
        (10, 1),
        (12, 90),
        (13, 126),
    ];
    assert_eq!(groups, BTreeMap::from(wanted));
    let mut ids: Vec<_> = table.cases.iter().map(|case| &case.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 517);
    assert!(table.source.contains("25.10.1"));
}

#[test]
fn what_a_case_sends_decides_what_it_expects() {
    for case in CaseTable::built_in().unwrap().cases {
        assert!(case.limit_ms > 0 && !case.steps.is_empty(), "{}", case.id);
        // Of group 6 every text is sent whole in the end: what is no UTF-8 must
        // be refused, what is must come back.
        if case.id.group() == 6 && case.id.numbers()[1] > 4 {
            let [Step::Message(message)] = &case.steps[..] else {
                panic!("{} is not one message", case.id);
            };
            let good = std::str::from_utf8(&message.payload.bytes()).is_ok();
            assert_eq!(case.close.by == Side::Client, good, "{}", case.id);
            let Expect::Events { ok, .. } = &case.expect else {
                panic!("{} expects no events", case.id);
            };
            assert_eq!(ok.len(), usize::from(good), "{}", case.id);
        }
    }
}
