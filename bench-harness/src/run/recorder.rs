//! Writes a run's file, one line at a time.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    slice,
};

use record::RunLine;

/// Why a line could not be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecorderError {
    /// The file could not be created or opened.
    #[error("{} can't be opened", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        source: io::Error,
    },
    /// Another process writes the file.
    #[error(
        "a run is going on in {0}; wait for its end, or stop it with Ctrl-C where it was started",
        folder_of(path)
    )]
    GoingOn {
        /// The file.
        path: PathBuf,
    },
    /// The file holds the records of an earlier run.
    #[error(
        "{0} already holds a run; choose another folder, or `bench-harness resume {0}`",
        folder_of(path)
    )]
    Taken {
        /// The file.
        path: PathBuf,
    },
    /// A line could not be written; the lines before it are whole.
    #[error(
        "{} can't be written; free some space and continue with `bench-harness resume`",
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

fn folder_of(path: &Path) -> String {
    path.parent().unwrap_or(path).display().to_string()
}

/// Reads a run's file.
///
/// A kill may have cut the last line off anywhere, in the middle of a character
/// too; the reader of the text passes such a line over.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// How many bytes belong to whole lines. The last line is whole without its
/// newline, too, when nothing else is missing: then it counts as a record.
fn whole_bytes(bytes: &[u8]) -> usize {
    let ended = bytes
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |end| end + 1);
    match serde_json::from_slice::<RunLine>(&bytes[ended..]) {
        Ok(_) => bytes.len(),
        Err(_) => ended,
    }
}

/// An open run file, which is locked as long as it is open: nobody else can
/// write to it.
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

    /// Creates the file. One that is there already must be empty and unused,
    /// as a kill before the first line leaves it.
    pub(crate) fn create(path: &Path) -> Result<Self, RecorderError> {
        let recorder = Self::open(path, OpenOptions::new().append(true).create(true))?;
        let about = recorder.file.metadata();
        if about.is_ok_and(|about| about.len() == 0 && about.nlink() > 0) {
            Ok(recorder)
        } else {
            Err(RecorderError::Taken {
                path: path.to_owned(),
            })
        }
    }

    /// Opens the file of a run that is to be continued, and returns what it
    /// holds. Nothing is changed before [`Recorder::mend`].
    pub(crate) fn reopen(path: &Path) -> Result<(Self, String), RecorderError> {
        let mut recorder = Self::open(path, OpenOptions::new().read(true).append(true))?;
        let mut bytes = Vec::new();
        recorder
            .file
            .read_to_end(&mut bytes)
            .map_err(|source| open_error(path, source))?;
        recorder.whole_bytes = whole_bytes(&bytes) as u64;
        Ok((recorder, String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Makes the file end with a whole line: what was cut off goes away, and a
    /// record that lacks nothing but its newline gets one.
    pub(crate) fn mend(&mut self) -> Result<(), RecorderError> {
        let mended = self.file.set_len(self.whole_bytes).and_then(|()| {
            let Some(last) = self.whole_bytes.checked_sub(1) else {
                return Ok(());
            };
            let mut byte = [0];
            self.file.seek(SeekFrom::Start(last))?;
            self.file.read_exact(&mut byte)?;
            if byte != *b"\n" {
                self.file.write_all(b"\n")?;
                self.whole_bytes += 1;
            }
            Ok(())
        });
        mended.map_err(|source| self.write_error(source))
    }

    fn open(path: &Path, how: &OpenOptions) -> Result<Self, RecorderError> {
        let file = how.open(path).map_err(|source| open_error(path, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(RecorderError::GoingOn {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(open_error(path, source)),
        }
        Ok(Self {
            file,
            path: path.to_owned(),
            whole_bytes: 0,
        })
    }

    /// Takes the file away again if nothing was written to it.
    pub(crate) fn give_up(self) {
        if self.whole_bytes == 0 {
            // At worst an empty file stays, which the next run takes over.
            let _ = fs::remove_file(&self.path);
        }
    }

    /// Appends a line.
    pub(crate) fn append(&mut self, line: &RunLine) -> Result<(), RecorderError> {
        self.append_all(slice::from_ref(line))
    }

    /// Appends lines with one write. When that fails, the part that was written
    /// is taken back as far as the file allows.
    pub(crate) fn append_all(&mut self, lines: &[RunLine]) -> Result<(), RecorderError> {
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
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

fn open_error(path: &Path, source: io::Error) -> RecorderError {
    RecorderError::Open {
        path: path.to_owned(),
        source,
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
        assert_eq!(lines(&path), [end(1)]);
        recorder.sync().unwrap();
        drop(recorder);
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str("{\"line\":\"en");
        fs::write(&path, &text).unwrap();

        let (mut recorder, found) = Recorder::reopen(&path).unwrap();
        assert_eq!(found, text);
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "nothing changes");
        recorder.mend().unwrap();
        recorder.append(&end(3)).unwrap();
        assert_eq!(lines(&path), [end(1), end(3)]);
    }

    #[test]
    fn a_record_that_lacks_only_its_newline_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Recorder::FILE_NAME);
        let mut recorder = Recorder::create(&path).unwrap();
        recorder.append(&end(1)).unwrap();
        recorder.append(&end(2)).unwrap();
        drop(recorder);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.strip_suffix('\n').unwrap()).unwrap();

        let (mut recorder, _) = Recorder::reopen(&path).unwrap();
        recorder.mend().unwrap();
        recorder.append(&end(3)).unwrap();
        assert_eq!(lines(&path), [end(1), end(2), end(3)]);
    }

    #[test]
    fn a_line_that_was_cut_off_is_not_whole() {
        for (bytes, whole) in [
            (&b"one\ntwo\nthr"[..], 8),
            (b"one\n", 4),
            (b"one\n\xc3", 4),
            (b"on", 0),
            (b"", 0),
        ] {
            assert_eq!(whole_bytes(bytes), whole, "{bytes:?}");
        }
    }

    #[test]
    fn a_run_that_goes_on_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Recorder::FILE_NAME);
        let mut recorder = Recorder::create(&path).unwrap();
        for second in [
            Recorder::create(&path).map(drop),
            Recorder::reopen(&path).map(drop),
        ] {
            let error = second.unwrap_err().to_string();
            let expected = format!("a run is going on in {}", folder.path().display());
            assert!(error.starts_with(&expected), "{error}");
        }
        recorder.append(&end(1)).unwrap();
        drop(recorder);
        assert!(Recorder::reopen(&path).is_ok());
    }

    #[test]
    fn an_earlier_run_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Recorder::FILE_NAME);
        fs::write(&path, "precious").unwrap();
        let error = Recorder::create(&path).unwrap_err();
        assert!(matches!(error, RecorderError::Taken { .. }));
        assert!(error.to_string().contains("resume"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }

    #[test]
    fn an_empty_file_is_taken_over_and_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(Recorder::FILE_NAME);
        fs::write(&path, "").unwrap();
        Recorder::create(&path).unwrap().give_up();
        assert!(!path.exists());
        let mut recorder = Recorder::create(&path).unwrap();
        recorder.append(&end(1)).unwrap();
        recorder.give_up();
        assert_eq!(lines(&path), [end(1)]);
    }

    #[test]
    fn a_full_disk_is_named() {
        let mut recorder =
            Recorder::open(Path::new("/dev/full"), OpenOptions::new().write(true)).unwrap();
        let error = anyhow::Error::from(recorder.append(&end(1)).unwrap_err());
        let error = format!("{error:#}");
        assert!(error.contains("/dev/full"), "{error}");
        assert_eq!(error.matches("No space left").count(), 1, "{error}");
        assert!(error.contains("resume"), "{error}");
    }
}
