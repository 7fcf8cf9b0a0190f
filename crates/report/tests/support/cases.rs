//! Made-up cases of RFC 6455, and reports of them.
#![allow(dead_code, reason = "every test program uses a part of it")]
#![allow(unreachable_pub, reason = "shared by several programs")]

use record::{
    Behaviour, CONFORMANCE_VERSION, CaseRecord, CaseVerdict, CloseBehaviour, ConformanceReport,
    ConnectionEnd, Observed, TestedServer,
};

/// What is seen of a connection on which nothing came back, and that ended like
/// this.
pub fn observed(end: ConnectionEnd) -> Observed {
    Observed {
        events: Vec::new(),
        events_left_out: 0,
        pings: 0,
        close_code: Some(1000),
        close_frames: 1,
        ended_by_client: true,
        clean: true,
        end,
        violation: None,
        elapsed_ns: 1_234_567,
    }
}

/// A case with these verdicts, without a word on why.
pub fn case(id: &str, behaviour: Behaviour, close: CloseBehaviour) -> CaseRecord {
    CaseRecord {
        id: id.to_owned(),
        verdict: CaseVerdict { behaviour, close },
        attempts: Vec::new(),
        observed: observed(ConnectionEnd::ClosedByServer),
        explanation: None,
    }
}

/// A report of these cases.
pub fn report(name: &str, server: TestedServer, cases: Vec<CaseRecord>) -> ConformanceReport {
    ConformanceReport {
        schema_version: CONFORMANCE_VERSION,
        name: name.to_owned(),
        server,
        started_unix_s: 1_700_000_000,
        elapsed_ns: 4_321_000_000,
        concurrency: 32,
        confirmations: 2,
        case_source: "Facts about <a suite>".to_owned(),
        cut_short: None,
        cases,
    }
}
