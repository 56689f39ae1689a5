//! The twenty stocks of `make train` with a forecast planted in their returns: how much of what the forecast is worth after
//! costs the default run captures on dates that it never saw.

use crate::quadrature::maximise;
use ndarray::{Array1, Array2, ArrayView1, Axis};
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::{History, Report, Track, walk};
use ppo_risk::env::EnvConfig;
use ppo_risk::market::csv::{CsvOptions, PriceFile, Splits, read_csv, write_wide_csv};
use ppo_risk::market::prices::PriceTable;
use ppo_risk::math::covariance::sample_covariance;
use ppo_risk::math::random::stream;
use ppo_risk::portfolio::config::{DepartureChoice, RunConfig};
use ppo_risk::portfolio::run::{Observer, Outcome, Run, Stage};
use ppo_risk::rl::stats::UpdateStats;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::path::Path;

/// What the policies have to gain above their prior, as a part of what the rule gains that knows the forecasts' law.
pub(crate) const LEAST_CAPTURE: f64 = 0.5;

/// The prices that are fetched for `make train`.
const PRICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sp500_20_stocks.csv");

/// The forecasts' column in the file.
const COLUMN: &str = "forecast";

/// Bars after which half of a forecast is left.
const HALF_LIFE: f64 = 20.0;

/// Annual information ratio over equal weight, before costs, of the fully invested portfolio whose log growth is largest.
const INFORMATION_RATIO: f64 = 2.0;

/// Bars over which the rule may spread the cost of a trade; a forecast's whole life is 1/(1 - 0.5^(1/20)) = 29 bars.
const LIVES: [f64; 6] = [2.0, 4.0, 8.0, 12.0, 18.0, 29.0];

/// Annual log growth above the prior's, with the interval of the block bootstrap.
#[derive(Debug)]
pub(crate) struct Gain {
    pub(crate) estimate: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// What came of one drawing of the forecasts.
#[derive(Debug)]
pub(crate) struct Captured {
    /// Of the mean of the seeds' policies.
    pub(crate) policy: Gain,
    /// Of the rule.
    pub(crate) rule: Gain,
    /// Sum of the forecasts that the policies held above the prior's, over the rule's: before costs, and without the noise of
    /// the prices.
    pub(crate) forecasts_held: f64,
}

impl Captured {
    pub(crate) fn capture(&self) -> f64 {
        self.policy.estimate / self.rule.estimate
    }
}

/// Decisions that `make train` asks for (tests/documentation.rs holds it to that).
const STEPS: u64 = 1_000_000;

/// Trains what `make train` does on the stocks with forecasts, of this seed, and judges it beside the rule.
pub(crate) fn planted_real(seed: u64) -> Captured {
    let options = CsvOptions {
        splits: Splits::Keep,
        ..CsvOptions::default()
    };
    let table = read_csv(PRICES, &options).expect("`make prices` fetches it");
    let mut config = RunConfig::default();
    let learnt = table
        .bars_between(config.periods.train_from, config.periods.train_until)
        .expect("the periods are the prices'");
    let learnt = *learnt.end();
    config.departure = DepartureChoice::Evidence;
    config.train.total_steps = STEPS;
    let planted = Planted::new(&table, learnt, seed);

    let folder = tempfile::tempdir().expect("a folder for the run");
    let file = folder.path().join("planted.csv");
    write_wide_csv(&planted.table, &file).expect("room for the prices");
    config.market.prices = Some(file);
    config.market.splits = Splits::Keep;
    config.market.asset_signals = vec![COLUMN.to_string()];
    let report = train(config, &folder.path().join("run"));

    let seeds: Vec<&Track> = report.seeds.iter().map(|seed| &seed.track).collect();
    let policy = Track::mean("policy", &seeds).expect("of the same bars");
    let prior = report.seeds[0].prior.as_ref().expect("the default has a prior");
    let rule = planted.rule_beside(prior, planted.best_life(learnt));
    let held = |track: &Track| planted.forecasts_held(track) - planted.forecasts_held(prior);
    Captured {
        policy: gain(&policy, prior),
        rule: gain(&rule, prior),
        forecasts_held: held(&policy) / held(&rule),
    }
}

fn train(config: RunConfig, folder: &Path) -> Box<Report> {
    let run = Run::create(config, folder, false, PriceFile::parse).expect("the configuration is valid");
    match run.train(&mut Silent).expect("training runs through") {
        Outcome::Finished { report, .. } => report,
        Outcome::Stopped => unreachable!("nobody stops it"),
    }
}

fn gain(track: &Track, prior: &Track) -> Gain {
    let found = BlockBootstrap::default().growth_difference(&track.returns, &prior.returns);
    let found = found.expect("of the same bars");
    let year = track.bars_per_year.get();
    Gain {
        estimate: year * found.estimate,
        low: year * found.low,
        high: year * found.high,
    }
}

/// Prices whose next returns the forecasts at a close are part of.
struct Planted {
    table: PriceTable,
    /// Simple returns, row t those that end at close t: [T, N].
    returns: Array2<f64>,
    /// Expected part of the next return, as known at close t: [T, N].
    forecasts: Array2<f64>,
    /// Of the returns that are learnt from, before anything was planted.
    covariance: Array2<f64>,
    env: EnvConfig,
}

impl Planted {
    fn new(table: &PriceTable, learnt: usize, seed: u64) -> Self {
        let (bars, assets) = table.close().dim();
        let own = table.simple_returns();
        let covariance = sample_covariance(own.slice(ndarray::s![..learnt, ..])).expect("they vary");
        let strength = strength(&covariance);

        let mut draws = stream(seed, "forecasts", 0);
        let mut normal = || -> f64 { StandardNormal.sample(&mut draws) };
        let decay = 0.5_f64.powf(1.0 / HALF_LIFE);
        let mut forecasts = Array2::zeros((bars, assets));
        let mut close = table.close().clone();
        let mut returns = Array2::zeros((bars, assets));
        for asset in 0..assets {
            let mut signal = normal();
            for bar in 0..bars {
                if bar > 0 {
                    let earned = own[[bar - 1, asset]] + forecasts[[bar - 1, asset]];
                    returns[[bar, asset]] = earned;
                    close[[bar, asset]] = close[[bar - 1, asset]] * (1.0 + earned);
                    signal = decay * signal + (1.0 - decay * decay).sqrt() * normal();
                }
                forecasts[[bar, asset]] = strength * signal;
            }
        }
        let shown = forecasts.clone().insert_axis(Axis(2));
        let table = PriceTable::new(table.times().to_vec(), table.assets().to_vec(), close)
            .and_then(|table| table.with_asset_columns(vec![COLUMN.to_string()], shown))
            .expect("prices above 0");
        Self {
            table,
            returns,
            forecasts,
            covariance,
            env: RunConfig::default().train.env,
        }
    }

    /// The rule over the bars that are learnt from, fully invested, by how long it spreads costs: the life with most growth.
    fn best_life(&self, learnt: usize) -> f64 {
        let growth = |life: f64| -> f64 {
            let track = self.rule(1, learnt, life, |_| 1.0);
            track.returns.iter().map(|earned| earned.ln_1p()).sum()
        };
        let by_life: Vec<(f64, f64)> = LIVES.into_par_iter().map(|life| (life, growth(life))).collect();
        let best = by_life.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
        best.expect("there are several").0
    }

    /// The rule on the bars of the prior's track, as far invested as the prior is at each of them: what it gains is the
    /// forecasts' alone.
    fn rule_beside(&self, prior: &Track, life: f64) -> Track {
        let first = self.first_decision(prior);
        let cash = prior.weights.column(prior.weights.ncols() - 1);
        self.rule(first, first + prior.len(), life, |close| {
            1.0 - cash[close - first]
        })
    }

    /// From close `first` to `last`: of what is invested at each, the parts u that maximise f'u - u'Σu/2 - (cost/life) Σ|u - held|
    /// with the forecasts f.
    fn rule(&self, first: usize, last: usize, life: f64, invested: impl Fn(usize) -> f64) -> Track {
        let assets = self.table.assets().len();
        let cash_returns = vec![0.0; self.table.bars()];
        let history = History {
            assets: self.table.assets(),
            times: self.table.times(),
            returns: self.returns.view(),
            cash_returns: &cash_returns,
            bars_per_year: self.table.bars_per_year(),
            members: None,
            prices: None,
            window: 1,
        };
        let cost = self.env.costs.cost_rate / life;
        let track = walk("rule", history, first, last, &self.env, |close, current| {
            let now: f64 = current[..assets].iter().sum();
            let held = match now > 0.0 {
                true => current[..assets].iter().map(|weight| weight / now).collect(),
                false => vec![1.0 / assets as f64; assets],
            };
            let parts = self.best_parts(self.forecasts.row(close), &held, cost);
            let invested = invested(close);
            let weights = parts.iter().map(|part| invested * part);
            Ok(Some(weights.chain([1.0 - invested]).collect()))
        });
        track.expect("weights are weights")
    }

    /// By steps along the gradient, each followed by the exact answer to what is left without the covariance.
    fn best_parts(&self, forecasts: ArrayView1<'_, f64>, held: &[f64], cost: f64) -> Vec<f64> {
        let step = 1.0
            / self
                .covariance
                .rows()
                .into_iter()
                .map(|row| row.sum())
                .fold(0.0, f64::max);
        let mut parts = Array1::from(held.to_vec());
        for _ in 0..1000 {
            let slope = &forecasts - &self.covariance.dot(&parts);
            let next = Array1::from(nearest(&(&parts + &(step * slope)).to_vec(), held, step * cost));
            let moved = (&next - &parts)
                .iter()
                .fold(0.0_f64, |most, by| most.max(by.abs()));
            parts = next;
            if moved < 1e-8 {
                break;
            }
        }
        parts.to_vec()
    }

    /// Sum over the bars of the part of the return that was forecast.
    fn forecasts_held(&self, track: &Track) -> f64 {
        let first = self.first_decision(track);
        let rows = track.weights.rows().into_iter().enumerate();
        rows.map(|(row, weights)| {
            let forecasts = self.forecasts.row(first + row);
            forecasts.iter().zip(weights).map(|(f, w)| f * w).sum::<f64>()
        })
        .sum()
    }

    fn first_decision(&self, track: &Track) -> usize {
        let end = self.table.bar_at_or_after(track.times[0]);
        end.expect("a bar of the table") - 1
    }
}

/// The parts u >= 0 with sum 1 that minimise |u - wish|²/2 + cost Σ|u - held|.
fn nearest(wish: &[f64], held: &[f64], cost: f64) -> Vec<f64> {
    let parts = |shift: f64| -> Vec<f64> {
        let part = |(wish, held): (&f64, &f64)| {
            let change = wish - shift - held;
            (held + change.signum() * (change.abs() - cost).max(0.0)).max(0.0)
        };
        wish.iter().zip(held).map(part).collect()
    };
    let (least, most) = wish.iter().fold((f64::MAX, f64::MIN), |(least, most), wish| {
        (least.min(*wish), most.max(*wish))
    });
    let (mut low, mut high) = (least - cost - 1.0, most + cost);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        match parts(middle).iter().sum::<f64>() > 1.0 {
            true => low = middle,
            false => high = middle,
        }
    }
    let mut found = parts(high);
    let sum: f64 = found.iter().sum();
    found.iter_mut().for_each(|part| *part /= sum);
    found
}

/// The standard deviation of a forecast at which the best fully invested portfolio has the information ratio.
fn strength(covariance: &Array2<f64>) -> f64 {
    let (mut low, mut high) = (0.0, 0.01);
    for _ in 0..30 {
        let middle = 0.5 * (low + high);
        match information_ratio(covariance, middle) < INFORMATION_RATIO {
            true => low = middle,
            false => high = middle,
        }
    }
    0.5 * (low + high)
}

/// Over independent draws of the forecasts: the mean of what the best portfolio's is above equal weight's, over the square root
/// of the mean variance of the difference and the variance of its mean.
fn information_ratio(covariance: &Array2<f64>, strength: f64) -> f64 {
    let assets = covariance.nrows();
    let mut draws = stream(1, "information ratio", 0);
    let (mut sum, mut squares, mut variance) = (0.0, 0.0, 0.0);
    let count = 300;
    for _ in 0..count {
        let forecasts: Array1<f64> = (0..assets)
            .map(|_| strength * Distribution::<f64>::sample(&StandardNormal, &mut draws))
            .collect();
        let best = maximise(assets, |weights| {
            // Scaled to the size of the curvature, so that the ascent's first step fits.
            ((&forecasts - &covariance.dot(&ArrayView1::from(weights))) * 1000.0).to_vec()
        });
        let active = Array1::from(best) - 1.0 / assets as f64;
        let mean = forecasts.dot(&active);
        sum += mean;
        squares += mean * mean;
        variance += active.dot(&covariance.dot(&active));
    }
    let n = f64::from(count);
    let mean = sum / n;
    mean / (squares / n - mean * mean + variance / n).sqrt() * 252.0_f64.sqrt()
}

struct Silent;

impl Observer for Silent {
    fn updated(&mut self, _stage: Stage, _stats: &UpdateStats) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn judging(&mut self) {}
}
