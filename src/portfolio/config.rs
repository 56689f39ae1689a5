//! One run's whole configuration: read from JSON with unknown keys refused, written beside every run.

mod state;

pub use state::StateConfig;

use crate::backtest::FoldsConfig;
use crate::env::reward::{RewardMode, ShapedReward};
use crate::env::{ControlVariate, EnvConfig};
use crate::error::{Error, Result};
use crate::json::document::{self, Document};
use crate::json::{self, Refusal};
use crate::market::BarsPerYear;
use crate::market::csv::{DateFormat, Decimal, Encoding, Fill, Layout, Separator, Splits, Thousands};
use crate::market::prices::check_cash_rate;
use crate::market::prior::Prior;
use crate::market::time::{DateOrTime, TIME_FORMAT};
use crate::policy::ensemble::MOST_MEMBERS;
use crate::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec};
use crate::risk::manager::RiskConfig;
use crate::rl::config::{PpoConfig, Schedule};
use crate::settings::{self, Range, settings};
use crate::train::TrainConfig;
use chrono::NaiveDate;
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::path::PathBuf;

settings! {
    /// Everything that decides what a run does. The default is the main job: see each field.
    pub struct RunConfig in "" {
        /// Settings that the rest starts from: standard (a policy that corrects a volatility-targeted equal weight) or
        /// classic (shaped reward, always fully invested, two layers of 256).
        preset: Preset = Preset::Standard, "PRESET", Range::ANY;
        /// Where returns come from.
        market: MarketConfig = MarketConfig::default(), "OBJECT", Range::ANY;
        /// Which dates are learnt from and which are judged.
        periods: Periods = Periods::default(), "OBJECT", Range::ANY;
        /// What the policy sees.
        state: StateConfig = StateConfig::default(), "OBJECT", Range::ANY;
        /// What the policy's output means.
        action: ActionSpec = standard_action(), "OBJECT", Range::ANY;
        /// The network: scorer (hidden=[32,32]; one small network scores each asset), attention
        /// (hidden=[32,32],embedding=16,heads=2; a scorer that looks back on `history` bars) or mlp
        /// (hidden=[256,256],activation=tanh|relu,shared_trunk=true|false); with settings as in mlp:hidden=[64,64].
        network: NetworkSpec = NetworkSpec::Scorer { hidden: vec![32, 32] }, "NETWORK", Range::ANY;
        /// The trainer.
        train: TrainConfig = standard_training(), "OBJECT", Range::ANY;
        /// Seeds to train, one after another; the first one's policy is the run's, the others show the spread.
        seeds: u64 = 3, "K", Range::closed(1.0, 1000.0);
        /// Whether the policies of all seeds are saved as one too, an ensemble that holds the mean of their weights: true or false.
        ///
        /// It is `ensemble.safetensors` in the run's folder, judged beside the prior.
        ensemble: bool = false, "BOOL", Range::ANY;
        /// Whether the ensemble stays nearer to the prior the more its members disagree: true or false.
        ///
        /// All the way up to the median of their disagreement in training, at the prior from its 95% quantile on.
        consensus: bool = false, "BOOL", Range::ANY;
        /// How folds are made.
        folds: FoldsConfig = FoldsConfig::default(), "OBJECT", Range::ANY;
        /// How far the saved policies depart from their prior: full (all the way), or evidence: as far as is borne out by
        /// trainings on folds within the training period, judged on the bars of it that they did not learn from.
        ///
        /// With m the mean of the policies' log growth a bar above their prior's there, and s its standard error, weights are
        /// prior + lambda (policy - prior), lambda = max(0, 1 - (1.645 s / m)^2) where m is above 0, else 0.
        departure: DepartureChoice = DepartureChoice::Full, "HOW_FAR", Range::ANY;
        /// Seeds to train on each fold for the evidence; their mean is judged.
        evidence_seeds: u64 = 1, "K", Range::closed(1.0, 1000.0);
        /// Decisions of each training for the evidence; null: as many as of every other.
        evidence_steps: Option<u64> = None, "N", Range::closed(1.0, f64::INFINITY);
        /// JSON file with the settings of the risk manager that the report shows beside the policy; without it, the defaults
        /// of every part and no borrowed money.
        ///
        /// In a configuration, the settings themselves. Read whole: keys that are missing take the defaults of
        /// [`RiskConfig`].
        risk: Option<RiskConfig> = None, "FILE", Range::ANY;
    }
}

impl Document for RunConfig {
    const KIND: &'static str = "a setting of a run";

    fn upgrade(object: &mut Value, format: u32) {
        if format < 3
            && let Value::Object(settings) = object
        {
            for (part, key, value) in [
                ("action", "reach", Value::from(0.0)),
                ("market", "bars_per_year", BarsPerYear::DAILY.get().into()),
            ] {
                let part = settings.entry(part).or_insert_with(|| Value::Object(Map::new()));
                document::meant(part, key, value);
            }
        }
    }
}

/// How far saved policies depart from their prior.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepartureChoice {
    /// All the way.
    #[default]
    Full,
    /// As far as folds within the training period bear out: [`Departure`](crate::policy::Departure).
    Evidence,
}

/// A named set of defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// What held up best on real daily prices: corrections to a volatility-targeted equal weight.
    #[default]
    Standard,
    /// The original's settings to the letter: shaped reward, fully invested, two layers of 256.
    Classic,
}

settings! {
    /// Where returns come from.
    pub struct MarketConfig in "market." {
        /// Where prices come from: prices (a file) or simulated (no data needed).
        source: Source = Source::Prices, "MARKET", Range::ANY;
        /// CSV, Parquet or Arrow file of prices: a date column and a close per asset, or the columns date, symbol, close. Without it,
        /// data/sp500_20_stocks.csv, which `make train` fetches.
        prices: Option<PathBuf> = None, "FILE", Range::ANY;
        /// How the file is laid out: detect, wide, long or one_asset (a file of one asset's bars).
        layout: Layout = Layout::Detect, "LAYOUT", Range::ANY;
        /// What stands between cells: detect, comma, semicolon, tab or vertical_bar.
        separator: Separator = Separator::Detect, "SEPARATOR", Range::ANY;
        /// What stands before decimals: detect, point or comma.
        decimal: Decimal = Decimal::Detect, "MARK", Range::ANY;
        /// What stands between thousands: detect, none, comma, point, space or apostrophe.
        thousands: Thousands = Thousands::Detect, "MARK", Range::ANY;
        /// How bytes stand for characters: detect, utf_8, utf_16le, utf_16be or windows_1252.
        encoding: Encoding = Encoding::Detect, "ENCODING", Range::ANY;
        /// How dates are written: detect, iso (2020-12-31), us (12/31/2020), eu (31.12.2020), yyyymmdd, epoch_s, epoch_ms,
        /// epoch_us, epoch_ns (seconds and parts of them since 1970) or serial (a spreadsheet's days).
        date_format: DateFormat = DateFormat::Detect, "FORMAT", Range::ANY;
        /// Name of the asset of a file of one asset that does not say it; without it, the file's.
        asset_name: Option<String> = None, "ASSET", Range::ANY;
        /// Column of closes in a long file or that of one asset; without it, "adj close" where there is one, else "close".
        close_column: Option<String> = None, "COLUMN", Range::ANY;
        /// What becomes of moves of one asset that look like splits: refuse, keep (the price did move so) or adjust (the
        /// prices before are divided by the split's ratio).
        splits: Splits = Splits::Refuse, "SPLITS", Range::ANY;
        /// What becomes of gaps: keep (an asset is absent before its first price, and halted without one), refuse, or forward
        /// (the date before's value).
        fill: Fill = Fill::Keep, "FILL", Range::ANY;
        /// Bars without a price after which an asset has ended and is paid out.
        max_halted_bars: u32 = 21, "BARS", Range::closed(1.0, 1e6);
        /// Simple return over its last price with which an asset that ends is paid out; -1 is nothing.
        delisting_return: f64 = 0.0, "RETURN", Range::closed(-1.0, f64::MAX);
        /// Column that is not 0 where an asset ends: of a long file, or NAME:ASSET of a wide one.
        end_column: Option<String> = None, "COLUMN", Range::ANY;
        /// Column of each asset's commission, in the place of cost_rate: of a long file, or NAME:ASSET of a wide one.
        cost_rate_column: Option<String> = None, "COLUMN", Range::ANY;
        /// Column of half of each asset's spread between bid and ask as a part of the price, paid on top of commission.
        half_spread_column: Option<String> = None, "COLUMN", Range::ANY;
        /// Column of each asset's annual fee on what is sold short, in the place of borrow_rate.
        borrow_rate_column: Option<String> = None, "COLUMN", Range::ANY;
        /// Bars a year, by which everything annual is made; null: as the times of the bars say.
        bars_per_year: Option<BarsPerYear> = None, "NUMBER", Range::ANY;
        /// Columns that are shown to the policy instead of being prices.
        signals: Vec<String> = Vec::new(), "COLUMN,...", Range::ANY;
        /// Columns that are shown to the policy with the asset that they are about: of a long file, or NAME:ASSET of a
        /// wide one.
        asset_signals: Vec<String> = Vec::new(), "COLUMN,...", Range::ANY;
        /// Columns with prior weights, each asset's and then cash's (for --prior supplied).
        prior_columns: Vec<String> = Vec::new(), "COLUMN,...", Range::ANY;
        /// Columns to leave out.
        ignore: Vec<String> = Vec::new(), "COLUMN,...", Range::ANY;
        /// Column with the annual rate of cash.
        cash_rate_column: Option<String> = None, "COLUMN", Range::ANY;
        /// Annual rate of cash where there is no such column; 0.02 is 2%.
        cash_rate: f64 = 0.0, "RATE", Range::above(-1.0, f64::MAX);
        /// Whether rates of cash above 1 (100% a year) are meant: true or false. They are as a rule percentages.
        confirm_cash_rate: bool = false, "BOOL", Range::ANY;
        /// Which simulation: gbm (correlated geometric Brownian motion) or regimes (calm and stress take turns).
        model: Model = Model::Gbm, "MODEL", Range::ANY;
        /// Number of simulated assets.
        asset_count: usize = 10, "N", Range::closed(1.0, 1000.0);
        /// Length of the simulated test, the history before it included.
        test_bars: usize = 2772, "BARS", Range::closed(300.0, 1e6);
    }
}

/// Kind of market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A price file.
    #[default]
    Prices,
    /// A simulation.
    Simulated,
}

/// Kind of simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Correlated geometric Brownian motion.
    #[default]
    Gbm,
    /// A calm and a stressed regime.
    Regimes,
}

settings! {
    /// First and last dates. Training and test may not share a return.
    #[derive(Copy)]
    pub struct Periods in "periods." {
        /// First date or time of training (a date with all of its day); null: as early as the prices go.
        #[serde(deserialize_with = "date_or_null")]
        train_from: Option<DateOrTime> = None, "DATE", Range::ANY;
        /// Last date or time of training; null: as late as the prices go.
        #[serde(deserialize_with = "date_or_null")]
        train_until: Option<DateOrTime> = NaiveDate::from_ymd_opt(2012, 12, 31).map(DateOrTime::Date), "DATE", Range::ANY;
        /// First date or time of the test; a year of returns, at most 252, has to come before it.
        #[serde(deserialize_with = "date_or_null")]
        test_from: Option<DateOrTime> = NaiveDate::from_ymd_opt(2013, 1, 1).map(DateOrTime::Date), "DATE", Range::ANY;
        /// Last date or time of the test; null: as late as the prices go.
        #[serde(deserialize_with = "date_or_null")]
        test_until: Option<DateOrTime> = None, "DATE", Range::ANY;
    }
}

macro_rules! plain {
    ($($type:ty)*) => {
        $(impl settings::Value for $type {})*
    };
}

plain!(Option<BarsPerYear> DepartureChoice FoldsConfig Preset Source Layout Separator Decimal Thousands Encoding DateFormat Splits Fill Model Option<DateOrTime> MarketConfig Periods ActionSpec TrainConfig);

impl RunConfig {
    /// The defaults of a preset.
    pub fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Standard => Self::default(),
            Preset::Classic => classic(),
        }
    }

    /// Reads JSON text whose keys override those of its `preset` (default `standard`). `file` names it in errors;
    /// unknown keys are refused.
    pub fn from_json(file: &str, text: &str) -> Result<Self> {
        Self::from_value(file, &parse(file, text)?)
    }

    /// As [`from_json`](Self::from_json), from parsed JSON.
    pub fn from_value(file: &str, given: &Value) -> Result<Self> {
        Self::read(file, given.clone(), document::FORMAT)
    }

    /// Reads what [`to_text`](Self::to_text) of this version or of an earlier one wrote.
    pub fn from_saved(file: &str, text: &str) -> Result<Self> {
        Self::read(file, parse(file, text)?, document::FIRST)
    }

    /// `format` is what is read where the object does not say.
    fn read(file: &str, mut given: Value, format: u32) -> Result<Self> {
        if !given.is_object() {
            return Err(Error::invalid(file, given, "a JSON object"));
        }
        let refused = |refusal: Refusal| refusal.named(file, ": ");
        let format = document::take_format(&mut given, format).map_err(refused)?;
        Self::upgrade(&mut given, format);
        let preset = match given.get("preset") {
            None => Preset::default(),
            Some(name) => serde_json::from_value(name.clone())
                .map_err(|_| Error::invalid(format!("{file}: preset"), name, "`standard` or `classic`"))?,
        };
        let mut merged = Self::preset(preset).to_value();
        merge(&mut merged, &given, "");
        let config: Self = document::read(merged, document::FORMAT, refused)?;
        config
            .validate()
            .map_err(|error| error.within(&format!("{file}: ")))?;
        Ok(config)
    }

    /// The configuration as the text of a file, which later versions read too.
    pub fn to_text(&self) -> String {
        let mut value = self.to_value();
        value[document::KEY] = document::FORMAT.into();
        format!("{value:#}\n")
    }

    /// The configuration as JSON.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("a configuration has string keys and finite numbers")
    }

    /// The seeds that policies are trained with, in order.
    pub(super) fn each_seed(&self) -> impl Iterator<Item = u64> + use<> {
        let first = self.train.seed;
        (0..self.seeds).map(move |index| first.wrapping_add(index))
    }

    /// Checks what can be checked without the market's data; the error names the first setting that cannot be used.
    pub fn validate(&self) -> Result<()> {
        self.check_ranges()?;
        self.market.check_ranges()?;
        check_cash_rate(self.market.cash_rate, self.market.confirm_cash_rate)
            .map_err(|error| error.within("market."))?;
        self.periods.check_ranges()?;
        self.state.check_ranges()?;
        self.folds.check_ranges()?;
        self.check_ensemble()?;
        self.train.validate().map_err(|error| error.within("train."))
    }
}

impl RunConfig {
    fn check_ensemble(&self) -> Result<()> {
        if self.ensemble && !(2..=MOST_MEMBERS as u64).contains(&self.seeds) {
            let expected = format!("2 to {MOST_MEMBERS}, as `ensemble` is true");
            return Err(Error::invalid("seeds", self.seeds, expected));
        }
        if self.consensus && !self.ensemble {
            return Err(Error::invalid("consensus", true, "false, as `ensemble` is"));
        }
        if self.consensus && self.action.prior == Prior::None {
            let expected = "false, as there is no prior (`action.prior`) to stay at";
            return Err(Error::invalid("consensus", true, expected));
        }
        Ok(())
    }
}

/// Values that are replaced whole, never mixed: those with a single key that names a variant, and the risk manager's.
const WHOLE: [&str; 4] = ["action.prior", "network", "train.env.reward", "risk"];

fn parse(file: &str, text: &str) -> Result<Value> {
    json::parse(text).map_err(|error| Error::invalid(file, format!("not JSON ({error})"), "a JSON object"))
}

/// Puts the values of `given` over those of `base`, key by key.
fn merge(base: &mut Value, given: &Value, path: &str) {
    match (base, given) {
        (Value::Object(base), Value::Object(given)) if !WHOLE.contains(&path) => {
            for (key, value) in given {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                match base.get_mut(key) {
                    Some(slot) => merge(slot, value, &path),
                    // An unknown key is kept, for the parser to refuse by name.
                    None => drop(base.insert(key.clone(), value.clone())),
                }
            }
        }
        (base, given) => *base = given.clone(),
    }
}

fn standard_action() -> ActionSpec {
    ActionSpec {
        distribution: Distribution::Gaussian,
        cash: true,
        prior: Prior::VolTarget {
            target: 0.15,
            half_life: 20.0,
            lookback: None,
        },
        trade_band: 0.1,
        ..ActionSpec::default()
    }
}

fn standard_training() -> TrainConfig {
    TrainConfig {
        total_steps: 300_000,
        ppo: PpoConfig {
            gamma: 0.9,
            ..PpoConfig::default()
        },
        env: EnvConfig {
            reward: RewardMode::LogReturn,
            control_variate: ControlVariate::PriorPath,
            ..EnvConfig::default()
        },
        ..TrainConfig::default()
    }
}

fn classic() -> RunConfig {
    RunConfig {
        preset: Preset::Classic,
        action: ActionSpec {
            cash: false,
            prior: Prior::None,
            trade_band: 0.0,
            ..ActionSpec::default()
        },
        network: NetworkSpec::Mlp {
            hidden: vec![256, 256],
            activation: Activation::Tanh,
            shared_trunk: true,
        },
        train: TrainConfig {
            ppo: PpoConfig {
                learning_rate: 3e-4,
                learning_rate_schedule: Schedule::Constant,
                n_epochs: 4,
                gamma: 0.99,
                gae_lambda: 0.95,
                clip_range: 0.2,
                vf_coef: 0.5,
                ent_coef: 0.01,
                max_grad_norm: 0.5,
                log_std_init: 0.0,
                ..PpoConfig::default()
            },
            env: EnvConfig {
                reward: RewardMode::Shaped(ShapedReward::default()),
                control_variate: ControlVariate::None,
                ..EnvConfig::default()
            },
            ..TrainConfig::default()
        },
        ..RunConfig::default()
    }
}

fn date_or_null<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<DateOrTime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let expected = format!("{TIME_FORMAT}, or null");
    let date = DateOrTime::parse(&text)
        .ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &expected.as_str()));
    date.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<RunConfig> {
        RunConfig::from_json("run.json", text)
    }

    #[test]
    fn a_written_configuration_reads_back_the_same() {
        for preset in [Preset::Standard, Preset::Classic] {
            let config = RunConfig::preset(preset);
            assert_eq!(parse(&config.to_value().to_string()).unwrap(), config);
        }
    }

    #[test]
    fn keys_override_the_preset_and_variants_are_replaced_whole() {
        let config = parse(
            r#"{"preset": "classic", "action": {"prior": {"inverse_volatility": {"lookback": 60}}},
                "train": {"ppo": {"gamma": 0.5}}}"#,
        )
        .unwrap();
        assert_eq!(
            config.action.prior,
            Prior::InverseVolatility { lookback: Some(60) }
        );
        assert_eq!(config.train.ppo.gamma, 0.5);
        assert_eq!(config.train.ppo.ent_coef, 0.01);
    }

    #[test]
    fn unknown_keys_and_impossible_values_are_refused_by_name() {
        for (text, word) in [
            (r#"{"train": {"ppo": {"gama": 0.5}}}"#, "gama"),
            (r#"{"colour": 1}"#, "colour"),
            (
                r#"{"train": {"ppo": {"gamma": 1.5}}}"#,
                "`run.json: train.ppo.gamma` is 1.5, expected in [0, 1]",
            ),
            (
                r#"{"train": {"ppo": {"gamma": "x"}}}"#,
                "`run.json: train.ppo.gamma` is \"x\", expected a number",
            ),
            (
                r#"{"periods": {"test_from": "05-06-07"}}"#,
                "`run.json: periods.test_from` is \"05-06-07\", expected a date such as 2020-12-31, or a time such as 2020-12-31T14:30:00Z, or null",
            ),
            (r#"{"preset": "best"}"#, "best"),
            (r#"{"seeds": 0}"#, "`run.json: seeds` is 0"),
            (r#"{"risk": {"hedge": {"treshold": 0.1}}}"#, "risk.hedge"),
            ("[1]", "object"),
            ("{", "not JSON"),
        ] {
            let message = parse(text).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}
