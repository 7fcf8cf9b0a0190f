//! `plan`: what a run would do.

use anyhow::Result;
use record::{Plan, PrintedPlan};

use super::{Setup, list};
use crate::{
    exit::Exit,
    plan::plan_ns,
    progress::in_words,
    terminal::{columns, print},
};

/// Prints the plan, as JSON or for people.
pub(super) fn plan(setup: &Setup, json: bool) -> Result<Exit> {
    let plan = setup.preliminary_plan();
    let text = if json {
        format!(
            "{}\n",
            serde_json::to_string_pretty(&PrintedPlan::new(&plan))?
        )
    } else {
        for_people(setup, &plan)
    };
    print(&text)?;
    Ok(Exit::Ok)
}

fn for_people(setup: &Setup, plan: &Plan) -> String {
    let mut text = format!(
        "{} effort, seed {}: {} blocks, {} trials of {} rows in {} cells, about {} after the \
         build\nservers on processor {}, load generator on {}\n\n",
        plan.effort.level,
        plan.seed,
        plan.effort.blocks,
        plan.trials.len(),
        plan.entries.len(),
        plan.cells.len(),
        in_words(setup.preparation_ns() + plan_ns(plan)),
        machine::format_cpu_list(&setup.processors.server),
        machine::format_cpu_list(&setup.processors.client),
    );
    let rows: Vec<String> = plan
        .entries
        .iter()
        .map(|entry| entry.key.to_string())
        .collect();
    text.push_str(&format!("Rows: {}\n\n", rows.join(", ")));
    for scenario in &plan.scenarios {
        text.push_str(&format!(
            "{}: {}\n",
            scenario.name,
            list::in_words(scenario, &plan.effort)
        ));
    }
    let mut order = vec![
        ["trial", "block", "cell", "row"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for trial in &plan.trials {
        order.push(vec![
            trial.number.to_string(),
            trial.block.to_string(),
            plan.cells[trial.cell].name.clone(),
            plan.entries[trial.entry].key.to_string(),
        ]);
    }
    text.push_str(&format!("\n{}", columns(&order)));
    text
}
