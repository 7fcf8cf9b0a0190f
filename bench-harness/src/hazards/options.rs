//! Flags of `hazards`.

use anyhow::{Context as _, Result, bail};
use clap::Args;
use conformance::{
    Endpoint, Target, TargetError,
    hazards::{Bounds, Probe, choose},
};

use crate::exit::UsageError;

/// Files that the harness has open besides a crowd of connections.
const OTHER_FILES: u64 = 256;

/// Flags of `hazards` besides those of all verbs.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HazardOptions {
    /// Test the server at this ws:// address on this machine instead of
    /// contenders
    #[arg(long, value_name = "URL", conflicts_with_all = ["contender", "external", "variant"])]
    pub(crate) url: Option<String>,

    /// Process behind --url, to see its memory, processor time and files
    #[arg(long, value_name = "PID", requires = "url")]
    pub(crate) pid: Option<u32>,

    /// Largest message that the server behind --url accepts, in bytes
    /// (contenders: 64 MiB)
    #[arg(
        long,
        value_name = "BYTES",
        requires = "url",
        value_parser = clap::value_parser!(u64).range(1024..=1 << 30)
    )]
    pub(crate) message_limit: Option<u64>,

    /// Only these probes or groups, such as R01,F (default: all)
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) probes: Vec<String>,

    /// Print the reports as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Exit with code 3 when a server did not survive a probe
    #[arg(long)]
    pub(crate) fail: bool,
}

impl HazardOptions {
    /// The probes to make.
    pub(super) fn chosen(&self) -> Result<Vec<&'static Probe>, UsageError> {
        choose(&self.probes).map_err(|error| UsageError(format!("--probes: {error}")))
    }

    /// The bounds, as far as this machine allows them.
    pub(super) fn bounds(&self) -> Result<Bounds> {
        let mut bounds = Bounds::default();
        if let Some(limit) = self.message_limit {
            bounds.message_limit_bytes = limit;
        }
        let files = machine::raise_open_file_limit().context("the limit on open files")?;
        bounds.pending_connections = crowd(bounds.pending_connections, files)?;
        let available = machine::available_memory_bytes().context("the memory of this machine")?;
        enough_memory(&bounds, available)?;
        Ok(bounds)
    }

    /// The URL, and where it leads on this machine.
    pub(super) fn endpoint(&self) -> Result<Option<(&str, Endpoint)>> {
        let Some(url) = &self.url else {
            return Ok(None);
        };
        let target: Target = url
            .parse()
            .map_err(|error| UsageError(format!("--url: {error}")))?;
        match target.resolve(false) {
            Ok(endpoint) => Ok(Some((url, endpoint))),
            Err(TargetError::Remote { address, .. }) => Err(UsageError(format!(
                "--url: {url:?} leads to {address}, which is not this machine; hazards floods and \
                 starves what it tests, and does so on this machine only"
            ))
            .into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A crowd of `wanted` connections, or as many as the files allow.
fn crowd(wanted: u32, files: u64) -> Result<u32> {
    let room = files.saturating_sub(OTHER_FILES);
    if room < u64::from(wanted) / 4 {
        bail!(
            "{files} open files are too few for a crowd of connections: raise `ulimit -n` to {}",
            u64::from(wanted) + OTHER_FILES
        );
    }
    Ok(wanted.min(u32::try_from(room).unwrap_or(u32::MAX)))
}

fn enough_memory(bounds: &Bounds, available: u64) -> Result<()> {
    let needed = 2 * bounds.memory_limit_bytes;
    if available < needed {
        bail!(
            "{} MiB of memory are available, and {} MiB are needed: a server may take {} MiB \
             before it is ended; close other programs",
            available >> 20,
            needed >> 20,
            bounds.memory_limit_bytes >> 20
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_crowd_fits_the_limit_on_files() {
        assert_eq!(crowd(2_000, 20_000).unwrap(), 2_000);
        assert_eq!(crowd(2_000, 1_024).unwrap(), 768);
        let error = crowd(2_000, 600).unwrap_err().to_string();
        assert!(error.contains("ulimit -n` to 2256"), "{error}");
    }

    #[test]
    fn a_machine_without_memory_is_spared() {
        let bounds = Bounds::default();
        assert!(enough_memory(&bounds, 8 << 30).is_ok());
        let error = enough_memory(&bounds, 1 << 30).unwrap_err().to_string();
        assert!(
            error.contains("1024 MiB") && error.contains("4096 MiB"),
            "{error}"
        );
    }

    #[test]
    fn other_machines_are_refused() {
        let options = |url: &str| HazardOptions {
            url: Some(url.to_owned()),
            ..HazardOptions::default()
        };
        for (url, words) in [
            // TEST-NET-1 (RFC 5737): nobody is there.
            ("ws://192.0.2.1:9/", "not this machine"),
            ("wss://127.0.0.1/", "TLS"),
            ("http://127.0.0.1/", "ws://"),
        ] {
            let error = options(url).endpoint().unwrap_err();
            assert!(error.is::<UsageError>(), "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = options(&format!("ws://{}/x", server.local_addr().unwrap()));
        assert_eq!(here.endpoint().unwrap().unwrap().1.path, "/x");
    }

    #[test]
    fn probes_that_are_none_are_a_usage_error() {
        let options = HazardOptions {
            probes: vec!["R01".to_owned(), "nothing".to_owned()],
            ..HazardOptions::default()
        };
        let error = options.chosen().unwrap_err().to_string();
        assert!(
            error.contains("--probes") && error.contains("nothing"),
            "{error}"
        );
    }
}
