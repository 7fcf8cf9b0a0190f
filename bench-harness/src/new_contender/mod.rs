//! The two files of a new contender, from templates.

mod files;
mod library;
mod name;

pub(crate) use files::{Files, Runtime};
pub(crate) use library::LibraryFacts;
pub(crate) use name::check_name;
