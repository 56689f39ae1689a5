//! From a run's configuration to the market it trains on, the market it is judged on, and the policy's spec.

use crate::backtest::Fold;
use crate::backtest::summary::Period;
use crate::error::{Error, Result};
use crate::market::csv::{CsvOptions, Parse, PriceFile, Reading};
use crate::market::prices::PriceTable;
use crate::market::regime::{self, RegimeBlock};
use crate::market::simulate::{GbmParameters, RegimeParameters, SimulatedParameters};
use crate::market::state::StateSpec;
use crate::market::table::TableMarket;
use crate::market::{DateOrTime, Market};
use crate::policy::spec::PolicySpec;
use crate::portfolio::config::{MarketConfig, Model, Periods, RunConfig, Source};
use crate::portfolio::evaluation::{bars_between, check_apart, test_bars, test_market};
use crate::portfolio::regimes;
use chrono::NaiveDate;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The price file that `make setup` fetches.
const TWENTY_STOCKS_SHA256: &str = "5f769c6d7be57f62a4dfd1f553995855462a17c92b21a4af4245439c6115617f";

/// What readers of a report on it have to know.
const TWENTY_STOCKS_CAVEAT: &str = "The 20 stocks were chosen with hindsight: they are large companies that were \
    still listed in 2022, so every portfolio of them, the baselines included, looks better than it could have been.";

/// Added to a run's seed for the prices of a simulated test, so that they are nobody's training data (seeds follow
/// one another, and there are at most 1,000), and the same however many seeds are trained.
const TEST_SEED_OFFSET: u64 = 1_000_000;

/// Bars of a simulation that regimes are fitted to.
const SIMULATED_BARS: usize = 5000;

/// All that a run reads, checked: nothing later can find the data unfit.
pub struct Dataset {
    /// Where episodes are drawn from.
    pub training: Arc<dyn Market>,
    /// Where the policy is judged.
    pub test: Arc<TableMarket>,
    /// What the policy is.
    pub spec: PolicySpec,
    /// First and last close of training; none for a simulation, which has no dates.
    pub train_period: Option<Period>,
    /// Where the data came from, for the policy's provenance.
    pub origin: Value,
    /// What was read, in words: bars, assets, from when to when, bars a year.
    pub description: String,
    /// How the price file was understood; none for a simulation.
    pub reading: Option<Reading>,
    /// What readers of a report on this data have to know.
    pub caveats: Vec<String>,
    /// The prices, and the bars of them that are learnt from, within which there may be folds; none for a simulation.
    pub(crate) learnt: Option<(Prices, RangeInclusive<usize>)>,
}

impl Dataset {
    /// Reads, by `parse`, or simulates the data of `config`.
    ///
    /// Errors: a price file that is missing or cannot be used, a period without bars or without the history that a
    /// decision needs (the window, the prior's look-back), training and test that share a return, and a spec that
    /// cannot be used with this number of assets.
    pub fn new(config: &RunConfig, parse: Parse) -> Result<Self> {
        match config.market.source {
            Source::Prices => from_prices(config, parse),
            Source::Simulated => simulated(config),
        }
    }
}

fn from_prices(config: &RunConfig, parse: Parse) -> Result<Dataset> {
    let prices = Prices::read(config, parse)?;
    let table = &prices.table;
    let (periods, split) = periods(config, table);
    let range = bars_between(table, "training period", periods.train_from, periods.train_until)?;
    let (training, spec) = prices.training(config, range.clone(), &[])?;
    let test = test_market(
        Arc::clone(table),
        &spec,
        periods.test_from,
        periods.test_until,
        config.market.cash_rate,
    )?;
    check_apart(prices.period(&range), &test)?;
    let mut dataset = prices.dataset(range, training, test, spec);
    dataset.caveats.extend(split);
    Ok(dataset)
}

/// Prices that are learnt from and that judge, and where they came from.
#[derive(Clone)]
pub(crate) struct Prices {
    pub(crate) table: Arc<PriceTable>,
    /// How the file was understood; none for a simulation.
    pub(crate) reading: Option<Reading>,
    /// Where they came from, for the policy's provenance.
    origin: Value,
    /// What readers of a report on them have to know.
    pub(crate) caveats: Vec<String>,
}

impl Prices {
    /// Reads the price file of `config` by `parse`, or simulates as long a table as its test is.
    pub(crate) fn new(config: &RunConfig, parse: Parse) -> Result<Self> {
        match config.market.source {
            Source::Prices => Self::read(config, parse),
            Source::Simulated => {
                refuse_time(config)?;
                let (table, origin) = simulated_prices(config)?;
                Ok(Self {
                    table,
                    reading: None,
                    origin,
                    caveats: vec![SIMULATED_CAVEAT.to_string()],
                })
            }
        }
    }

    fn read(config: &RunConfig, parse: Parse) -> Result<Self> {
        let market = &config.market;
        let Some(path) = &market.prices else {
            let expected = "a file of prices, or `simulated` as the market";
            return Err(Error::invalid("market.prices", "not set", expected));
        };
        let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
        let PriceFile { table, reading } = parse(&path.display().to_string(), &bytes, &options(market))?;
        let sha256: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self {
            table: Arc::new(table),
            reading: Some(reading),
            caveats: (sha256 == TWENTY_STOCKS_SHA256)
                .then(|| TWENTY_STOCKS_CAVEAT.to_string())
                .into_iter()
                .collect(),
            origin: json!({"prices": without_place(path), "sha256": sha256}),
        })
    }

    /// Returns that a policy of `config` looks back on.
    fn look_back(&self, config: &RunConfig) -> Result<usize> {
        let state = self.state(None);
        let spec = spec(config, self.table.assets().to_vec(), state)?;
        let regimes = if config.state.regimes > 0 {
            regime::WINDOW
        } else {
            0
        };
        let builder = spec.state_builder(self.table.bars_per_year())?;
        Ok(builder.warm_up_bars().max(regimes))
    }

    /// The data of a fold.
    pub(crate) fn fold(&self, config: &RunConfig, fold: &Fold) -> Result<Dataset> {
        let (training, spec) = self.training(config, fold.training.clone(), &fold.embargoed)?;
        let builder = spec.state_builder(self.table.bars_per_year())?;
        let test = test_bars(
            Arc::clone(&self.table),
            fold.test.clone(),
            builder.warm_up_bars(),
            config.market.cash_rate,
        )?;
        builder.check_market(test.shape())?;
        Ok(self.dataset(fold.training.clone(), training, test, spec))
    }

    /// The folds over `bars` that a configuration asks for.
    pub(crate) fn folds(&self, config: &RunConfig, bars: RangeInclusive<usize>) -> Result<Vec<Fold>> {
        let warm_up = self.look_back(config)?;
        let history = warm_up.max(self.table.bars_per_year().look_back());
        config.folds.over(bars, warm_up, history)
    }

    /// What is learnt over these bars, but for the closes that are left out, and by a policy of which spec.
    fn training(
        &self,
        config: &RunConfig,
        range: RangeInclusive<usize>,
        left_out: &[RangeInclusive<usize>],
    ) -> Result<(TableMarket, PolicySpec)> {
        let (table, cash_rate) = (&self.table, config.market.cash_rate);
        let regime = match config.state.regimes {
            0 => None,
            regimes => {
                let learnt = TableMarket::new(Arc::clone(table), range.clone(), 0, cash_rate)?;
                regimes::fitted(&learnt, range.clone().count(), regimes, config.train.seed)?
            }
        };
        let spec = spec(config, table.assets().to_vec(), self.state(regime))?;
        let warm_up = spec.state_builder(table.bars_per_year())?.warm_up_bars();
        let training = TableMarket::new(Arc::clone(table), range, warm_up, cash_rate)?;
        match left_out.is_empty() {
            true => Ok((training, spec)),
            false => Ok((training.without(left_out)?, spec)),
        }
    }

    /// What the prices decide of the state.
    fn state(&self, regime: Option<RegimeBlock>) -> StateSpec {
        let table = &self.table;
        StateSpec {
            regime,
            columns: table.columns().to_vec(),
            asset_columns: table.asset_columns().to_vec(),
            listed: table.universe().is_some(),
            bars_per_year: Some(table.bars_per_year()),
            ..StateSpec::base(table.assets().len())
        }
    }

    fn period(&self, range: &RangeInclusive<usize>) -> Period {
        Period {
            from: self.table.times()[*range.start()],
            to: self.table.times()[*range.end()],
        }
    }

    fn dataset(
        &self,
        range: RangeInclusive<usize>,
        training: TableMarket,
        test: Arc<TableMarket>,
        spec: PolicySpec,
    ) -> Dataset {
        Dataset {
            training: Arc::new(training),
            test,
            spec,
            train_period: Some(self.period(&range)),
            caveats: self.caveats.clone(),
            description: self.table.describe(),
            reading: self.reading.clone(),
            origin: self.origin.clone(),
            learnt: Some((self.clone(), range)),
        }
    }
}

/// How the price file is to be read.
fn options(market: &MarketConfig) -> CsvOptions {
    CsvOptions {
        layout: market.layout,
        separator: market.separator,
        decimal: market.decimal,
        thousands: market.thousands,
        encoding: market.encoding,
        date_format: market.date_format,
        asset_name: market.asset_name.clone(),
        close_column: market.close_column.clone(),
        splits: market.splits,
        fill: market.fill,
        max_halted_bars: market.max_halted_bars,
        delisting_return: market.delisting_return,
        end_column: market.end_column.clone(),
        cost_rate_column: market.cost_rate_column.clone(),
        half_spread_column: market.half_spread_column.clone(),
        borrow_rate_column: market.borrow_rate_column.clone(),
        signals: market.signals.clone(),
        asset_signals: market.asset_signals.clone(),
        cash_rate: market.cash_rate_column.clone(),
        prior: market.prior_columns.clone(),
        ignore: market.ignore.clone(),
        bars_per_year: market.bars_per_year,
        confirm_cash_rate: market.confirm_cash_rate,
    }
}

/// The path of a file as a policy names it, which others may read: relative as it was given; of an absolute one, which says
/// whose machine it was, the name of the file alone.
pub(crate) fn without_place(path: &Path) -> PathBuf {
    match path.file_name() {
        Some(name) if path.has_root() => name.into(),
        _ => path.to_path_buf(),
    }
}

/// The periods of the configuration; and where nobody chose them and they are not the prices', the first two thirds of the
/// bars to learn from and the others to judge by, with the words that say so.
fn periods(config: &RunConfig, table: &PriceTable) -> (Periods, Option<String>) {
    let chosen = config.periods;
    let apart = |periods: &Periods| {
        let train = table.bars_between(periods.train_from, periods.train_until);
        train.is_ok() && table.bars_between(periods.test_from, periods.test_until).is_ok()
    };
    if chosen != Periods::default() || apart(&chosen) {
        return (chosen, None);
    }
    let last = table.times()[table.bars() * 2 / 3];
    let end = Some(DateOrTime::Time(last));
    let split = Periods {
        train_until: end,
        test_from: end,
        ..chosen
    };
    let words = format!(
        "The prices do not lie in the periods that are the default: the first two thirds of their bars, up to {last}, \
         are learnt from, and the others judge."
    );
    (split, Some(words))
}

/// What readers of a report on simulated prices have to know.
const SIMULATED_CAVEAT: &str = "The prices are simulated, training and test from one model that does not change: nothing here \
    says how a policy would do on real ones.";

fn refuse_time(config: &RunConfig) -> Result<()> {
    if config.state.time {
        let expected = "false: a simulated market has no times";
        return Err(Error::invalid("state.time", true, expected));
    }
    Ok(())
}

/// The prices that a simulation is judged on, and where they came from.
fn simulated_prices(config: &RunConfig) -> Result<(Arc<PriceTable>, Value)> {
    let parameters = parameters(&config.market);
    let seed = config.train.seed.wrapping_add(TEST_SEED_OFFSET);
    let start = NaiveDate::from_ymd_opt(2000, 1, 3).expect("a Monday");
    let table = parameters.prices(config.market.test_bars, start, seed)?;
    Ok((
        Arc::new(table),
        json!({"simulated": parameters, "test_seed": seed}),
    ))
}

fn simulated(config: &RunConfig) -> Result<Dataset> {
    refuse_time(config)?;
    let parameters = parameters(&config.market);
    let training = parameters.market()?;
    let (regimes, seed) = (config.state.regimes, config.train.seed);
    let state = StateSpec {
        regime: regimes::fitted(&*training, SIMULATED_BARS, regimes, seed)?,
        columns: parameters.columns(),
        bars_per_year: Some(training.bars_per_year()),
        ..StateSpec::base(parameters.assets().len())
    };
    let spec = spec(config, parameters.assets().to_vec(), state)?;
    let (table, origin) = simulated_prices(config)?;
    let test = test_market(table, &spec, None, None, config.market.cash_rate)?;
    Ok(Dataset {
        training: Arc::clone(&training),
        test,
        spec,
        train_period: None,
        reading: None,
        description: format!(
            "{} simulated assets, {} bars a year",
            parameters.assets().len(),
            training.bars_per_year()
        ),
        origin,
        caveats: vec![SIMULATED_CAVEAT.to_string()],
        learnt: None,
    })
}

/// The simulation that a configuration asks for.
pub fn parameters(market: &MarketConfig) -> SimulatedParameters {
    match market.model {
        Model::Gbm => SimulatedParameters::Gbm(GbmParameters {
            cash_rate: market.cash_rate,
            bars_per_year: market.bars_per_year.unwrap_or_default(),
            ..GbmParameters::default_assets(market.asset_count)
        }),
        Model::Regimes => SimulatedParameters::RegimeSwitching(RegimeParameters {
            cash_rate: market.cash_rate,
            ..RegimeParameters::default_assets(market.asset_count)
        }),
    }
}

/// The policy's spec; `market` has what the market decides of the state.
fn spec(config: &RunConfig, assets: Vec<String>, market: StateSpec) -> Result<PolicySpec> {
    let spec = PolicySpec {
        state: config.state.over(market, &config.network),
        assets,
        action: config.action.clone(),
        network: config.network.clone(),
    };
    spec.validate()?;
    Ok(spec)
}
