//! The arguments that every contender understands.

use std::{
    ffi::OsString,
    net::{Ipv4Addr, SocketAddr},
};

use lexopt::{Arg, ValueExt as _};
use record::Variant;

use crate::{Error, Identity};

/// More threads than any machine of today has processors.
const MOST_THREADS: u32 = 4096;

/// Room for kept messages is allocated with the connection, so a slip of the
/// finger must not ask for gigabytes.
const MOST_KEPT: u32 = 65_536;

/// What a server was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) listen: SocketAddr,
    pub(crate) threads: u32,
    pub(crate) variant: Variant,
    pub(crate) keep: u32,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            threads: 1,
            variant: Variant::Default,
            keep: 0,
        }
    }
}

/// What the command line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Serve(Arguments),
    Help,
}

impl Request {
    /// Reads a command line without the program's name.
    pub(crate) fn parse(
        identity: &Identity,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, Error> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let mut parsed = Arguments::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("listen") => {
                    let text = parser.value()?.string()?;
                    parsed.listen = text.parse().map_err(|_| Error::Address(text))?;
                }
                Arg::Long("threads") => {
                    parsed.threads = number(&mut parser, "--threads", 1, MOST_THREADS)?;
                }
                Arg::Long("variant") => {
                    let variant = parser.value()?.string()?.parse()?;
                    if !identity.has(variant) {
                        let package = identity.package;
                        return Err(Error::NoSuchVariant { package, variant });
                    }
                    parsed.variant = variant;
                }
                Arg::Long("keep") => {
                    parsed.keep = number(&mut parser, "--keep", 0, MOST_KEPT)?;
                }
                Arg::Long("help") | Arg::Short('h') => return Ok(Self::Help),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Self::Serve(parsed))
    }
}

fn number(
    parser: &mut lexopt::Parser,
    flag: &'static str,
    lowest: u32,
    highest: u32,
) -> Result<u32, Error> {
    let value = parser.value()?.string()?;
    match value.parse() {
        Ok(number) if (lowest..=highest).contains(&number) => Ok(number),
        _ => Err(Error::Number {
            flag,
            value,
            lowest,
            highest,
        }),
    }
}

/// The text for `--help`.
pub(crate) fn help(identity: &Identity) -> String {
    let Identity {
        package,
        library,
        version,
        runtime,
        ..
    } = identity;
    let variants = match (identity.has_tuned, identity.has_compressed) {
        (true, true) => "default, tuned or compressed",
        (true, false) => "default or tuned",
        (false, true) => "default or compressed",
        (false, false) => "default, the only one here",
    };
    format!(
        "\
{package}: echo server, {library} {version} on {runtime}

Usage: {package} [ARGUMENTS]

  --listen ADDRESS   IP address and port to listen on; port 0 lets the system
                     choose one [127.0.0.1:0]
  --threads N        threads that serve connections; a server with a thread per
                     connection or with one thread takes no notice [1]
  --variant NAME     {variants} [default]
  --keep N           messages that each connection holds on to after echoing
                     them [0]
  --help             this text

Prints one line of JSON once it listens. Reads commands on standard input, one
per line: `count on`, `count off`, `stats` (allocations). Exits at the end of
standard input.
"
    )
}

#[cfg(test)]
mod tests {
    use record::Variant;

    use super::{Arguments, Request, help};
    use crate::{Error, Identity};

    const PLAIN: Identity = Identity::of_baseline("echo-plain", "plain", "1.0.0", "threads");

    fn parse(identity: &Identity, line: &str) -> Result<Request, Error> {
        Request::parse(identity, line.split_whitespace().map(Into::into))
    }

    fn error(line: &str) -> String {
        parse(&PLAIN, line).unwrap_err().to_string()
    }

    #[test]
    fn defaults() {
        let expected = Arguments {
            listen: "127.0.0.1:0".parse().unwrap(),
            threads: 1,
            variant: Variant::Default,
            keep: 0,
        };
        assert_eq!(parse(&PLAIN, "").unwrap(), Request::Serve(expected));
    }

    #[test]
    fn all_arguments() {
        let expected = Arguments {
            listen: "[::1]:9001".parse().unwrap(),
            threads: 3,
            variant: Variant::Tuned,
            keep: 64,
        };
        let line = "--listen [::1]:9001 --threads=3 --variant tuned --keep 64";
        let parsed = parse(&PLAIN.with_tuned(), line).unwrap();
        assert_eq!(parsed, Request::Serve(expected));
    }

    #[test]
    fn a_variant_is_there_if_it_was_built() {
        let parsed = |is_built| {
            let identity = PLAIN.with_compressed(is_built);
            parse(&identity, "--variant compressed")
        };
        let expected = Arguments {
            variant: Variant::Compressed,
            ..Arguments::default()
        };
        assert_eq!(parsed(true).unwrap(), Request::Serve(expected));
        assert!(matches!(parsed(false), Err(Error::NoSuchVariant { .. })));
    }

    #[test]
    fn help_wins_over_the_rest() {
        assert_eq!(parse(&PLAIN, "--keep 3 --help").unwrap(), Request::Help);
        assert!(help(&PLAIN).starts_with("echo-plain: echo server, plain 1.0.0 on threads\n"));
        let tuned = PLAIN.with_tuned();
        assert!(help(&tuned).contains("default or tuned [default]"));
        assert!(help(&tuned.with_compressed(true)).contains("default, tuned or compressed"));
    }

    #[test]
    fn errors_name_the_argument_and_the_next_step() {
        assert_eq!(
            error("--listen localhost:1"),
            "--listen \"localhost:1\" is no address: give an IP address and a port, such as 127.0.0.1:0"
        );
        assert_eq!(
            error("--threads 0"),
            "--threads \"0\" is out of range: give a whole number from 1 to 4096"
        );
        assert_eq!(
            error("--keep -1"),
            "--keep \"-1\" is out of range: give a whole number from 0 to 65536"
        );
        assert_eq!(
            error("--variant fast"),
            "--variant: unknown variant \"fast\": use default, tuned or compressed"
        );
        assert_eq!(
            error("--variant tuned"),
            "echo-plain has no variant tuned: use --variant default"
        );
        for line in ["--port 1", "9001", "--keep", "-k"] {
            let error = error(line);
            assert!(error.ends_with("; --help lists all arguments"), "{error}");
        }
    }
}
