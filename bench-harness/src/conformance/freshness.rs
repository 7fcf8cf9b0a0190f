//! Whether the committed reports and pages are those of the checkout.

use std::path::Path;

use anyhow::Result;
use record::{ConformanceReport, TestedServer};

use super::files::{read_all, stale_pages};
use crate::discover::Contender;

/// What in the folder is not what it should be, in words.
pub(crate) fn stale(folder: &Path, contenders: &[Contender]) -> Result<Vec<String>> {
    let pages = stale_pages(folder)?.into_iter().map(|path| {
        format!(
            "{} is not what the reports beside it render to",
            path.display()
        )
    });
    let reports = read_all(folder)?;
    let versions = reports
        .iter()
        .filter_map(|report| of_version(report, contenders));
    Ok(pages.chain(versions).collect())
}

/// Why a report is not one of the checkout's contender.
fn of_version(report: &ConformanceReport, contenders: &[Contender]) -> Option<String> {
    let TestedServer::Contender { version, .. } = &report.server else {
        return None;
    };
    let name = report.name.split(" (").next().unwrap_or_default();
    match contenders.iter().find(|it| it.name == name) {
        None => Some(format!(
            "there is a conformance report of {}, but no such contender",
            report.name
        )),
        Some(contender) if contender.version != *version => Some(format!(
            "the conformance report of {} has version {version}, the checkout {}; run \
             `bench-harness conformance --contender {name}`",
            report.name, contender.version
        )),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use record::Variant;

    use super::{super::sample::report, *};
    use crate::discover::External;

    #[test]
    fn reports_of_other_versions_and_of_nobody_are_named() {
        let mut contender = "lib=./server".parse::<External>().unwrap().contender();
        contender.version = "2.0.0".to_owned();
        let server = |version: &str| TestedServer::Contender {
            library: "lib".to_owned(),
            version: version.to_owned(),
            runtime: String::new(),
            variant: Variant::Default,
        };
        let contenders = [contender];
        let said = |name, version| of_version(&report(name, server(version)), &contenders);
        assert_eq!(said("lib", "2.0.0"), None);
        assert_eq!(said("lib (tuned)", "2.0.0"), None);
        assert!(said("lib (tuned)", "1.0.0").unwrap().contains("1.0.0"));
        assert!(said("other", "2.0.0").unwrap().contains("other"));
    }
}
