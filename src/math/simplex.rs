//! The exact projection onto the simplex with bounds.

/// Moves `weights` to the nearest point (Euclidean) of { w : low_i <= w_i <= high_i, sum w = 1 }.
///
/// `bounds(i)` gives (low_i, high_i); the sums of the lows and of the highs must enclose 1. Weights that already lie
/// inside the bounds and sum to 1 within 1e-12 are left bit-identical. The nearest point is clip(w - shift, low,
/// high) for one shift, and the sum is piecewise linear and falling in it: the shift is bracketed by bisection and
/// then solved exactly on the piece it lies on.
pub fn project_bounded(weights: &mut [f64], bounds: impl Fn(usize) -> (f64, f64)) {
    let clipped = |i: usize, weight: f64, shift: f64| {
        let (low, high) = bounds(i);
        (weight - shift).clamp(low, high)
    };
    let total = |weights: &[f64], shift: f64| -> f64 {
        weights
            .iter()
            .enumerate()
            .map(|(i, &weight)| clipped(i, weight, shift))
            .sum()
    };
    let inside = weights
        .iter()
        .enumerate()
        .all(|(i, &w)| (bounds(i).0..=bounds(i).1).contains(&w));
    if inside && (weights.iter().sum::<f64>() - 1.0).abs() <= 1e-12 {
        return;
    }
    // At `low_shift` every weight is at its upper bound, at `high_shift` at its lower one.
    let (mut low_shift, mut high_shift) = (f64::INFINITY, f64::NEG_INFINITY);
    for (i, &weight) in weights.iter().enumerate() {
        let (low, high) = bounds(i);
        low_shift = low_shift.min(weight - high);
        high_shift = high_shift.max(weight - low);
    }
    for _ in 0..64 {
        let middle = 0.5 * (low_shift + high_shift);
        if total(weights, middle) > 1.0 {
            low_shift = middle
        } else {
            high_shift = middle
        }
    }
    // On the bracketed piece the free weights share what the bound ones leave.
    let shift = 0.5 * (low_shift + high_shift);
    let (mut free, mut free_sum, mut bound_sum) = (0_u32, 0.0, 0.0);
    for (i, &weight) in weights.iter().enumerate() {
        let (low, high) = bounds(i);
        if weight - shift > low && weight - shift < high {
            free += 1;
            free_sum += weight;
        } else {
            bound_sum += clipped(i, weight, shift);
        }
    }
    let shift = if free == 0 {
        shift
    } else {
        (free_sum + bound_sum - 1.0) / f64::from(free)
    };
    for (i, weight) in weights.iter_mut().enumerate() {
        *weight = clipped(i, *weight, shift);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projection_of_a_capped_vertex_is_the_known_point() {
        // Nearest point to (0.8, 0.15, 0.05) with w <= 0.5: (0.5, 0.3, 0.2), the excess shared alike.
        let mut weights = [0.8, 0.15, 0.05];
        project_bounded(&mut weights, |_| (0.0, 0.5));
        for (found, expected) in weights.iter().zip([0.5, 0.3, 0.2]) {
            assert!((found - expected).abs() < 1e-15, "{weights:?}");
        }
    }

    #[test]
    fn allowed_weights_stay_bit_identical() {
        let mut weights = [0.1, 0.2, 0.7];
        project_bounded(&mut weights, |_| (0.05, 0.8));
        assert_eq!(weights, [0.1, 0.2, 0.7]);
    }

    proptest::proptest! {
        /// The projection is the point where no feasible direction points closer: (v - p)·(q - p) <= 0 for all
        /// feasible q, checked against random feasible points.
        #[test]
        fn projection_meets_its_variational_inequality(
            v in proptest::collection::vec(-2.0..2.0_f64, 4),
            q in proptest::collection::vec(0.0..1.0_f64, 4),
        ) {
            let bound = |_| (0.05, 0.6);
            let (mut p, mut feasible) = (v.clone(), q);
            project_bounded(&mut p, bound);
            project_bounded(&mut feasible, bound);
            let product: f64 = (0..4).map(|i| (v[i] - p[i]) * (feasible[i] - p[i])).sum();
            proptest::prop_assert!(product <= 1e-12);
            proptest::prop_assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            proptest::prop_assert!(p.iter().all(|w| (0.05..=0.6).contains(w)));
        }
    }
}
