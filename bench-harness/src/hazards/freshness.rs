//! Whether the committed reports and pages are those of the checkout, and fit to
//! be published.

use std::path::Path;

use anyhow::Result;
use conformance::hazards::HazardReport;
use record::TestedServer;

use super::files::{read_all, stale_pages};
use crate::{
    discover::Contender,
    tested::{of_version, stale_page},
};

/// What in the folder is not what it should be, in words.
pub(crate) fn stale(folder: &Path, contenders: &[Contender]) -> Result<Vec<String>> {
    let mut stale: Vec<String> = stale_pages(folder)?
        .iter()
        .map(|it| stale_page(it))
        .collect();
    let reports = read_all(folder)?;
    stale.extend(reports.iter().filter_map(|it| {
        unpublishable(it).or_else(|| of_version("hazards", &it.name, &it.server, contenders))
    }));
    Ok(stale)
}

/// Why a report must not stand where everybody sees it.
fn unpublishable(report: &HazardReport) -> Option<String> {
    let is_contender = matches!(report.server, TestedServer::Contender { .. });
    (is_contender && !report.is_publishable()).then(|| {
        format!(
            "the hazard report of {} shows a failure without a public source, or probes that it \
             says it withholds: take it away",
            report.name
        )
    })
}

#[cfg(test)]
mod tests {
    use conformance::hazards::{Bounds, Grade, HAZARDS_VERSION, InnocentRecord, ProbeRecord};
    use record::Variant;

    use super::*;

    fn report(grade: Grade, public_source: Option<&str>) -> HazardReport {
        HazardReport {
            schema_version: HAZARDS_VERSION,
            name: "lib".to_owned(),
            server: TestedServer::Contender {
                library: "lib".to_owned(),
                version: "1.0.0".to_owned(),
                runtime: String::new(),
                variant: Variant::Default,
            },
            started_unix_s: 0,
            elapsed_ns: 0,
            bounds: Bounds::default(),
            cut_short: None,
            probes: vec![ProbeRecord {
                id: "R01".to_owned(),
                title: String::new(),
                grade,
                faults: Vec::new(),
                exchanges: Vec::new(),
                cost: None,
                innocent: InnocentRecord::default(),
                recovered_ns: Some(1),
                growth_bound_bytes: 0,
                elapsed_ns: 0,
                attempts: 1,
                public_source: public_source.map(str::to_owned),
            }],
            withheld: None,
        }
    }

    #[test]
    fn a_failure_that_nobody_has_made_public_must_not_stand_there() {
        let said = unpublishable(&report(Grade::Fail, None)).unwrap();
        assert!(said.contains("lib"), "{said}");
        assert_eq!(unpublishable(&report(Grade::Weak, None)), None);
        let public = report(Grade::Fail, Some("https://example.com/1"));
        assert_eq!(unpublishable(&public), None);
        let mut half = report(Grade::Pass, None);
        half.withheld = Some(half.survival());
        assert!(unpublishable(&half).is_some(), "its probes are still there");
        half.probes.clear();
        assert_eq!(unpublishable(&half), None);
        let mut own = report(Grade::Fail, None);
        own.server = TestedServer::Url {
            url: "ws://127.0.0.1:1/".to_owned(),
        };
        assert_eq!(unpublishable(&own), None);
    }
}
