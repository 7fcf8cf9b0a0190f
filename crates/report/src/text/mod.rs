//! Text at the edge: numbers, tables, CSV, line breaks.

mod csv;
mod markdown;
mod number;
mod table;
mod wrap;

pub(crate) use csv::Csv;
pub(crate) use markdown::{code, escaped, with_code};
pub(crate) use number::{
    TimeUnit, allocation, bytes, factor, grouped, kibibytes, per_cent, ratio, signed_significant,
    significant,
};
pub(crate) use table::{Align, Table};
pub(crate) use wrap::wrapped;
