//! The portfolios that people would hold otherwise, each as a rule from past returns to target weights.

use crate::error::{Count, Error, Result};
use crate::market::BarsPerYear;
use crate::math::covariance::{check_covariance, check_returns, ledoit_wolf};
use crate::math::quadratic::{BoxProgram, Budget};
use crate::math::risk_parity::equal_risk_contribution;
use crate::math::statistics::{ewma_volatility, is_constant, standard_deviation};
use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// A baseline strategy. All are long-only and never borrow; all but the last are fully invested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// 1/N in each asset, restored every month of bars.
    EqualWeight,
    /// 1/N in each asset at the start, never traded again.
    BuyAndHold,
    /// Proportional to 1/volatility of the look-back, every month of bars.
    InverseVolatility,
    /// Least variance under the look-back's Ledoit-Wolf covariance, every month of bars.
    MinimumVariance,
    /// Equal contributions to that variance, every month of bars.
    RiskParity,
    /// Equal weight scaled to an annual volatility of 15% (EWMA forecast, half-life 20, at most fully invested),
    /// cash for the rest; looked at every bar, traded when exposure is off by more than 0.1.
    VolTargetEqualWeight,
}

impl Baseline {
    /// Every baseline, in the order of reports.
    pub const ALL: [Self; 6] = [
        Self::EqualWeight,
        Self::BuyAndHold,
        Self::InverseVolatility,
        Self::MinimumVariance,
        Self::RiskParity,
        Self::VolTargetEqualWeight,
    ];

    /// Name in reports and in `summary.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::EqualWeight => "equal_weight",
            Self::BuyAndHold => "buy_and_hold",
            Self::InverseVolatility => "inverse_volatility",
            Self::MinimumVariance => "minimum_variance",
            Self::RiskParity => "risk_parity",
            Self::VolTargetEqualWeight => "vol_target_equal_weight",
        }
    }

    /// Target weights at a close, assets then cash [N + 1], or none where nothing is to be traded.
    ///
    /// `past` holds simple returns up to and including that close, oldest first: [at most a year of bars (more are not
    /// looked at), N]. `current` holds the weights before the trade, assets then cash: [N + 1]. `bars` counts bars
    /// since the first decision, which is 0. A rule that divides by a variance gives nothing to the assets whose returns do
    /// not vary ([`without`](Self::without)).
    ///
    /// # Errors
    /// `past` without the columns that `current` implies, shorter than 2 bars or with a value that is not finite
    /// where the rule needs it; no asset that varies; a covariance that the rule has no answer for.
    pub fn decide(
        self,
        past: ArrayView2<'_, f64>,
        current: &[f64],
        bars: usize,
        bars_per_year: BarsPerYear,
    ) -> Result<Option<Vec<f64>>> {
        let assets = past.ncols();
        if assets == 0 || current.len() != assets + 1 {
            let expected = format!("{}: assets and cash", assets.max(1) + 1);
            return Err(Error::invalid(
                "current",
                Count(current.len(), "values"),
                expected,
            ));
        }
        let due = match self {
            Self::BuyAndHold => bars == 0,
            Self::VolTargetEqualWeight => true,
            _ => bars.is_multiple_of(bars_per_year.month()),
        };
        if !due {
            return Ok(None);
        }
        let past = look_back(past, bars_per_year);
        let mut weights = match self {
            Self::EqualWeight | Self::BuyAndHold => equal_weight(assets),
            Self::InverseVolatility => of_those_that_vary(past, inverse_volatility)?,
            Self::MinimumVariance => of_those_that_vary(past, |varying| {
                minimum_variance(lookback_covariance(varying)?.view())
            })?,
            Self::RiskParity => of_those_that_vary(past, |varying| {
                equal_risk_contribution(lookback_covariance(varying)?.view())
            })?,
            Self::VolTargetEqualWeight => {
                let exposure = target_exposure(past, bars_per_year)?;
                let held: f64 = current[..assets].iter().sum();
                if bars > 0 && (exposure - held).abs() <= EXPOSURE_BAND {
                    return Ok(None);
                }
                vec![exposure / assets as f64; assets]
            }
        };
        let cash = match self {
            Self::VolTargetEqualWeight => (1.0 - weights.iter().sum::<f64>()).max(0.0),
            _ => 0.0,
        };
        weights.push(cash);
        Ok(Some(weights))
    }

    /// The assets that a decision goes without: those whose returns do not vary over the look-back, where the rule
    /// divides by their variance. `past` is as for [`decide`](Self::decide).
    pub fn without(self, past: ArrayView2<'_, f64>, bars_per_year: BarsPerYear) -> Vec<usize> {
        let divides = matches!(
            self,
            Self::InverseVolatility | Self::MinimumVariance | Self::RiskParity
        );
        let past = look_back(past, bars_per_year);
        let still = |asset: &usize| divides && is_constant(&past.column(*asset).to_vec());
        (0..past.ncols()).filter(still).collect()
    }
}

/// The last bars of `past`, as many as a decision looks back on.
fn look_back(past: ArrayView2<'_, f64>, bars_per_year: BarsPerYear) -> ArrayView2<'_, f64> {
    let oldest = past.nrows().saturating_sub(bars_per_year.longest_look_back());
    past.slice_move(ndarray::s![oldest.., ..])
}

/// The weights that `rule` gives to the assets whose returns vary, and 0 for the others.
fn of_those_that_vary(
    past: ArrayView2<'_, f64>,
    rule: impl FnOnce(ArrayView2<'_, f64>) -> Result<Vec<f64>>,
) -> Result<Vec<f64>> {
    check_returns(past)?;
    let varies = |asset: &usize| !is_constant(&past.column(*asset).to_vec());
    let varying: Vec<usize> = (0..past.ncols()).filter(varies).collect();
    if varying.is_empty() {
        let expected = "returns that vary, of one asset at least";
        return Err(Error::invalid("returns", "constant in every asset", expected));
    }
    let mut weights = vec![0.0; past.ncols()];
    for (&asset, weight) in varying.iter().zip(rule(past.select(Axis(1), &varying).view())?) {
        weights[asset] = weight;
    }
    Ok(weights)
}

/// Volatility-targeted equal weight: the annual volatility aimed at.
const TARGET_VOLATILITY: f64 = 0.15;
/// Volatility-targeted equal weight: half-life of the forecast, in bars.
const HALF_LIFE: f64 = 20.0;
/// Volatility-targeted equal weight: largest difference in exposure that is left alone.
const EXPOSURE_BAND: f64 = 0.1;

/// 1/N in each of `assets` assets.
pub fn equal_weight(assets: usize) -> Vec<f64> {
    vec![1.0 / assets as f64; assets]
}

/// Weights proportional to 1/standard deviation of each column of `returns` [T, N], summing to 1.
///
/// # Errors
/// Fewer than two bars, a value that is not finite, an asset whose returns do not vary.
pub fn inverse_volatility(returns: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
    check_returns(returns)?;
    let mut weights = Vec::with_capacity(returns.ncols());
    for (asset, column) in returns.columns().into_iter().enumerate() {
        let deviation = standard_deviation(&column.to_vec(), 0);
        if deviation <= 0.0 {
            return Err(Error::invalid(
                format!("returns[..][{asset}]"),
                "constant",
                "returns that vary",
            ));
        }
        weights.push(1.0 / deviation);
    }
    let total: f64 = weights.iter().sum();
    Ok(weights.iter().map(|weight| weight / total).collect())
}

/// The long-only, fully invested weights with the least variance under `covariance` [N, N], exact to rounding.
///
/// # Errors
/// A covariance that is not finite, symmetric and positive definite.
pub fn minimum_variance(covariance: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
    let assets = covariance.nrows();
    check_covariance(covariance, assets, "covariance")?;
    BoxProgram {
        quadratic: covariance,
        linear: &vec![0.0; assets],
        low: &vec![0.0; assets],
        high: &vec![1.0; assets],
        budget: Budget::Exactly(1.0),
    }
    .minimize()
}

fn lookback_covariance(past: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
    let covariance = ledoit_wolf(past)?.covariance;
    check_covariance(covariance.view(), past.ncols(), "covariance of returns")?;
    Ok(covariance)
}

/// What part of the value equal weight may hold to be forecast at the target volatility, at most 1.
fn target_exposure(past: ArrayView2<'_, f64>, bars_per_year: BarsPerYear) -> Result<f64> {
    check_returns(past)?;
    let equal: Vec<f64> = past
        .rows()
        .into_iter()
        .map(|row| row.sum() / row.len() as f64)
        .collect();
    // A forecast of 0 allows everything.
    let forecast = ewma_volatility(&equal, HALF_LIFE, bars_per_year.get());
    Ok((TARGET_VOLATILITY / forecast).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn swings(size: f64) -> Array2<f64> {
        Array2::from_shape_fn((300, 2), |(t, i)| if (t >> i) % 2 == 0 { size } else { -size })
    }

    #[test]
    fn each_baseline_trades_when_it_should() {
        let past = swings(0.01);
        let current = [0.3, 0.7, 0.0];
        let trades = |baseline: Baseline, bars| {
            baseline
                .decide(past.view(), &current, bars, BarsPerYear::DAILY)
                .unwrap()
                .is_some()
        };
        for baseline in Baseline::ALL {
            assert!(trades(baseline, 0), "{}", baseline.name());
            let again = [21, 42].map(|bars| trades(baseline, bars));
            let periodic = !matches!(baseline, Baseline::BuyAndHold | Baseline::VolTargetEqualWeight);
            assert_eq!(again, [periodic; 2], "{}", baseline.name());
            assert!(!trades(baseline, 1) && !trades(baseline, 20));
        }
    }

    #[test]
    fn volatility_target_trades_on_any_bar_when_exposure_is_off_by_more_than_a_tenth() {
        // Equal weight of the two swings takes ±0.02 and 0 in turn, so the forecast is near 0.02·sqrt(126) = .2245.
        let past = swings(0.02);
        let decide = |held: f64| {
            let current = [held / 2.0, held / 2.0, 1.0 - held];
            Baseline::VolTargetEqualWeight
                .decide(past.view(), &current, 5, BarsPerYear::DAILY)
                .unwrap()
        };
        let target = decide(0.0).unwrap();
        let exposure = target[0] + target[1];
        assert!((exposure - 0.15 / 0.2245).abs() < 0.05 && (exposure + target[2] - 1.0).abs() < 1e-15);
        assert!(decide(exposure + 0.099).is_none() && decide(exposure - 0.099).is_none());
        assert!(decide(exposure + 0.101).is_some() && decide(exposure - 0.101).is_some());
        // Calm markets are held in full, not more.
        let calm = Baseline::VolTargetEqualWeight
            .decide(swings(1e-4).view(), &[0.0, 0.0, 1.0], 0, BarsPerYear::DAILY)
            .unwrap();
        assert_eq!(calm.unwrap(), [0.5, 0.5, 0.0]);
    }

    #[test]
    fn only_the_look_back_counts() {
        let mut past = swings(0.01);
        let decide = |past: &Array2<f64>, baseline: Baseline| {
            baseline
                .decide(past.view(), &[0.0, 0.0, 1.0], 0, BarsPerYear::DAILY)
                .unwrap()
        };
        let before = Baseline::ALL.map(|baseline| decide(&past, baseline));
        past.slice_mut(ndarray::s![..300 - 252, ..]).fill(0.5);
        assert_eq!(before, Baseline::ALL.map(|baseline| decide(&past, baseline)));
    }

    #[test]
    fn unusable_history_is_named() {
        let refusal = |baseline: Baseline, past: &Array2<f64>, current: &[f64]| {
            baseline
                .decide(past.view(), current, 0, BarsPerYear::DAILY)
                .unwrap_err()
                .to_string()
        };
        let cash = [0.0, 0.0, 1.0];
        assert!(
            refusal(Baseline::EqualWeight, &Array2::zeros((3, 2)), &cash[..2])
                .contains("`current` has 2 values")
        );
        for baseline in &Baseline::ALL[2..] {
            assert!(refusal(*baseline, &array![[0.1, 0.2]], &cash).contains("`returns` is 1 x 2"));
            let hole = array![[0.1, 0.2], [f64::NAN, 0.1]];
            assert!(refusal(*baseline, &hole, &cash).contains("`returns[1][0]` is NaN"));
        }
        let still = Array2::zeros((5, 2));
        for baseline in &Baseline::ALL[2..5] {
            assert!(refusal(*baseline, &still, &cash).contains("`returns` is constant in every asset"));
        }
    }

    /// Of two assets, one of which does not move but for rounding, the other is held alone; of three, the other two are
    /// held as if they were all there are.
    #[test]
    fn an_asset_that_does_not_vary_is_left_out_of_what_divides_by_its_variance() {
        let two = swings(0.01);
        let still = |t: usize| if t.is_multiple_of(3) { 1e-4 } else { 1e-4 + 2e-16 };
        let three = Array2::from_shape_fn((300, 3), |(t, i)| match i {
            1 => still(t),
            _ => two[[t, i / 2]],
        });
        let one = Array2::from_shape_fn((300, 2), |(t, i)| if i == 0 { two[[t, 0]] } else { still(t) });
        for baseline in &Baseline::ALL[2..5] {
            let decide = |past: &Array2<f64>| {
                let cash: Vec<f64> = (0..past.ncols()).map(|_| 0.0).chain([1.0]).collect();
                baseline
                    .decide(past.view(), &cash, 0, BarsPerYear::DAILY)
                    .unwrap()
                    .unwrap()
            };
            assert_eq!(decide(&one), [1.0, 0.0, 0.0], "{}", baseline.name());
            let (all, varying) = (decide(&three), decide(&two));
            assert_eq!(all, [varying[0], 0.0, varying[1], 0.0], "{}", baseline.name());
            assert_eq!(baseline.without(three.view(), BarsPerYear::DAILY), [1]);
            assert!(baseline.without(two.view(), BarsPerYear::DAILY).is_empty());
        }
        for baseline in [
            Baseline::EqualWeight,
            Baseline::BuyAndHold,
            Baseline::VolTargetEqualWeight,
        ] {
            assert!(baseline.without(three.view(), BarsPerYear::DAILY).is_empty());
        }
    }
}
