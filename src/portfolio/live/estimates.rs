//! Leverage and Kelly sizes from the returns that are remembered.

use super::{Plan, Portfolio};
use crate::error::{Error, Result};
use crate::math::statistics::ewma_volatility;
use ndarray::ArrayView2;

impl Portfolio {
    /// Factor that target weights may be multiplied by: 0 to the configured maximum, see
    /// [`LeverageConfig`](crate::risk::leverage::LeverageConfig). `trend` is the annual drift of the portfolio, where one is
    /// known.
    ///
    /// The volatility forecast is the exponentially weighted root mean square (`half_life`), annual, of what the
    /// weights would have earned on the remembered returns: those of the last decision at this close or of the trade
    /// recorded at it, else those held. The drawdown is the account's.
    ///
    /// Errors: fewer than 20 returns seen, a volatility of 0 (nothing but cash is held), a trend that is not finite.
    pub fn leverage(&self, trend: Option<f64>) -> Result<f64> {
        let returns = self.remembered()?;
        let assets = self.account.weights().len();
        let held = match self.plan {
            Plan::Hold => self.account.weights(),
            Plan::Target => &self.target[..assets],
            Plan::Traded(_) => &self.executed[..assets],
        };
        let earned: Vec<f64> = returns
            .rows()
            .into_iter()
            .map(|row| row.iter().zip(held).map(|(earned, weight)| earned * weight).sum())
            .collect();
        let volatility = ewma_volatility(&earned, self.config.half_life, self.bars_per_year().get());
        let drawdown = self.account.view().drawdown;
        self.config.leverage.leverage(volatility, drawdown, trend)
    }

    /// Kelly weights of the assets [N] from the remembered returns; cash is the rest. See [`KellyConfig`](crate::risk::kelly::KellyConfig).
    ///
    /// Errors: fewer than 20 returns seen, returns of an asset that do not vary.
    pub fn kelly(&self) -> Result<Vec<f64>> {
        let returns = self.remembered()?;
        self.config
            .kelly
            .weights_from_returns(returns, self.bars_per_year())
    }

    /// Bars that leverage and Kelly sizes would be estimated from now.
    pub fn remembered_bars(&self) -> usize {
        self.returns.all().len() / self.account.weights().len()
    }

    /// Remembered returns, oldest first: [20 or more, N].
    fn remembered(&self) -> Result<ArrayView2<'_, f64>> {
        let assets = self.account.weights().len();
        let rows = self.returns.all();
        let bars = self.remembered_bars();
        if bars < Self::FEWEST_BARS {
            let expected = format!("at least {} bars to estimate from", Self::FEWEST_BARS);
            return Err(Error::invalid("history", format!("{bars} bars"), expected));
        }
        Ok(ArrayView2::from_shape((bars, assets), rows).expect("rows of N returns each"))
    }
}
