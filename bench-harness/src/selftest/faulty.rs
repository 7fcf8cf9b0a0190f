//! Servers that misbehave in one known way, and what each must be named as.

use record::FlawKind;

/// What the record must say of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// This flaw. Of the others nothing may be named but these, which follow
    /// from it: messages that were on the way when a connection ended never
    /// come back, and a process takes its connections with it.
    Flaw(FlawKind, &'static [FlawKind]),
    /// No flaw, but more frames than messages.
    MoreFrames,
    /// No flaw, but pings.
    Pings,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Faulty {
    /// Its row's name.
    pub(super) name: &'static str,
    /// Its `--fault`.
    pub(super) fault: &'static str,
    /// When it shows, as flags of the known server.
    pub(super) when: &'static str,
    /// What must be said of it.
    pub(super) truth: Truth,
}

/// More messages than the check sends; then one of seven is treated wrongly.
const LATER: &str = "--after 200 --every 7";

/// From the first message on.
const ALWAYS: &str = "";

const fn faulty(fault: &'static str, when: &'static str, truth: Truth) -> Faulty {
    Faulty {
        name: fault,
        fault,
        when,
        truth,
    }
}

/// Those that pass the check and then fail, or are right in an unusual way.
pub(super) const IN_TRIAL: [Faulty; 12] = {
    use FlawKind::{
        ClosedEarly, Corrupted, Duplicated, Exited, Late, Missing, Reordered, WrongLength,
        WrongOpcode,
    };
    use Truth::{Flaw, MoreFrames, Pings};
    [
        faulty("corrupt-byte", LATER, Flaw(Corrupted, &[])),
        // The last message of a stretch is held back until the next one begins.
        faulty("reorder", LATER, Flaw(Reordered, &[Missing, Late])),
        faulty("swap-opcode", LATER, Flaw(WrongOpcode, &[])),
        faulty("drop", LATER, Flaw(Missing, &[])),
        faulty("duplicate", LATER, Flaw(Duplicated, &[])),
        faulty("truncate", LATER, Flaw(WrongLength, &[])),
        faulty("close-early", LATER, Flaw(ClosedEarly, &[Missing])),
        faulty("hang", LATER, Flaw(Missing, &[])),
        faulty("crash", LATER, Flaw(Exited, &[ClosedEarly, Missing])),
        faulty("exit-mid-run", LATER, Flaw(Exited, &[ClosedEarly, Missing])),
        faulty("fragment", ALWAYS, MoreFrames),
        faulty("ping", ALWAYS, Pings),
    ]
};

/// Those that never get to a trial.
pub(super) const IN_CHECK: [Faulty; 9] = {
    use FlawKind::{
        BadReadyLine, ClosedEarly, ConnectionsFailed, Corrupted, Exited, Missing, NeverReady,
        WrongLength, WrongOpcode,
    };
    use Truth::Flaw;
    const NO_CONNECTION: &[FlawKind] = &[ConnectionsFailed];
    [
        faulty("never-ready", ALWAYS, Flaw(NeverReady, &[])),
        faulty("bad-ready", ALWAYS, Flaw(BadReadyLine, &[])),
        faulty("exit-at-once", ALWAYS, Flaw(Exited, &[])),
        Faulty {
            name: "never-answers",
            fault: "hang",
            when: ALWAYS,
            truth: Flaw(ConnectionsFailed, &[Missing]),
        },
        Faulty {
            name: "crash-at-first",
            fault: "crash",
            when: ALWAYS,
            truth: Flaw(Exited, &[ConnectionsFailed, ClosedEarly, Missing]),
        },
        Faulty {
            name: "corrupt-at-first",
            fault: "corrupt-byte",
            when: ALWAYS,
            truth: Flaw(Corrupted, NO_CONNECTION),
        },
        Faulty {
            name: "swap-at-first",
            fault: "swap-opcode",
            when: ALWAYS,
            truth: Flaw(WrongOpcode, NO_CONNECTION),
        },
        Faulty {
            name: "truncate-at-first",
            fault: "truncate",
            when: ALWAYS,
            truth: Flaw(WrongLength, NO_CONNECTION),
        },
        Faulty {
            name: "close-at-first",
            fault: "close-early",
            when: ALWAYS,
            truth: Flaw(ClosedEarly, &[ConnectionsFailed, Missing]),
        },
    ]
};

/// What waiting for servers that give no answer takes: for the ready line, for
/// a connection's first echo, for echoes after a window.
pub(super) fn waits_ns<'a>(names: impl Iterator<Item = &'a str>) -> u64 {
    const S: u64 = 1_000_000_000;
    names
        .map(|name| match name {
            "never-ready" | "never-answers" => 5 * S,
            "drop" | "hang" => 2 * S,
            _ => 0,
        })
        .sum()
}
