//! The limits as they are set, checked one by one.

use crate::error::{Count, Error, Result};
use serde::{Deserialize, Serialize};

/// Most that a bound, a sum or a current weight may be in size: beyond it sums are not exact to 1e-12.
pub const LARGEST_WEIGHT: f64 = 100.0;

/// Most returns, bars times assets, that are remembered: more is a mistake, and memory is asked for by their number.
const MOST_RETURNS: usize = 1 << 26;

/// Most assets: those of a policy.
const MOST_ASSETS: usize = 1 << 16;

/// What a portfolio of N assets and cash may hold. Weights are fractions of equity; cash is 1 - sum of
/// weights. Limits that are none are off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Least weight of each asset: [N], or empty for 0 each (default). Below 0 allows a short position.
    pub min_weights: Vec<f64>,
    /// Most weight of each asset: [N], or empty for 1 each (default).
    pub max_weights: Vec<f64>,
    /// Most gross exposure (leverage), sum of abs(w): 0 or more; default none.
    pub max_gross: Option<f64>,
    /// Least net exposure, sum of w; default none.
    pub min_net: Option<f64>,
    /// Most net exposure; default none.
    pub max_net: Option<f64>,
    /// Limits on groups of assets, which may overlap; default none.
    pub sectors: Vec<SectorLimit>,
    /// Least cash, 1 - sum of w: at most 1; default none.
    pub min_cash: Option<f64>,
    /// Most one-way turnover of one decision, half the sum of abs(w - w_current) over assets and cash, which
    /// is max(sum of increases, sum of decreases) over assets: 0 or more; default none.
    pub max_turnover: Option<f64>,
    /// Caps on value at risk.
    pub value_at_risk: TailLimit,
    /// Caps on conditional value at risk.
    pub conditional_value_at_risk: TailLimit,
    /// Last bars that tail risk is measured over: 2 or more, at most 2^26/N; default 252.
    pub tail_bars: usize,
    /// Bars below which tail risk is not looked at: 2 to `tail_bars`; default 60.
    pub fewest_tail_bars: usize,
}

/// A limit on the sum of weights of some assets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectorLimit {
    /// Name, for messages.
    pub name: String,
    /// The assets by index, each once, at least one.
    pub assets: Vec<usize>,
    /// Least sum of their weights; default none.
    #[serde(default)]
    pub min: Option<f64>,
    /// Most sum of their weights; default none.
    #[serde(default)]
    pub max: Option<f64>,
}

/// Caps on one measure of the tail of one bar's loss: positive fractions of equity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TailLimit {
    /// Confidence, above 0 and below 1; default 0.95.
    pub level: f64,
    /// Most of the historical measure, above 0; default none.
    pub historical: Option<f64>,
    /// Most of the Gaussian measure, above 0; default none.
    pub gaussian: Option<f64>,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            min_weights: Vec::new(),
            max_weights: Vec::new(),
            max_gross: None,
            min_net: None,
            max_net: None,
            sectors: Vec::new(),
            min_cash: None,
            max_turnover: None,
            value_at_risk: TailLimit::default(),
            conditional_value_at_risk: TailLimit::default(),
            tail_bars: 252,
            fewest_tail_bars: 60,
        }
    }
}

impl Default for TailLimit {
    fn default() -> Self {
        Self {
            level: 0.95,
            historical: None,
            gaussian: None,
        }
    }
}

impl LimitsConfig {
    /// Checks every number by itself for a portfolio of `assets` assets; errors name the key. Limits that
    /// contradict each other are refused by [`Limits::new`](super::Limits::new).
    pub fn validate(&self, assets: usize) -> Result<()> {
        if !(1..=MOST_ASSETS).contains(&assets) {
            return Err(Error::invalid("assets", assets, format!("1 to {MOST_ASSETS}")));
        }
        for (key, weights) in [
            ("min_weights", &self.min_weights),
            ("max_weights", &self.max_weights),
        ] {
            if !weights.is_empty() && weights.len() != assets {
                let expected = format!("{assets}, or none");
                return Err(Error::invalid(
                    format!("limits.{key}"),
                    Count(weights.len(), "values"),
                    expected,
                ));
            }
            for (i, &weight) in weights.iter().enumerate() {
                check_size(&format!("{key}[{i}]"), weight)?;
            }
        }
        for (key, value) in [("min_net", self.min_net), ("max_net", self.max_net)] {
            value.map_or(Ok(()), |value| check_size(key, value))?;
        }
        for (key, value) in [("max_gross", self.max_gross), ("max_turnover", self.max_turnover)] {
            if let Some(value) = value {
                check(key, value, (0.0..=LARGEST_WEIGHT).contains(&value), "0 to 100")?;
            }
        }
        if let Some(cash) = self.min_cash {
            check(
                "min_cash",
                cash,
                (-LARGEST_WEIGHT..=1.0).contains(&cash),
                "-100 to 1",
            )?;
        }
        for (k, sector) in self.sectors.iter().enumerate() {
            sector.validate(k, assets)?;
        }
        self.value_at_risk.validate("value_at_risk")?;
        self.conditional_value_at_risk
            .validate("conditional_value_at_risk")?;
        let most = MOST_RETURNS / assets;
        if !(2..=most.max(2)).contains(&self.tail_bars) {
            let expected = format!("2 to {most}");
            return Err(Error::invalid("limits.tail_bars", self.tail_bars, expected));
        }
        if !(2..=self.tail_bars).contains(&self.fewest_tail_bars) {
            let expected = format!("2 to limits.tail_bars, which is {}", self.tail_bars);
            return Err(Error::invalid(
                "limits.fewest_tail_bars",
                self.fewest_tail_bars,
                expected,
            ));
        }
        Ok(())
    }

    /// Least weight of asset i.
    pub fn min_weight(&self, i: usize) -> f64 {
        self.min_weights.get(i).copied().unwrap_or(0.0)
    }

    /// Most weight of asset i.
    pub fn max_weight(&self, i: usize) -> f64 {
        self.max_weights.get(i).copied().unwrap_or(1.0)
    }
}

impl SectorLimit {
    fn validate(&self, k: usize, assets: usize) -> Result<()> {
        if self.assets.is_empty() {
            let input = format!("limits.sectors[{k}].assets");
            return Err(Error::invalid(input, "empty", "at least one asset"));
        }
        for (j, &asset) in self.assets.iter().enumerate() {
            let input = || format!("limits.sectors[{k}].assets[{j}]");
            if asset >= assets {
                return Err(Error::invalid(input(), asset, format!("an asset below {assets}")));
            }
            if self.assets[..j].contains(&asset) {
                return Err(Error::invalid(input(), asset, "each asset once"));
            }
        }
        for (key, value) in [("min", self.min), ("max", self.max)] {
            value.map_or(Ok(()), |value| check_size(&format!("sectors[{k}].{key}"), value))?;
        }
        Ok(())
    }
}

impl TailLimit {
    fn validate(&self, key: &str) -> Result<()> {
        let level = self.level > 0.0 && self.level < 1.0;
        check(&format!("{key}.level"), self.level, level, "above 0 and below 1")?;
        for (kind, cap) in [("historical", self.historical), ("gaussian", self.gaussian)] {
            if let Some(cap) = cap {
                let holds = cap.is_finite() && cap > 0.0;
                check(&format!("{key}.{kind}"), cap, holds, "a finite number above 0")?;
            }
        }
        Ok(())
    }
}

fn check_size(key: &str, value: f64) -> Result<()> {
    check(key, value, value.abs() <= LARGEST_WEIGHT, "-100 to 100")
}

fn check(key: &str, value: f64, holds: bool, expected: &str) -> Result<()> {
    match holds {
        true => Ok(()),
        false => Err(Error::invalid(format!("limits.{key}"), value, expected)),
    }
}
