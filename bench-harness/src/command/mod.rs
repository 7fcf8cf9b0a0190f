//! The verbs.

mod build;
mod check;
mod header;
mod list;
mod live;
mod plan;
mod rates;
mod report;
mod resume;
mod run;
mod setup;
mod verdict;

use anyhow::Result;

use crate::{
    cli::{Cli, Verb},
    exit::{Exit, UsageError},
    interrupt::Interrupt,
    selftest,
};
use setup::Setup;

/// Does what the command line asks for.
pub(crate) fn run(cli: &Cli) -> Result<Exit> {
    let interrupt = Interrupt::listen()?;
    let setup = || Setup::new(&cli.options, interrupt.clone());
    if cli.all && cli.verb.is_some() {
        let message = "--all is every verb at once: say one or the other";
        return Err(UsageError(message.to_owned()).into());
    }
    match &cli.verb {
        None if cli.all => run::run(&mut setup()?, true),
        None => Err(UsageError("nothing to do: say --all or a verb; see --help".to_owned()).into()),
        Some(Verb::List) => list::list(&setup()?),
        Some(Verb::Plan { json }) => plan::plan(&setup()?, *json),
        Some(Verb::Build) => build::build(&mut setup()?),
        Some(Verb::Check) => check::check(&mut setup()?),
        Some(Verb::Run) => run::run(&mut setup()?, false),
        Some(Verb::Report {
            dir,
            publish,
            check,
        }) => report::report(dir.as_deref(), *publish, *check),
        Some(Verb::Resume { dir }) => resume::resume(&mut setup()?, dir),
        Some(Verb::Selftest(options)) => selftest::run(&cli.options, options, &interrupt),
    }
}
