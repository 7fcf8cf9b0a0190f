//! What is known of the libraries besides what is measured of their servers:
//! from cargo, the registry, the sources, the claims in the manifests and what
//! probes left.

mod advisories;
mod builds;
mod dependencies;
mod go;
mod licence;
mod probes;
mod registry;
mod rows;
mod rust_version;
mod size;
mod sources;
mod unsafe_code;

pub(crate) use advisories::look_up as look_up_advisories;
pub(crate) use builds::{nothing_built, take_sizes, take_times};
pub(crate) use go::{go_row, modules as go_modules, packages as go_packages};
pub(crate) use probes::gather as gather_probes;
pub(crate) use rows::{Ingredients, properties, row};
pub(crate) use sources::{of_other_go_versions, of_other_versions, versions};

/// The baseline that sizes are compared with: the least that a WebSocket echo
/// server on the same kit can be.
pub(crate) const SIZE_BASELINE: &str = "handwritten";
