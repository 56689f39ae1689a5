//! The standard error of a mean of dependent values.

/// Size of the autoregression beyond which prewhitening stops: Andrews and Monahan's bound.
const MOST_PERSISTENT: f64 = 0.97;

/// Standard error of the mean of `deviations` [T], a series of mean 0, such as a statistic's influence values; 0 for a series
/// that is 0 throughout, NaN for fewer than three values.
///
/// Andrews and Monahan (1992): an autoregression of order 1 takes most of the dependence out, Parzen's kernel with Andrews's
/// (1991) bandwidth sums up what is left, and the variance is coloured again by 1/(1 - a)². Without the first step a series
/// of persistence .9 has its error understated by a tenth at ten years of days.
pub fn of_mean(deviations: &[f64]) -> f64 {
    let count = deviations.len();
    if count < 3 {
        return f64::NAN;
    }
    if deviations.iter().all(|value| *value == 0.0) {
        return 0.0;
    }
    let slope = autoregression(deviations).clamp(-MOST_PERSISTENT, MOST_PERSISTENT);
    let rest: Vec<f64> = deviations
        .windows(2)
        .map(|pair| pair[1] - slope * pair[0])
        .collect();
    let variance = long_run_variance(&rest) / (1.0 - slope).powi(2);
    (variance / count as f64).sqrt()
}

/// Σ k(j/S)·γ_j over all lags j, with Parzen's kernel k and Andrews's bandwidth S for an autoregression of order 1.
fn long_run_variance(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let slope = autoregression(values).clamp(-MOST_PERSISTENT, MOST_PERSISTENT);
    let curvature = 4.0 * slope * slope / (1.0 - slope).powi(4);
    let bandwidth = 2.6614 * (curvature * count).powf(0.2);
    let mut variance = dot(values, values);
    for lag in (1..values.len()).take_while(|lag| (*lag as f64) < bandwidth) {
        variance += 2.0 * parzen(lag as f64 / bandwidth) * dot(&values[lag..], &values[..values.len() - lag]);
    }
    variance / count
}

/// Parzen's kernel at `x` in [0, 1].
fn parzen(x: f64) -> f64 {
    if x <= 0.5 {
        1.0 - 6.0 * x * x * (1.0 - x)
    } else {
        2.0 * (1.0 - x).powi(3)
    }
}

/// Least squares of each value on the one before it, without a constant; 0 where there is nothing to explain it by.
fn autoregression(values: &[f64]) -> f64 {
    let (before, after) = (&values[..values.len() - 1], &values[1..]);
    let squares = dot(before, before);
    if squares > 0.0 {
        dot(before, after) / squares
    } else {
        0.0
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
