//! permessage-deflate (RFC 7692), as far as a client needs it that tests it:
//! the offer, the compressed messages, the cases of groups 12 and 13.
//!
//! Not seen: a server that agreed to a window smaller than 32 KiB and refers
//! farther back than that; the decoder at hand has the largest window always.

mod cases;
mod codec;
mod offer;
mod opening;
mod samples;

pub(crate) use cases::cases;
pub(crate) use codec::{Broken, Deflater, Inflater};
pub(crate) use offer::Negotiated;
pub(crate) use opening::{Opening, request_with};
pub use samples::Sample;
