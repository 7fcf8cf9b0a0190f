//! What the command line accepts and refuses.

use clap::CommandFactory as _;

use super::*;

fn parse(words: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from([&["bench-harness"], words].concat())
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn lists_may_be_repeated_or_have_commas() {
    let cli = parse(&["--all", "--contender", "a,b", "--contender", "c"]).unwrap();
    assert_eq!(cli.options.contender, ["a", "b", "c"]);
    let cli = parse(&["run", "--variant", "tuned", "--server-cpus", "0-2,5"]).unwrap();
    assert_eq!(cli.verb, Some(Verb::Run));
    assert_eq!(cli.options.variant, [Variant::Tuned]);
    assert_eq!(cli.options.server_cpus, Some(CpuList(vec![0, 1, 2, 5])));
}

#[test]
fn times_have_units() {
    let budget = |text| parse(&["--all", "--budget", text]).map(|cli| cli.options.budget);
    assert_eq!(budget("10m").unwrap(), Some(Duration::from_secs(600)));
    assert_eq!(budget("1h30m").unwrap(), Some(Duration::from_secs(5400)));
    assert_eq!(budget("250ms").unwrap(), Some(Duration::from_millis(250)));
    for text in ["10", "-5m", "0s", "soon", ""] {
        assert!(budget(text).is_err(), "{text:?}");
    }
    let error = budget("9999999h").unwrap_err().to_string();
    assert!(error.contains("720h"), "{error}");
}

#[test]
fn contradictions_are_refused() {
    for words in [
        &["--all", "--quick", "--thorough"][..],
        &["--all", "--blocks", "0"],
        &["--all", "--blocks", "1001"],
        &["--all", "--window", "10000000h"],
        &["--all", "--window", "61m"],
        &["--all", "--budget", "721h"],
        &["--all", "--blocks", "3", "--budget", "1m"],
        &["--all", "--variant", "tunde"],
        &["--all", "--external", "nameless"],
        &["--all", "--server-cpus", "a"],
        &["report", "--publish", "--check"],
        &["resume"],
        &["compare", "a"],
        &["compare", "a", "b", "--fail-on", "nothing"],
        &["facts", "--check", "--sizes"],
        &["facts", "--build-times", "0"],
    ] {
        assert!(parse(words).is_err(), "{words:?}");
    }
}
