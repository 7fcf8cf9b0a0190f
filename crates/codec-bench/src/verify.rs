//! Whether a body does what it is measured for.

use record::{CodecFamily, MessageShape};

use crate::{Batch, Failure, Library, Memory, Sink, Tally};

/// Iterations that are verified: a buffer that is half read at the end of the
/// first one has to be right in the next one too.
const ITERATIONS: u64 = 2;

/// What is wrong with a body.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It stopped.
    #[error("{library}: {failure}")]
    Stopped {
        /// Whose body.
        library: &'static str,
        /// Why.
        failure: Failure,
    },
    /// What came out is not what must come out.
    #[error("{library}: {right} bytes of {expected} echoed rightly, {wrong} wrongly")]
    Echoed {
        /// Whose body.
        library: &'static str,
        /// Bytes that were as expected.
        right: u64,
        /// Bytes that were others.
        wrong: u64,
        /// Bytes that must come out.
        expected: u64,
    },
}

/// Runs a body a few times and compares every byte that comes out with the
/// echo that must come; `false` where the library's API allows no such body.
///
/// # Errors
/// [`VerifyError`] when it stops or echoes something else.
pub fn verify(
    library: &Library,
    family: CodecFamily,
    shape: MessageShape,
) -> Result<bool, VerifyError> {
    let batch = Batch::of(shape);
    let tally = Tally::default();
    let name = library.name;
    let stopped = |failure| VerifyError::Stopped {
        library: name,
        failure,
    };
    let body = match family {
        CodecFamily::Echo => {
            let make = library.echo;
            make.map(|make| make(Memory::checked(&batch, tally.clone()), &batch))
        }
        CodecFamily::Frame => {
            let make = library.frame;
            make.map(|make| Ok(make(&batch, Sink::checking(&batch, tally.clone()))))
        }
    };
    let Some(mut body) = body.transpose().map_err(stopped)? else {
        return Ok(false);
    };
    for _ in 0..ITERATIONS {
        body().map_err(stopped)?;
    }
    let expected = ITERATIONS * batch.echoes.len() as u64;
    if (tally.right_bytes(), tally.wrong_bytes()) != (expected, 0) {
        return Err(VerifyError::Echoed {
            library: name,
            right: tally.right_bytes(),
            wrong: tally.wrong_bytes(),
            expected,
        });
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use record::MessageKind;

    use super::*;

    #[test]
    fn a_body_that_leaves_a_message_out_or_changes_a_byte_is_named() {
        let shape = MessageShape {
            kind: MessageKind::Binary,
            size_bytes: 125,
        };
        let short = Library {
            name: "short",
            echo: None,
            frame: Some(|batch, mut sink| {
                let echoes = batch.echoes.clone();
                Box::new(move || {
                    sink.put(&echoes[1..]);
                    Ok(())
                })
            }),
        };
        assert!(matches!(
            verify(&short, CodecFamily::Frame, shape),
            Err(VerifyError::Echoed { .. })
        ));
        assert!(!verify(&short, CodecFamily::Echo, shape).unwrap());
    }
}
