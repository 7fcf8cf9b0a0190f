//! What there is to compare.

mod declared;
mod external;
mod go;
mod peers;
mod workspace;

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use record::{BuildOutcome, BuiltContender, ContenderFacts, Variant};

pub(crate) use declared::Declared;
pub(crate) use external::External;
pub(crate) use go::MODULE as GO_MODULE;
pub(crate) use peers::Peer;
pub(crate) use workspace::{Workspace, library_package, metadata_of_workspace};

use crate::plan::Candidate;

/// A server program that can take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contender {
    /// Its name: the package name without `echo-`, or the name given on the
    /// command line.
    pub(crate) name: String,
    /// What it declares about itself.
    pub(crate) facts: ContenderFacts,
    /// The library's version from Cargo.lock or go.mod; empty where the server itself has
    /// to say it.
    pub(crate) version: String,
    /// Where its executable comes from.
    pub(crate) source: Source,
    /// Features of its own package that it is built with: none, but for a
    /// variant that needs some.
    pub(crate) features: Vec<String>,
}

/// Where an executable comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A package of the workspace, to be built.
    Package(String),
    /// A folder of the Go module, to be built.
    Go(String),
    /// A server in another language, to be installed.
    Peer(Peer),
    /// A command that is given.
    Command(Vec<String>),
}

impl Contender {
    /// Its variants.
    pub(crate) fn variants(&self) -> impl Iterator<Item = Variant> {
        self.facts.variants.keys().copied()
    }

    /// The features that a variant needs.
    pub(crate) fn features_of(&self, variant: Variant) -> &[String] {
        let facts = self.facts.variants.get(&variant);
        facts.map_or(&[], |it| it.features.as_slice())
    }

    /// What the record says of it, with what building gave.
    pub(crate) fn built(&self, build: BuildOutcome) -> BuiltContender {
        BuiltContender {
            name: self.name.clone(),
            facts: self.facts.clone(),
            version: self.version.clone(),
            build,
        }
    }

    /// What the plan needs to know of it.
    pub(crate) fn candidate(&self) -> Candidate {
        Candidate {
            name: self.name.clone(),
            baseline: self.facts.baseline,
            variants: self.variants().filter(|it| it.is_measured()).collect(),
        }
    }
}

/// Refuses what can't be started as its library's documentation teaches.
fn require_default(facts: &ContenderFacts) -> Result<()> {
    ensure!(
        facts.variants.contains_key(&Variant::Default),
        "the variant \"default\" is missing"
    );
    Ok(())
}

/// The name of a contender that is a folder.
fn name_of(folder: &Path) -> Result<String> {
    let name = folder.file_name().and_then(|name| name.to_str());
    Ok(name.context("the folder's name is no text")?.to_owned())
}
