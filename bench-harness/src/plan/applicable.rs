//! What a plan leaves out because it has no meaning.

use record::{EntryKey, Plan, Protocol};

/// Takes out the trials of scenarios that have no meaning for a server, by what
/// it speaks, and numbers the others anew. Its row stays in every table and says
/// why.
pub(crate) fn leave_out_inapplicable(plan: &mut Plan, protocol_of: impl Fn(&EntryKey) -> Protocol) {
    let applies: Vec<Vec<bool>> = plan
        .entries
        .iter()
        .map(|entry| {
            let protocol = protocol_of(&entry.key);
            let has_meaning = |cell| {
                plan.scenario_of(cell)
                    .is_none_or(|scenario| scenario.kind.inapplicable_to(protocol).is_none())
            };
            plan.cells.iter().map(has_meaning).collect()
        })
        .collect();
    plan.trials.retain(|trial| applies[trial.entry][trial.cell]);
    for (index, trial) in plan.trials.iter_mut().enumerate() {
        trial.number = u32::try_from(index).unwrap_or(u32::MAX);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::run::fixture;

    #[test]
    fn what_is_about_connections_is_left_out_for_datagrams_only() {
        let whole = fixture::plan(2, &["udp", "mine"]);
        let mut plan = whole.clone();
        leave_out_inapplicable(&mut plan, |key| match key.contender.as_str() {
            "udp" => Protocol::Udp,
            _ => Protocol::Websocket,
        });
        let cells = |plan: &Plan, name: &str| -> BTreeSet<String> {
            let trials = plan.trials.iter();
            let of = |entry: usize| plan.entries[entry].key.contender == name;
            let of_server = trials.filter(|trial| of(trial.entry));
            of_server
                .map(|trial| plan.cells[trial.cell].name.clone())
                .collect()
        };
        assert_eq!(cells(&plan, "mine"), cells(&whole, "mine"));
        let left: Vec<String> = cells(&plan, "udp").into_iter().collect();
        assert_eq!(left, ["echo", "ladder-50"]);
        assert!(
            (0..)
                .zip(&plan.trials)
                .all(|(index, trial)| trial.number == index),
            "numbers have no gap"
        );
        let mut same = whole.clone();
        leave_out_inapplicable(&mut same, |_| Protocol::Http);
        assert_eq!(same, whole);
    }
}
