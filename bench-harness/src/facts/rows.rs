//! One row of the table of facts.

use std::collections::BTreeMap;

use cargo_metadata::{Metadata, Package};
use record::{
    BuildTimes, BuildsFile, Claims, ContenderRow, DerivedFacts, Evidence, Found, ProbesFile,
    Property, StrippedSize,
};

use super::{
    SIZE_BASELINE, advisories::Advisories, dependencies::Dependencies, licence::license_of,
    registry::released, rust_version::oldest_rust, unsafe_code::count,
};
use crate::discover::{Contender, Declared, library_package};

/// What rows are made of.
#[derive(Debug)]
pub(crate) struct Ingredients<'a> {
    /// What cargo says of every package.
    pub(crate) metadata: &'a Metadata,
    /// Known advisories.
    pub(crate) advisories: &'a Found<Advisories>,
    /// Sizes and times.
    pub(crate) builds: &'a BuildsFile,
    /// What probes saw.
    pub(crate) probes: &'a ProbesFile,
    /// The contender that build times are compared with.
    pub(crate) reference: &'a str,
}

/// The row of `contender`, whose packages `tree` shows.
pub(crate) fn row(
    contender: &Contender,
    declared: &Declared,
    tree: &str,
    from: &Ingredients<'_>,
) -> ContenderRow {
    let library = &contender.facts.library;
    let own = from
        .metadata
        .workspace_packages()
        .into_iter()
        .find(|package| package.metadata.get("contender").is_some() && is_of(package, contender));
    let package = own.and_then(|own| library_package(from.metadata, own, library));
    ContenderRow {
        contender: contender.name.clone(),
        language: contender.facts.language,
        library: library.clone(),
        version: contender.version.clone(),
        repository: contender.facts.repository.clone(),
        derived: derived(contender, declared, own.zip(package), tree, from),
        properties: properties(contender, &declared.claims, from.probes),
    }
}

fn is_of(package: &Package, contender: &Contender) -> bool {
    package.name.strip_prefix("echo-") == Some(&contender.name)
}

fn derived(
    contender: &Contender,
    declared: &Declared,
    packages: Option<(&Package, &Package)>,
    tree: &str,
    from: &Ingredients<'_>,
) -> DerivedFacts {
    let name = format!("{} {}", contender.facts.library, contender.version);
    let missing = || {
        format!(
            "{} is not among the packages of this contender",
            contender.facts.library
        )
    };
    let dependencies = Dependencies::of(tree, &name);
    let advisories = match (from.advisories, &dependencies) {
        (Found::Unknown(reason), _) => Found::Unknown(reason.clone()),
        (Found::Known(_), None) => Found::Unknown(missing()),
        (Found::Known(known), Some(dependencies)) => {
            let packages = dependencies.all.iter().chain([&name]);
            Found::Known(
                packages
                    .flat_map(|package| known.get(package).into_iter().flatten())
                    .cloned()
                    .collect(),
            )
        }
    };
    let (released, license, rust_version, unsafe_code) = match packages {
        None => (
            Found::Unknown(missing()),
            Found::Unknown(missing()),
            Found::Unknown(missing()),
            Found::Unknown(missing()),
        ),
        Some((own, library)) => (
            released_on(library),
            license(library),
            oldest_rust(library, dependencies.as_ref(), from.metadata),
            own_unsafe_code(own, library, declared, from.metadata),
        ),
    };
    DerivedFacts {
        released,
        license,
        rust_version,
        dependencies: match dependencies {
            Some(dependencies) => Found::Known(dependencies.counts()),
            None => Found::Unknown(missing()),
        },
        unsafe_code,
        stripped_size: stripped_size(contender, from.builds),
        build_times: build_times(contender, from),
        advisories,
    }
}

fn released_on(library: &Package) -> Found<String> {
    if library.source.is_none() {
        return Found::Unknown("it is not from a registry".to_owned());
    }
    let version = library.version.to_string();
    released(library.manifest_path.as_std_path(), &library.name, &version)
}

fn license(library: &Package) -> Found<String> {
    match (&library.license, &library.license_file) {
        (Some(license), _) => Found::Known(license.clone()),
        (None, Some(file)) => {
            let folder = library.manifest_path.as_std_path().with_file_name(file);
            license_of(&folder).map_or_else(Found::Unknown, Found::Known)
        }
        (None, None) => Found::Unknown("the manifest names none".to_owned()),
    }
}

/// Unsafe code of the library's package and of those that the manifest of the
/// contender calls its own.
fn own_unsafe_code(
    own: &Package,
    library: &Package,
    declared: &Declared,
    metadata: &Metadata,
) -> Found<record::UnsafeCounts> {
    let mut packages = vec![library];
    for name in &declared.own_packages {
        match library_package(metadata, own, name) {
            Some(package) => packages.push(package),
            None => {
                return Found::Unknown(format!(
                    "own_packages names {name}, which this contender isn't built with"
                ));
            }
        }
    }
    count(&packages)
}

/// What was built of this version of the contender.
fn built<'a>(
    name: &str,
    version: Option<&str>,
    builds: &'a BuildsFile,
) -> Result<&'a record::BuiltFacts, String> {
    let facts = builds
        .contenders
        .get(name)
        .ok_or_else(|| format!("{name} was not built"))?;
    match version {
        Some(version) if facts.version != version => Err(format!(
            "{name} was built with version {}, not {version}",
            facts.version
        )),
        _ => Ok(facts),
    }
}

fn stripped_size(contender: &Contender, builds: &BuildsFile) -> Found<StrippedSize> {
    const NOT_TAKEN: &str = "not taken: run `bench-harness facts --sizes`";
    let size = |name: &str, version: Option<&str>| -> Result<u64, String> {
        match &built(name, version, builds)?.stripped_bytes {
            Some(Found::Known(size)) => Ok(*size),
            Some(Found::Unknown(reason)) => Err(format!("{name}: {reason}")),
            None => Err(NOT_TAKEN.to_owned()),
        }
    };
    if builds.sizes_made.is_none() {
        return Found::Unknown(NOT_TAKEN.to_owned());
    }
    let sizes = || -> Result<StrippedSize, String> {
        Ok(StrippedSize {
            program_bytes: size(&contender.name, Some(&contender.version))?,
            baseline_bytes: size(SIZE_BASELINE, None)?,
        })
    };
    sizes().map_or_else(Found::Unknown, Found::Known)
}

fn build_times(contender: &Contender, from: &Ingredients<'_>) -> Found<BuildTimes> {
    const NOT_TAKEN: &str = "not timed: run `bench-harness facts --build-times 3`";
    let times = |name: &str, version: Option<&str>| -> Result<Vec<u64>, String> {
        match &built(name, version, from.builds)?.clean_build_ns {
            Some(Found::Known(times)) => Ok(times.clone()),
            Some(Found::Unknown(reason)) => Err(format!("{name}: {reason}")),
            None => Err(NOT_TAKEN.to_owned()),
        }
    };
    if from.builds.times_made.is_none() {
        return Found::Unknown(NOT_TAKEN.to_owned());
    }
    let both = || -> Result<BuildTimes, String> {
        Ok(BuildTimes {
            rounds_ns: times(&contender.name, Some(&contender.version))?,
            reference_rounds_ns: times(from.reference, None)?,
        })
    };
    both().map_or_else(Found::Unknown, Found::Known)
}

/// Claims and what probes saw of this version, by property.
pub(crate) fn properties(
    contender: &Contender,
    claims: &Claims,
    probes: &ProbesFile,
) -> BTreeMap<Property, Evidence> {
    let mut found: BTreeMap<Property, Evidence> = BTreeMap::new();
    for (property, claim) in claims {
        found.entry(*property).or_default().claim = Some(claim.clone());
    }
    let probed = probes
        .contenders
        .get(&contender.name)
        .filter(|probed| probed.version == contender.version);
    for (property, answer) in probed.iter().flat_map(|probed| &probed.answers) {
        found.entry(*property).or_default().probe = Some(answer.clone());
    }
    found
}

#[cfg(test)]
mod tests {
    use record::{BuiltFacts, Claim, FACTS_VERSION, ProbeAnswer, ProbedFacts, Provenance};

    use super::*;
    use crate::{discover::External, facts::nothing_built};

    fn contender() -> Contender {
        let mut contender = "lib=./server".parse::<External>().unwrap().contender();
        contender.version = "1.0.0".to_owned();
        contender
    }

    fn built_of(version: &str, bytes: Option<Found<u64>>) -> BuiltFacts {
        BuiltFacts {
            version: version.to_owned(),
            stripped_bytes: bytes,
            clean_build_ns: None,
        }
    }

    #[test]
    fn a_size_counts_only_for_the_version_that_was_built() {
        let mut builds = nothing_built();
        let reason = |builds: &BuildsFile| match stripped_size(&contender(), builds) {
            Found::Unknown(reason) => reason,
            Found::Known(size) => panic!("{size:?}"),
        };
        assert!(reason(&builds).contains("facts --sizes"));
        builds.sizes_made = Some(Provenance::default());
        let known = Some(Found::Known(900));
        builds
            .contenders
            .insert("lib".to_owned(), built_of("0.9.0", known.clone()));
        assert!(reason(&builds).contains("0.9.0"));
        builds
            .contenders
            .insert("lib".to_owned(), built_of("1.0.0", known));
        assert!(reason(&builds).contains("handwritten was not built"));
        let failed = Some(Found::Unknown("no strip".to_owned()));
        builds
            .contenders
            .insert(SIZE_BASELINE.to_owned(), built_of("0.1.0", failed));
        assert!(reason(&builds).contains("handwritten: no strip"));
        let known = built_of("0.1.0", Some(Found::Known(1000)));
        builds.contenders.insert(SIZE_BASELINE.to_owned(), known);
        let size = stripped_size(&contender(), &builds);
        assert_eq!(size.known().map(|it| it.above_baseline_bytes()), Some(-100));
    }

    #[test]
    fn a_probe_of_another_version_says_nothing() {
        let claim = Claim {
            answer: "no".to_owned().into(),
            source: None,
            note: None,
        };
        let claims = Claims::from([(Property::SizeLimit, claim)]);
        let answer = ProbeAnswer {
            answer: "yes".to_owned().into(),
            probe: "a message over the limit was refused".to_owned(),
        };
        let mut probes = ProbesFile {
            facts_version: FACTS_VERSION,
            made: Provenance::default(),
            contenders: BTreeMap::from([(
                "lib".to_owned(),
                ProbedFacts {
                    version: "1.0.0".to_owned(),
                    answers: BTreeMap::from([(Property::SizeLimit, answer.clone())]),
                },
            )]),
        };
        let evidence = &properties(&contender(), &claims, &probes)[&Property::SizeLimit];
        assert_eq!(evidence.probe, Some(answer));
        assert!(evidence.claim.is_some());
        probes.contenders.get_mut("lib").unwrap().version = "0.9.0".to_owned();
        let evidence = &properties(&contender(), &claims, &probes)[&Property::SizeLimit];
        assert_eq!(evidence.probe, None);
    }
}
