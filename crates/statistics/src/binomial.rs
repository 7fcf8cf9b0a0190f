//! The binomial distribution with probability one half.

/// The probability of at most `successes` heads in `tosses` of a fair coin.
///
/// This is where distribution-free intervals of a median come from: each value
/// of a sample lies below the true median with probability one half.
#[must_use]
pub fn lower_tail_of_fair_coin(tosses: usize, successes: usize) -> f64 {
    if successes >= tosses {
        return 1.0;
    }
    // In logarithms, so that 2^-n doesn't vanish for large n.
    let mut log_probability = -(tosses as f64) * std::f64::consts::LN_2;
    let mut sum = log_probability.exp();
    for heads in 1..=successes {
        log_probability += ((tosses - heads + 1) as f64 / heads as f64).ln();
        sum += log_probability.exp();
    }
    sum.min(1.0)
}

/// The probability of exactly `successes` in `trials` with probability
/// `probability` each; `ln_choose` is the logarithm of the binomial
/// coefficient.
pub(crate) fn point_probability(
    trials: usize,
    successes: usize,
    probability: f64,
    ln_choose: f64,
) -> f64 {
    let failures = trials - successes;
    if probability <= 0.0 {
        return if successes == 0 { 1.0 } else { 0.0 };
    }
    if probability >= 1.0 {
        return if failures == 0 { 1.0 } else { 0.0 };
    }
    (ln_choose + successes as f64 * probability.ln() + failures as f64 * (-probability).ln_1p())
        .exp()
}

/// The logarithms of all binomial coefficients `n` over `0..=n`.
pub(crate) fn ln_choose_all(n: usize) -> Vec<f64> {
    let mut logs = Vec::with_capacity(n + 1);
    let mut log = 0.0;
    logs.push(log);
    for k in 1..=n {
        log += ((n - k + 1) as f64 / k as f64).ln();
        logs.push(log);
    }
    logs
}
