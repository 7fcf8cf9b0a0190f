//! Files that a run leaves.

mod atomic;
mod beside;
mod folder;
mod history;
mod published;
mod tables;

pub(crate) use atomic::replace;
pub(crate) use folder::{RunFolder, create, newest, of_run};
pub(crate) use published::{Published, published_run};
pub(crate) use tables::{Refreshed, refresh, render, render_all, write};
