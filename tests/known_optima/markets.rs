//! The markets of the known optima, each a few lines of law.

use crate::quadrature::Lognormal;
use ppo_risk::market::{Market, MarketBar, MarketShape, Path};
use ppo_risk::math::random::Stream;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// What the caller's columns carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    Nothing,
    /// That many standard normal draws that mean nothing.
    Noise(usize),
    /// The next returns themselves.
    NextReturns,
    /// One-hot of the regime that rules the next return.
    Regime,
}

/// Lognormal returns, one law a regime.
#[derive(Debug, Clone)]
pub(crate) struct LognormalMarket {
    pub(crate) regimes: Vec<Lognormal>,
    /// Probability to stay in a regime from one bar to the next.
    pub(crate) stay: f64,
    pub(crate) cash_return: f64,
    pub(crate) columns: Columns,
}

impl LognormalMarket {
    fn assets(&self) -> usize {
        self.regimes[0].log_mean.len()
    }

    /// Draws simple returns under the current regime.
    fn draw(&self, regime: usize, stream: &mut Stream, returns: &mut [f64]) {
        let law = &self.regimes[regime];
        let mut z = [0.0; 8];
        for i in 0..returns.len() {
            z[i] = StandardNormal.sample(stream);
            let noise: f64 = (0..=i).map(|j| law.factor[(i, j)] * z[j]).sum();
            returns[i] = (law.log_mean[i] + noise).exp_m1();
        }
    }

    /// Draws what is known at a close about the next bar: its regime and, where columns show them, its returns.
    fn look_ahead(&self, path: &mut Path, stream: &mut Stream) {
        if self.regimes.len() > 1 && stream.random::<f64>() >= self.stay {
            path.regime = 1 - path.regime;
        }
        self.draw(path.regime, stream, &mut path.memory);
    }
}

impl Market for LognormalMarket {
    fn shape(&self) -> MarketShape {
        let columns = match self.columns {
            Columns::Nothing => 0,
            Columns::Noise(count) => count,
            Columns::NextReturns => self.assets(),
            Columns::Regime => self.regimes.len(),
        };
        MarketShape {
            assets: self.assets(),
            columns,
            asset_columns: 0,
            prior: false,
            ragged: false,
        }
    }

    fn begin(&self, _warm_up: usize, steps: usize, path: &mut Path, stream: &mut Stream) -> usize {
        path.memory.resize(self.assets(), 0.0);
        path.regime = stream.random_range(0..self.regimes.len());
        self.draw(path.regime, stream, &mut path.memory);
        steps
    }

    fn advance(&self, path: &mut Path, stream: &mut Stream, bar: &mut MarketBar) {
        bar.returns.copy_from_slice(&path.memory);
        bar.cash_return = self.cash_return;
        self.look_ahead(path, stream);
        match self.columns {
            Columns::Nothing => {}
            Columns::Noise(_) => bar.columns.fill_with(|| StandardNormal.sample(stream)),
            Columns::NextReturns => bar.columns.copy_from_slice(&path.memory),
            Columns::Regime => {
                bar.columns.fill(0.0);
                bar.columns[path.regime] = 1.0;
            }
        }
    }
}

/// Daily normal log returns whose means follow one AR(1) signal an asset, shown in the columns: those of the market, or
/// each asset's own.
#[derive(Debug, Clone)]
pub(crate) struct SignalMarket {
    /// Daily law at signals of zero.
    pub(crate) law: Lognormal,
    /// What one unit of signal adds to a day's expected log return.
    pub(crate) strength: f64,
    /// Decay of a signal a day; its stationary standard deviation is 1.
    pub(crate) decay: f64,
    /// Whether each asset's signal is its own column.
    pub(crate) by_asset: bool,
}

impl SignalMarket {
    /// Moves the signals one day on.
    pub(crate) fn step_signals(&self, signals: &mut [f64], stream: &mut Stream) {
        let noise = (1.0 - self.decay * self.decay).sqrt();
        for signal in signals {
            let shock: f64 = StandardNormal.sample(stream);
            *signal = self.decay * *signal + noise * shock;
        }
    }
}

impl Market for SignalMarket {
    fn shape(&self) -> MarketShape {
        let assets = self.law.log_mean.len();
        MarketShape {
            assets,
            columns: if self.by_asset { 0 } else { assets },
            asset_columns: usize::from(self.by_asset),
            prior: false,
            ragged: false,
        }
    }

    fn begin(&self, _warm_up: usize, steps: usize, path: &mut Path, stream: &mut Stream) -> usize {
        path.memory.resize(self.law.log_mean.len(), 0.0);
        path.memory.fill_with(|| StandardNormal.sample(stream));
        steps
    }

    fn advance(&self, path: &mut Path, stream: &mut Stream, bar: &mut MarketBar) {
        let mut z = [0.0; 16];
        for i in 0..bar.returns.len() {
            z[i] = StandardNormal.sample(stream);
            let noise: f64 = (0..=i).map(|j| self.law.factor[(i, j)] * z[j]).sum();
            bar.returns[i] = (self.law.log_mean[i] + self.strength * path.memory[i] + noise).exp_m1();
        }
        bar.cash_return = 0.0;
        self.step_signals(&mut path.memory, stream);
        let shown = match self.by_asset {
            true => &mut bar.asset_columns,
            false => &mut bar.columns,
        };
        shown.copy_from_slice(&path.memory);
    }
}

/// One asset whose log return is a part of the one so many bars before, and noise.
#[derive(Debug, Clone)]
pub(crate) struct LagMarket {
    /// Bars from one return to the next that it tells of.
    pub(crate) lag: usize,
    /// Part of it that comes again.
    pub(crate) part: f64,
    /// Standard deviation of the noise.
    pub(crate) volatility: f64,
}

impl Market for LagMarket {
    fn shape(&self) -> MarketShape {
        MarketShape {
            assets: 1,
            columns: 0,
            asset_columns: 0,
            prior: false,
            ragged: false,
        }
    }

    /// [`Path::memory`] has the last log returns, oldest first.
    fn begin(&self, _warm_up: usize, steps: usize, path: &mut Path, stream: &mut Stream) -> usize {
        let stationary = self.volatility / (1.0 - self.part * self.part).sqrt();
        path.memory.resize(self.lag, 0.0);
        path.memory.fill_with(|| {
            let shock: f64 = StandardNormal.sample(stream);
            stationary * shock
        });
        steps
    }

    fn advance(&self, path: &mut Path, stream: &mut Stream, bar: &mut MarketBar) {
        let shock: f64 = StandardNormal.sample(stream);
        let log_return = self.part * path.memory[0] + self.volatility * shock;
        path.memory.rotate_left(1);
        path.memory[self.lag - 1] = log_return;
        bar.returns[0] = log_return.exp_m1();
        bar.cash_return = 0.0;
    }
}
