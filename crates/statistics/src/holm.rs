//! Holm's step-down correction for several comparisons.

/// Adjusts p-values so that rejecting all that are at most α keeps the
/// probability of any false rejection at most α, whatever the dependence
/// between them (Holm 1979). The order of the input is kept.
#[must_use]
pub fn holm_adjusted(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|left, right| p_values[*left].total_cmp(&p_values[*right]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut highest: f64 = 0.0;
    for (step, index) in order.into_iter().enumerate() {
        let still_open = (p_values.len() - step) as f64;
        highest = highest.max((p_values[index] * still_open).min(1.0));
        adjusted[index] = highest;
    }
    adjusted
}
