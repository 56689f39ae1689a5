//! The problems whose best policy is known, and how far a trained one is from it: one function a figure.

use crate::band::{no_trade, signal_cost};
use crate::floor::drawdown_floor;
use crate::horizon::hedging_demand;
use crate::markets::{Columns, LognormalMarket};
use crate::past::{correlation, correlation_without, hidden_regime, hidden_regime_without, lag, lag_without};
use crate::quadrature::{Lognormal, Scenarios, dot};
use crate::rare::rare_signal;
use crate::recall::{recall_by_attention, recall_by_mlp, recall_without};
use crate::shorts::{prior_escape, prior_escape_short, short_weights};
use crate::signals::{asset_signals_mlp, asset_signals_scorer, planted_signal};
use crate::training::{Problem, Visit};
use nalgebra::DMatrix;
use ppo_risk::env::reward::RewardMode;
use ppo_risk::math::random::{Stream, stream};
use ppo_risk::policy::spec::Distribution;
use rand_distr::{Distribution as _, StandardNormal};
use std::sync::Arc;

/// States over which errors are averaged.
const STATES: usize = 1000;

/// A figure's name, its bounds for both distributions, and its measurement for one seed: one value for each of the
/// row's problems, the worst of whose means over the seeds counts.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) bound: Bound,
    pub(crate) gaussian: f64,
    pub(crate) dirichlet: f64,
}

/// On which side of its bound a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    AtMost,
    AtLeast,
}

/// Every figure, in the order in which they are printed.
pub(crate) const FIGURES: [Figure; 31] = [
    figure("merton_weight_error", Bound::AtMost, 0.03, 0.06),
    figure("merton_ce_loss", Bound::AtMost, 0.01, 0.01),
    figure("merton_10_steps_weight_error", Bound::AtMost, 0.05, 0.06),
    figure("kelly_kkt_residual", Bound::AtMost, 0.005, 0.005),
    figure("regime_weight_error", Bound::AtMost, 0.04, 0.06),
    figure("leak_best_asset_weight", Bound::AtLeast, 0.95, 0.85),
    figure("noise_excess_sharpe", Bound::AtMost, 0.05, 0.05),
    figure("planted_signal_capture", Bound::AtLeast, 0.5, 0.4),
    // Bounds of the better distribution.
    figure(
        "asset_signal_capture_scorer",
        Bound::AtLeast,
        f64::NEG_INFINITY,
        0.9,
    ),
    figure(
        "asset_signal_capture_scorer_300k",
        Bound::AtLeast,
        f64::NEG_INFINITY,
        0.7,
    ),
    figure("prior_escape_weight_error", Bound::AtMost, 0.03, 0.03),
    figure("short_weight_error", Bound::AtMost, 0.03, 0.03),
    figure(
        "asset_signal_capture_mlp",
        Bound::AtLeast,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ),
    figure("lag_capture", Bound::AtLeast, 0.85, f64::NEG_INFINITY),
    figure("lag_capture_without", Bound::AtMost, 0.1, 0.1),
    figure("correlation_capture", Bound::AtLeast, 0.75, f64::NEG_INFINITY),
    figure("correlation_capture_without", Bound::AtMost, 0.6, 0.6),
    figure("hidden_regime_capture", Bound::AtLeast, 0.85, f64::NEG_INFINITY),
    figure("hidden_regime_capture_without", Bound::AtMost, 0.5, 0.5),
    figure("recall_capture", Bound::AtLeast, 0.8, f64::NEG_INFINITY),
    figure(
        "recall_capture_mlp",
        Bound::AtLeast,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ),
    figure("recall_capture_without", Bound::AtMost, 0.15, 0.15),
    figure("corner_weight_error", Bound::AtMost, 0.02, 0.02),
    figure("corner_ce_loss", Bound::AtMost, 0.005, 0.005),
    figure("no_trade_edge_error", Bound::AtMost, 0.03, f64::INFINITY),
    figure("no_trade_capture", Bound::AtLeast, 0.7, f64::NEG_INFINITY),
    figure("signal_cost_capture", Bound::AtLeast, 0.5, f64::NEG_INFINITY),
    figure("drawdown_floor_growth", Bound::AtLeast, 0.8, f64::NEG_INFINITY),
    figure("drawdown_floor_breach", Bound::AtMost, 0.01, f64::INFINITY),
    figure("hedging_demand_ce", Bound::AtLeast, 0.6, f64::NEG_INFINITY),
    // Above 0.7 the priorities stay off by default.
    figure(
        "rare_signal_steps_ratio",
        Bound::AtMost,
        f64::INFINITY,
        f64::INFINITY,
    ),
];

const fn figure(name: &'static str, bound: Bound, gaussian: f64, dirichlet: f64) -> Figure {
    Figure {
        name,
        bound,
        gaussian,
        dirichlet,
    }
}

/// One training run and what is measured of it: (figure, problem of the figure's row, value).
pub(crate) type Measured = Vec<(&'static str, usize, f64)>;

/// Every run of one seed and one distribution.
pub(crate) const RUNS: [fn(Distribution, u64) -> Measured; 29] = [
    merton_one_asset,
    merton_three_assets,
    merton_ten_steps,
    kelly,
    regimes,
    leak,
    noise,
    planted_signal,
    asset_signals_scorer,
    asset_signals_mlp,
    prior_escape,
    prior_escape_short,
    short_weights,
    lag,
    lag_without,
    correlation,
    correlation_without,
    hidden_regime,
    hidden_regime_without,
    recall_by_attention,
    recall_by_mlp,
    recall_without,
    corner_four_assets,
    corner_two_assets,
    no_trade,
    signal_cost,
    drawdown_floor,
    hedging_demand,
    rare_signal,
];

fn merton_one_asset(distribution: Distribution, seed: u64) -> Measured {
    merton(distribution, seed, 0)
}

fn merton_three_assets(distribution: Distribution, seed: u64) -> Measured {
    merton(distribution, seed, 1)
}

/// The law of each of Merton's problems, its relative risk aversion, and nodes of the quadrature.
pub(crate) fn merton_laws() -> [(Lognormal, f64, usize); 2] {
    let one = Lognormal::of_simple_returns(&[0.08], &DMatrix::from_element(1, 1, 0.04));
    [(one, 2.0, 96), (three_assets(), 4.0, 12)]
}

pub(crate) fn merton_problem(law: Lognormal, a: f64) -> Problem {
    lognormal_problem(law, 0.02, Columns::Nothing, RewardMode::Crra { a }, 1, true)
}

fn merton(distribution: Distribution, seed: u64, row: usize) -> Measured {
    let [first, second] = merton_laws();
    let names = ["merton_weight_error", "merton_ce_loss"];
    constant_relative_risk(
        distribution,
        seed,
        names,
        row,
        if row == 0 { first } else { second },
    )
}

/// How far the weights are from the best, and what they lose of its certainty equivalent above cash.
fn constant_relative_risk(
    distribution: Distribution,
    seed: u64,
    names: [&'static str; 2],
    row: usize,
    (law, a, nodes): (Lognormal, f64, usize),
) -> Measured {
    let scenarios = Scenarios::of(&law, Some(0.02), nodes);
    let problem = merton_problem(law, a);
    let visits = visits(&problem, distribution, seed, 1);
    let best = scenarios.best_weights(a);
    let top = scenarios.certainty_equivalent(&best, a);
    let reached = mean(&visits, |visit| scenarios.certainty_equivalent(&visit.weights, a));
    let error = mean(&visits, |visit| distance(&visit.weights, &best));
    let [of_weights, of_value] = names;
    vec![
        (of_weights, row, error),
        (of_value, row, (top - reached) / (top - 0.02)),
    ]
}

const CORNERS: [&str; 2] = ["corner_weight_error", "corner_ce_loss"];

/// Four assets of CRRA 6 of which one is hardly worth holding beside the others.
fn corner_four_assets(distribution: Distribution, seed: u64) -> Measured {
    let volatilities = [0.18, 0.22, 0.27, 0.12];
    let correlation = |i: usize, j: usize| if i == j { 1.0 } else { 0.35 };
    let covariance = DMatrix::from_fn(4, 4, |i, j| correlation(i, j) * volatilities[i] * volatilities[j]);
    let law = Lognormal::of_simple_returns(&[0.09, 0.05, 0.11, 0.05], &covariance);
    constant_relative_risk(distribution, seed, CORNERS, 0, (law, 6.0, 6))
}

/// Two assets of CRRA 3 that move against each other: together they are so good that cash is left out.
fn corner_two_assets(distribution: Distribution, seed: u64) -> Measured {
    let covariance = DMatrix::from_row_slice(2, 2, &[0.0225, -0.006, -0.006, 0.04]);
    let law = Lognormal::of_simple_returns(&[0.07, 0.09], &covariance);
    constant_relative_risk(distribution, seed, CORNERS, 1, (law, 3.0, 24))
}

fn merton_ten_steps(distribution: Distribution, seed: u64) -> Measured {
    let best = Scenarios::of(&three_assets(), Some(0.02), 12).best_weights(4.0);
    let reward = RewardMode::Crra { a: 4.0 };
    let problem = lognormal_problem(three_assets(), 0.02, Columns::Nothing, reward, 10, true);
    let visits = visits(&problem, distribution, seed, 10);
    vec![(
        "merton_10_steps_weight_error",
        0,
        mean(&visits, |visit| distance(&visit.weights, &best)),
    )]
}

fn kelly(distribution: Distribution, seed: u64) -> Measured {
    let law = Lognormal::of_log_drifts(&[0.10, 0.04, 0.08], &covariance());
    let scenarios = Scenarios::of(&law, None, 12);
    let problem = lognormal_problem(law, 0.0, Columns::Nothing, RewardMode::LogReturn, 1, false);
    let visits = visits(&problem, distribution, seed, 1);
    vec![(
        "kelly_kkt_residual",
        0,
        mean(&visits, |visit| scenarios.kkt_residual(&visit.weights)),
    )]
}

fn regimes(distribution: Distribution, seed: u64) -> Measured {
    let variance = DMatrix::from_element(1, 1, 0.09);
    let laws = [0.07, -0.05].map(|mu| Lognormal::of_simple_returns(&[mu], &variance));
    let best = laws
        .each_ref()
        .map(|law| Scenarios::of(law, Some(0.01), 96).best_weights(1.0));
    let problem = Problem::of(Arc::new(LognormalMarket {
        regimes: laws.to_vec(),
        stay: 0.9,
        cash_return: 0.01,
        columns: Columns::Regime,
    }));
    let visits = visits(&problem, distribution, seed, 1);
    let error = mean(&visits, |visit| {
        let regime = usize::from(visit.columns(&problem)[1] > 0.5);
        distance(&visit.weights, &best[regime])
    });
    vec![("regime_weight_error", 0, error)]
}

fn leak(distribution: Distribution, seed: u64) -> Measured {
    let problem = lognormal_problem(
        three_assets(),
        0.0,
        Columns::NextReturns,
        RewardMode::LogReturn,
        1,
        false,
    );
    let visits = visits(&problem, distribution, seed, 1);
    let weight = mean(&visits, |visit| {
        let next = visit.columns(&problem);
        let best = (0..next.len())
            .max_by(|&i, &j| next[i].total_cmp(&next[j]))
            .expect("three assets");
        visit.weights[best]
    });
    vec![("leak_best_asset_weight", 0, weight)]
}

/// Annual Sharpe ratios of the policy and of equal weight over the same 1,000 years, in which the policy sees noise.
fn noise(distribution: Distribution, seed: u64) -> Measured {
    let covariance = DMatrix::from_fn(5, 5, |i, j| if i == j { 0.04 } else { 0.3 * 0.04 });
    let law = Lognormal::of_simple_returns(&[0.08; 5], &covariance);
    let problem = lognormal_problem(
        law.clone(),
        0.0,
        Columns::Noise(5),
        RewardMode::LogReturn,
        1,
        false,
    );
    let visits = visits(&problem, distribution, seed, 1);
    let mut draws = stream(seed, "years", 0);
    let pairs: Vec<(f64, f64)> = visits
        .iter()
        .map(|visit| {
            let returns = draw(&law, &mut draws);
            (dot(&visit.weights, &returns), returns.iter().sum::<f64>() / 5.0)
        })
        .collect();
    let difference = |pairs: &[(f64, f64)]| sharpe(pairs, |pair| pair.0) - sharpe(pairs, |pair| pair.1);
    // Delete-ten jackknife: 100 groups of ten years.
    let groups: Vec<f64> = (0..100)
        .map(|g| difference(&[&pairs[..g * 10], &pairs[(g + 1) * 10..]].concat()))
        .collect();
    let centre = groups.iter().sum::<f64>() / 100.0;
    let standard_error = (groups.iter().map(|g| (g - centre).powi(2)).sum::<f64>() * 0.99).sqrt();
    assert!(
        standard_error <= 0.02,
        "the standard error of the noise figure is {standard_error}"
    );
    vec![("noise_excess_sharpe", 0, difference(&pairs).abs())]
}

fn covariance() -> DMatrix<f64> {
    DMatrix::from_row_slice(
        3,
        3,
        &[0.04, 0.012, 0.0, 0.012, 0.09, 0.0135, 0.0, 0.0135, 0.0225],
    )
}

/// The three assets of the Merton problem: excess means (.05, .07, .03) over 2%.
fn three_assets() -> Lognormal {
    Lognormal::of_simple_returns(&[0.07, 0.09, 0.05], &covariance())
}

pub(crate) fn lognormal_problem(
    law: Lognormal,
    cash_return: f64,
    columns: Columns,
    reward: RewardMode,
    episode_len: usize,
    cash: bool,
) -> Problem {
    let market = LognormalMarket {
        regimes: vec![law],
        stay: 1.0,
        cash_return,
        columns,
    };
    let gamma = if episode_len == 1 { 0.0 } else { 0.99 };
    Problem {
        reward,
        episode_len,
        gamma,
        cash,
        ..Problem::of(Arc::new(market))
    }
}

/// Trains and collects 1,000 on-policy states.
pub(crate) fn visits(problem: &Problem, distribution: Distribution, seed: u64, steps: usize) -> Vec<Visit> {
    let policy = problem.train(distribution, seed);
    problem.visit(&policy, STATES / steps, steps, seed + 1_000_000)
}

fn draw(law: &Lognormal, stream: &mut Stream) -> Vec<f64> {
    let n = law.log_mean.len();
    let z: Vec<f64> = (0..n).map(|_| StandardNormal.sample(stream)).collect();
    (0..n)
        .map(|i| (law.log_mean[i] + (0..=i).map(|j| law.factor[(i, j)] * z[j]).sum::<f64>()).exp_m1())
        .collect()
}

fn sharpe(pairs: &[(f64, f64)], of: fn(&(f64, f64)) -> f64) -> f64 {
    let n = pairs.len() as f64;
    let mean = pairs.iter().map(of).sum::<f64>() / n;
    mean / (pairs.iter().map(|pair| (of(pair) - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// max_i |w_i - w*_i|.
pub(crate) fn distance(weights: &[f64], best: &[f64]) -> f64 {
    weights
        .iter()
        .zip(best)
        .fold(0.0, |top, (w, b)| top.max((w - b).abs()))
}

pub(crate) fn mean(visits: &[Visit], of: impl Fn(&Visit) -> f64) -> f64 {
    visits.iter().map(of).sum::<f64>() / visits.len() as f64
}
