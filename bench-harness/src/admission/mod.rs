//! The admission test: may this server take part, and what is it like?
//!
//! It speaks to the server over plain blocking sockets with the project's own
//! codec, one connection or more per rule. What has to hold for a number to be
//! fair is mandatory; the rest is shown.

mod control;
mod freshness;
mod messages;
mod peer;
mod process;
mod text;

use std::{net::SocketAddr, path::Path, thread, time::Duration};

use anyhow::Result;

use record::{
    AdmissionReport, AdmissionRule, BuildOutcome, BuiltContender, EntryKey, Fact, Flaw,
    HelperThread, Language, NotApplicable, Protocol, Received, RuleOutcome, Sent,
};

pub(crate) use self::freshness::untested;
use self::peer::Place;
pub(crate) use self::text::in_words;
use crate::{
    check::Checked,
    exit::Interrupted,
    interrupt::Interrupt,
    process::{Server, Stop},
    run::Bench,
    tested,
};

/// Where the published reports are, below the workspace.
pub(crate) const PUBLISHED: &str = "results/admission";

/// How long a server is watched that may be about to exit.
const EXIT_WATCH: Duration = Duration::from_millis(200);

/// A server that was silent once is waited for less from then on.
const SHORT_LIMIT: Duration = Duration::from_secs(2);

/// A message of 16 MiB is waited for longer than the rest, so many times.
const LARGE_PATIENCE: u32 = 3;

/// What judging a rule gave: a fact worth knowing of a rule that is kept.
type Judged = Result<Option<Fact>, Trouble>;

/// Why a rule is not kept, or could not be judged.
#[derive(Clone, Debug, PartialEq)]
enum Trouble {
    /// The server breaks it.
    Failed { sent: Sent, received: Received },
    /// It can't be judged.
    NotApplicable(NotApplicable),
    /// The user asked to stop.
    Interrupted,
}

/// A running server and what it declares.
struct Target {
    place: Place,
    pid: u32,
    protocol: Protocol,
    /// Threads that serve connections, as the ready line has it.
    threads: u32,
    helpers: Vec<HelperThread>,
    threads_of: ThreadsOf,
}

/// Who answers for the threads of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ThreadsOf {
    /// The program, which declares them.
    Program,
    /// The runtime of its language.
    Runtime,
    /// Nobody: a program that was given on the command line declares nothing.
    Given,
}

/// How a server is tested.
#[derive(Clone, Debug)]
pub(crate) struct Conditions {
    /// The time for each thing that must come.
    pub(crate) limit: Duration,
    /// Whether the user asked to stop.
    pub(crate) interrupt: Interrupt,
}

/// The reports in a folder; none if it isn't there.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<AdmissionReport>> {
    tested::read_all(folder, report::read_admission)
}

/// Tests one server. `checked` is what the check before a run has found.
pub(crate) fn admit(
    bench: &Bench<'_>,
    contender: &BuiltContender,
    checked: &Checked,
    conditions: &Conditions,
) -> Result<AdmissionReport, Interrupted> {
    let mut report = AdmissionReport::new(
        checked.outcome.entry.clone(),
        contender.facts.library.clone(),
        contender.version.clone(),
        contender.facts.runtime.clone(),
    );
    let flaws = &checked.outcome.flaws;
    report.push(AdmissionRule::QuickCheck, quick_check(flaws));
    let mut running: Option<(Server<'_>, Target)> = None;
    let mut starts = true;
    let mut limit = conditions.limit;
    for rule in AdmissionRule::ALL {
        if rule == AdmissionRule::QuickCheck {
            continue;
        }
        if conditions.interrupt.is_set() {
            return Err(Interrupted);
        }
        if running.is_none() && starts {
            match start(bench, contender, &report.entry, conditions) {
                Ok(started) => running = Some(started),
                Err(Stop::Interrupted) => return Err(Interrupted),
                // The quick check names why.
                Err(Stop::Flawed(_)) => starts = false,
            }
        }
        let Some((server, target)) = &mut running else {
            report.push(rule, no_connection());
            continue;
        };
        target.place.limit = match rule {
            AdmissionRule::LargeMessage => limit * LARGE_PATIENCE,
            _ => limit,
        };
        let outcome = if may_be_judged(rule, target, &report) {
            outcome_of(rule, judge(rule, target), server)?
        } else {
            RuleOutcome::NotApplicable {
                reason: match target.protocol {
                    Protocol::Websocket => NotApplicable::NoConnection,
                    Protocol::RawTcp => NotApplicable::RawTcp,
                    protocol => NotApplicable::Speaks { protocol },
                },
            }
        };
        if is_silence(&outcome) && rule.requirement() == record::Requirement::Mandatory {
            limit = limit.min(SHORT_LIMIT);
        }
        if server.exited().is_some() {
            running = None;
        }
        report.push(rule, outcome);
    }
    Ok(report)
}

fn quick_check(flaws: &[Flaw]) -> RuleOutcome {
    if flaws.is_empty() {
        return RuleOutcome::Passed { fact: None };
    }
    RuleOutcome::Failed {
        sent: Sent::QuickCheck,
        received: Received::Flaws {
            flaws: flaws.to_vec(),
        },
        section: None,
    }
}

fn no_connection() -> RuleOutcome {
    RuleOutcome::NotApplicable {
        reason: NotApplicable::NoConnection,
    }
}

/// Starts a server as a run would, to be spoken to on this machine.
fn start<'a>(
    bench: &Bench<'a>,
    contender: &BuiltContender,
    entry: &EntryKey,
    conditions: &Conditions,
) -> Result<(Server<'a>, Target), Stop> {
    let Some(program) = bench.servers.get(&contender.name) else {
        return Err(Stop::Flawed(Vec::new()));
    };
    let call = program.call(entry, &bench.server_cpus, 0);
    let mut server = Server::start(bench.launcher, bench.clock, &call)?;
    let ready = server.wait_ready()?;
    let address: SocketAddr = ready
        .address
        .parse()
        .map_err(|_| Stop::Flawed(Vec::new()))?;
    let target = Target {
        place: Place {
            address,
            limit: conditions.limit,
            interrupt: conditions.interrupt.clone(),
        },
        pid: server.pid(),
        protocol: ready.protocol,
        threads: ready.threads,
        helpers: contender.facts.helper_threads.clone(),
        threads_of: match (&contender.build, contender.facts.language) {
            (BuildOutcome::Given { .. }, _) => ThreadsOf::Given,
            (_, Language::Rust) => ThreadsOf::Program,
            (_, Language::Go | Language::JavaScript | Language::Python) => ThreadsOf::Runtime,
        },
    };
    Ok((server, target))
}

/// Everything but the handshake needs one; what speaks no WebSocket has threads,
/// and where there are connections sockets.
fn may_be_judged(rule: AdmissionRule, target: &Target, report: &AdmissionReport) -> bool {
    if target.protocol != Protocol::Websocket {
        return rule == AdmissionRule::Threads
            || (rule == AdmissionRule::NoDelay && target.protocol.has_connections());
    }
    let handshake = report.outcome(AdmissionRule::Handshake);
    rule == AdmissionRule::Handshake || matches!(handshake, Some(RuleOutcome::Passed { .. }))
}

fn judge(rule: AdmissionRule, target: &Target) -> Judged {
    let place = &target.place;
    match rule {
        // Judged beforehand, through the load generator.
        AdmissionRule::QuickCheck => Ok(None),
        AdmissionRule::Handshake => control::a_connection_opens(place),
        AdmissionRule::Text => messages::text_is_echoed(place),
        AdmissionRule::Binary => messages::binary_is_echoed(place),
        AdmissionRule::EmptyMessage => messages::empty_messages_are_echoed(place),
        AdmissionRule::LengthEdges => messages::length_edges_are_echoed(place),
        AdmissionRule::Fragments => messages::fragments_are_echoed(place),
        AdmissionRule::LargeMessage => messages::a_large_message_is_echoed(place),
        AdmissionRule::Order => messages::order_is_kept(place),
        AdmissionRule::EqualWork => messages::work_is_equal(place),
        AdmissionRule::Ping => control::pings_are_answered(place),
        AdmissionRule::Close => control::close_is_answered(place),
        AdmissionRule::NoDelay => process::nodelay_is_on(target),
        AdmissionRule::Threads => process::threads_are_declared(target),
        AdmissionRule::PongInsideMessage => control::pongs_come_inside_a_message(place),
        AdmissionRule::FragmentInsideCharacter => messages::a_character_may_be_parted(place),
        AdmissionRule::CloseCode => control::close_codes_are_echoed(place),
        AdmissionRule::CloseWithoutCode => control::close_without_code_is_answered(place),
        AdmissionRule::EndAfterClose => control::close_ends_the_connection(place),
        AdmissionRule::Utf8Checked => control::invalid_text_is_not_echoed(place),
        AdmissionRule::Utf8CloseCode => control::invalid_text_closes_with_1007(place),
    }
}

fn outcome_of(
    rule: AdmissionRule,
    judged: Judged,
    server: &mut Server<'_>,
) -> Result<RuleOutcome, Interrupted> {
    Ok(match judged {
        Ok(fact) => RuleOutcome::Passed { fact },
        Err(Trouble::Interrupted) => return Err(Interrupted),
        Err(Trouble::NotApplicable(reason)) => RuleOutcome::NotApplicable { reason },
        Err(Trouble::Failed { sent, received }) => RuleOutcome::Failed {
            sent,
            received: exit_behind(&received, server).unwrap_or(received),
            section: rule.section().map(str::to_owned),
        },
    })
}

/// A connection that breaks may be the end of the whole server.
fn exit_behind(received: &Received, server: &mut Server<'_>) -> Option<Received> {
    let breaks = match received {
        Received::TooFew { then, .. } => then,
        other => other,
    };
    if !matches!(
        breaks,
        Received::Ended | Received::Reset | Received::Broken { .. }
    ) {
        return None;
    }
    thread::sleep(EXIT_WATCH);
    match server.exited()? {
        Flaw::Exited { status, .. } => Some(Received::Exited { status }),
        _ => None,
    }
}

fn is_silence(outcome: &RuleOutcome) -> bool {
    let RuleOutcome::Failed { received, .. } = outcome else {
        return false;
    };
    match received {
        Received::TooFew { then, .. } => matches!(**then, Received::Nothing { .. }),
        other => matches!(other, Received::Nothing { .. }),
    }
}
