//! A policy over prices: its deterministic decisions, taken in the environment that it was trained in.

use super::Track;
use crate::env::{ControlVariate, EnvConfig, Start, TradingEnvironment};
use crate::error::{Error, Result};
use crate::market::prior::Prior;
use crate::market::table::TableMarket;
use crate::market::{BarsPerYear, Market, MarketBar, MarketShape, Path};
use crate::math::random::Stream;
use crate::policy::initial::initial_values;
use crate::policy::layout::{Parameter, layout};
use crate::policy::normalizer::ObservationNormalizer;
use crate::policy::spec::PolicySpec;
use crate::policy::{Policy, Workspace};
use ndarray::{Array2, s};
use std::sync::Arc;

/// The track, called `name`, of the policy's deterministic weights at every decision of `market`, as one episode that
/// starts in cash.
///
/// Time line, costs, trade band, caps and floors are the [`TradingEnvironment`]'s under `env`, of which the episode's
/// length and the control variate play no part. The first bar of the track ends at the close after the first
/// decision.
///
/// # Errors
/// Assets or columns of the table that are not the policy's, in name or in order; less history before the first
/// decision than the policy needs; prior weights that the policy expects and the table lacks; settings of `env` out of
/// range; scores that are not finite; a portfolio that is ruined.
pub fn run_policy(name: &str, policy: &Policy, market: Arc<TableMarket>, env: &EnvConfig) -> Result<Track> {
    run_from(None, name, policy, market, env).map(|(track, _)| track)
}

/// The track, called `name`, of policies that follow each other as one portfolio: each decides over its own market, whose first
/// decision is at the close at which the market before it ends, and takes over what the one before it holds there. The first
/// starts in cash.
///
/// Everything else, errors included, is as for [`run_policy`]; further errors: no policy, and a market that does not begin
/// where the one before it ends.
pub fn run_in_turn(name: &str, turns: &[(&Policy, Arc<TableMarket>)], env: &EnvConfig) -> Result<Track> {
    let mut joined: Option<(Track, Holdings)> = None;
    for (policy, market) in turns {
        let first = market.table().times()[*market.decisions().start()];
        let held = match &joined {
            Some((track, _)) if track.times.last() != Some(&first) => {
                let expected = track.times.last().map_or_else(String::new, ToString::to_string);
                let input = format!("first decision of the next test of {name}");
                return Err(Error::invalid(
                    input,
                    first,
                    format!("{expected}, the last close of the one before it"),
                ));
            }
            Some((_, held)) => Some(held),
            None => None,
        };
        let (next, holdings) = run_from(held, name, policy, Arc::clone(market), env)?;
        joined = Some(match joined {
            None => (next, holdings),
            Some((mut track, _)) => {
                track.append(next)?;
                (track, holdings)
            }
        });
    }
    let (track, _) = joined.ok_or_else(|| Error::invalid("policies", "none", "one for each test"))?;
    Ok(track)
}

/// What a portfolio holds at a close.
struct Holdings {
    /// Assets and then cash: [N + 1].
    weights: Vec<f64>,
    /// What they are worth.
    value: f64,
}

/// As [`run_policy`], from what was held before its first decision; with what is held at the end.
fn run_from(
    held: Option<&Holdings>,
    name: &str,
    policy: &Policy,
    market: Arc<TableMarket>,
    env: &EnvConfig,
) -> Result<(Track, Holdings)> {
    let spec = policy.spec();
    check_table(spec, &market)?;
    let decisions = market.decisions();
    let (first, bars) = (*decisions.start(), decisions.count());
    let config = EnvConfig {
        episode_len: bars,
        control_variate: ControlVariate::None,
        start: Start::Cash,
        ..*env
    };
    let times = market.table().times()[first + 1..=first + bars].to_vec();
    let bars_per_year = market.table().bars_per_year();
    let cash_returns = (first + 1..=first + bars).map(|bar| market.cash_return(bar));
    let cash_returns = cash_returns.collect();
    let whole = Arc::new(WholeRange { market, first, bars });
    // The seed decides nothing: the episode starts at the first decision, and no action is sampled.
    let mut environment = TradingEnvironment::new(&config, &spec.state, &spec.action, whole, 0, 0)?;
    if let Some(held) = held {
        environment.take_over(&held.weights, held.value)?;
    }
    let mut run = Run::new(policy);
    let assets = spec.state.assets;
    let mut track = Track {
        name: name.to_string(),
        times,
        bars_per_year,
        returns: Vec::with_capacity(bars),
        cash_returns,
        weights: Array2::zeros((bars, assets + 1)),
        turnover: Vec::with_capacity(bars),
        costs: Vec::with_capacity(bars),
        left_out: Vec::new(),
    };
    for row in 0..bars {
        let mut held = track.weights.row_mut(row);
        held.slice_mut(s![..assets])
            .assign(&ndarray::aview1(environment.account().weights()));
        held[assets] = environment.account().cash();
        let step = environment.step_weights(run.decide(&environment)?)?;
        // Inside the band, what was held stays.
        if step.turnover > 0.0 {
            held.fill(0.0);
            let target = environment.target();
            held.slice_mut(s![..target.len()])
                .assign(&ndarray::aview1(target));
        }
        track.returns.push(step.net_return);
        track.turnover.push(step.turnover);
        track.costs.push(step.cost);
        if step.terminated {
            let found = format!("0 on {}", track.times[row]);
            return Err(Error::invalid(
                format!("value of portfolio {name}"),
                found,
                "above 0",
            ));
        }
    }
    let account = environment.account();
    let holdings = Holdings {
        weights: account
            .weights()
            .iter()
            .copied()
            .chain([account.cash()])
            .collect(),
        value: account.value(),
    };
    Ok((track, holdings))
}

/// The policy that `policy` was before its training, whose back-test is "the prior" of every report: same state, same
/// trade band, caps and floors, the parameters of its seed, nothing learnt of how states are distributed. None where it
/// departs from no rule.
///
/// Of a policy whose provenance has no seed, scores of 0 stand for those that training starts near: the rule itself.
///
/// # Errors
/// None for a policy that exists.
pub fn untrained(policy: &Policy) -> Result<Option<Policy>> {
    let spec = policy.spec();
    if spec.action.prior == Prior::None {
        return Ok(None);
    }
    // The parameters of the distribution, the two numbers, play no part in deterministic decisions.
    let parameters = match policy.provenance.get("seed").and_then(serde_json::Value::as_u64) {
        Some(seed) => initial_values(spec, 0.0, 1.0, seed),
        None => vec![0.0; layout(spec).iter().map(Parameter::len).sum()],
    };
    let normalizer = ObservationNormalizer::new(spec);
    Policy::new(spec.clone(), normalizer, parameters, serde_json::Map::new()).map(Some)
}

/// A policy with room for its decisions.
struct Run<'a> {
    policy: &'a Policy,
    workspace: Workspace,
    has_prior: bool,
    prior: Vec<f64>,
    weights: Vec<f64>,
}

impl<'a> Run<'a> {
    fn new(policy: &'a Policy) -> Self {
        let spec = policy.spec();
        Self {
            policy,
            workspace: Workspace::new(spec),
            has_prior: spec.action.prior != Prior::None,
            prior: vec![0.0; spec.action_len()],
            weights: vec![0.0; spec.action_len()],
        }
    }

    /// Deterministic target weights [A] at the environment's close.
    fn decide(&mut self, environment: &TradingEnvironment) -> Result<&[f64]> {
        if self.has_prior {
            environment.prior_weights(&mut self.prior)?;
        }
        self.policy.weights(
            environment.state(),
            self.has_prior.then_some(&self.prior[..]),
            &mut self.workspace,
            &mut self.weights,
        )?;
        Ok(&self.weights)
    }
}

/// A table as a market of one episode: all its decisions, from the first.
struct WholeRange {
    market: Arc<TableMarket>,
    /// Bar of the first decision; at least the warm-up.
    first: usize,
    /// Number of decisions.
    bars: usize,
}

impl Market for WholeRange {
    fn bars_per_year(&self) -> BarsPerYear {
        self.market.bars_per_year()
    }

    fn shape(&self) -> MarketShape {
        self.market.shape()
    }

    fn check_closes(&self) -> Result<()> {
        self.market.check_closes()
    }

    fn check_volumes(&self, window: usize) -> Result<()> {
        self.market.check_volumes(window)
    }

    fn begin(&self, warm_up: usize, steps: usize, path: &mut Path, _stream: &mut Stream) -> usize {
        path.bar = self.first - warm_up;
        steps.min(self.bars)
    }

    fn advance(&self, path: &mut Path, stream: &mut Stream, bar: &mut MarketBar) {
        self.market.advance(path, stream, bar);
    }
}

/// Whether the table has the policy's assets and columns, and history enough before the first decision.
pub(crate) fn check_table(spec: &PolicySpec, market: &TableMarket) -> Result<()> {
    let table = market.table();
    check_names("assets", table.assets(), &spec.assets)?;
    check_names("columns", table.columns(), &spec.state.columns)?;
    check_names("asset columns", table.asset_columns(), &spec.state.asset_columns)?;
    let warm_up = spec.state_builder(table.bars_per_year())?.warm_up_bars();
    let first = *market.decisions().start();
    if first < warm_up {
        let found = format!("a first decision with {first} returns of history");
        let expected = format!("at least {warm_up}: what the policy's state and its prior look back on");
        return Err(Error::invalid("price table", found, expected));
    }
    Ok(())
}

/// Whether the table's names of `kind` are the policy's, in its order.
fn check_names(kind: &str, found: &[String], expected: &[String]) -> Result<()> {
    let input = || format!("{kind} of the price table");
    if found.len() != expected.len() {
        let names = |names: &[String]| match names.len() {
            0 => "none".to_string(),
            count => format!("{count} ({})", names.join(", ")),
        };
        let expected = format!("the policy's {}", names(expected));
        return Err(Error::invalid(input(), names(found), expected));
    }
    match found
        .iter()
        .zip(expected)
        .position(|(found, expected)| found != expected)
    {
        Some(i) => Err(Error::invalid(
            format!("{}, number {}", input(), i + 1),
            &found[i],
            format!("{}, as in the policy", expected[i]),
        )),
        None => Ok(()),
    }
}
