//! Whether the committed reports and pages are those of the checkout.

use std::path::Path;

use anyhow::Result;

use super::files::{read_all, stale_pages};
use crate::{
    discover::Contender,
    tested::{of_version, stale_page},
};

/// What in the folder is not what it should be, in words.
pub(crate) fn stale(folder: &Path, contenders: &[Contender]) -> Result<Vec<String>> {
    let mut stale: Vec<String> = stale_pages(folder)?
        .iter()
        .map(|it| stale_page(it))
        .collect();
    let reports = read_all(folder)?;
    stale.extend(
        reports
            .iter()
            .filter_map(|it| of_version("conformance", &it.name, &it.server, contenders)),
    );
    Ok(stale)
}
