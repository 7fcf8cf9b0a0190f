//! Whether committed reports are those of the checkout.

use record::TestedServer;

use crate::discover::Contender;

/// Why a report that `verb` wrote is not one of the checkout's contender.
pub(crate) fn of_version(
    verb: &str,
    name: &str,
    server: &TestedServer,
    contenders: &[Contender],
) -> Option<String> {
    let TestedServer::Contender { version, .. } = server else {
        return None;
    };
    let contender = name.split(" (").next().unwrap_or_default();
    match contenders.iter().find(|it| it.name == contender) {
        None => Some(format!(
            "`bench-harness {verb}` left a report of {name}, but there is no such contender"
        )),
        Some(known) if known.version != *version => Some(format!(
            "the report of {name} that `bench-harness {verb}` left has version {version}, the \
             checkout {}; run `bench-harness {verb} --contender {contender}`",
            known.version
        )),
        Some(_) => None,
    }
}

/// What is said of a page that is stale.
pub(crate) fn stale_page(path: &std::path::Path) -> String {
    format!(
        "{} is not what the reports beside it render to",
        path.display()
    )
}

#[cfg(test)]
mod tests {
    use record::Variant;

    use super::*;
    use crate::discover::External;

    #[test]
    fn reports_of_other_versions_and_of_nobody_are_named() {
        let mut contender = "lib=./server".parse::<External>().unwrap().contender();
        contender.version = "2.0.0".to_owned();
        let server = |version: &str| TestedServer::Contender {
            library: "lib".to_owned(),
            version: version.to_owned(),
            runtime: String::new(),
            variant: Variant::Default,
        };
        let contenders = [contender];
        let said = |name, version| of_version("hazards", name, &server(version), &contenders);
        assert_eq!(said("lib", "2.0.0"), None);
        assert_eq!(said("lib (tuned)", "2.0.0"), None);
        let older = said("lib (tuned)", "1.0.0").unwrap();
        assert!(
            older.contains("1.0.0") && older.contains("hazards --contender lib`"),
            "{older}"
        );
        assert!(said("other", "2.0.0").unwrap().contains("other"));
    }
}
