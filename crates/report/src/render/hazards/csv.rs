//! Every probe of every server as CSV.

use conformance::hazards::HazardReport;

use super::{super::tested, words};
use crate::text::Csv;

pub(super) fn csv(reports: &[HazardReport]) -> String {
    let mut csv = Csv::new(&[
        "server",
        "library",
        "version",
        "probe",
        "title",
        "grade",
        "faults",
        "exchanges",
        "exchanges_with_fault",
        "sent_bytes",
        "slowest_reaction_ns",
        "cpu_ns",
        "growth_bytes",
        "growth_bound_bytes",
        "files_before",
        "files_after",
        "innocent_echoes",
        "innocent_longest_ns",
        "innocent_drops",
        "recovered_ns",
        "elapsed_ns",
        "attempts",
        "public_source",
    ]);
    for report in reports {
        let (library, version) = tested::library(&report.server);
        for probe in &report.probes {
            let of_cost = |number: fn(&conformance::hazards::Cost) -> u64| {
                probe
                    .cost
                    .as_ref()
                    .map_or_else(String::new, |cost| number(cost).to_string())
            };
            let optional =
                |number: Option<u64>| number.map_or_else(String::new, |it| it.to_string());
            let faulty = probe.exchanges.iter().filter(|it| it.fault.is_some());
            let sent: u64 = probe.exchanges.iter().map(|it| it.sent_bytes).sum();
            let slowest = probe.exchanges.iter().filter_map(|it| it.reaction_ns).max();
            let faults = if probe.faults.is_empty() {
                String::new()
            } else {
                words::faults(probe)
            };
            csv.row(vec![
                report.name.clone(),
                library.clone(),
                version.clone(),
                probe.id.clone(),
                probe.title.clone(),
                probe.grade.to_string(),
                faults,
                probe.exchanges.len().to_string(),
                faulty.count().to_string(),
                sent.to_string(),
                optional(slowest),
                of_cost(|cost| cost.cpu_ns),
                of_cost(conformance::hazards::Cost::growth_bytes),
                probe.growth_bound_bytes.to_string(),
                of_cost(|cost| cost.files_before),
                of_cost(|cost| cost.files_after),
                probe.innocent.echoes.to_string(),
                probe.innocent.longest_ns.to_string(),
                probe.innocent.drops.to_string(),
                optional(probe.recovered_ns),
                probe.elapsed_ns.to_string(),
                probe.attempts.to_string(),
                probe.public_source.clone().unwrap_or_default(),
            ]);
        }
    }
    csv.into_text()
}
