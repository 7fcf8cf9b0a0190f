//! What `conformance` and `hazards` have in common: they test a server at a URL,
//! or contenders of the workspace.

use std::path::Path;

use anyhow::Result;
use record::Variant;

use super::Setup;
use crate::{
    build::Peers,
    cli::Options,
    discover::{Contender, Source},
    exit::{Exit, UsageError},
    interrupt::Interrupt,
    progress::Progress,
    tested::{Bench, Call, take_part},
};

/// Tests what the command line asks for. `published` is where the project's own
/// reports stand.
pub(super) fn run<F>(
    options: &Options,
    flags: &F,
    interrupt: Interrupt,
    published: &str,
    url: impl FnOnce(&Call<'_, F>, &mut Progress) -> Result<Option<Exit>>,
    contenders: impl FnOnce(&Call<'_, F>, &Bench<'_>, &Path, &mut Progress) -> Result<Exit>,
) -> Result<Exit> {
    let ending = interrupt.clone();
    let call = Call {
        options: flags,
        seed: options.seed.unwrap_or(1),
        output: options.output.as_deref(),
        interrupt: &ending,
    };
    // Somebody's own server needs no workspace.
    if let Some(exit) = url(&call, &mut Progress::new())? {
        return Ok(exit);
    }
    let (mut setup, _) = Setup::of_contenders(options, interrupt)?;
    let all = std::mem::take(&mut setup.contenders);
    let all = take_part(all, &options.contender, options.no_baselines);
    if all.is_empty() {
        let message = "none of these contenders speaks WebSocket; see `list`";
        return Err(UsageError(message.to_owned()).into());
    }
    require_variants(&all, &options.variant, &options.contender)?;
    let bench = Bench {
        cargo: &setup.cargo,
        go: &setup.go,
        peers: &Peers::new(&setup.workspace.target, setup.interrupt.clone()),
        server_cpus: &setup.processors.server,
        contenders: all,
        variants: options.variant.clone(),
    };
    let published = setup.workspace.root.join(published);
    contenders(&call, &bench, &published, &mut setup.progress)
}

/// Refuses what would test nothing: a contender that is named, or given, and has
/// none of the variants that are wanted.
///
/// # Errors
/// When there is one, or when no contender has any of them.
fn require_variants(
    contenders: &[Contender],
    wanted: &[Variant],
    named: &[String],
) -> Result<(), UsageError> {
    let has_any =
        |it: &Contender| wanted.is_empty() || it.variants().any(|it| wanted.contains(&it));
    let is_meant = |it: &Contender| !named.is_empty() || matches!(it.source, Source::Command(_));
    let lacking = contenders.iter().find(|it| is_meant(it) && !has_any(it));
    if let Some(contender) = lacking {
        let variants: Vec<String> = contender.variants().map(|it| it.to_string()).collect();
        return Err(UsageError(format!(
            "{} has none of the variants that --variant names: it has {}",
            contender.name,
            variants.join(", ")
        )));
    }
    if contenders.iter().any(has_any) {
        Ok(())
    } else {
        let message = "no contender has a variant that --variant names; see `list`";
        Err(UsageError(message.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::External;

    #[test]
    fn a_contender_without_the_wanted_variant_is_refused_if_it_was_meant() {
        let given: Contender = "given=server".parse::<External>().unwrap().contender();
        let mut tuned = given.clone();
        tuned.name = "tuned".to_owned();
        tuned.source = Source::Package("echo-tuned".to_owned());
        let facts = tuned.facts.variants[&Variant::Default].clone();
        tuned.facts.variants.insert(Variant::Tuned, facts);
        let mut plain = tuned.clone();
        plain.name = "plain".to_owned();
        plain.facts.variants.remove(&Variant::Tuned);

        let said = |contenders: &[&Contender], wanted: &[Variant], named: &[&str]| {
            let contenders: Vec<Contender> = contenders.iter().map(|&it| it.clone()).collect();
            let named: Vec<String> = named.iter().map(|&it| it.to_owned()).collect();
            let result = require_variants(&contenders, wanted, &named);
            result.err().map(|it| it.to_string())
        };
        let both = [&tuned, &plain];
        assert_eq!(said(&both, &[], &["plain"]), None);
        assert_eq!(said(&both, &[Variant::Tuned], &[]), None);
        let error = said(&[&plain], &[Variant::Tuned], &["plain"]).unwrap();
        assert!(
            error.contains("plain") && error.contains("it has default"),
            "{error}"
        );
        let error = said(&[&tuned, &given], &[Variant::Tuned], &[]).unwrap();
        assert!(error.contains("given"), "{error}");
        let error = said(&both, &[Variant::Compressed], &[]).unwrap();
        assert!(error.contains("no contender"), "{error}");
    }
}
