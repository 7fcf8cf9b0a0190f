//! What the tools write: pure.

use std::collections::BTreeMap;

/// A count and its parts.
pub(super) type Counts = (u64, BTreeMap<String, u64>);

/// The summary of `strace -c`: calls by name. `None` when the table has no last
/// line, or that holds another sum.
pub(super) fn strace(text: &str) -> Option<Counts> {
    let mut by_name = BTreeMap::new();
    let is_rule = |line: &str| line.starts_with("------");
    let mut lines = text.lines().skip_while(|line| !is_rule(line)).skip(1);
    for line in lines.by_ref() {
        if is_rule(line) {
            break;
        }
        let (name, calls) = strace_line(line)?;
        *by_name.entry(name.to_owned()).or_insert(0) += calls;
    }
    // The columns of the last line differ between versions.
    let last: Vec<&str> = lines.next()?.split_ascii_whitespace().collect();
    let total: u64 = by_name.values().sum();
    let is_whole = last.last() == Some(&"total") && last.contains(&total.to_string().as_str());
    is_whole.then_some((total, by_name))
}

/// Share, seconds, µs per call, calls, errors if there were any, name.
fn strace_line(line: &str) -> Option<(&str, u64)> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    match fields.as_slice() {
        [_, _, _, calls, name] | [_, _, _, calls, _, name] => Some((name, calls.parse().ok()?)),
        _ => None,
    }
}

/// The sum in a file of callgrind that counts instructions (`Ir`) only or first.
/// The line `totals:` is the last that is written: a file without it is not
/// whole.
pub(super) fn callgrind(text: &str) -> Option<Counts> {
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key));
    let events = value("events:")?.split_ascii_whitespace().next()?;
    if events != "Ir" {
        return None;
    }
    let total = value("totals:")?.split_ascii_whitespace().next()?;
    Some((total.parse().ok()?, BTreeMap::new()))
}

/// What valgrind says when it does not know a system call, which the server
/// then sees fail.
pub(super) fn unknown_system_call(words: &str) -> Option<String> {
    let behind = words
        .lines()
        .find_map(|line| line.split_once("unhandled ")?.1.split_once(" syscall: "))?;
    let number = behind.1.split_ascii_whitespace().next()?;
    // Load generator, raw TCP baseline and some runtimes use it.
    let name = if number == "441" {
        " (epoll_pwait2)"
    } else {
        ""
    };
    Some(format!("it does not know the system call {number}{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRACE: &str = "\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 69.08    0.000458         229      2002         1 epoll_wait
  9.95    0.000066           2      2000           sendto
  9.50    0.000063           1      4003      2000 recvfrom
------ ----------- ----------- --------- --------- ----------------
100.00    0.000663           3      8005      2001 total
";

    #[test]
    fn calls_are_told_by_name_with_and_without_errors() {
        let (total, by_name) = strace(STRACE).unwrap();
        assert_eq!(total, 8005);
        assert_eq!(by_name["epoll_wait"], 2002);
        assert_eq!(by_name["sendto"], 2000);
        assert_eq!(by_name["recvfrom"], 4003);
        assert_eq!(by_name.len(), 3);
    }

    #[test]
    fn messages_of_strace_may_stand_before_the_table() {
        let text = format!("strace: Process 7 attached\n{STRACE}");
        assert_eq!(strace(&text), strace(STRACE));
    }

    #[test]
    fn a_sum_of_an_old_version_has_fewer_columns() {
        let text = STRACE.replace(
            "100.00    0.000663           3      8005      2001 total",
            "100.00    0.000663                  8005      2001 total",
        );
        assert_eq!(strace(&text).unwrap().0, 8005);
        let text = STRACE.replace(
            "100.00    0.000663           3      8005      2001 total",
            "100.00    0.000663                  8005           total",
        );
        assert_eq!(strace(&text).unwrap().0, 8005);
    }

    #[test]
    fn a_table_that_was_cut_off_or_does_not_add_up_is_no_count() {
        let lines: Vec<&str> = STRACE.lines().collect();
        for count in 0..lines.len() {
            assert_eq!(strace(&lines[..count].join("\n")), None, "{count} lines");
        }
        assert_eq!(strace(&STRACE.replace("2002", "2003")), None);
        assert_eq!(strace(""), None);
    }

    #[test]
    fn a_system_call_that_valgrind_does_not_know_is_named() {
        let words = "x\n--26643-- WARNING: unhandled amd64-linux syscall: 441\n--26643-- You may";
        assert_eq!(
            unknown_system_call(words).unwrap(),
            "it does not know the system call 441 (epoll_pwait2)"
        );
        let words = "WARNING: unhandled arm64-linux syscall: 7";
        assert_eq!(
            unknown_system_call(words).unwrap(),
            "it does not know the system call 7"
        );
        assert_eq!(
            unknown_system_call("unhandled instruction bytes: 0x62"),
            None
        );
    }

    const CALLGRIND: &str = "\
# callgrind format
version: 1
creator: callgrind-3.19.0
pid: 21541
cmd:  /servers/echo --listen 127.0.0.1:0
part: 1

positions: line
events: Ir
summary: 127191

ob=(1) /servers/echo
fn=(1) main
0 127191

totals: 127191
";

    #[test]
    fn instructions_are_the_last_sum() {
        assert_eq!(callgrind(CALLGRIND), Some((127_191, BTreeMap::new())));
        let with_caches = CALLGRIND
            .replace("events: Ir", "events: Ir Dr Dw")
            .replace("totals: 127191", "totals: 127191 5 6");
        assert_eq!(callgrind(&with_caches).unwrap().0, 127_191);
    }

    #[test]
    fn a_file_that_is_not_whole_is_no_count() {
        assert_eq!(callgrind(&CALLGRIND.replace("totals: 127191\n", "")), None);
        assert_eq!(
            callgrind(&CALLGRIND.replace("events: Ir", "events: Dr")),
            None
        );
        assert_eq!(callgrind(""), None);
    }
}
