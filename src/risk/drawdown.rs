//! Equity and how far it stands below its peak. Equity points: 0 is the start, k the close of bar k.

use serde::Serialize;

/// Equity over time from simple per-bar returns [n], starting at 1: [n + 1]. A NaN return leaves equity as it was,
/// as in empyrical.
pub fn equity_curve(returns: &[f64]) -> Vec<f64> {
    let mut equity = Vec::with_capacity(returns.len() + 1);
    equity.push(1.0);
    let mut value = 1.0;
    for r in returns {
        value *= if r.is_nan() { 1.0 } else { 1.0 + r };
        equity.push(value);
    }
    equity
}

/// Fall from the running peak at every equity point, 1 - equity/peak, positive: [len of equity].
pub fn drawdowns(equity: &[f64]) -> Vec<f64> {
    let mut peak = f64::NAN;
    equity
        .iter()
        .map(|&value| {
            peak = peak.max(value);
            (peak - value) / peak
        })
        .collect()
}

/// One time under water: from a peak, down, and back to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Drawdown {
    /// Largest fall from the peak, positive fraction of it.
    pub depth: f64,
    /// Equity point of the peak.
    pub peak: usize,
    /// Equity point of the lowest value (the first, where several are equal).
    pub valley: usize,
    /// First equity point that is back at the peak or above it; none while still under water.
    pub recovery: Option<usize>,
}

impl Drawdown {
    /// Bars from the peak to the valley.
    pub fn bars_down(&self) -> usize {
        self.valley - self.peak
    }

    /// Bars from the valley back to the peak's value; none while still under water.
    pub fn bars_to_recover(&self) -> Option<usize> {
        self.recovery.map(|recovery| recovery - self.valley)
    }

    /// Bars from the peak until it is reached again; none while still under water.
    pub fn duration(&self) -> Option<usize> {
        self.recovery.map(|recovery| recovery - self.peak)
    }
}

/// The `count` deepest drawdowns of an equity curve, deepest first, the earlier first among equals; fewer where
/// there are fewer.
pub fn worst_drawdowns(equity: &[f64], count: usize) -> Vec<Drawdown> {
    let mut found: Vec<Drawdown> = Vec::new();
    let mut peak = 0;
    let mut under_water = false;
    for (point, depth) in drawdowns(equity).into_iter().enumerate() {
        // Written so that a NaN counts as being under water.
        if depth <= 0.0 {
            if let Some(last) = found.last_mut().filter(|_| under_water) {
                last.recovery = Some(point);
            }
            (peak, under_water) = (point, false);
        } else if let Some(last) = found.last_mut().filter(|_| under_water) {
            if depth > last.depth {
                (last.depth, last.valley) = (depth, point);
            }
        } else if depth > 0.0 {
            let (valley, recovery) = (point, None);
            found.push(Drawdown {
                depth,
                peak,
                valley,
                recovery,
            });
            under_water = true;
        }
    }
    found.sort_by(|a, b| b.depth.total_cmp(&a.depth));
    found.truncate(count);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawdown_table_of_a_hand_drawn_curve() {
        let equity = [1.0, 1.2, 0.9, 1.08, 1.2, 1.1, 1.5, 1.2, 0.75];
        let worst = worst_drawdowns(&equity, 2);
        let expected = [(0.5, 6, 8, None), (0.25, 1, 2, Some(4))];
        for (found, (depth, peak, valley, recovery)) in worst.iter().zip(expected) {
            assert!((found.depth - depth).abs() < 1e-15);
            assert_eq!(
                (found.peak, found.valley, found.recovery),
                (peak, valley, recovery)
            );
        }
        let bars = |d: &Drawdown| (d.bars_down(), d.bars_to_recover(), d.duration());
        assert_eq!(bars(&worst[0]), (2, None, None));
        assert_eq!(bars(&worst[1]), (1, Some(2), Some(3)));
        assert_eq!(worst_drawdowns(&equity, 9).len(), 3);
        assert!(worst_drawdowns(&[], 3).is_empty() && worst_drawdowns(&[1.0, 2.0], 3).is_empty());
    }

    #[test]
    fn equity_starts_at_one_and_passes_over_unknown_returns() {
        assert_eq!(equity_curve(&[0.5, f64::NAN, -0.5]), [1.0, 1.5, 1.5, 0.75]);
        assert_eq!(drawdowns(&[1.0, 1.5, 1.5, 0.75]), [0.0, 0.0, 0.0, 0.5]);
    }
}
