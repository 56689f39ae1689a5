//! Properties of whole decisions of a book, on random markets under random settings: no legal bar is
//! refused, what is traded is a portfolio, and money goes where the decision said. The number of cases is 100,000
//! decisions over 1,000 settings, or that of the environment variable PROPERTY_CASES.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::env::Costs;
use ppo_risk::market::BarColumns;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random::{Stream, stream};
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, layout};
use ppo_risk::portfolio::{Book, Portfolio, PortfolioConfig};
use ppo_risk::risk::drawdown_state::DrawdownConfig;
use ppo_risk::risk::hedge::{HedgeConfig, HedgeMode};
use ppo_risk::risk::leverage::LeverageConfig;
use ppo_risk::risk::limits::{LimitsConfig, SectorLimit, TailLimit};
use ppo_risk::risk::manager::{Bar, RiskConfig, RiskManager};
use ppo_risk::risk::position_size::PositionSizeConfig;
use ppo_risk::risk::stops::StopConfig;
use ppo_risk::risk::volatility::VolatilityForecast;
use rand::RngExt;
use rand_distr::{Distribution as _, StandardNormal};

/// Settings that the cases are spread over.
const SETTINGS: usize = 1_000;

fn cases() -> usize {
    std::env::var("PROPERTY_CASES").map_or(100_000, |cases| cases.parse().unwrap())
}

/// A random market with what a host would show of it.
struct Market {
    closes: Vec<f64>,
    highs: Vec<f64>,
    lows: Vec<f64>,
    prior: Vec<f64>,
    cash_return: f64,
    size: f64,
    shows_ranges: bool,
}

impl Market {
    fn new(random: &mut Stream, assets: usize) -> Self {
        // Prices over 12 orders of magnitude.
        let closes: Vec<f64> = (0..assets)
            .map(|_| 10_f64.powf(random.random_range(-6.0..6.0)))
            .collect();
        Self {
            highs: closes.clone(),
            lows: closes.clone(),
            closes,
            prior: vec![0.0; assets + 1],
            cash_return: [0.0, 1e-4, -5e-5][random.random_range(0..3)],
            size: [0.0, 1e-9, 1e-4, 0.01, 0.05][random.random_range(0..5)],
            shows_ranges: random.random(),
        }
    }

    fn next(&mut self, random: &mut Stream) {
        let common = match random.random_range(0..60) {
            // A crash, a bar on which nothing moved, any other.
            0 => 1.0 - random.random_range(0.1..0.6),
            1..5 => 0.0,
            _ => 1.0,
        };
        let drift: f64 = random.random_range(-1.0..1.0);
        for i in 0..self.closes.len() {
            let drawn: f64 = StandardNormal.sample(random);
            let halted = random.random_range(0..40) == 0;
            let factor = match common {
                0.0 => 1.0,
                _ if halted => 1.0,
                _ => common * (self.size * (drawn + drift)).exp(),
            };
            self.closes[i] = (self.closes[i] * factor).clamp(1e-9, 1e9);
            let reach = 1.0 + self.size * random.random_range(0.0..1.0);
            self.highs[i] = self.closes[i] * reach;
            self.lows[i] = self.closes[i] / reach;
        }
        let mut sum = 0.0;
        for weight in &mut self.prior {
            *weight = f64::max(random.random_range(-0.5..1.0), 0.0);
            sum += *weight;
        }
        match sum > 0.0 && self.prior[0] > 0.0 {
            true => self.prior.iter_mut().for_each(|weight| *weight /= sum),
            false => {
                self.prior.fill(0.0);
                self.prior[0] = 1.0;
            }
        }
    }

    fn bar(&self, supplied: bool) -> Bar<'_> {
        Bar {
            highs_lows: self.shows_ranges.then_some((&self.highs[..], &self.lows[..])),
            cash_return: self.cash_return,
            shown: BarColumns {
                prior: if supplied { &self.prior } else { &[] },
                ..BarColumns::default()
            },
            ..Bar::closes(&self.closes)
        }
    }
}

fn policy(random: &mut Stream, assets: usize) -> Policy {
    let lookback = Some(random.random_range(2..12));
    let cash = assets == 1 || random.random_range(0..4) > 0;
    let prior = match random.random_range(0..5) {
        0 => Prior::None,
        1 => Prior::EqualWeight,
        2 => Prior::InverseVolatility { lookback },
        3 => Prior::Supplied,
        _ if cash => Prior::VolTarget {
            target: random.random_range(0.01..0.5),
            half_life: random.random_range(1.0..20.0),
            lookback,
        },
        _ => Prior::None,
    };
    let share = 1.0 / assets as f64;
    let action = ActionSpec {
        distribution: [Distribution::Gaussian, Distribution::Dirichlet][random.random_range(0..2)],
        cash,
        prior,
        weight_cap: [1.0, share + (1.0 - share) * random.random::<f64>()][random.random_range(0..2)],
        weight_floor: [0.0, 0.5 * share * random.random::<f64>()][random.random_range(0..2)],
        ..ActionSpec::default()
    };
    let spec = PolicySpec {
        assets: (0..assets).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec {
            window: random.random_range(2..10),
            account: random.random(),
            ..StateSpec::base(assets)
        },
        action,
        network: NetworkSpec::Scorer { hidden: vec![4] },
    };
    let count = layout::layout(&spec).iter().map(layout::Parameter::len).sum();
    // From a policy that stays with its prior to one that jumps from corner to corner.
    let size = 10_f32.powf(random.random_range(-4.0..1.0));
    let parameters = (0..count)
        .map(|_| size * random.random_range(-1.0..1.0_f32))
        .collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
}

/// Settings that a long portfolio without debt can have, each part on or off by chance.
fn risk(random: &mut Stream, assets: usize, closes: &[f64], balance: f64) -> RiskConfig {
    let mut maybe = |low: f64, high: f64| {
        let value = random.random_range(low..high);
        random.random::<bool>().then_some(value)
    };
    let tail = |most: Option<f64>| TailLimit {
        historical: most,
        gaussian: most.map(|most| 1.1 * most),
        ..TailLimit::default()
    };
    let limits = LimitsConfig {
        min_weights: vec![maybe(0.0, 0.5 / assets as f64).unwrap_or(0.0); assets],
        max_weights: vec![maybe(0.6 / assets as f64, 1.0).unwrap_or(1.0); assets],
        max_gross: maybe(0.5, 2.0),
        max_net: maybe(0.5, 1.5),
        sectors: match maybe(0.6, 0.9) {
            Some(max) => vec![SectorLimit {
                name: "first half".to_string(),
                assets: (0..assets.div_ceil(2)).collect(),
                min: None,
                max: Some(max),
            }],
            None => Vec::new(),
        },
        min_cash: Some(maybe(0.0, 0.3).unwrap_or(0.0)),
        max_turnover: maybe(0.01, 0.6),
        value_at_risk: tail(maybe(0.005, 0.05)),
        conditional_value_at_risk: tail(maybe(0.005, 0.06)),
        tail_bars: 30,
        fewest_tail_bars: 10,
        ..LimitsConfig::default()
    };
    let drawdown = DrawdownConfig {
        reduce_at: maybe(0.02, 0.2),
        stop_at: maybe(0.25, 0.6),
        ..DrawdownConfig::default()
    };
    let stops = StopConfig {
        stop: maybe(0.02, 0.3),
        cooldown: maybe(1.0, 9.0).map(|bars| bars as usize),
    };
    let leverage = maybe(0.02, 0.5).map(|target_volatility| LeverageConfig {
        target_volatility,
        drawdown_stop: maybe(0.1, 1.0),
        ..LeverageConfig::default()
    });
    let hedge = maybe(0.03, 0.2).map(|threshold| HedgeConfig {
        threshold,
        band: 0.5 * threshold,
        mode: match maybe(0.0, 1.0) {
            Some(_) => HedgeMode::Proportional,
            None => HedgeMode::Step,
        },
        ..HedgeConfig::default()
    });
    let lots = maybe(1e-6, 1e-1);
    let sizes = maybe(0.001, 0.1);
    let max_open_risk = maybe(0.01, 0.3).unwrap_or(0.05);
    let minimum = maybe(1e-6, 1e-3);
    let trade_band = maybe(0.0, 0.2).unwrap_or(0.0);
    let volatility = match maybe(2.0, 20.0) {
        Some(bars) => VolatilityForecast::Rolling { bars: bars as usize },
        None => VolatilityForecast::default(),
    };
    let part = |of: f64| {
        closes
            .iter()
            .map(|close| of * balance / close)
            .collect::<Vec<f64>>()
    };
    let positions = sizes.map(|risk_per_position| PositionSizeConfig {
        risk_per_position,
        atr_bars: 5,
        max_open_risk,
        lots: lots.map_or(Vec::new(), part),
        min_units: minimum.map_or(Vec::new(), part),
        ..PositionSizeConfig::default()
    });
    RiskConfig {
        limits,
        drawdown,
        stops,
        volatility,
        fewest_volatility_bars: 5,
        leverage,
        hedge,
        positions,
        trade_band,
        ..RiskConfig::default()
    }
}

/// A book over a market, made by chance.
fn book(random: &mut Stream) -> (Book, Market) {
    loop {
        let assets = random.random_range(1..=20);
        let market = Market::new(random, assets);
        let config = PortfolioConfig {
            costs: Costs {
                cost_rate: [0.0, 0.001, random.random_range(0.0..0.1)][random.random_range(0..3)],
                ..Costs::default()
            },
            balance: 10_f64.powf(random.random_range(0.0..9.0)),
            history: 20,
            ..PortfolioConfig::default()
        };
        let risk = risk(random, assets, &market.closes, config.balance);
        // Limits that clash are refused when they are set.
        let Ok(risk) = RiskManager::new(risk, assets) else {
            continue;
        };
        let manager = Portfolio::new(policy(random, assets), config).unwrap();
        return (Book::new(manager, risk).unwrap(), market);
    }
}

fn close_to(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-11 * expected.abs()
}

#[test]
fn no_legal_bar_is_refused_and_money_goes_where_the_decision_said() {
    let decisions = cases() / SETTINGS;
    let (mut refused, mut held, mut traded, mut reduced) = (Vec::new(), 0, 0, 0);
    for setting in 0..SETTINGS {
        let mut random = stream(21, "book properties", setting as u64);
        let (mut portfolio, mut market) = book(&mut random);
        let supplied = portfolio.portfolio().policy().spec().action.prior == Prior::Supplied;
        let cost_rate = portfolio.portfolio().config().costs.cost_rate;
        let assets = market.closes.len();
        while !portfolio.ready() {
            market.next(&mut random);
            portfolio.observe(&market.bar(supplied)).unwrap();
        }
        let mut expected = portfolio.portfolio().account().value();
        let mut after: Vec<f64> = vec![0.0; assets + 1];
        after[assets] = 1.0;
        let mut followed = false;
        for decision in 0..decisions {
            let before = market.closes.clone();
            market.next(&mut random);
            if followed {
                // Worth after its cost, and grown with the prices: written out again.
                let moved = market.closes.iter().zip(&before).map(|(to, from)| to / from);
                let grown: f64 = moved.zip(&after).map(|(moved, weight)| weight * moved).sum();
                expected *= grown + after[assets] * (1.0 + market.cash_return);
            }
            if let Err(error) = portfolio.decide(&market.bar(supplied)) {
                refused.push(format!("setting {setting}, decision {decision}: {error}"));
                break;
            }
            let value = portfolio.portfolio().account().value();
            assert!(
                close_to(value, expected),
                "setting {setting}, decision {decision}: {value} is not {expected}"
            );
            let (weights, cost) = (portfolio.traded(), portfolio.cost());
            let sum: f64 = weights.iter().sum();
            let possible =
                weights.iter().all(|weight| (0.0..=1.0).contains(weight)) && (sum - 1.0).abs() < 1e-9;
            assert!(possible, "setting {setting}, decision {decision}: {weights:?}");
            // At most all is sold and all is bought.
            assert!((0.0..=2.0 * cost_rate).contains(&cost), "{cost}");
            if portfolio.turnover() <= 0.0 {
                assert!(cost <= 0.0, "{cost} without a trade");
                held += 1;
            } else {
                traded += 1;
            }
            reduced += usize::from(portfolio.risk().decision().state as usize > 0);
            followed = true;
            after.copy_from_slice(weights);
            expected = value * (1.0 - cost);
            // The host reports the book's own trade, as it was told of it.
            if decision % 7 == 0 {
                let (weights, cost) = (portfolio.traded().to_vec(), portfolio.cost());
                if let Err(error) = portfolio.record_trade(&weights, cost) {
                    refused.push(format!(
                        "setting {setting}, decision {decision}, recorded: {error}"
                    ));
                    break;
                }
            }
            if decision % 97 == 96 {
                portfolio.reset();
            }
        }
    }
    let total = refused.len();
    refused.truncate(10);
    assert!(
        total == 0,
        "{total} of {SETTINGS} books were refused a bar:\n{}",
        refused.join("\n")
    );
    println!("{held} decisions held, {traded} traded, {reduced} in another state than ACTIVE");
    // The settings meet what they are there for.
    assert!(held > cases() / 20 && traded > cases() / 20 && reduced > cases() / 100);
}
