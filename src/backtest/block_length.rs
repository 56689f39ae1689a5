//! How long a bootstrap's blocks have to be for the dependence of the data: the one owner of that, for every interval.

use crate::math::statistics::mean;

/// Lags in a row whose correlations have to be insignificant before dependence is taken to have ended.
const QUIET_LAGS: usize = 5;

/// The length that minimises the mean square error of a circular block bootstrap's variance of the mean of `values` [T], in
/// bars: at least 0, at most min(3·sqrt(T), T/3) rounded up. 0 for fewer than ten values and for constant ones.
///
/// Politis and White (2004), "Automatic Block-Length Selection for the Dependent Bootstrap", with the constant of Patton,
/// Politis and White (2009): (2 G²/D)^(1/3) · T^(1/3), where G = Σ λ(k/M)·abs(k)·R(k), D = 4/3·(Σ λ(k/M)·R(k))², R are
/// autocovariances, λ is the flat-top window, and M is twice the first lag that max(5, log10 T) lags follow whose
/// correlations are all below 2·sqrt(log10(T)/T) in size.
pub fn circular(values: &[f64]) -> f64 {
    let bars = values.len();
    if bars < 2 * QUIET_LAGS {
        return 0.0;
    }
    let count = bars as f64;
    let quiet = QUIET_LAGS.max(count.log10() as usize);
    let most = (count.sqrt().ceil() as usize + quiet).min(bars - 2);
    let center = mean(values);
    let deviations: Vec<f64> = values.iter().map(|value| value - center).collect();
    let product = |lag: usize| dot(&deviations[lag..], &deviations[..bars - lag]);

    let significant = 2.0 * (count.log10() / count).sqrt();
    let mut quiet_so_far = 0;
    let mut last_lag = most;
    for lag in 1..most {
        // The sums of squares of the authors' own program: of the overlap of one lag more.
        let (early, late) = (&deviations[..bars - lag - 1], &deviations[lag + 1..]);
        let correlation = product(lag).abs() / (dot(early, early) * dot(late, late)).sqrt();
        quiet_so_far = if correlation < significant {
            quiet_so_far + 1
        } else {
            0
        };
        if quiet_so_far == quiet {
            last_lag = (2 * (lag + 1 - quiet)).min(most);
            break;
        }
    }

    let (mut spread, mut long_run) = (0.0, product(0) / count);
    for lag in 1..=last_lag {
        let part = lag as f64 / last_lag as f64;
        let window = if part <= 0.5 { 1.0 } else { 2.0 * (1.0 - part) };
        let covariance = product(lag) / count;
        spread += 2.0 * window * lag as f64 * covariance;
        long_run += 2.0 * window * covariance;
    }
    let ratio = 1.5 * (spread / long_run).powi(2);
    let length = ratio.cbrt() * count.cbrt();
    if length.is_nan() {
        // Nothing varies, so that nothing depends on anything.
        return 0.0;
    }
    length.min((3.0 * count.sqrt()).min(count / 3.0).ceil())
}

/// [`circular`] as whole bars: rounded up, at least 1.
pub fn bars(values: &[f64]) -> usize {
    (circular(values).ceil() as usize).max(1)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
