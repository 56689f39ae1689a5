//! What one rate of costs leaves of a portfolio, exactly.

/// The fraction of the portfolio's value that is left after trading from `current` to `target` weights.
///
/// Solves mu = 1 - c·sum_i |mu·target_i - current_i| over the N assets, cash being free: `cost_rate` c is charged on
/// the traded notional, and what is left is what `target` is a fraction of. Both slices hold asset weights [N]
/// (fractions of value, without cash), negative where assets are sold short, and c is in [0, 1) with
/// c·sum |target| < 1. The result is in (0, 1], exact up to rounding; 0 where trading costs more than there is, which
/// takes c·sum |current| >= 1. NaN among the inputs gives NaN. Allocates nothing.
///
/// f(mu) = mu + c·sum |mu·target - current| - 1 is convex, piecewise linear, and rising because c·sum |target| < 1.
/// Newton's method from mu = 1, where f >= 0, therefore falls monotonically onto the root and ends when the assets
/// bought are the same as one iteration before, after at most N + 1 pieces and usually two.
pub fn value_left(cost_rate: f64, current: &[f64], target: &[f64]) -> f64 {
    value_left_of(cost_rate, current.iter().copied().zip(target.iter().copied()))
}

/// As [`value_left`], of pairs of a current weight and a target.
#[inline(always)]
pub fn value_left_of(cost_rate: f64, pairs: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let mut left = 1.0;
    loop {
        // Signed sums over the piece that `left` lies on: + where assets are bought, - where they are sold.
        let (mut held, mut wanted) = (0.0, 0.0);
        for (current, target) in pairs.clone() {
            let sign = f64::copysign(1.0, left * target - current);
            held += sign * current;
            wanted += sign * target;
        }
        let next = (1.0 + cost_rate * held) / (1.0 + cost_rate * wanted);
        if next.is_nan() {
            return next;
        }
        if next >= left {
            return left;
        }
        if next <= 0.0 {
            return 0.0;
        }
        left = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The naive twin: bisection on the defining equation.
    fn by_bisection(cost_rate: f64, current: &[f64], target: &[f64]) -> f64 {
        let excess = |left: f64| {
            let traded: f64 = current
                .iter()
                .zip(target)
                .map(|(w, t)| (left * t - w).abs())
                .sum();
            left + cost_rate * traded - 1.0
        };
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if excess(middle) > 0.0 {
                high = middle
            } else {
                low = middle
            }
        }
        0.5 * (low + high)
    }

    #[test]
    fn buying_half_and_half_from_cash_leaves_the_closed_form() {
        assert!((value_left(0.01, &[0.0, 0.0], &[0.5, 0.5]) - 1.0 / 1.01).abs() < 1e-15);
    }

    #[test]
    fn selling_everything_costs_the_rate_on_what_was_held() {
        assert!((value_left(0.01, &[0.5, 0.3], &[0.0, 0.0]) - (1.0 - 0.01 * 0.8)).abs() < 1e-15);
    }

    #[test]
    fn switching_costs_both_sides() {
        // mu = 1 - c(1 + mu): sale of 1, purchase of mu.
        assert!((value_left(0.01, &[1.0, 0.0], &[0.0, 1.0]) - 0.99 / 1.01).abs() < 1e-15);
    }

    #[test]
    fn no_trade_and_no_cost_leave_everything() {
        assert_eq!(value_left(0.01, &[0.25, 0.5], &[0.25, 0.5]), 1.0);
        assert_eq!(value_left(0.0, &[0.1, 0.9], &[0.9, 0.1]), 1.0);
    }

    #[test]
    fn nan_is_passed_on() {
        assert!(value_left(0.01, &[f64::NAN], &[1.0]).is_nan());
        assert!(value_left(f64::NAN, &[0.5], &[1.0]).is_nan());
    }

    #[test]
    fn what_trading_uses_up_leaves_nothing() {
        assert_eq!(value_left(0.2, &[4.0, -3.0], &[0.0, 0.0]), 0.0);
        assert_eq!(value_left(0.5, &[3.0], &[-1.0]), 0.0);
    }

    fn simplex(raw: &[f64]) -> Vec<f64> {
        let sum: f64 = raw.iter().sum::<f64>() + 1e-9;
        raw[1..].iter().map(|w| w / sum).collect()
    }

    proptest! {
        #[test]
        fn closed_form_equals_bisection(
            cost_rate in 0.0..0.2_f64,
            current in proptest::collection::vec(0.0..1.0_f64, 8),
            target in proptest::collection::vec(0.0..1.0_f64, 8),
        ) {
            let (current, target) = (simplex(&current), simplex(&target));
            let found = value_left(cost_rate, &current, &target);
            let expected = by_bisection(cost_rate, &current, &target);
            prop_assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
        }

        /// Positions of both signs, up to a gross exposure of 4.
        #[test]
        fn closed_form_equals_bisection_with_shorts(
            cost_rate in 0.0..0.2_f64,
            current in proptest::collection::vec(-0.5..0.5_f64, 8),
            target in proptest::collection::vec(-0.5..0.5_f64, 8),
        ) {
            let found = value_left(cost_rate, &current, &target);
            let expected = by_bisection(cost_rate, &current, &target);
            prop_assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
        }

        /// Small trades put the root on a kink or next to it.
        #[test]
        fn closed_form_equals_bisection_near_the_current_weights(
            cost_rate in 0.0..0.2_f64,
            current in proptest::collection::vec(0.0..1.0_f64, 8),
            change in proptest::collection::vec(-1e-3..1e-3_f64, 7),
        ) {
            let current = simplex(&current);
            let target: Vec<f64> = current.iter().zip(change).map(|(w, d)| (w * (1.0 + d)).max(0.0)).collect();
            let found = value_left(cost_rate, &current, &target);
            let expected = by_bisection(cost_rate, &current, &target);
            prop_assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
        }
    }
}
