//! The verbs.

mod build;
mod check;
mod choose;
mod codec;
mod compare;
mod conformance;
mod differences;
mod doctor;
mod export;
pub(crate) mod facts;
mod fairness;
mod finish;
mod hazards;
mod header;
mod list;
mod live;
mod missing;
mod new;
mod plan;
mod processors;
mod rates;
mod report;
mod resume;
mod run;
mod schema;
mod setup;
mod tested;
mod verdict;

use anyhow::Result;

use crate::{
    cli::{Cli, Verb},
    exit::{Exit, UsageError},
    interrupt::Interrupt,
    selftest,
};
pub(crate) use check::CheckOptions;
pub(crate) use choose::ChooseOptions;
pub(crate) use export::Format;
pub(crate) use new::NewOptions;
use setup::Setup;

/// Does what the command line asks for.
pub(crate) fn run(cli: &Cli) -> Result<Exit> {
    // What measures nothing has nothing to keep: it ends at the first signal.
    let interrupt = match &cli.verb {
        Some(
            Verb::List
            | Verb::Plan { .. }
            | Verb::Report { .. }
            | Verb::Compare { .. }
            | Verb::Export { .. }
            | Verb::Choose(_)
            | Verb::Fairness { .. }
            | Verb::Codec { .. }
            | Verb::Schema { .. },
        ) => Interrupt::ends_at_once()?,
        _ => Interrupt::listen()?,
    };
    let setup = || Setup::new(&cli.options, interrupt.clone());
    if cli.all && cli.verb.is_some() {
        let message = "--all is every verb at once: say one or the other";
        return Err(UsageError(message.to_owned()).into());
    }
    if matches!(cli.verb, Some(Verb::Selftest(_))) && !cli.options.group.is_empty() {
        let message = "--group means nothing to selftest, whose servers belong to its claims";
        return Err(UsageError(message.to_owned()).into());
    }
    cli.refuse_idle_flags()?;
    match &cli.verb {
        None if cli.all => run::run(&mut setup()?, true),
        None => Err(UsageError("nothing to do: say --all or a verb; see --help".to_owned()).into()),
        Some(Verb::Doctor { json }) => doctor::doctor(&setup()?, *json),
        Some(Verb::List) => list::list(&setup()?),
        Some(Verb::Plan { json }) => plan::plan(&setup()?, *json),
        Some(Verb::Build) => build::build(&mut setup()?),
        Some(Verb::Check(check)) => check::check(&cli.options, check, interrupt),
        Some(Verb::New(options)) => new::new(options, &interrupt),
        Some(Verb::Run) => run::run(&mut setup()?, false),
        Some(Verb::Report {
            dir,
            publish,
            check,
        }) => report::report(dir.as_deref(), *publish, *check),
        Some(Verb::Resume { dir }) => resume::resume(&cli.options, interrupt, dir),
        Some(Verb::Export {
            dir,
            format,
            bigger_is_better,
        }) => export::export(
            dir.as_deref(),
            *format,
            *bigger_is_better,
            cli.options.output.as_deref(),
        ),
        Some(Verb::Facts(wanted)) => facts::facts(&cli.options, wanted, &interrupt),
        Some(Verb::Fairness { check }) => fairness::fairness(*check),
        Some(Verb::Codec { dir }) => codec::codec(&setup()?, dir.as_deref()),
        Some(Verb::Schema { dir, check }) => schema::schema(dir.as_deref(), *check),
        Some(Verb::Choose(asked)) => choose::choose(&cli.options, asked),
        Some(Verb::Compare {
            a,
            b,
            fail_on,
            json,
        }) => compare::compare([a, b], &cli.options, *fail_on, *json),
        Some(Verb::Conformance(flags)) => {
            conformance::conformance(&cli.options, flags, interrupt.clone())
        }
        Some(Verb::Hazards(flags)) => hazards::hazards(&cli.options, flags, interrupt.clone()),
        Some(Verb::Selftest(options)) => selftest::run(&cli.options, options, &interrupt),
    }
}
