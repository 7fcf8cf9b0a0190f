//! What changes a build besides the manifests: cargo's configuration files and
//! the environment, by cargo's own rules (The Cargo Book, "Configuration").

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

/// Variables that change a build, and beginnings of others that do.
const VARIABLES: [&str; 8] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CFLAGS",
    "RUSTC",
    "RUSTC_BOOTSTRAP",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];
const VARIABLES_BEGIN: [&str; 4] = [
    "CARGO_BUILD_",
    "CARGO_PROFILE_RELEASE_",
    "CARGO_TARGET_",
    "CARGO_UNSTABLE_",
];

/// Of those, what only says where and how fast is built.
const HARMLESS: [&str; 5] = [
    "CARGO_BUILD_BUILD_DIR",
    "CARGO_BUILD_DEP_INFO_BASEDIR",
    "CARGO_BUILD_JOBS",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_TARGET_DIR",
];

/// Keys of `[build]` that change what is built.
const OF_BUILD: [&str; 6] = [
    "incremental",
    "rustc",
    "rustc-workspace-wrapper",
    "rustc-wrapper",
    "rustflags",
    "target",
];

/// Settings of this machine and this call.
#[derive(Debug, Default)]
pub(super) struct Settings {
    environment: BTreeMap<String, String>,
    /// All configuration files, merged.
    config: Table,
}

impl Settings {
    /// Reads the environment and every configuration file that holds for the
    /// workspace at `root`.
    pub(super) fn read(root: &Path) -> Self {
        let environment = env::vars_os()
            .filter_map(|(name, value)| {
                let name = name.into_string().ok()?;
                changes_builds(&name).then(|| (name, value.to_string_lossy().into_owned()))
            })
            .collect();
        let files = config_files(root)
            .iter()
            .filter_map(|path| toml::from_str(&fs::read_to_string(path).ok()?).ok())
            .collect();
        Self {
            environment,
            config: merged(files),
        }
    }

    /// The compiler's flags in force for `target`. The first of these that is
    /// there wins: `CARGO_ENCODED_RUSTFLAGS`, `RUSTFLAGS`, flags of the target,
    /// `build.rustflags`; in the last two, those of files and of variables add
    /// up. Flags of a `cfg` are shown with it.
    pub(super) fn rustflags(&self, target: &str) -> String {
        if let Some(flags) = self.variable("CARGO_ENCODED_RUSTFLAGS") {
            return flags.replace('\u{1f}', " ");
        }
        if let Some(flags) = self.variable("RUSTFLAGS") {
            return flags.to_owned();
        }
        let mut of_target = Vec::new();
        let targets = self.config.get("target").and_then(Value::as_table);
        let flags_of = |name: &str| targets?.get(name)?.get("rustflags").map(words);
        of_target.extend(flags_of(target));
        let variable = format!(
            "CARGO_TARGET_{}_RUSTFLAGS",
            target.to_uppercase().replace(['-', '.'], "_")
        );
        of_target.extend(self.variable(&variable).map(str::to_owned));
        for name in targets.into_iter().flat_map(Table::keys) {
            if name.starts_with("cfg(") {
                of_target.extend(flags_of(name).map(|flags| format!("{flags} (where {name})")));
            }
        }
        let of_build = self
            .of_build("rustflags")
            .map(words)
            .into_iter()
            .chain(self.variable("CARGO_BUILD_RUSTFLAGS").map(str::to_owned));
        let in_words = |flags: Vec<String>| {
            let given: Vec<String> = flags.into_iter().filter(|it| !it.is_empty()).collect();
            given.join(" ")
        };
        match in_words(of_target) {
            none if none.is_empty() => in_words(of_build.collect()),
            flags => flags,
        }
    }

    /// The compiler that cargo calls.
    pub(super) fn rustc(&self) -> String {
        self.variable("RUSTC")
            .or_else(|| self.variable("CARGO_BUILD_RUSTC"))
            .or_else(|| self.of_build("rustc")?.as_str())
            .unwrap_or("rustc")
            .to_owned()
    }

    /// The target that is built for, unless it is the host.
    pub(super) fn target(&self) -> Option<String> {
        self.variable("CARGO_BUILD_TARGET")
            .map(str::to_owned)
            .or_else(|| self.of_build("target").map(words))
    }

    /// The settings of the release profile, `name value` each: those of the
    /// manifest, over them those of files, over them those of variables.
    pub(super) fn release_profile(&self, manifest: &str) -> String {
        let mut settings = toml::from_str(manifest)
            .ok()
            .and_then(|manifest: Table| of_release(&manifest).cloned())
            .unwrap_or_default();
        if let Some(over) = of_release(&self.config) {
            merge(&mut settings, over.clone());
        }
        for (name, value) in &self.environment {
            if let Some(name) = name.strip_prefix("CARGO_PROFILE_RELEASE_") {
                let name = name.to_lowercase().replace('_', "-");
                settings.insert(name, Value::String(value.clone()));
            }
        }
        settings
            .iter()
            .map(|(name, value)| format!("{name} {}", words(value)))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// All that changes a build, verbatim: variables by their name, keys of
    /// files as `config KEY`.
    pub(super) fn overrides(&self) -> BTreeMap<String, String> {
        let mut found = self.environment.clone();
        let of_build = OF_BUILD.iter().filter_map(|&key| {
            let value = self.of_build(key)?;
            Some((format!("config build.{key}"), words(value)))
        });
        found.extend(of_build);
        for name in ["include", "profile", "target", "unstable"] {
            if let Some(value) = self.config.get(name) {
                flatten(&format!("config {name}"), value, &mut found);
            }
        }
        found
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    fn of_build(&self, key: &str) -> Option<&Value> {
        self.config.get("build")?.get(key)
    }
}

fn changes_builds(variable: &str) -> bool {
    !HARMLESS.contains(&variable)
        && (VARIABLES.contains(&variable)
            || VARIABLES_BEGIN
                .iter()
                .any(|begin| variable.starts_with(begin)))
}

/// Configuration files, nearest first; without an extension it goes before one
/// with.
fn config_files(root: &Path) -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = env::var_os("HOME")?;
        Some(Path::new(&home).join(".cargo"))
    });
    let mut folders: Vec<PathBuf> = root.ancestors().map(|it| it.join(".cargo")).collect();
    folders.extend(home.filter(|home| !folders.contains(home)));
    folders
        .iter()
        .filter_map(|folder| {
            let names = ["config", "config.toml"];
            let mut paths = names.map(|name| folder.join(name)).into_iter();
            paths.find(|path| path.is_file())
        })
        .collect()
}

/// Merges files, nearest first: a nearer value replaces, nearer lists are added
/// at the end.
fn merged(files: Vec<Table>) -> Table {
    let mut config = Table::new();
    for file in files.into_iter().rev() {
        merge(&mut config, file);
    }
    config
}

fn merge(below: &mut Table, over: Table) {
    for (name, value) in over {
        match (below.get_mut(&name), value) {
            (Some(Value::Table(below)), Value::Table(over)) => merge(below, over),
            (Some(Value::Array(below)), Value::Array(over)) => below.extend(over),
            (_, value) => {
                below.insert(name, value);
            }
        }
    }
}

fn of_release(table: &Table) -> Option<&Table> {
    table.get("profile")?.get("release")?.as_table()
}

fn flatten(name: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                flatten(&format!("{name}.{key}"), value, found);
            }
        }
        value => {
            found.insert(name.to_owned(), words(value));
        }
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "x86_64-unknown-linux-gnu";
    const OF_TARGET: &str = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS";

    fn settings(variables: &[(&str, &str)], files: &[&str]) -> Settings {
        Settings {
            environment: variables
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            config: merged(
                files
                    .iter()
                    .map(|text| toml::from_str(text).unwrap())
                    .collect(),
            ),
        }
    }

    #[test]
    fn flags_follow_cargo_s_order() {
        let all = [
            ("CARGO_ENCODED_RUSTFLAGS", "-C\u{1f}first"),
            ("RUSTFLAGS", "-C second"),
            (OF_TARGET, "-C third"),
            ("CARGO_BUILD_RUSTFLAGS", "-C last"),
        ];
        for (skipped, expected) in ["-C first", "-C second", "-C third", "-C last", ""]
            .into_iter()
            .enumerate()
        {
            assert_eq!(settings(&all[skipped..], &[]).rustflags(TARGET), expected);
        }
        let empty = settings(&[("RUSTFLAGS", ""), all[3]], &[]);
        assert_eq!(empty.rustflags(TARGET), "", "set to nothing is set");
    }

    #[test]
    fn flags_of_files_add_up_and_those_of_the_target_win() {
        let near = "[build]\nrustflags = [\"-C\", \"near\"]\n";
        let far = "[build]\nrustflags = [\"-C\", \"far\"]\n";
        let variable = [("CARGO_BUILD_RUSTFLAGS", "-C variable")];
        assert_eq!(
            settings(&variable, &[near, far]).rustflags(TARGET),
            "-C far -C near -C variable"
        );
        let target = "[target.x86_64-unknown-linux-gnu]\nrustflags = \"-g\"\n\
                      [target.'cfg(unix)']\nrustflags = [\"-C\", \"unix\"]\n\
                      [target.wasm32-wasip1]\nrustflags = \"-C other\"\n";
        assert_eq!(
            settings(&variable, &[near, target]).rustflags(TARGET),
            "-g -C unix (where cfg(unix))"
        );
    }

    #[test]
    fn the_profile_is_the_one_in_force() {
        let manifest = "[profile.release]\nopt-level = 3\nlto = \"fat\"\ndebug = false\n";
        assert_eq!(
            settings(&[], &[]).release_profile(manifest),
            "debug false, lto fat, opt-level 3"
        );
        assert_eq!(
            settings(
                &[("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")],
                &["[profile.release]\nlto = \"off\"\n"]
            )
            .release_profile(manifest),
            "debug false, lto off, opt-level 1"
        );
        assert_eq!(settings(&[], &[]).release_profile("[package]\n"), "");
    }

    #[test]
    fn what_changes_a_build_is_recorded_verbatim() {
        let near = "[build]\nrustc-wrapper = \"wrap\"\njobs = 2\n[net]\noffline = true\n\
                    [profile.release]\nlto = \"off\"\n";
        let found = settings(&[("RUSTC_WRAPPER", "other")], &[near]).overrides();
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("RUSTC_WRAPPER", "other"),
                ("config build.rustc-wrapper", "wrap"),
                ("config profile.release.lto", "off"),
            ]
        );
        for (variable, changes) in [
            (OF_TARGET, true),
            ("CARGO_PROFILE_RELEASE_LTO", true),
            ("CARGO_BUILD_RUSTFLAGS", true),
            ("CARGO_TARGET_DIR", false),
            ("CARGO_BUILD_JOBS", false),
            ("PATH", false),
        ] {
            assert_eq!(changes_builds(variable), changes, "{variable}");
        }
    }

    #[test]
    fn the_compiler_and_the_target_may_be_others() {
        let config = "[build]\nrustc = \"from-file\"\ntarget = \"there\"\n";
        assert_eq!(settings(&[], &[config]).rustc(), "from-file");
        assert_eq!(settings(&[], &[config]).target().unwrap(), "there");
        let variables = [("RUSTC", "named"), ("CARGO_BUILD_TARGET", "here")];
        assert_eq!(settings(&variables, &[config]).rustc(), "named");
        assert_eq!(settings(&variables, &[config]).target().unwrap(), "here");
        assert_eq!(settings(&[], &[]).rustc(), "rustc");
        assert_eq!(settings(&[], &[]).target(), None);
    }

    #[test]
    fn files_of_parent_folders_hold_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        for folder in [folder.path(), &inner] {
            fs::create_dir_all(folder.join(".cargo")).unwrap();
            fs::write(folder.join(".cargo/config.toml"), "").unwrap();
        }
        fs::write(inner.join(".cargo/config"), "").unwrap();
        let files = config_files(&inner);
        assert_eq!(files[0], inner.join(".cargo/config"));
        assert_eq!(files[1], folder.path().join(".cargo/config.toml"));
    }
}
