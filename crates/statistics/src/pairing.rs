//! Values of two rows, block by block.

use serde::Serialize;

/// What one trial gave, and in which block.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BlockValue {
    /// Block, from 0.
    pub block: u32,
    /// The value.
    pub value: f64,
}

/// Why two rows have no ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairingError {
    /// A value is zero, negative or not finite.
    #[error("a value of block {block} is not a positive number, so it has no logarithm")]
    NotPositive {
        /// The block.
        block: u32,
    },
}

/// The natural logarithm of `values / reference` for each block that both have,
/// in order of blocks. If a row has several values in a block, the first
/// counts.
///
/// # Errors
/// [`PairingError::NotPositive`] when a paired value has no logarithm. No value
/// is passed over in silence.
pub fn paired_log_ratios(
    values: &[BlockValue],
    reference: &[BlockValue],
) -> Result<Vec<BlockValue>, PairingError> {
    let mut ratios: Vec<BlockValue> = Vec::with_capacity(values.len());
    for value in values {
        let block = value.block;
        let Some(base) = reference.iter().find(|base| base.block == block) else {
            continue;
        };
        if ratios.iter().any(|ratio| ratio.block == block) {
            continue;
        }
        let usable = |number: f64| number.is_finite() && number > 0.0;
        if !usable(value.value) || !usable(base.value) {
            return Err(PairingError::NotPositive { block });
        }
        ratios.push(BlockValue {
            block,
            value: value.value.ln() - base.value.ln(),
        });
    }
    ratios.sort_by_key(|ratio| ratio.block);
    Ok(ratios)
}
