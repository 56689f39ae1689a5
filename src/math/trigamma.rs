//! The trigamma function, which statrs has not.

/// The derivative of the digamma function at x > 0, to a relative 1e-14: raised by trigamma(x) = trigamma(x + 1) + 1/x²
/// (Abramowitz and Stegun 6.4.6) to where the asymptotic series (6.4.12) holds.
pub fn trigamma(x: f64) -> f64 {
    /// Where eight terms of the series are exact.
    const LARGE: f64 = 12.0;
    /// Bernoulli numbers B_2, B_4, ..., B_16.
    const BERNOULLI: [f64; 8] = [
        1.0 / 6.0,
        -1.0 / 30.0,
        1.0 / 42.0,
        -1.0 / 30.0,
        5.0 / 66.0,
        -691.0 / 2730.0,
        7.0 / 6.0,
        -3617.0 / 510.0,
    ];
    let (mut x, mut sum) = (x, 0.0);
    while x < LARGE {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = BERNOULLI
        .iter()
        .rev()
        .fold(0.0, |series, b| (series + b) * square);
    sum + 1.0 / x + 0.5 * square + series / x
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// trigamma(1) = pi²/6, trigamma(1/2) = pi²/2, trigamma(1/4) = pi² + 8 G with Catalan's constant; and near 0 1/x².
    #[test]
    fn closed_forms_are_met() {
        const CATALAN: f64 = 0.915_965_594_177_219;
        for (x, expected) in [
            (1.0, PI * PI / 6.0),
            (0.5, PI * PI / 2.0),
            (0.25, PI * PI + 8.0 * CATALAN),
            (
                20.0,
                PI * PI / 6.0 - (1..20).map(|k| 1.0 / f64::from(k * k)).sum::<f64>(),
            ),
            (1e-6, 1e12 + PI * PI / 6.0),
        ] {
            let error = (trigamma(x) - expected).abs() / expected;
            assert!(error < 1e-13, "{x}: {} against {expected}", trigamma(x));
        }
    }

    /// Against the difference of statrs' digamma.
    #[test]
    fn it_is_the_slope_of_digamma() {
        use statrs::function::gamma::digamma;
        for k in 1..200 {
            let x = 0.07 * f64::from(k);
            let h = 1e-4 * x;
            let slope = (digamma(x + h) - digamma(x - h)) / (2.0 * h);
            assert!(
                (trigamma(x) - slope).abs() < 1e-6 * slope,
                "{x}: {} against {slope}",
                trigamma(x)
            );
        }
    }
}
