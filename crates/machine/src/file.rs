//! Reading the kernel's text files.

use std::{fs, path::Path};

use crate::{MachineError, error::Problem};

/// Reads a file whole; bytes that are no UTF-8 (a process may name itself
/// anything) are replaced.
pub(crate) fn read(path: impl AsRef<Path>) -> Result<String, MachineError> {
    let path = path.as_ref();
    if cfg!(not(target_os = "linux")) {
        return Err(MachineError::Unsupported { path: path.into() });
    }
    match fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(source) => Err(MachineError::Read {
            path: path.into(),
            source,
        }),
    }
}

/// Reads a file and makes a fact of its text.
pub(crate) fn read_with<T>(
    path: impl AsRef<Path>,
    parse: impl FnOnce(&str) -> Result<T, Problem>,
) -> Result<T, MachineError> {
    let path = path.as_ref();
    parse(&read(path)?).map_err(|Problem(problem)| MachineError::Malformed {
        path: path.into(),
        problem,
    })
}

/// The value of the line `key: value`, trimmed.
pub(crate) fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim_end() == key).then(|| value.trim())
    })
}

/// The value of a line such as `VmRSS:  1724 kB`, in bytes.
pub(crate) fn kib_field_in_bytes(text: &str, key: &str) -> Option<u64> {
    let kib: u64 = field(text, key)?
        .strip_suffix("kB")?
        .trim_end()
        .parse()
        .ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let text = "Pss_Dirty:    112 kB\nPss:      406 kB\nmodel name\t: AMD EPYC\n";
        assert_eq!(kib_field_in_bytes(text, "Pss"), Some(406 * 1024));
        assert_eq!(field(text, "model name"), Some("AMD EPYC"));
        assert_eq!(field(text, "model"), None);
        assert_eq!(kib_field_in_bytes(text, "model name"), None);
    }

    #[test]
    fn errors_name_the_file() {
        let error = read("/proc/no-such-file").unwrap_err();
        assert!(error.to_string().contains("/proc/no-such-file"), "{error}");
        if cfg!(target_os = "linux") {
            let error = read_with("/proc/self/stat", |_| Err::<(), _>(Problem("no tail")));
            assert_eq!(
                error.unwrap_err().to_string(),
                "/proc/self/stat is not as expected: no tail"
            );
        }
    }
}
