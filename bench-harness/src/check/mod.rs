//! Checks before the run: every server is what it says it is, and echoes.

mod echoes;
mod identity;

use record::{BuiltContender, CheckOutcome, EntryKey, Flaw, Ready, Role};

use crate::{
    exit::Interrupted,
    process::Stop,
    run::{Bench, Session},
};

/// What the check of one entry gave.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Checked {
    /// What goes into the run's header.
    pub(crate) outcome: CheckOutcome,
    /// What the server said when it was ready.
    pub(crate) ready: Option<Ready>,
}

/// Checks every entry but the reference's twin, which is the same program.
pub(crate) fn check(
    bench: &Bench<'_>,
    entries: &[EntryKey],
    contenders: &[BuiltContender],
    seed: u64,
    mut before_each: impl FnMut(&EntryKey),
) -> Result<Vec<Checked>, Interrupted> {
    let mut checked = Vec::new();
    for entry in entries.iter().filter(|entry| entry.role != Role::Again) {
        let Some(contender) = contenders
            .iter()
            .find(|contender| contender.name == entry.contender)
        else {
            continue;
        };
        // What could not be built is named by its build.
        if bench.servers.contains_key(&entry.contender) {
            before_each(entry);
            checked.push(check_entry(bench, entry, contender, seed)?);
        }
    }
    Ok(checked)
}

fn check_entry(
    bench: &Bench<'_>,
    entry: &EntryKey,
    contender: &BuiltContender,
    seed: u64,
) -> Result<Checked, Interrupted> {
    let mut ready = None;
    let mut flaws = Vec::new();
    match examine(bench, entry, contender, seed, &mut ready, &mut flaws) {
        Ok(()) => {}
        Err(Stop::Flawed(last)) => flaws.extend(last),
        Err(Stop::Interrupted) => return Err(Interrupted),
    }
    Ok(Checked {
        outcome: CheckOutcome {
            entry: entry.clone(),
            flaws,
            options: ready
                .as_ref()
                .map(|ready: &Ready| ready.options.clone())
                .unwrap_or_default(),
        },
        ready,
    })
}

fn examine(
    bench: &Bench<'_>,
    entry: &EntryKey,
    contender: &BuiltContender,
    seed: u64,
    said: &mut Option<Ready>,
    flaws: &mut Vec<Flaw>,
) -> Result<(), Stop> {
    let mut session = Session::open(bench, entry, 0)?;
    let ready = session.ready.clone();
    let differences = identity::differences(&ready, contender, entry.variant);
    if !differences.is_empty() {
        flaws.push(Flaw::BadReadyLine {
            error: differences.join("; "),
        });
    }
    *said = Some(ready);
    echoes::echo(&mut session, seed)?;
    echoes::open_and_close(&mut session, seed)?;
    session.server.refuse_chatter()?;
    session.server.count_on()?;
    session.server.stats()?;
    session.server.count_off()?;
    session.stop()
}

#[cfg(test)]
mod tests {
    use record::{BuildOutcome, FlawKind, Variant};

    use super::*;
    use crate::{
        discover::External,
        run::{
            fake::{Behaviour, FakeMachine},
            fixture::key,
        },
    };

    fn contender(name: &str) -> BuiltContender {
        let external: External = format!("{name}=server").parse().unwrap();
        let mut facts = external.contender().facts;
        facts.runtime = "none".to_owned();
        BuiltContender {
            name: name.to_owned(),
            facts,
            version: "1.0.0".to_owned(),
            build: BuildOutcome::Built {
                binary_bytes: 1,
                feature_hash: String::new(),
            },
        }
    }

    fn kinds(checked: &Checked) -> Vec<FlawKind> {
        checked.outcome.flaws.iter().map(Flaw::kind).collect()
    }

    #[test]
    fn each_server_is_checked_once_and_faults_are_named() {
        let faults = [
            ("good", Behaviour::Good, vec![]),
            ("mute", Behaviour::NeverReady, vec![FlawKind::NeverReady]),
            ("odd", Behaviour::BadReady, vec![FlawKind::BadReadyLine]),
            ("wrong", Behaviour::Corrupts, vec![FlawKind::Corrupted]),
            (
                "shut",
                Behaviour::Refuses,
                vec![FlawKind::ConnectionsFailed],
            ),
            ("deaf", Behaviour::BadStats, vec![FlawKind::ControlFailed]),
            ("herd", Behaviour::Forks, vec![FlawKind::NotReadable]),
            ("loud", Behaviour::Chatters, vec![FlawKind::ControlFailed]),
        ];
        let servers: Vec<_> = faults
            .iter()
            .map(|&(name, fault, _)| (name, fault))
            .collect();
        let machine = FakeMachine::new(&servers);
        let contenders: Vec<_> = servers.iter().map(|(name, _)| contender(name)).collect();
        let mut entries: Vec<_> = servers.iter().map(|(name, _)| key(name)).collect();
        entries.push(EntryKey {
            role: Role::Again,
            ..key("good")
        });
        let checked = check(&machine.bench(), &entries, &contenders, 7, |_| {}).unwrap();
        assert_eq!(checked.len(), faults.len(), "the twin is no other server");
        for (entry, (name, _, expected)) in checked.iter().zip(&faults) {
            assert_eq!(entry.outcome.entry, key(name));
            assert_eq!(kinds(entry), *expected, "{name}");
        }
        assert_eq!(machine.0.alive.get(), 0);
    }

    #[test]
    fn a_server_that_says_something_else_than_its_metadata_is_left_out() {
        let machine = FakeMachine::new(&[("good", Behaviour::Good)]);
        let mut other = contender("good");
        other.version = "2.0.0".to_owned();
        let checked = check(&machine.bench(), &[key("good")], &[other], 7, |_| {}).unwrap();
        assert_eq!(kinds(&checked[0]), [FlawKind::BadReadyLine]);
        assert_eq!(checked[0].outcome.entry.variant, Variant::Default);
    }

    #[test]
    fn what_was_not_built_is_not_checked() {
        let machine = FakeMachine::new(&[]);
        let checked = check(
            &machine.bench(),
            &[key("good")],
            &[contender("good")],
            7,
            |_| {},
        )
        .unwrap();
        assert!(checked.is_empty());
    }
}
