//! Every body of every library echoes every byte; the benchmark verifies the
//! sizes that it times itself.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use codec_bench::{KINDS, LIBRARIES, verify};
use record::{CodecFamily, MessageShape};

/// Sizes around those at which a frame's length takes another form.
const EDGES: [u64; 5] = [1, 125, 126, 65_535, 65_536];

#[test]
fn every_body_echoes_every_byte() {
    for library in LIBRARIES {
        for family in CodecFamily::ALL {
            for kind in KINDS {
                for size_bytes in EDGES {
                    let shape = MessageShape { kind, size_bytes };
                    let ran = verify(library, family, shape);
                    let ran = ran.unwrap_or_else(|error| panic!("{family} {shape:?}: {error}"));
                    assert_eq!(ran, library.has(family), "{}", library.name);
                }
            }
        }
    }
}

#[cfg(feature = "default")]
#[test]
fn every_library_has_a_body_and_the_version_of_its_pin() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    assert_eq!(LIBRARIES.len(), 16);
    for library in LIBRARIES
        .iter()
        .filter(|it| it.name != codec_bench::Library::FLOOR)
    {
        assert!(CodecFamily::ALL.iter().any(|&family| library.has(family)));
        let pin = format!("{} = {{ version = \"={}\"", library.name, library.version());
        assert!(manifest.contains(&pin), "{pin}");
    }
    assert!(LIBRARIES.is_sorted_by_key(|it| it.name));
}
