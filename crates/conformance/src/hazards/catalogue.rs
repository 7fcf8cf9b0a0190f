//! The list of probes: what is sent, what a good server does, whose job that
//! is, and the rule behind it.

use std::{fmt, sync::OnceLock};

use serde::{Deserialize, Serialize};

use super::Bounds;

/// One probe.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Its short name, such as `H01`: H for the handshake, F for frames, R for
    /// resources, C for closing.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What is sent.
    pub sends: String,
    /// What a good server does.
    pub good: String,
    /// Whose job that is.
    pub whose: Whose,
    /// Why.
    pub why: String,
    /// The rule behind it: a section of an RFC, or a class of known faults.
    pub rule: String,
    /// Pages on it.
    pub sources: Vec<String>,
    /// How much the server may grow.
    pub growth_bound: GrowthBound,
    /// How much processor time it may take, where that is bounded.
    #[serde(default)]
    pub cpu_bound_ms: Option<u64>,
}

/// Whose job it is that a server survives a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// The library's, used as documented.
    Library,
    /// That of who writes a server with it: a server without this bound is
    /// graded as left to the author.
    Author,
    /// Both have a part in it.
    Both,
}

/// How much a server may grow during a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrowthBound {
    /// So many MiB.
    Mib(u64),
    /// So many times the largest message that it accepts.
    MessageLimits(u64),
    /// So many KiB for each pending connection.
    KibPerConnection(u64),
    /// So many KiB for each connection that compresses.
    KibPerCompressingConnection(u64),
}

/// No probe has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no probe {0:?}; probes are {known}", known = known())]
pub struct NoSuchProbe(pub String);

/// All probes.
#[must_use]
pub fn catalogue() -> &'static [Probe] {
    static PROBES: OnceLock<Vec<Probe>> = OnceLock::new();
    PROBES.get_or_init(|| {
        // A test reads it; an empty list would fail there.
        serde_json::from_str(include_str!("../../data/hazards.json")).unwrap_or_default()
    })
}

/// The probes that `wanted` names, all of them when it names none: whole names
/// (`R01`) or a group (`R`).
///
/// # Errors
/// When one of the names is none.
pub fn choose(wanted: &[String]) -> Result<Vec<&'static Probe>, NoSuchProbe> {
    let is = |name: &String, probe: &Probe| {
        probe.id.eq_ignore_ascii_case(name)
            || (name.len() == 1 && probe.id[..1].eq_ignore_ascii_case(name))
    };
    if let Some(name) = wanted
        .iter()
        .find(|name| !catalogue().iter().any(|probe| is(name, probe)))
    {
        return Err(NoSuchProbe(name.clone()));
    }
    Ok(catalogue()
        .iter()
        .filter(|probe| wanted.is_empty() || wanted.iter().any(|name| is(name, probe)))
        .collect())
}

fn known() -> String {
    let ids: Vec<&str> = catalogue().iter().map(|probe| probe.id.as_str()).collect();
    ids.join(", ")
}

impl GrowthBound {
    /// The bound in bytes.
    #[must_use]
    pub fn bytes(self, bounds: &Bounds) -> u64 {
        match self {
            Self::Mib(count) => count << 20,
            // Whoever accepts small messages only still has buffers.
            Self::MessageLimits(count) => (count * bounds.message_limit_bytes).max(64 << 20),
            Self::KibPerConnection(count) => {
                ((count << 10) * u64::from(bounds.pending_connections)).max(32 << 20)
            }
            Self::KibPerCompressingConnection(count) => {
                ((count << 10) * u64::from(bounds.compressing_connections())).max(32 << 20)
            }
        }
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Library => "the library",
            Self::Author => "the server's author",
            Self::Both => "library and author",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_says_what_it_must() {
        let probes: Vec<Probe> =
            serde_json::from_str(include_str!("../../data/hazards.json")).unwrap();
        assert_eq!(probes.len(), catalogue().len());
        let mut ids: Vec<&str> = probes.iter().map(|probe| probe.id.as_str()).collect();
        ids.dedup();
        assert_eq!(ids.len(), probes.len());
        for probe in &probes {
            for text in [&probe.sends, &probe.good, &probe.why, &probe.rule] {
                assert!(text.ends_with('.'), "{}: {text}", probe.id);
            }
            let named = ["RFC", "CVE", "CWE", "No input"];
            assert!(
                named.iter().any(|it| probe.rule.contains(it)),
                "{}",
                probe.id
            );
            assert!(probe.sources.iter().all(|it| it.starts_with("https://")));
        }
    }

    #[test]
    fn names_and_groups_choose_probes() {
        let count = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&it| it.to_owned()).collect();
            choose(&names).map(|probes| probes.len())
        };
        assert_eq!(count(&[]), Ok(catalogue().len()));
        assert_eq!(count(&["R01", "h04"]), Ok(2));
        assert_eq!(count(&["C"]), Ok(6));
        let error = count(&["R01", "X9"]).unwrap_err().to_string();
        assert!(error.contains("X9") && error.contains("R01"), "{error}");
    }

    #[test]
    fn bounds_follow_the_message_limit_and_the_crowd() {
        let bounds = Bounds::default();
        assert_eq!(GrowthBound::Mib(2).bytes(&bounds), 2 << 20);
        assert_eq!(GrowthBound::MessageLimits(4).bytes(&bounds), 256 << 20);
        assert_eq!(
            GrowthBound::KibPerConnection(256).bytes(&bounds),
            2000 * (256 << 10)
        );
        let compressing = GrowthBound::KibPerCompressingConnection(1536);
        assert_eq!(compressing.bytes(&bounds), 1500 << 20);
        // A server is ended at the limit, which must not come before the bound.
        for probe in catalogue() {
            let most = probe.growth_bound.bytes(&bounds) + (256 << 20);
            assert!(most < bounds.memory_limit_bytes, "{}", probe.id);
        }
    }
}
