//! Costs of each asset and bar: half-spreads, impact, least fees, lots and fees on shorts, by the money.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use chrono::NaiveDate;
use ndarray::Array2;
use ppo_risk::backtest::{Baseline, Track, run_policy};
use ppo_risk::env::{BatchEnvironment, Costs, EnvConfig, RewardMode, TradingEnvironment};
use ppo_risk::market::bytes::{Contents, from_bytes, prices_to_bytes};
use ppo_risk::market::cost_table::at_every_bar;
use ppo_risk::market::csv::{CsvOptions, parse_csv};
use ppo_risk::market::prices::{PriceTable, Ranges};
use ppo_risk::market::prior::Prior;
use ppo_risk::market::simulate::{Gbm, GbmParameters};
use ppo_risk::market::state_spec::StateSpec;
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{BarColumns, CostColumns, CostTable, Market};
use ppo_risk::math::random;
use ppo_risk::policy::Policy;
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, NetworkSpec, PolicySpec};
use ppo_risk::portfolio::evaluation::{run_one, test_bars};
use ppo_risk::portfolio::{Portfolio, PortfolioConfig, report_risk, run_managed};
use rand::RngExt;
use std::sync::Arc;

const ASSETS: usize = 4;
const BARS: usize = 400;
const WINDOW: usize = 5;
const BALANCE: f64 = 1e5;

/// Random prices, volumes and costs of each asset and bar.
fn table(seed: u64) -> PriceTable {
    let mut stream = random::stream(seed, "test", 0);
    let start = NaiveDate::from_ymd_opt(2001, 1, 1).unwrap();
    let times: Vec<NaiveDate> = (0..BARS as u64)
        .map(|day| start + chrono::Days::new(day))
        .collect();
    let names = (0..ASSETS).map(|i| format!("ASSET{i}")).collect();
    let mut close = Array2::from_elem((BARS, ASSETS), 50.0);
    for bar in 1..BARS {
        for i in 0..ASSETS {
            close[[bar, i]] = close[[bar - 1, i]] * (1.0 + 0.03 * (stream.random::<f64>() - 0.5));
        }
    }
    let mut values = |most: f64| Array2::from_shape_fn((BARS, ASSETS), |_| most * stream.random::<f64>());
    let ranges = Ranges {
        volume: Some(values(10_000.0)),
        ..Ranges::default()
    };
    let costs = CostTable {
        cost_rates: Some(values(0.002)),
        half_spreads: Some(values(0.003)),
        borrow_rates: Some(values(0.2)),
    };
    let table = PriceTable::new(times, names, close).unwrap();
    table.with_ranges(ranges).unwrap().with_costs(costs).unwrap()
}

fn costs() -> Costs {
    Costs {
        minimum_fee: 2.0,
        impact: 1.2,
        margin_rate: 0.04,
        ..Costs::default()
    }
}

fn action(short: bool) -> ActionSpec {
    ActionSpec {
        cash: true,
        short,
        max_gross: if short { 2.0 } else { 1.0 },
        weight_cap: if short { 2.0 } else { 1.0 },
        ..ActionSpec::default()
    }
}

fn config(costs: Costs) -> EnvConfig {
    EnvConfig {
        costs,
        balance: BALANCE,
        episode_len: BARS,
        reward: RewardMode::LogReturn,
        ..EnvConfig::default()
    }
}

fn state() -> StateSpec {
    StateSpec {
        window: WINDOW,
        ..StateSpec::base(ASSETS)
    }
}

fn market(table: PriceTable) -> Arc<TableMarket> {
    Arc::new(TableMarket::new(Arc::new(table), 0..=BARS - 1, WINDOW, 0.01).unwrap())
}

fn environment(costs: Costs, short: bool, table: PriceTable) -> TradingEnvironment {
    TradingEnvironment::new(&config(costs), &state(), &action(short), market(table), 1, 0).unwrap()
}

/// Weights of assets and cash: long, or of both signs with a gross exposure of at most 1.9.
fn random_target(stream: &mut random::Stream, short: bool) -> Vec<f64> {
    let mut weights: Vec<f64> = (0..ASSETS).map(|_| stream.random::<f64>()).collect();
    if short {
        weights.iter_mut().for_each(|weight| *weight -= 0.5);
    }
    let gross: f64 = weights.iter().map(|weight| weight.abs()).sum();
    let wanted = if short { 1.9 } else { 0.98 } * stream.random::<f64>() / gross;
    weights.iter_mut().for_each(|weight| *weight *= wanted);
    weights.push(1.0 - weights.iter().sum::<f64>());
    weights
}

/// What is traded and paid by the money: units and cash, and the equation of the value left by bisection.
struct Money {
    units: [f64; ASSETS],
    cash: f64,
}

impl Money {
    fn value(&self, prices: &[f64]) -> f64 {
        self.cash
            + self
                .units
                .iter()
                .zip(prices)
                .map(|(units, price)| units * price)
                .sum::<f64>()
    }

    /// Charges on positions that become `after` (money of each asset) at a close.
    fn charges(&self, costs: &Costs, table: &PriceTable, bar: usize, after: &[f64], ordered: &[bool]) -> f64 {
        let said = table.costs();
        let volume = table.ranges().volume.as_ref().unwrap();
        let mut sum = 0.0;
        for i in 0..ASSETS {
            let price = |bar: usize| table.close()[[bar, i]];
            let traded = (after[i] - self.units[i] * price(bar)).abs();
            let commission = said.cost_rates.as_ref().unwrap()[[bar, i]] * traded;
            sum += if ordered[i] {
                commission.max(costs.minimum_fee)
            } else {
                commission
            };
            sum += said.half_spreads.as_ref().unwrap()[[bar, i]] * traded;
            let window = bar + 1 - WINDOW..=bar;
            let returns: Vec<f64> = window
                .clone()
                .map(|bar| price(bar) / price(bar - 1) - 1.0)
                .collect();
            let mean = returns.iter().sum::<f64>() / WINDOW as f64;
            let variance = returns.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / WINDOW as f64;
            let daily = window.map(|bar| volume[[bar, i]] * price(bar)).sum::<f64>() / WINDOW as f64;
            sum += costs.impact * variance.sqrt() * (traded / daily).powf(costs.impact_exponent) * traded;
        }
        sum
    }

    /// Trades to `target` at the close `bar`; what it cost as a part of the value.
    fn trade(&mut self, costs: &Costs, table: &PriceTable, bar: usize, target: &[f64]) -> f64 {
        let prices = table.close().row(bar).to_vec();
        let value = self.value(&prices);
        let money = |left: f64| -> Vec<f64> { target[..ASSETS].iter().map(|weight| weight * left).collect() };
        let now = |i: usize| self.units[i] * prices[i];
        let ordered: Vec<bool> = (0..ASSETS)
            .map(|i| (money(value)[i] - now(i)).abs() > 1e-9 * value)
            .collect();
        let (mut low, mut high) = (0.5 * value, value);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            match middle + self.charges(costs, table, bar, &money(middle), &ordered) > value {
                true => high = middle,
                false => low = middle,
            }
        }
        let mut left = 0.5 * (low + high);
        let mut after = money(left);
        if costs.lot > 0.0 {
            for i in 0..ASSETS {
                let lot = costs.lot * prices[i];
                after[i] = (after[i] / lot * (1.0 + 1e-11)).trunc() * lot;
            }
            let ordered: Vec<bool> = (0..ASSETS)
                .map(|i| (after[i] - now(i)).abs() > 1e-9 * value)
                .collect();
            left = value - self.charges(costs, table, bar, &after, &ordered);
        }
        for i in 0..ASSETS {
            self.units[i] = after[i] / prices[i];
        }
        self.cash = left - after.iter().sum::<f64>();
        1.0 - left / value
    }

    /// Holds over the bar that ends at the close `bar`.
    fn hold(&mut self, costs: &Costs, market: &TableMarket, bar: usize) {
        let table = market.table();
        let per_bar = |rate: f64| (1.0 + rate).powf(1.0 / table.bars_per_year().get()) - 1.0;
        let rates = table.costs().borrow_rates.as_ref().unwrap();
        let mut fees = per_bar(costs.margin_rate) * (-self.cash).max(0.0);
        for i in 0..ASSETS {
            let short = (-self.units[i] * table.close()[[bar - 1, i]]).max(0.0);
            fees += per_bar(rates[[bar - 1, i]]) * short;
        }
        self.cash = self.cash * (1.0 + market.cash_return(bar)) - fees;
    }
}

/// Long, short and levered, with every cost at once, in fractions and in lots, by both exponents.
#[test]
fn steps_are_the_arithmetic_of_their_money() {
    for (short, lot, impact_exponent) in [
        (false, 0.0, 0.5),
        (true, 0.0, 0.5),
        (false, 10.0, 0.5),
        (true, 7.0, 0.6),
        (false, 0.0, 1.0),
    ] {
        let costs = Costs {
            lot,
            impact_exponent,
            ..costs()
        };
        let market = market(table(3));
        let mut environment = environment(costs, short, table(3));
        let mut stream = random::stream(11, "test", 1);
        let mut money = Money {
            units: [0.0; ASSETS],
            cash: BALANCE,
        };
        let mut paid = 0.0;
        for bar in WINDOW..BARS - 1 {
            // Sometimes a part of it stays as it is.
            let mut target = random_target(&mut stream, short);
            if bar % 5 == 0 {
                let account = environment.account();
                target[..ASSETS].copy_from_slice(account.weights());
                target[ASSETS] = account.cash();
            }
            let value = money.value(&market.table().close().row(bar).to_vec());
            let step = environment.step_weights(&target).unwrap();
            let cost = money.trade(&costs, market.table(), bar, &target);
            money.hold(&costs, &market, bar + 1);
            let earned = money.value(&market.table().close().row(bar + 1).to_vec()) / value - 1.0;
            assert!(
                (step.cost - cost).abs() < 1e-12,
                "short {short}, lot {lot}, exponent {impact_exponent}, bar {bar}: cost {} for {cost}",
                step.cost
            );
            assert!(
                (step.net_return - earned).abs() < 1e-12,
                "bar {bar}: {} for {earned}",
                step.net_return
            );
            assert!(!step.margin_call);
            paid += cost;
        }
        assert!(paid > 0.1, "{paid}");
        if lot > 0.0 {
            let account = environment.account();
            for i in 0..ASSETS {
                let units = account.weights()[i] * account.value() / market.table().close()[[BARS - 1, i]];
                assert!((units / lot - (units / lot).round()).abs() < 1e-6, "{units}");
            }
        }
    }
}

/// Positions are scaled back by so much that the least value is there after what that costs.
#[test]
fn a_margin_call_pays_the_costs_of_its_close() {
    let costs = Costs {
        maintenance: 0.499,
        ..costs()
    };
    let market = market(table(5));
    let mut environment = environment(costs, true, table(5));
    let mut stream = random::stream(12, "test", 1);
    let mut calls = 0;
    for bar in WINDOW..BARS - 1 {
        let mut target = random_target(&mut stream, true);
        let gross: f64 = target[..ASSETS].iter().map(|weight| weight.abs()).sum();
        target[..ASSETS]
            .iter_mut()
            .for_each(|weight| *weight *= 1.999 / gross);
        target[ASSETS] = 1.0 - target[..ASSETS].iter().sum::<f64>();
        let mut money = Money {
            units: [0.0; ASSETS],
            cash: environment.account().cash() * environment.account().value(),
        };
        let prices = |bar: usize| market.table().close().row(bar).to_vec();
        for i in 0..ASSETS {
            money.units[i] =
                environment.account().weights()[i] * environment.account().value() / prices(bar)[i];
        }
        let step = environment.step_weights(&target).unwrap();
        money.trade(&costs, market.table(), bar, &target);
        money.hold(&costs, &market, bar + 1);
        if !step.margin_call {
            continue;
        }
        calls += 1;
        let value = money.value(&prices(bar + 1));
        let held: Vec<f64> = (0..ASSETS).map(|i| money.units[i] * prices(bar + 1)[i]).collect();
        let exposure: f64 = held.iter().map(|money| money.abs()).sum();
        let after = |kept: f64| -> Vec<f64> { held.iter().map(|money| money * kept).collect() };
        let (mut low, mut high) = (0.5, 1.0);
        for _ in 0..100 {
            let kept = 0.5 * (low + high);
            let paid = money.charges(&costs, market.table(), bar + 1, &after(kept), &[true; ASSETS]);
            match value - paid < costs.maintenance * exposure * kept {
                true => high = kept,
                false => low = kept,
            }
        }
        let paid = money.charges(&costs, market.table(), bar + 1, &after(low), &[true; ASSETS]);
        let account = environment.account();
        assert!(
            (account.value() / (value - paid) - 1.0).abs() < 1e-12,
            "bar {bar}"
        );
        for (held, found) in held.iter().zip(account.weights()) {
            let weight = held * low / (value - paid);
            assert!((found - weight).abs() < 1e-10, "bar {bar}");
        }
    }
    assert!(calls > 20, "{calls}");
}

/// Half a spread is a rate: cash to 50/50 at 0.4% and 0.6% leaves 1/1.01. Least fees are taken from each order.
#[test]
fn closed_forms_of_half_spreads_and_least_fees() {
    let base = table(1);
    let said = CostTable {
        half_spreads: Some(at_every_bar(&[0.006; ASSETS], BARS)),
        ..CostTable::default()
    };
    let table = base.clone().with_costs(said).unwrap();
    let target = [0.5, 0.5, 0.0, 0.0, 0.0];
    let step = environment(Costs::at_rate(0.004), false, table)
        .step_weights(&target)
        .unwrap();
    assert!((1.0 - step.cost - 1.0 / 1.01).abs() < 1e-15);
    let costs = Costs {
        minimum_fee: 120.0,
        ..Costs::at_rate(0.001)
    };
    let table = base.with_costs(CostTable::default()).unwrap();
    let step = environment(costs, false, table).step_weights(&target).unwrap();
    assert!((step.cost - 240.0 / BALANCE).abs() < 1e-15, "{}", step.cost);
}

/// A trade that costs more than there is ends the episode in ruin, and nothing of it is below 0.
#[test]
fn what_costs_more_than_there_is_is_ruin() {
    let costs = Costs {
        minimum_fee: 2.0 * BALANCE,
        ..Costs::default()
    };
    let mut environment = environment(costs, false, table(1));
    let step = environment.step_weights(&[0.5, 0.0, 0.0, 0.0, 0.5]).unwrap();
    assert!(step.terminated && step.cost == 1.0 && step.net_return == -1.0);
    assert_eq!(
        (environment.account().value(), environment.account().cash()),
        (0.0, 1.0)
    );
}

/// A policy with random scores: its weights move at every bar.
fn policy(short: bool) -> Policy {
    let spec = PolicySpec {
        assets: (0..ASSETS).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec {
            bars_per_year: Some(table(1).bars_per_year()),
            ..state()
        },
        action: ActionSpec {
            prior: Prior::EqualWeight,
            ..action(short)
        },
        network: NetworkSpec::Scorer { hidden: vec![8] },
    };
    let mut draws = random::stream(7, "parameters", 0);
    let count: usize = layout(&spec).iter().map(|parameter| parameter.len()).sum();
    let parameters = (0..count)
        .map(|_| 2.0 * draws.random_range(-1.0_f32..1.0))
        .collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
}

/// The live portfolio pays what the environment pays, to the bit, over a restart too; and so do the bytes of a batch.
#[test]
fn a_live_portfolio_pays_what_the_environment_pays() {
    for short in [false, true] {
        let table = table(7);
        let market = market(table.clone());
        let policy = policy(short);
        let config = PortfolioConfig {
            costs: costs(),
            balance: BALANCE,
            ..PortfolioConfig::default()
        };
        let mut portfolio = Portfolio::new(policy.clone(), config.clone()).unwrap();
        let mut environment = environment_of(&policy, market.clone());
        for bar in 0..BARS - 1 {
            if bar == 50 {
                let text = serde_json::to_string(&portfolio.state()).unwrap();
                portfolio = Portfolio::new(policy.clone(), config.clone()).unwrap();
                portfolio.restore(serde_json::from_str(&text).unwrap()).unwrap();
            }
            let closes = table.close().row(bar).to_vec();
            let cash = market.cash_return(bar);
            if bar > 0 {
                let before = serde_json::to_string(&portfolio.state()).unwrap();
                let without = BarColumns::default();
                let error = portfolio
                    .push_prices(&closes, cash, without)
                    .unwrap_err()
                    .to_string();
                assert!(error.contains("volumes"), "{error}");
                let wide = [1.5; ASSETS];
                let wide = CostColumns {
                    half_spreads: &wide,
                    ..table.shown(bar).costs
                };
                let wide = BarColumns {
                    costs: wide,
                    ..table.shown(bar)
                };
                let error = portfolio
                    .push_prices(&closes, cash, wide)
                    .unwrap_err()
                    .to_string();
                assert!(
                    error.contains("half_spreads[0]") && error.contains("1.5"),
                    "{error}"
                );
                assert_eq!(before, serde_json::to_string(&portfolio.state()).unwrap());
            }
            portfolio.push_prices(&closes, cash, table.shown(bar)).unwrap();
            if bar < WINDOW {
                continue;
            }
            assert_eq!(
                portfolio.account().value(),
                environment.account().value(),
                "bar {bar}"
            );
            assert_eq!(portfolio.account().weights(), environment.account().weights());
            let target = portfolio.rebalance().unwrap().to_vec();
            environment.step_weights(&target).unwrap();
        }
    }
}

fn environment_of(policy: &Policy, market: Arc<TableMarket>) -> TradingEnvironment {
    let spec = policy.spec();
    TradingEnvironment::new(&config(costs()), &spec.state, &spec.action, market, 1, 0).unwrap()
}

#[test]
fn bytes_of_environments_remember_what_impact_looks_back_on() {
    let policy = policy(true);
    let spec = policy.spec();
    let make = || {
        let env = EnvConfig {
            episode_len: 60,
            ..config(costs())
        };
        BatchEnvironment::new(&env, &spec.state, &spec.action, market(table(2)), 1, 0, 2).unwrap()
    };
    let (mut one, mut other) = (make(), make());
    let mut stream = random::stream(13, "test", 1);
    let mut targets = || {
        let rows = [random_target(&mut stream, true), random_target(&mut stream, true)];
        rows.concat()
    };
    for _ in 0..40 {
        one.step_weights(&targets()).unwrap();
    }
    other.restore_bytes(&one.to_bytes().unwrap()).unwrap();
    for _ in 0..90 {
        let target = targets();
        let expected = one.step_weights(&target).unwrap().rewards.clone();
        assert_eq!(other.step_weights(&target).unwrap().rewards, expected);
    }
}

/// Back-tests of policies, of baselines and under a risk manager pay what the table says on the days that they trade.
#[test]
fn back_tests_pay_the_tables_costs() {
    let market = test_bars(Arc::new(table(9)), 300..=BARS - 1, 252, 0.0).unwrap();
    let free = {
        let table = table(9).with_costs(CostTable::default()).unwrap();
        test_bars(Arc::new(table), 300..=BARS - 1, 252, 0.0).unwrap()
    };
    let policy = policy(false);
    let nothing = Costs::at_rate(0.0);
    let tracks = |market: &Arc<TableMarket>, costs: &Costs| -> Vec<Track> {
        let risk = report_risk(policy.spec());
        let env = EnvConfig {
            costs: *costs,
            ..EnvConfig::default()
        };
        let mut tracks = vec![
            run_policy("policy", &policy, Arc::clone(market), &env).unwrap(),
            run_managed("managed", &policy, market, &EnvConfig::at_costs(*costs), &risk)
                .unwrap()
                .track,
        ];
        tracks.extend(
            Baseline::ALL
                .map(|baseline| run_one(baseline, market, &EnvConfig::at_costs(*costs), WINDOW).unwrap()),
        );
        tracks
    };
    let sum = |track: &Track| track.costs.iter().sum::<f64>();
    for (paid, unpaid) in tracks(&market, &nothing).iter().zip(&tracks(&free, &nothing)) {
        assert_eq!(sum(unpaid), 0.0, "{}", unpaid.name);
        assert!(sum(paid) > 0.0, "{}", paid.name);
        // Traded from cash: rates of at most 0.2% and 0.3% on 100%.
        let first = paid.costs.iter().find(|cost| **cost > 0.0).unwrap();
        assert!(*first < 0.005, "{}: {first}", paid.name);
    }
    // Of the same money: 100 an order of 100,000.
    let fees = Costs {
        minimum_fee: 100.0,
        ..nothing
    };
    for track in tracks(&free, &fees) {
        let first = track.costs.iter().find(|cost| **cost > 0.0).unwrap();
        let orders = (first * 1000.0).round();
        assert!((1.0..=4.0).contains(&orders), "{}: {first}", track.name);
        assert!((first - orders / 1000.0).abs() < 1e-12, "{}: {first}", track.name);
    }
    let impact = Costs {
        impact: 1.0,
        ..nothing
    };
    for (paid, unpaid) in tracks(&market, &impact).iter().zip(&tracks(&market, &nothing)) {
        assert!(sum(paid) > sum(unpaid), "{}", paid.name);
    }
}

#[test]
fn what_costs_need_and_the_market_lacks_is_refused() {
    let impact = costs();
    let lots = Costs {
        lot: 1.0,
        ..Costs::default()
    };
    let refusal = |costs: Costs, market: Arc<dyn Market>| -> String {
        let made = TradingEnvironment::new(&config(costs), &state(), &action(false), market, 1, 0);
        made.err().unwrap().to_string()
    };
    let gbm = || Arc::new(Gbm::new(GbmParameters::default_assets(ASSETS)).unwrap());
    assert!(refusal(impact, gbm()).contains("volumes"));
    assert!(refusal(lots, gbm()).contains("lot"));
    let silent = PriceTable::new(
        table(1).times().to_vec(),
        table(1).assets().to_vec(),
        table(1).close().clone(),
    );
    assert!(refusal(impact, market(silent.unwrap())).contains("volumes"));
    let mut volume = table(1).ranges().volume.clone().unwrap();
    for bar in 100..100 + WINDOW {
        volume[[bar, 2]] = 0.0;
    }
    let ranges = Ranges {
        volume: Some(volume),
        ..Ranges::default()
    };
    let message = refusal(impact, market(table(1).with_ranges(ranges).unwrap()));
    assert!(
        message.contains("ASSET2") && message.contains("2001-04-15"),
        "{message}"
    );
    for (bad, name) in [
        (
            Costs {
                minimum_fee: -1.0,
                ..impact
            },
            "env.minimum_fee",
        ),
        (
            Costs {
                impact: f64::NAN,
                ..impact
            },
            "env.impact",
        ),
        (
            Costs {
                impact_exponent: 0.0,
                ..impact
            },
            "env.impact_exponent",
        ),
        (Costs { lot: -1.0, ..impact }, "env.lot"),
    ] {
        assert!(refusal(bad, market(table(1))).contains(name), "{name}");
    }
    let with = |costs: CostTable| table(1).with_costs(costs).unwrap_err().to_string();
    let mut rates = at_every_bar(&[0.001; ASSETS], BARS);
    rates[[3, 1]] = 1.0;
    let message = with(CostTable {
        half_spreads: Some(rates.clone()),
        ..CostTable::default()
    });
    assert!(
        message.contains("half_spreads of ASSET1 on 2001-01-04"),
        "{message}"
    );
    rates[[3, 1]] = f64::NAN;
    let message = with(CostTable {
        cost_rates: Some(rates),
        ..CostTable::default()
    });
    assert!(message.contains("cost_rates of ASSET1"), "{message}");
    let message = with(CostTable {
        borrow_rates: Some(Array2::zeros((3, ASSETS))),
        ..CostTable::default()
    });
    assert!(message.contains("borrow_rates"), "{message}");
}

/// Costs stand in columns of long files, and in columns of each asset in wide ones; markets as bytes keep them.
#[test]
fn costs_are_read_from_files_and_kept_in_bytes() {
    let mut long = "date,symbol,close,volume,half,fee,short\n".to_string();
    let mut wide = "date,A,half:A,fee:A,short:A,B,half:B,fee:B,short:B\n".to_string();
    for day in 1..=9 {
        wide += &format!("2020-01-0{day}");
        for (i, name) in ["A", "B"].iter().enumerate() {
            let own = format!("0.00{day},0.0{i}{day},0.{i}{day}");
            long += &format!("2020-01-0{day},{name},{},100,{own}\n", 10 + day);
            wide += &format!(",{},{own}", 10 + day);
        }
        wide += "\n";
    }
    let options = CsvOptions {
        half_spread_column: Some("half".into()),
        cost_rate_column: Some("fee".into()),
        borrow_rate_column: Some("short".into()),
        ..CsvOptions::default()
    };
    let long = parse_csv("long.csv", long.as_bytes(), &options).unwrap();
    let wide = parse_csv("wide.csv", wide.as_bytes(), &options).unwrap();
    assert_eq!((long.assets(), wide.assets()), (wide.assets(), long.assets()));
    assert_eq!(long.costs(), wide.costs());
    let shown = long.shown(4).costs;
    assert_eq!(shown.half_spreads, [0.005, 0.005]);
    assert_eq!(shown.cost_rates, [0.005, 0.015]);
    assert_eq!(shown.borrow_rates, [0.05, 0.15]);
    let bytes = prices_to_bytes(&long, &(0..=8), [true; 3]);
    let Contents::Prices { table, .. } = from_bytes("bytes", &bytes).unwrap() else {
        panic!("not prices");
    };
    assert_eq!(*table, long);
    let spoilt = "date,A,half:A\n2020-01-01,10,0.001\n2020-01-02,11,2\n";
    let options = CsvOptions {
        half_spread_column: Some("half".into()),
        ..CsvOptions::default()
    };
    let error = parse_csv("wide.csv", spoilt.as_bytes(), &options)
        .unwrap_err()
        .to_string();
    assert!(error.contains("half_spreads of A on 2020-01-02"), "{error}");
}

/// Who can see the costs of later bars decides otherwise: what is decided and paid at a close does not depend on them.
#[test]
fn later_costs_and_volumes_change_nothing_before_them() {
    let table = table(21);
    let mut ranges = table.ranges().clone();
    let mut costs = table.costs().clone();
    for bar in 200..BARS {
        for i in 0..ASSETS {
            ranges.volume.as_mut().unwrap()[[bar, i]] *= 3.0;
            costs.half_spreads.as_mut().unwrap()[[bar, i]] *= 0.1;
        }
    }
    let changed = table
        .clone()
        .with_ranges(ranges)
        .unwrap()
        .with_costs(costs)
        .unwrap();
    let policy = policy(true);
    let values = |table: PriceTable| -> Vec<f64> {
        let mut environment = environment_of(&policy, market(table));
        let mut stream = random::stream(17, "test", 1);
        let steps = WINDOW..BARS - 1;
        steps
            .map(|_| {
                environment
                    .step_weights(&random_target(&mut stream, true))
                    .unwrap();
                environment.account().value()
            })
            .collect()
    };
    let (one, other) = (values(table), values(changed));
    // Decisions at closes up to 199 pay what is known then.
    let alike = 200 - WINDOW;
    assert_eq!(one[..alike], other[..alike]);
    assert_ne!(one[alike], other[alike]);
}
