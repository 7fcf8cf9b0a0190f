//! A contender under test.

use ::conformance::Endpoint;
use record::{BuiltContender, CutShort, EntryKey, Flaw, Ready, TestedServer};

use crate::{
    clock::RealClock,
    interrupt::Interrupt,
    process::{ChildLauncher, Server, ServerProgram, Stop},
};

/// A variant of a contender, built.
pub(crate) struct Tested<'a> {
    pub(super) contender: &'a BuiltContender,
    /// The row that it is.
    pub(crate) entry: EntryKey,
    pub(super) program: Option<&'a ServerProgram>,
    pub(super) cpus: &'a [u32],
}

/// A process of it that listens.
pub(crate) struct Started {
    /// The process.
    pub(crate) server: Server<'static>,
    /// What it says of itself.
    pub(crate) ready: Ready,
    /// Where it is found.
    pub(crate) endpoint: Endpoint,
}

impl Tested<'_> {
    /// Starts a process of its own, and waits until it listens.
    pub(crate) fn start(&self, interrupt: &Interrupt) -> Result<Started, Stop> {
        let program = self.program.ok_or_else(|| Flaw::NotStarted {
            error: format!("{} was not built", self.contender.name),
        })?;
        let launcher = ChildLauncher::new(interrupt.clone());
        let call = program.call(&self.entry, self.cpus, 0);
        let mut server = Server::start(&launcher, &RealClock, &call)?;
        let ready = server.wait_ready()?;
        let address = ready.address.parse().map_err(|_| Flaw::BadReadyLine {
            error: format!("{:?} is no address", ready.address),
        })?;
        let endpoint = Endpoint {
            address,
            host: ready.address.clone(),
            path: "/".to_owned(),
        };
        Ok(Started {
            server,
            ready,
            endpoint,
        })
    }

    /// What it is: by its own words, else by what is declared.
    pub(crate) fn described(&self, ready: Option<&Ready>) -> TestedServer {
        let BuiltContender { facts, version, .. } = self.contender;
        TestedServer::Contender {
            library: ready.map_or(&facts.library, |it| &it.library).clone(),
            version: ready.map_or(version, |it| &it.version).clone(),
            runtime: ready.map_or(&facts.runtime, |it| &it.runtime).clone(),
            variant: self.entry.variant,
        }
    }
}

/// Why the tests of a server that has these flaws are not whole.
pub(crate) fn ended_by(flaws: Vec<Flaw>) -> CutShort {
    let flaw = flaws.into_iter().next_back();
    CutShort::ServerFailed {
        flaw: flaw.unwrap_or(Flaw::NotStarted {
            error: "no reason is known".to_owned(),
        }),
    }
}
