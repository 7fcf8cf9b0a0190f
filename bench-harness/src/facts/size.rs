//! Size of a program without its symbols.

use std::{fs, path::Path, process::Command};

use record::Found;

/// Size of `program` after `strip`, which works on a copy.
pub(crate) fn stripped(program: &Path) -> Found<u64> {
    stripped_by("strip", program)
}

fn stripped_by(tool: &str, program: &Path) -> Found<u64> {
    let attempt = || -> Result<u64, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let copy = folder.path().join("program");
        fs::copy(program, &copy).map_err(|error| format!("{}: {error}", program.display()))?;
        let output = Command::new(tool)
            .arg(&copy)
            .output()
            .map_err(|error| format!("`{tool}` can't be run ({error}); it is part of binutils"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("`{tool}` failed: {}", said.trim()));
        }
        fs::metadata(&copy)
            .map(|it| it.len())
            .map_err(|error| error.to_string())
    };
    attempt().map_or_else(Found::Unknown, Found::Known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_shrinks_and_the_program_stays() {
        let own = std::env::current_exe().unwrap();
        let before = fs::metadata(&own).unwrap().len();
        // Where there is no binutils, the reason says so.
        match stripped(&own) {
            Found::Known(size) => assert!(size > 0 && size < before, "{size} of {before}"),
            Found::Unknown(reason) => assert!(reason.contains("binutils"), "{reason}"),
        }
        assert_eq!(fs::metadata(&own).unwrap().len(), before);
    }

    #[test]
    fn what_stands_in_the_way_is_said() {
        let own = std::env::current_exe().unwrap();
        for (tool, program, word) in [
            ("no-such-tool", own.as_path(), "no-such-tool"),
            ("false", own.as_path(), "failed"),
            ("strip", Path::new("/nowhere/at-all"), "/nowhere/at-all"),
        ] {
            let Found::Unknown(reason) = stripped_by(tool, program) else {
                panic!("{tool} has no answer");
            };
            assert!(reason.contains(word), "{reason}");
        }
    }
}
