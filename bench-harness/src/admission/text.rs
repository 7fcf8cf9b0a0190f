//! An admission report in words.

use record::{AdmissionReport, AdmissionRule, Requirement, RuleOutcome, RuleResult};

/// A report for a terminal.
pub(crate) fn in_words(report: &AdmissionReport) -> String {
    let mut lines = vec![format!(
        "{}: {} {}, on {}",
        report.entry, report.library, report.version, report.runtime
    )];
    for requirement in [Requirement::Mandatory, Requirement::Shown] {
        lines.push(match requirement {
            Requirement::Mandatory => "  Mandatory".to_owned(),
            Requirement::Shown => "  Shown, and no condition".to_owned(),
        });
        let results = report.results.iter();
        for result in results.filter(|result| result.requirement == requirement) {
            lines.extend(of_rule(result));
        }
    }
    lines.push(verdict(report));
    lines.join("\n") + "\n"
}

fn of_rule(result: &RuleResult) -> Vec<String> {
    let rule = result.rule;
    match &result.outcome {
        RuleOutcome::Passed { fact: None } => vec![format!("    ✓ {rule}")],
        RuleOutcome::Passed { fact: Some(fact) } => vec![format!("    ✓ {rule}: {fact}")],
        RuleOutcome::NotApplicable { reason } => {
            let mut lines = vec![format!("    – {rule}: {reason}")];
            if rule == AdmissionRule::NoDelay {
                lines.push(
                    "        contender-kit reads it back from a socket that it accepts, and \
                     refuses to start without it"
                        .to_owned(),
                );
            }
            lines
        }
        RuleOutcome::Failed {
            sent,
            received,
            section,
        } => {
            let asked = match section {
                Some(section) => format!("RFC 6455 section {section}"),
                None => "the contender contract".to_owned(),
            };
            let breach = match result.requirement {
                Requirement::Mandatory => "against:",
                // RFC 6455 often says what is usual, and not what must be.
                Requirement::Shown => "see:    ",
            };
            let mut lines = vec![
                format!("    ✗ {rule}"),
                format!("        sent:     {sent}"),
                format!("        received: {received}"),
                format!("        {breach}  {asked}"),
            ];
            if let Some(hint) = hint(rule) {
                lines.push(format!("        next:     {hint}"));
            }
            lines
        }
    }
}

/// What to do where that isn't plain.
fn hint(rule: AdmissionRule) -> Option<&'static str> {
    match rule {
        AdmissionRule::Threads => Some(
            "declare each helper thread as { name, reason } in helper_threads of \
             [package.metadata.contender]",
        ),
        AdmissionRule::NoDelay => Some("set it on the socket that is accepted"),
        AdmissionRule::Ping | AdmissionRule::Close => {
            Some("where the library leaves the answer to its user, the echo loop has to give it")
        }
        _ => None,
    }
}

fn verdict(report: &AdmissionReport) -> String {
    let broken = |requirement| {
        let results = report.results.iter();
        results
            .filter(|result| {
                result.requirement == requirement
                    && matches!(result.outcome, RuleOutcome::Failed { .. })
            })
            .count()
    };
    if report.is_admitted() {
        "  Admitted".to_owned()
    } else {
        format!(
            "  NOT ADMITTED: {} of the mandatory rules broken",
            broken(Requirement::Mandatory)
        )
    }
}

#[cfg(test)]
mod tests {
    use record::{EntryKey, Fact, Flaw, NotApplicable, Received, Role, Sent, Variant};

    use super::*;

    fn report(outcome: impl Fn(AdmissionRule) -> RuleOutcome) -> AdmissionReport {
        let entry = EntryKey {
            contender: "mine".to_owned(),
            variant: Variant::Tuned,
            role: Role::Contender,
        };
        let mut report = AdmissionReport::new(
            entry,
            "some-library".to_owned(),
            "1.2.3".to_owned(),
            "tokio".to_owned(),
        );
        for rule in AdmissionRule::ALL {
            report.push(rule, outcome(rule));
        }
        report
    }

    fn passed(rule: AdmissionRule) -> RuleOutcome {
        let fact = match rule {
            AdmissionRule::EqualWork => Some(Fact::Echoed {
                messages: 256,
                payload_bytes: 58_065,
            }),
            AdmissionRule::Threads => Some(Fact::Threads {
                names: ["echo-mine", "control"].map(str::to_owned).into(),
            }),
            AdmissionRule::Utf8Checked => Some(Fact::Answer {
                received: Received::Close { code: Some(1007) },
            }),
            _ => None,
        };
        RuleOutcome::Passed { fact }
    }

    fn failed(rule: AdmissionRule) -> RuleOutcome {
        let message = Sent::Message {
            text: true,
            size_bytes: 1_024,
            frames: 1,
        };
        let messages = Sent::Messages { count: 1_000 };
        let close = Sent::Close { code: Some(1000) };
        let (sent, received) = match rule {
            AdmissionRule::QuickCheck => (
                Sent::QuickCheck,
                Received::Flaws {
                    flaws: vec![Flaw::Corrupted { count: 3 }, Flaw::Missing { count: 1 }],
                },
            ),
            AdmissionRule::Handshake => (
                Sent::Opening,
                Received::BadOpening {
                    error: "the server's response has no Upgrade header".to_owned(),
                },
            ),
            AdmissionRule::Text => (message, Received::WrongOpcode { text: false }),
            AdmissionRule::Binary => (
                message,
                Received::WrongBytes {
                    message: 1,
                    offset_bytes: 1_023,
                },
            ),
            AdmissionRule::EmptyMessage => (
                message,
                Received::Nothing {
                    waited_ns: 2_000_000_000,
                },
            ),
            AdmissionRule::LengthEdges => (
                message,
                Received::WrongLength {
                    message: 2,
                    size_bytes: 125,
                    expected_bytes: 126,
                },
            ),
            AdmissionRule::Fragments => (
                Sent::Message {
                    text: true,
                    size_bytes: 3_000,
                    frames: 3,
                },
                Received::Message {
                    text: true,
                    size_bytes: 1_000,
                },
            ),
            AdmissionRule::LargeMessage => (
                message,
                Received::Broken {
                    error: "the server reads nothing".to_owned(),
                },
            ),
            AdmissionRule::Order => (messages, Received::OutOfOrder { due: 1, came: 2 }),
            AdmissionRule::EqualWork => (
                messages,
                Received::TooFew {
                    messages: 255,
                    then: Box::new(Received::Exited {
                        status: "exit code 3".to_owned(),
                    }),
                },
            ),
            AdmissionRule::Ping => (
                Sent::Ping { size_bytes: 4 },
                Received::WrongPong { size_bytes: 0 },
            ),
            AdmissionRule::Close => (close, Received::Ended),
            AdmissionRule::NoDelay => (Sent::LookAtSocket, Received::NoDelayOff),
            AdmissionRule::Threads => (
                Sent::LookAtThreads {
                    connections: 4,
                    declared: 1,
                },
                Received::Threads {
                    names: ["echo-mine", "control", "worker"].map(str::to_owned).into(),
                },
            ),
            AdmissionRule::PongInsideMessage => (
                Sent::FragmentAndPing,
                Received::Violation {
                    error: "a ping frame is fragmented (RFC 6455 section 5.5)".to_owned(),
                },
            ),
            AdmissionRule::FragmentInsideCharacter => {
                (message, Received::Close { code: Some(1007) })
            }
            AdmissionRule::CloseCode => (close, Received::Close { code: None }),
            AdmissionRule::CloseWithoutCode => (
                Sent::Close { code: None },
                Received::BadClose {
                    error: "the payload has one byte, a status code needs two".to_owned(),
                },
            ),
            AdmissionRule::EndAfterClose => (close, Received::Reset),
            AdmissionRule::Utf8Checked | AdmissionRule::Utf8CloseCode => (
                Sent::InvalidText,
                Received::Message {
                    text: true,
                    size_bytes: 3,
                },
            ),
        };
        RuleOutcome::Failed {
            sent,
            received,
            section: rule.section().map(str::to_owned),
        }
    }

    #[test]
    fn every_rule_has_its_words() {
        insta::assert_snapshot!("admitted", in_words(&report(passed)));
        insta::assert_snapshot!("not-admitted", in_words(&report(failed)));
    }

    #[test]
    fn what_could_not_be_judged_keeps_nobody_out() {
        let report = report(|rule| RuleOutcome::NotApplicable {
            reason: match rule {
                AdmissionRule::NoDelay => NotApplicable::Unreadable {
                    error: "Operation not permitted (os error 1)".to_owned(),
                },
                AdmissionRule::Handshake => NotApplicable::NoConnection,
                AdmissionRule::Utf8CloseCode => NotApplicable::Utf8NotChecked,
                _ => NotApplicable::RawTcp,
            },
        });
        insta::assert_snapshot!("not-judged", in_words(&report));
    }
}
