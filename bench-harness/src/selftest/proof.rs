//! All verdicts of one selftest, as text and as JSON.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use record::{Effort, Host, RunHeader, SchemaFile, Side};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Claim,
    verdict::{Outcome, Verdict},
};
use crate::{cli::Options, progress::in_words, terminal::columns};

/// Version of the JSON. It grows when a field changes its meaning or goes away.
const PROOF_VERSION: u32 = 1;

/// What a selftest came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Proof {
    /// [`PROOF_VERSION`].
    #[schemars(extend("const" = PROOF_VERSION))]
    pub(crate) proof_version: u32,
    /// When its first run started, `YYYY-MM-DDTHH:MM:SSZ`.
    pub(crate) started_at: String,
    /// The command that makes it again.
    pub(crate) command: String,
    /// Commit of this project, `None` outside a checkout.
    pub(crate) commit: Option<String>,
    /// Whether the checkout had uncommitted changes.
    pub(crate) dirty: bool,
    /// The machine; `None` when no run came to its end.
    pub(crate) host: Option<Host>,
    /// Seed of all runs.
    pub(crate) seed: u64,
    /// Effort of the claims on CPU time.
    pub(crate) effort: Effort,
    /// How long it took, the build apart.
    pub(crate) took_ns: u64,
    /// The claims that were to be tried.
    pub(crate) claims: Vec<Claim>,
    /// What came of them.
    pub(crate) verdicts: Vec<Verdict>,
}

/// The schema of what `selftest --json` prints, and of the lines that are read
/// back into a table: those of before lack what has a default.
pub(crate) fn schema() -> serde_json::Result<SchemaFile> {
    SchemaFile::of::<Proof>(
        "selftest",
        PROOF_VERSION,
        "What `selftest --json` prints, one line per selftest",
        Side::Reader,
    )
}

impl Proof {
    pub(super) fn new(seed: u64, effort: Effort, claims: &[Claim], options: &Options) -> Self {
        Self {
            proof_version: PROOF_VERSION,
            started_at: String::new(),
            command: command(seed, claims, options),
            commit: None,
            dirty: false,
            host: None,
            seed,
            effort,
            took_ns: 0,
            claims: claims.to_vec(),
            verdicts: Vec::new(),
        }
    }

    /// Reads a line that `selftest --json` printed. Its version comes first:
    /// another one may lack what is looked for.
    pub(super) fn parse(line: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            proof_version: u32,
        }
        let wrong = "this is not what `selftest --json` prints";
        let found: Version = serde_json::from_str(line).context(wrong)?;
        ensure!(
            found.proof_version == PROOF_VERSION,
            "proof version {} was found, and only version {PROOF_VERSION} is read",
            found.proof_version
        );
        serde_json::from_str(line).context(wrong)
    }

    /// Adds the verdicts of a run.
    pub(super) fn add(&mut self, header: &RunHeader, verdicts: Vec<Verdict>) {
        if self.host.is_none() {
            self.started_at.clone_from(&header.started_at);
            self.commit.clone_from(&header.commit);
            self.dirty = header.dirty;
            self.host = Some(header.host.clone());
        }
        self.verdicts.extend(verdicts);
    }

    /// Whether every claim was tried and everything in it held.
    pub(super) fn holds(&self) -> bool {
        self.claims.iter().all(|claim| {
            let mut of_claim = self.of(*claim).peekable();
            of_claim.peek().is_some() && of_claim.all(|it| it.outcome == Outcome::Held)
        })
    }

    fn of(&self, claim: Claim) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(move |it| it.claim == claim)
    }

    /// For people. `kept` is where the records are.
    pub(super) fn text(&self, kept: Option<&Path>, is_interrupted: bool) -> String {
        let mut text = String::new();
        for claim in self
            .claims
            .iter()
            .filter(|it| self.of(**it).next().is_some())
        {
            text.push_str(&format!("{}: {claim}\n", claim.name()));
            let head = ["", "expected", "seen", "verdict"];
            let mut rows = vec![head.map(str::to_owned).to_vec()];
            rows.extend(self.of(*claim).map(|it| {
                vec![
                    format!("  {}", it.subject),
                    it.expected.to_string(),
                    it.seen.to_string(),
                    it.outcome.to_string(),
                ]
            }));
            text.push_str(&columns(&rows));
            text.push('\n');
        }
        if let Some(folder) = kept {
            text.push_str(&format!("The records are in {}.\n", folder.display()));
        }
        text.push_str(&self.conclusion(kept, is_interrupted));
        text
    }

    fn conclusion(&self, kept: Option<&Path>, is_interrupted: bool) -> String {
        let held = |outcome| {
            let count = self.verdicts.iter().filter(|it| it.outcome == outcome);
            count.count()
        };
        let took = in_words(self.took_ns);
        if is_interrupted {
            return format!(
                "Interrupted after {took}; {} of {} verdicts so far held, the rest was not tried.\n",
                held(Outcome::Held),
                self.verdicts.len()
            );
        }
        if self.holds() {
            return format!(
                "All {} claims held ({} verdicts, {took}).\n",
                self.claims.len(),
                self.verdicts.len()
            );
        }
        let mut text = format!(
            "Not all held: {} of {} verdicts did ({took}).\n",
            held(Outcome::Held),
            self.verdicts.len()
        );
        for verdict in self
            .verdicts
            .iter()
            .filter(|it| it.outcome != Outcome::Held)
        {
            let (claim, subject) = (verdict.claim.name(), &verdict.subject);
            let next = match verdict.outcome {
                Outcome::Undecided => format!(
                    "the machine disturbed it; end other programs and say \
                     `selftest --claim {claim}` again"
                ),
                _ if verdict.claim.needs_effort() => format!(
                    "say `selftest --claim {claim}` again on a quiet machine, with --thorough \
                     if need be; one that fails again there is a bug of the tool"
                ),
                _ => match kept {
                    Some(folder) => format!(
                        "this is a bug of the tool unless the machine is very busy; its \
                         records are in {}",
                        folder.display()
                    ),
                    None => "this is a bug of the tool unless the machine is very busy; \
                             --keep DIR keeps its records"
                        .to_owned(),
                },
            };
            text.push_str(&format!("  {claim}, {subject}: {next}\n"));
        }
        text
    }
}

fn command(seed: u64, claims: &[Claim], options: &Options) -> String {
    let names: Vec<&str> = claims.iter().map(|claim| claim.name()).collect();
    let mut text = format!(
        "cargo run -p bench-harness -- selftest --claim {} --seed {seed}",
        names.join(",")
    );
    for (flag, is_given) in [("quick", options.quick), ("thorough", options.thorough)] {
        if is_given {
            text.push_str(&format!(" --{flag}"));
        }
    }
    if let Some(blocks) = options.blocks {
        text.push_str(&format!(" --blocks {blocks}"));
    }
    if let Some(window) = options.window {
        text.push_str(&format!(" --window {}ms", window.as_millis()));
    }
    text
}

#[cfg(test)]
pub(super) mod tests {
    use clap::Parser as _;
    use record::EffortLevel;

    use super::*;
    use crate::{
        cli::Cli,
        plan::effort_of,
        selftest::verdict::{Compared, Expected, Seen},
    };

    pub(crate) fn proof(claims: &[Claim], seed: u64, verdicts: Vec<Verdict>) -> Proof {
        let options = Cli::parse_from(["bench-harness", "selftest"]).options;
        let mut proof = Proof::new(seed, effort_of(EffortLevel::Standard), claims, &options);
        proof.started_at = "2026-11-20T12:00:00Z".to_owned();
        proof.commit = Some("0123456789abcdef".to_owned());
        proof.took_ns = 20_000_000_000;
        proof.host = Some(Host {
            name: "host".to_owned(),
            cpu_model: "A processor".to_owned(),
            cpus: 2,
            ..Host::default()
        });
        proof.verdicts = verdicts;
        proof
    }

    pub(crate) fn compared(
        claim: Claim,
        subject: &str,
        ratio: f64,
        verdict: &str,
        outcome: Outcome,
    ) -> Verdict {
        Verdict {
            claim,
            subject: subject.to_owned(),
            expected: match claim {
                Claim::SameServer => Expected::Tie,
                _ => Expected::Worse {
                    lower: 1.15,
                    upper: 1.25,
                },
            },
            seen: Seen::Compared(Compared {
                verdict: verdict.to_owned(),
                ratio,
                lower: ratio - 0.02,
                upper: ratio + 0.02,
                floor_percent: Some(1.5),
                blocks: 10,
            }),
            outcome,
        }
    }

    fn fault(outcome: Outcome) -> Verdict {
        Verdict {
            claim: Claim::Faults,
            subject: "drop".to_owned(),
            expected: Expected::Flaw {
                name: "Missing".to_owned(),
            },
            seen: Seen::Flaws {
                flaws: vec!["7 echoes missing".to_owned()],
                published: outcome != Outcome::Held,
            },
            outcome,
        }
    }

    #[test]
    fn the_text_says_what_was_expected_seen_and_is_to_be_done() {
        let claims = [Claim::Faults, Claim::CpuPlus5];
        let held = proof(
            &claims,
            7,
            vec![
                fault(Outcome::Held),
                compared(Claim::CpuPlus5, "plus5", 1.05, "worse", Outcome::Held),
            ],
        );
        insta::assert_snapshot!("held", held.text(None, false));
        let not_held = proof(
            &claims,
            7,
            vec![
                fault(Outcome::NotHeld),
                compared(Claim::CpuPlus5, "plus5", 1.01, "tied", Outcome::NotHeld),
                compared(
                    Claim::CpuPlus5,
                    "other",
                    1.01,
                    "unknown",
                    Outcome::Undecided,
                ),
            ],
        );
        insta::assert_snapshot!(
            "not-held",
            not_held.text(Some(Path::new("/some/folder")), false)
        );
        let interrupted = proof(&claims, 7, vec![fault(Outcome::Held)]);
        insta::assert_snapshot!("interrupted", interrupted.text(None, true));
    }

    #[test]
    fn a_claim_that_was_not_tried_or_is_undecided_does_not_hold() {
        let holds = |verdicts| proof(&[Claim::Faults], 7, verdicts).holds();
        assert!(holds(vec![fault(Outcome::Held)]));
        assert!(!holds(vec![]));
        assert!(!holds(vec![
            fault(Outcome::Held),
            fault(Outcome::Undecided)
        ]));
        assert!(!holds(vec![fault(Outcome::NotHeld)]));
    }

    #[test]
    fn a_line_of_json_can_be_read_again() {
        let proof = proof(&[Claim::Faults], u64::MAX, vec![fault(Outcome::Held)]);
        let line = serde_json::to_string(&proof).unwrap();
        assert_eq!(Proof::parse(&line).unwrap(), proof);
    }
}
