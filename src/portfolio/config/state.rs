//! What a run's policy sees.

use crate::market::correlation::{Correlation, LONGEST_HALF_LIFE};
use crate::market::prior::LONGEST_LOOK_BACK;
use crate::market::state_spec::{LONGEST_HISTORY, LONGEST_HORIZON, StateSpec};
use crate::policy::spec::NetworkSpec;
use crate::settings::{self, Range, settings};

settings! {
    /// What the policy sees, but for the number of assets and the columns, which the market decides.
    pub struct StateConfig in "state." {
        /// Bars in the rolling volatility.
        window: usize = 20, "BARS", Range::closed(1.0, LONGEST_LOOK_BACK as f64);
        /// Whether it sees its own drawdown and volatility: true or false.
        account: bool = false, "BOOL", Range::ANY;
        /// Numbers of bars over which it sees each asset's return besides the last bar's, as 5,20,60: each 2 or more.
        return_horizons: Vec<usize> = Vec::new(), "BARS,...", Range::ANY;
        /// Numbers of bars over which it sees each asset's volatility besides the window's, as 60,250: each 2 or more.
        volatility_windows: Vec<usize> = Vec::new(), "BARS,...", Range::ANY;
        /// How many of the last bars it sees one by one, each with every asset's return and the signals.
        history: usize = 0, "BARS", Range::closed(0.0, LONGEST_HISTORY as f64);
        /// Half-life of the correlations that it sees, which look back on ten times as many bars; 0: none.
        ///
        /// A network that scores assets sees of each its mean correlation with the others, its beta to equal weight and its
        /// weight in the portfolio of least variance, and the share of the first eigenvalue; mlp sees every pair.
        correlation: f64 = 0.0, "HALF_LIFE", Range::closed(1.0, LONGEST_HALF_LIFE).or_zero();
        /// How many regimes of the market's return it sees the probabilities of; 0: none.
        ///
        /// They are fitted to the training period, and kept in the policy. They are told apart by the last 250 bars.
        regimes: usize = 0, "K", Range::closed(2.0, 8.0).or_zero();
        /// Whether it sees the time of day and of the week, UTC: true or false. Simulated markets have no times.
        time: bool = false, "BOOL", Range::ANY;
        /// Length of an episode of which it sees what is left, and its growth since the start; 0: none. --episode-len is the same.
        horizon: usize = 0, "BARS", Range::closed(0.0, LONGEST_HORIZON as f64);
    }
}

impl settings::Value for StateConfig {}

impl StateConfig {
    /// The state of a policy with this network; `market` has what the market decides of it.
    pub(in crate::portfolio) fn over(&self, market: StateSpec, network: &NetworkSpec) -> StateSpec {
        let half_life = self.correlation;
        // In the form that it can read.
        let correlation = match network.scores_rows() {
            true => Correlation::Assets { half_life },
            false => Correlation::Pairs { half_life },
        };
        StateSpec {
            window: self.window,
            account: self.account,
            return_horizons: self.return_horizons.clone(),
            volatility_windows: self.volatility_windows.clone(),
            history: self.history,
            time: self.time,
            horizon: self.horizon,
            correlation: (half_life > 0.0).then_some(correlation),
            ..market
        }
    }
}
