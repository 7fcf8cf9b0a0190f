//! Does a server say of itself what its metadata says of it?

use std::collections::BTreeMap;

use record::{BuildOutcome, BuiltContender, Ready, Variant};

/// What differs, in words; empty when nothing does. Of a program that was given
/// on the command line nothing is known but what it says.
pub(super) fn differences(
    ready: &Ready,
    contender: &BuiltContender,
    variant: Variant,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, says: &str, metadata: &str| {
        if says != metadata {
            found.push(format!(
                "it says {what} {says:?}, its metadata says {metadata:?}"
            ));
        }
    };
    compare("variant", &ready.variant.to_string(), &variant.to_string());
    if matches!(contender.build, BuildOutcome::Given { .. }) {
        return found;
    }
    let facts = &contender.facts;
    compare("library", &ready.library, &facts.library);
    compare("version", &ready.version, &contender.version);
    compare("runtime", &ready.runtime, &facts.runtime);
    if ready.protocol != facts.protocol {
        found.push(format!(
            "it speaks {:?}, its metadata says {:?}",
            ready.protocol, facts.protocol
        ));
    }
    let said: BTreeMap<&str, &str> = ready
        .options
        .iter()
        .map(|option| (option.name.as_str(), option.value.as_str()))
        .collect();
    let declared: BTreeMap<&str, &str> = facts
        .variants
        .get(&variant)
        .into_iter()
        .flat_map(|variant| &variant.options)
        .map(|option| (option.name.as_str(), option.value.as_str()))
        .collect();
    for (name, value) in &said {
        match declared.get(name) {
            None => found.push(format!("the option {name} is not in its metadata")),
            Some(other) if other != value => found.push(format!(
                "it says {name} = {value}, its metadata says {other}"
            )),
            Some(_) => {}
        }
    }
    for name in declared.keys().filter(|name| !said.contains_key(*name)) {
        found.push(format!(
            "the option {name} of its metadata is not on its ready line"
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use record::{OptionInForce, Protocol, SettingFact, VariantFacts};

    use super::*;
    use crate::discover::External;

    fn contender() -> BuiltContender {
        let external: External = "mine=server".parse().unwrap();
        let mut facts = external.contender().facts;
        facts.runtime = "tokio".to_owned();
        facts.variants.insert(
            Variant::Tuned,
            VariantFacts {
                options: vec![SettingFact {
                    name: "read_buffer_size".to_owned(),
                    value: "4096".to_owned(),
                    reason: "a test".to_owned(),
                }],
                ..VariantFacts::default()
            },
        );
        BuiltContender {
            name: "mine".to_owned(),
            facts,
            version: "1.2.3".to_owned(),
            build: BuildOutcome::Built {
                binary_bytes: 1,
                feature_hash: String::new(),
            },
        }
    }

    fn ready() -> Ready {
        Ready {
            address: "127.0.0.1:1".to_owned(),
            protocol: Protocol::Websocket,
            library: "mine".to_owned(),
            version: "1.2.3".to_owned(),
            runtime: "tokio".to_owned(),
            variant: Variant::Tuned,
            threads: 1,
            keep: 0,
            options: vec![OptionInForce {
                name: "read_buffer_size".to_owned(),
                value: "4096".to_owned(),
            }],
        }
    }

    #[test]
    fn the_same_is_no_difference() {
        assert_eq!(differences(&ready(), &contender(), Variant::Tuned), [""; 0]);
    }

    #[test]
    fn every_difference_is_named() {
        type Change = fn(&mut Ready);
        let changes: [(Change, &str); 7] = [
            (|ready| ready.library = "other".to_owned(), "other"),
            (|ready| ready.version = "1.2.4".to_owned(), "1.2.4"),
            (|ready| ready.runtime = "smol".to_owned(), "smol"),
            (|ready| ready.variant = Variant::Default, "default"),
            (|ready| ready.protocol = Protocol::RawTcp, "RawTcp"),
            (|ready| ready.options[0].value = "1".to_owned(), "4096"),
            (|ready| ready.options.clear(), "not on its ready line"),
        ];
        for (change, word) in changes {
            let mut ready = ready();
            change(&mut ready);
            let found = differences(&ready, &contender(), Variant::Tuned).join("; ");
            assert!(found.contains(word), "{found:?} lacks {word}");
        }
    }

    #[test]
    fn a_given_program_may_be_anything_but_another_variant() {
        let mut contender = contender();
        contender.build = BuildOutcome::Given { binary_bytes: 1 };
        contender.version = String::new();
        assert!(differences(&ready(), &contender, Variant::Tuned).is_empty());
        assert_eq!(differences(&ready(), &contender, Variant::Default).len(), 1);
    }
}
