//! Writes a run's file, one line at a time.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use record::RunLine;

/// Why a line could not be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecorderError {
    /// The file could not be created or opened.
    #[error("{} can't be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        source: io::Error,
    },
    /// A line could not be written; the lines before it are whole.
    #[error(
        "{} can't be written: {source}; free some space and continue with `bench-harness resume`",
        path.display()
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        source: io::Error,
    },
    /// A line could not be serialised.
    #[error("a record can't be serialised: {0}")]
    Serialise(#[from] serde_json::Error),
}

/// Reads a run's file; says how many of its bytes belong to whole lines.
///
/// A kill may have cut the last line off anywhere, in the middle of a character
/// too. Such a line is of no use; the rest is.
pub(crate) fn read(path: &Path) -> io::Result<(String, u64)> {
    let bytes = fs::read(path)?;
    let whole = bytes
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |end| end as u64 + 1);
    Ok((String::from_utf8_lossy(&bytes).into_owned(), whole))
}

/// An open run file.
#[derive(Debug)]
pub(crate) struct Recorder {
    file: File,
    path: PathBuf,
    /// Length of the lines that are whole.
    whole_bytes: u64,
}

impl Recorder {
    /// Name of the file in a run's folder.
    pub(crate) const FILE_NAME: &str = "run.ndjson";

    /// Creates the file, which must not exist yet.
    pub(crate) fn create(path: &Path) -> Result<Self, RecorderError> {
        Self::open(path, OpenOptions::new().write(true).create_new(true), 0)
    }

    /// Continues the file after its first `whole_bytes` bytes; what follows
    /// them is cut off.
    pub(crate) fn continue_after(path: &Path, whole_bytes: u64) -> Result<Self, RecorderError> {
        let recorder = Self::open(path, OpenOptions::new().append(true), whole_bytes)?;
        recorder
            .file
            .set_len(whole_bytes)
            .map_err(|source| RecorderError::Open {
                path: path.to_owned(),
                source,
            })?;
        Ok(recorder)
    }

    fn open(path: &Path, how: &OpenOptions, whole_bytes: u64) -> Result<Self, RecorderError> {
        let file = how.open(path).map_err(|source| RecorderError::Open {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            file,
            path: path.to_owned(),
            whole_bytes,
        })
    }

    /// Appends a line with one write. When that fails, the part of the line
    /// that was written is taken back as far as the file allows.
    pub(crate) fn append(&mut self, line: &RunLine) -> Result<(), RecorderError> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        if let Err(source) = self.file.write_all(&bytes) {
            // A part that stays is no harm: readers and `resume` ignore a last
            // line without an end.
            let _ = self.file.set_len(self.whole_bytes);
            return Err(self.write_error(source));
        }
        self.whole_bytes += bytes.len() as u64;
        Ok(())
    }

    /// Makes sure that everything appended is on the disk.
    pub(crate) fn sync(&self) -> Result<(), RecorderError> {
        match self.file.sync_data() {
            // Pipes and devices can't be synced, and need not be.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            result => result.map_err(|source| self.write_error(source)),
        }
    }

    fn write_error(&self, source: io::Error) -> RecorderError {
        RecorderError::Write {
            path: self.path.clone(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use record::RunEnd;

    use super::*;

    fn end(whole_blocks: u32) -> RunLine {
        RunLine::End(RunEnd {
            ended_at_unix_ns: 1,
            took_ns: 2,
            interrupted: false,
            whole_blocks,
        })
    }

    fn lines(path: &Path) -> Vec<RunLine> {
        fs::read_to_string(path)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn lines_are_on_disk_at_once_and_can_be_continued() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Recorder::FILE_NAME);
        let mut recorder = Recorder::create(&path).unwrap();
        recorder.append(&end(1)).unwrap();
        let whole_bytes = fs::metadata(&path).unwrap().len();
        assert_eq!(lines(&path), [end(1)]);
        recorder.append(&end(2)).unwrap();
        recorder.sync().unwrap();
        drop(recorder);

        let mut recorder = Recorder::continue_after(&path, whole_bytes).unwrap();
        recorder.append(&end(3)).unwrap();
        assert_eq!(lines(&path), [end(1), end(3)]);
    }

    #[test]
    fn a_line_that_was_cut_off_is_not_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Recorder::FILE_NAME);
        for (bytes, whole) in [
            (&b"one\ntwo\nthr"[..], 8),
            (b"one\n", 4),
            (b"one\n\xc3", 4),
            (b"on", 0),
            (b"", 0),
        ] {
            fs::write(&path, bytes).unwrap();
            let (text, found) = read(&path).unwrap();
            assert_eq!(found, whole, "{bytes:?}");
            let whole = usize::try_from(whole).unwrap();
            assert_eq!(text.as_bytes()[..whole], bytes[..whole]);
        }
    }

    #[test]
    fn an_earlier_run_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Recorder::FILE_NAME);
        fs::write(&path, "precious").unwrap();
        assert!(matches!(
            Recorder::create(&path),
            Err(RecorderError::Open { .. })
        ));
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }

    #[test]
    fn a_full_disk_is_named() {
        let mut recorder =
            Recorder::open(Path::new("/dev/full"), OpenOptions::new().write(true), 0).unwrap();
        let error = recorder.append(&end(1)).unwrap_err().to_string();
        assert!(error.contains("/dev/full"), "{error}");
        assert!(error.contains("No space left"), "{error}");
        assert!(error.contains("resume"), "{error}");
    }
}
