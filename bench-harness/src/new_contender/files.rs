//! The templates, filled.

use clap::ValueEnum;

use super::LibraryFacts;

const MANIFEST: &str = include_str!("../../templates/Cargo.toml.template");

/// What drives the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Runtime {
    /// A task per connection on tokio
    Tokio,
    /// A blocking thread per connection
    Threads,
    /// A task per connection on smol
    Smol,
}

impl Runtime {
    fn name(self) -> &'static str {
        match self {
            Self::Tokio => "tokio",
            Self::Threads => "threads",
            Self::Smol => "smol",
        }
    }

    fn kit(self) -> &'static str {
        match self {
            Self::Tokio => "workspace = true, features = [\"tokio\"]",
            Self::Threads => "workspace = true",
            Self::Smol => "workspace = true, features = [\"smol\"]",
        }
    }

    fn dependency(self) -> &'static str {
        match self {
            Self::Tokio => "tokio = { workspace = true, features = [\"io-util\", \"net\"] }\n",
            Self::Threads => "",
            Self::Smol => "smol.workspace = true\n",
        }
    }

    /// What the runtime starts beside the threads that serve.
    fn helper_threads(self) -> &'static str {
        match self {
            Self::Tokio | Self::Threads => "",
            Self::Smol => {
                "\
helper_threads = [
    { name = \"smol-1\", reason = \"`smol::spawn` runs tasks on a thread of smol's own.\" },
    { name = \"async-io\", reason = \"The reactor's own thread.\" },
]
"
            }
        }
    }

    fn api(self) -> &'static str {
        match self {
            Self::Tokio | Self::Smol => "async, messages",
            Self::Threads => "blocking, messages",
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::Tokio => include_str!("../../templates/tokio.rs.template"),
            Self::Threads => include_str!("../../templates/threads.rs.template"),
            Self::Smol => include_str!("../../templates/smol.rs.template"),
        }
    }
}

/// The two files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Files {
    /// `Cargo.toml`.
    pub(crate) manifest: String,
    /// `src/main.rs`.
    pub(crate) program: String,
}

impl Files {
    /// Fills the templates.
    pub(crate) fn new(name: &str, library: &LibraryFacts, runtime: Runtime) -> Self {
        let values = [
            ("@NAME@", name),
            ("@LIBRARY@", &library.name),
            ("@VERSION@", &library.version),
            ("@REPOSITORY@", &library.repository),
            ("@DOCUMENTATION@", &library.documentation),
            ("@RUNTIME@", runtime.name()),
            ("@KIT@", runtime.kit()),
            ("@RUNTIME_DEPENDENCY@\n", runtime.dependency()),
            ("@API@", runtime.api()),
            ("@HELPER_THREADS@\n", runtime.helper_threads()),
        ];
        let fill = |template: &str| {
            values
                .iter()
                .fold(template.to_owned(), |text, (mark, value)| {
                    text.replace(mark, value)
                })
        };
        Self {
            manifest: fill(MANIFEST),
            program: fill(runtime.program()),
        }
    }
}

#[cfg(test)]
mod tests {
    use record::{ContenderFacts, Variant};

    use super::*;

    fn library() -> LibraryFacts {
        LibraryFacts {
            name: "some-library".to_owned(),
            version: "1.2.3".to_owned(),
            repository: "https://example.org/source".to_owned(),
            documentation: "https://docs.rs/some-library/1.2.3".to_owned(),
        }
    }

    #[test]
    fn nothing_is_left_to_be_put_in_and_three_places_are_marked() {
        for &runtime in Runtime::value_variants() {
            let files = Files::new("mine", &library(), runtime);
            let both = format!("{}{}", files.manifest, files.program);
            for mark in both.split_whitespace() {
                assert!(!(mark.contains('@') && mark.contains("@N")), "{mark}");
            }
            assert!(!both.contains("@ ") && !both.contains("@\""), "{both}");
            for number in 1..=3 {
                let mark = format!("FILL {number} of 3");
                assert_eq!(both.matches(&mark).count(), 1, "{mark}: {both}");
            }
        }
    }

    #[test]
    fn the_manifest_is_one_that_the_harness_reads() {
        for &runtime in Runtime::value_variants() {
            let manifest = Files::new("mine", &library(), runtime).manifest;
            let table: toml::Table = manifest.parse().unwrap();
            assert_eq!(table["package"]["name"].as_str(), Some("echo-mine"));
            let pin = &table["dependencies"]["some-library"]["version"];
            assert_eq!(pin.as_str(), Some("=1.2.3"));
            let facts = table["package"]["metadata"]["contender"].clone();
            let facts: ContenderFacts = facts.try_into().unwrap();
            assert_eq!(facts.library, "some-library");
            assert_eq!(facts.runtime, runtime.name());
            assert!(facts.variants.contains_key(&Variant::Default));
        }
    }

    #[test]
    fn the_files_are_these() {
        let files = Files::new("mine", &library(), Runtime::Tokio);
        insta::assert_snapshot!("manifest", files.manifest);
        insta::assert_snapshot!("program", files.program);
    }
}
