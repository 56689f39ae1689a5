//! Problems whose best policy has to know the past: what the returns alone show of the next ones, by the blocks of the state
//! that look back on them, and without.

use crate::markets::{Columns, LagMarket, LognormalMarket};
use crate::problems::Measured;
use crate::quadrature::{Lognormal, Scenarios, dot, maximise};
use crate::training::Problem;
use nalgebra::{DMatrix, DVector};
use ppo_risk::env::reward::RewardMode;
use ppo_risk::market::correlation::Correlation;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::regime::RegimeBlock;
use ppo_risk::market::state::{AccountView, StateBuilder, StateSpec};
use ppo_risk::market::{Market, MarketBar, Path};
use ppo_risk::math::random::stream;
use ppo_risk::policy::spec::Distribution;
use ppo_risk::policy::{Policy, Workspace};
use std::sync::Arc;

/// Bars of a path before its first decision.
const BEFORE: usize = 400;

/// Decisions of a path, and paths.
const DECISIONS: usize = 10;
const PATHS: u64 = 400;

/// Log growth of one asset and cash, where the next log return is .3 of the one five bars before it: by the last five
/// returns.
pub(crate) fn lag(distribution: Distribution, seed: u64) -> Measured {
    vec![("lag_capture", 0, lag_capture(5, distribution, seed))]
}

/// The same by the last return alone.
pub(crate) fn lag_without(distribution: Distribution, seed: u64) -> Measured {
    vec![("lag_capture_without", 0, lag_capture(0, distribution, seed))]
}

fn lag_capture(history: usize, distribution: Distribution, seed: u64) -> f64 {
    let market = LagMarket {
        lag: 5,
        part: 0.3,
        volatility: 0.01,
    };
    let noise = Lognormal {
        log_mean: vec![0.0],
        factor: DMatrix::from_element(1, 1, market.volatility),
    };
    let noise = Scenarios::of(&noise, None, 24);
    let growth = |expected: f64, weight: f64| {
        let held = [weight * f64::exp(expected)];
        noise.expect(&held, |grown| (grown + 1.0 - weight).ln())
    };
    let problem = with_state(Problem::of(Arc::new(market.clone())), |state| {
        state.history = history;
    });
    let policy = problem.train(distribution, seed);
    // A return whose logarithm is as likely above 0 as below: half is the best that knows nothing.
    let constant = 0.5;
    let mut gained = Gained::default();
    for path in walks(&problem, &policy, seed) {
        for (t, close) in path.iter().enumerate().skip(BEFORE) {
            let expected = market.part * path[t + 1 - market.lag].returns[0].ln_1p();
            let of = |weight: f64| growth(expected, weight);
            gained.add(of(close.weights[0]), of(constant), of(best_weight(of)));
        }
    }
    gained.share()
}

/// The weight in [0, 1] that maximises a concave function.
fn best_weight(value: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let third = (high - low) / 3.0;
        match value(low + third) < value(high - third) {
            true => low += third,
            false => high -= third,
        }
    }
    0.5 * (low + high)
}

/// Mean and variance of three assets without cash, of which the first and the second move against each other, or the second
/// and the third, in regimes that nobody shows: by the correlations of pairs with a half-life of 11 bars.
pub(crate) fn correlation(distribution: Distribution, seed: u64) -> Measured {
    let shown = Some(Correlation::Pairs { half_life: 11.0 });
    let captured = correlation_capture(shown, distribution, seed);
    vec![("correlation_capture", 0, captured)]
}

/// The same by the last returns alone.
pub(crate) fn correlation_without(distribution: Distribution, seed: u64) -> Measured {
    let captured = correlation_capture(None, distribution, seed);
    vec![("correlation_capture_without", 0, captured)]
}

fn correlation_capture(shown: Option<Correlation>, distribution: Distribution, seed: u64) -> f64 {
    let law = HedgeLaw::new();
    let problem = Problem {
        reward: RewardMode::MeanVariance {
            a: HedgeLaw::AVERSION,
        },
        cash: false,
        ..with_state(Problem::of(Arc::new(law.market())), |state| {
            state.correlation = shown;
        })
    };
    let policy = problem.train(distribution, seed);
    let constant = law.best_weights(0.5);
    let mut gained = Gained::default();
    for path in walks(&problem, &policy, seed) {
        let mut first = 0.5;
        for (t, close) in path.iter().enumerate() {
            first = law.filtered(first, &close.returns);
            if t >= BEFORE {
                let of = |weights: &[f64]| law.utility(first, weights);
                gained.add(of(&close.weights), of(&constant), of(&law.best_weights(first)));
            }
        }
    }
    gained.share()
}

/// Three assets of mean .05 and volatility .2 a step: a correlation of -.9 between the first two, or between the last two,
/// each regime left with probability .005 a step.
pub(crate) struct HedgeLaw {
    covariances: [DMatrix<f64>; 2],
    laws: [Lognormal; 2],
}

impl HedgeLaw {
    const MEANS: [f64; 3] = [0.05; 3];
    const AVERSION: f64 = 10.0;
    const STAY: f64 = 0.995;

    pub(crate) fn new() -> Self {
        let covariance = |first: usize| {
            DMatrix::from_fn(3, 3, |i, j| match (i.min(j), i.abs_diff(j)) {
                (_, 0) => 0.04,
                (low, 1) if low == first => -0.036,
                _ => 0.0,
            })
        };
        let covariances = [covariance(0), covariance(1)];
        let laws = [0, 1].map(|regime| Lognormal::of_simple_returns(&Self::MEANS, &covariances[regime]));
        Self { covariances, laws }
    }

    fn market(&self) -> LognormalMarket {
        LognormalMarket {
            regimes: self.laws.to_vec(),
            stay: Self::STAY,
            cash_return: 0.0,
            columns: Columns::Nothing,
        }
    }

    /// Probability of the first regime at the next bar, from that at this one and what it returned: Hamilton's filter.
    fn filtered(&self, first: f64, returns: &[f64]) -> f64 {
        let density = |regime: usize| {
            let law = &self.laws[regime];
            let away = DVector::from_fn(3, |i, _| returns[i].ln_1p() - law.log_mean[i]);
            let white = law.factor.solve_lower_triangular(&away).expect("a factor");
            (-0.5 * white.norm_squared()).exp() / law.factor.determinant()
        };
        let (one, other) = (first * density(0), (1.0 - first) * density(1));
        let known = one / (one + other);
        Self::STAY * known + (1.0 - Self::STAY) * (1.0 - known)
    }

    /// E[r - a/2·r²] of a step, the first regime with this probability.
    pub(crate) fn utility(&self, first: f64, weights: &[f64]) -> f64 {
        let earned = dot(&Self::MEANS, weights);
        let variance = dot(&self.risk(first, weights), weights);
        earned - 0.5 * Self::AVERSION * (variance + earned * earned)
    }

    pub(crate) fn best_weights(&self, first: f64) -> Vec<f64> {
        maximise(3, |weights| {
            let earned = dot(&Self::MEANS, weights);
            let risk = self.risk(first, weights);
            (0..3)
                .map(|i| Self::MEANS[i] - Self::AVERSION * (risk[i] + earned * Self::MEANS[i]))
                .collect()
        })
    }

    /// Covariances of the assets with a portfolio.
    fn risk(&self, first: f64, weights: &[f64]) -> Vec<f64> {
        let [one, other] = &self.covariances;
        let covariance = one * first + other * (1.0 - first);
        (covariance * DVector::from_column_slice(weights))
            .iter()
            .copied()
            .collect()
    }
}

/// Log growth of one asset and cash in regimes that nobody shows, of mean .06 and -.06 a step and volatility .15, each left
/// with probability .03: by the probabilities of two regimes that were fitted to other returns of the same market.
pub(crate) fn hidden_regime(distribution: Distribution, seed: u64) -> Measured {
    let captured = hidden_regime_capture(true, distribution, seed);
    vec![("hidden_regime_capture", 0, captured)]
}

/// The same by the last return alone.
pub(crate) fn hidden_regime_without(distribution: Distribution, seed: u64) -> Measured {
    let captured = hidden_regime_capture(false, distribution, seed);
    vec![("hidden_regime_capture_without", 0, captured)]
}

fn hidden_regime_capture(shown: bool, distribution: Distribution, seed: u64) -> f64 {
    let (volatility, stay) = (0.15, 0.97);
    let variance = DMatrix::from_element(1, 1, volatility * volatility);
    let laws = [0.06, -0.06].map(|mean| Lognormal::of_log_drifts(&[mean], &variance));
    let scenarios = laws.each_ref().map(|law| Scenarios::of(law, Some(0.0), 32));
    let growth = |first: f64, weight: f64| {
        let of = |regime: usize| scenarios[regime].expect(&[weight, 1.0 - weight], f64::ln);
        first * of(0) + (1.0 - first) * of(1)
    };
    let market = LognormalMarket {
        regimes: laws.to_vec(),
        stay,
        cash_return: 0.0,
        columns: Columns::Nothing,
    };
    let problem = with_state(Problem::of(Arc::new(market.clone())), |state| {
        state.regime = shown.then(|| RegimeBlock {
            window: 64,
            ..RegimeBlock::fit(&returns_of(&market, 5000, seed), 2, seed).expect("returns vary")
        });
    });
    let policy = problem.train(distribution, seed);
    let constant = best_weight(|weight| growth(0.5, weight));
    let mut gained = Gained::default();
    for path in walks(&problem, &policy, seed) {
        let mut first = 0.5;
        for (t, close) in path.iter().enumerate() {
            let density = |regime: usize| {
                let away = (close.returns[0].ln_1p() - laws[regime].log_mean[0]) / volatility;
                (-0.5 * away * away).exp()
            };
            let (one, other) = (first * density(0), (1.0 - first) * density(1));
            let known = one / (one + other);
            first = stay * known + (1.0 - stay) * (1.0 - known);
            if t >= BEFORE {
                let of = |weight: f64| growth(first, weight);
                gained.add(of(close.weights[0]), of(constant), of(best_weight(of)));
            }
        }
    }
    gained.share()
}

/// Returns of a market's first asset.
fn returns_of(market: &LognormalMarket, bars: usize, seed: u64) -> Vec<f64> {
    let (mut path, mut draws) = (Path::default(), stream(seed, "regimes", 0));
    let mut bar = MarketBar::zeros(market.shape());
    market.begin(0, bars, &mut path, &mut draws);
    let mut next = || {
        market.advance(&mut path, &mut draws, &mut bar);
        bar.returns[0]
    };
    (0..bars).map(|_| next()).collect()
}

/// One-step episodes, so that what is held, which is cash, tells nothing: weights that a policy chose itself would say what
/// it knew then, which is a memory too. The state has these changes, and no volatility but that of one bar, which is 0.
fn with_state(problem: Problem, change: impl Fn(&mut StateSpec)) -> Problem {
    let mut problem = problem;
    problem.state.window = 1;
    change(&mut problem.state);
    problem
}

/// Sums of what a policy earns, of what the best constant weights do, and of what the best policy does.
#[derive(Default)]
struct Gained {
    policy: f64,
    constant: f64,
    best: f64,
}

impl Gained {
    fn add(&mut self, policy: f64, constant: f64, best: f64) {
        self.policy += policy;
        self.constant += constant;
        self.best += best;
    }

    fn share(&self) -> f64 {
        (self.policy - self.constant) / (self.best - self.constant)
    }
}

/// A close: the returns of the bar that ends there, and the policy's deterministic weights.
struct Close {
    returns: Vec<f64>,
    /// Empty before the first decision.
    weights: Vec<f64>,
}

/// Paths through the problem's market, with the policy's decisions from bar [`BEFORE`] on, each of all in cash.
fn walks(problem: &Problem, policy: &Policy, seed: u64) -> Vec<Vec<Close>> {
    (0..PATHS)
        .map(|index| walk(problem, policy, seed, index))
        .collect()
}

fn walk(problem: &Problem, policy: &Policy, seed: u64, index: u64) -> Vec<Close> {
    let spec = policy.spec();
    let mut draws = stream(seed + 1_000_000, "walk", index);
    let mut path = Path::default();
    problem.market.begin(BEFORE, DECISIONS, &mut path, &mut draws);
    let mut builder = StateBuilder::new(&spec.state, Prior::None, spec.action.cash).expect("a builder");
    let mut bar = MarketBar::zeros(problem.market.shape());
    let mut workspace = Workspace::new(spec);
    let mut state = vec![0.0; spec.state.len()];
    let account = AccountView {
        weights: &vec![0.0; spec.state.assets],
        cash: 1.0,
        drawdown: 0.0,
        volatility: 0.0,
        steps: 0,
        log_growth: 0.0,
    };
    let mut close = |t: usize| {
        problem.market.advance(&mut path, &mut draws, &mut bar);
        builder.push(&bar).expect("returns are above -1");
        let mut weights = Vec::new();
        if t >= BEFORE {
            builder.write_state(&account, &mut state).expect("a full history");
            weights.resize(spec.action_len(), 0.0);
            policy
                .weights(&state, None, &mut workspace, &mut weights)
                .expect("states are finite");
        }
        Close {
            returns: bar.returns.clone(),
            weights,
        }
    };
    (0..BEFORE + DECISIONS).map(&mut close).collect()
}
