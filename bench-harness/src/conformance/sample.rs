//! A report for tests.

use record::{CONFORMANCE_VERSION, ConformanceReport, TestedServer};

/// A report without a case.
pub(super) fn report(name: &str, server: TestedServer) -> ConformanceReport {
    ConformanceReport {
        schema_version: CONFORMANCE_VERSION,
        name: name.to_owned(),
        server,
        started_unix_s: 0,
        elapsed_ns: 0,
        concurrency: 1,
        confirmations: 0,
        case_source: String::new(),
        cut_short: None,
        cases: Vec::new(),
    }
}
