//! One run's whole configuration: read from JSON with unknown keys refused, written beside every run.

use crate::env::reward::{RewardMode, ShapedReward};
use crate::env::{ControlVariate, EnvConfig};
use crate::error::{Error, Result};
use crate::json::document::{self, Document};
use crate::json::{self, Refusal};
use crate::market::csv::{Fill, Layout};
use crate::market::dates::parse_date;
use crate::market::prior::Prior;
use crate::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec};
use crate::risk::manager::RiskConfig;
use crate::rl::config::{PpoConfig, Schedule};
use crate::train::TrainConfig;
use chrono::NaiveDate;
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// Everything that decides what a run does. The default is the main job: see each field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// Settings that the rest starts from.
    pub preset: Preset,
    /// Where returns come from.
    pub market: MarketConfig,
    /// Which dates are learnt from and which are judged.
    pub periods: Periods,
    /// What the policy sees.
    pub state: StateConfig,
    /// What the policy's output means.
    pub action: ActionSpec,
    /// Shape of the network.
    pub network: NetworkSpec,
    /// The trainer.
    pub train: TrainConfig,
    /// Number of seeds to train, at least 1: `train.seed`, and the ones that follow it.
    pub seeds: u64,
    /// Risk management of the curve that the report shows beside the policy's own; none:
    /// [`report_risk`](crate::portfolio::report_risk). Read whole: keys that are missing take the defaults of
    /// [`RiskConfig`].
    #[serde(default)]
    pub risk: Option<RiskConfig>,
}

impl Document for RunConfig {
    const KIND: &'static str = "a setting of a run";
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

/// Where returns come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MarketConfig {
    /// A price file, or a simulation.
    pub source: Source,
    /// The price file (source `prices`); none: none was named yet.
    pub prices: Option<PathBuf>,
    /// How the file is laid out.
    pub layout: Layout,
    /// What becomes of gaps in the file.
    pub fill: Fill,
    /// Columns of the file that are shown to the policy at each close instead of being prices.
    pub signals: Vec<String>,
    /// Columns of the file with the prior's weights (prior `supplied`): each asset's, then cash's.
    pub prior_columns: Vec<String>,
    /// Column of the file with the annual rate of cash.
    pub cash_rate_column: Option<String>,
    /// Columns of the file to leave out.
    pub ignore: Vec<String>,
    /// Annual rate of cash where the file has none; above -1.
    pub cash_rate: f64,
    /// Assets of the simulation, at least 1.
    pub asset_count: usize,
    /// Which simulation.
    pub model: Model,
    /// Bars of the simulated test, at least 300.
    pub test_bars: usize,
}

impl Default for MarketConfig {
    fn default() -> Self {
        Self {
            source: Source::Prices,
            prices: None,
            layout: Layout::Detect,
            fill: Fill::Refuse,
            signals: Vec::new(),
            prior_columns: Vec::new(),
            cash_rate_column: None,
            ignore: Vec::new(),
            cash_rate: 0.0,
            asset_count: 10,
            model: Model::Gbm,
            test_bars: 2772,
        }
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

/// First and last dates; none: as early or as late as the prices go. Training and test may not share a return.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Periods {
    /// First date of training.
    #[serde(deserialize_with = "date_or_null")]
    pub train_from: Option<NaiveDate>,
    /// Last date of training.
    #[serde(deserialize_with = "date_or_null")]
    pub train_until: Option<NaiveDate>,
    /// First date of the test.
    #[serde(deserialize_with = "date_or_null")]
    pub test_from: Option<NaiveDate>,
    /// Last date of the test.
    #[serde(deserialize_with = "date_or_null")]
    pub test_until: Option<NaiveDate>,
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            train_from: None,
            train_until: NaiveDate::from_ymd_opt(2012, 12, 31),
            test_from: NaiveDate::from_ymd_opt(2013, 1, 1),
            test_until: None,
        }
    }
}

/// What the policy sees, but for the number of assets and the columns, which the market decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StateConfig {
    /// Bars in the rolling volatility, at least 1.
    pub window: usize,
    /// Whether drawdown and the portfolio's own volatility are shown.
    pub account: bool,
}

impl Default for StateConfig {
    fn default() -> Self {
        Self {
            window: 20,
            account: false,
        }
    }
}

impl Default for RunConfig {
    fn default() -> Self {
        Self::preset(Preset::Standard)
    }
}

impl RunConfig {
    /// The defaults of a preset.
    pub fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Standard => standard(),
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

    /// Checks what can be checked without the market's data; the error names the first setting that cannot be used.
    pub fn validate(&self) -> Result<()> {
        if self.seeds == 0 || self.seeds > 1000 {
            return Err(Error::invalid("seeds", self.seeds, "in [1, 1000]"));
        }
        let market = &self.market;
        if market.asset_count == 0 || market.asset_count > 1000 {
            return Err(Error::invalid(
                "market.asset_count",
                market.asset_count,
                "in [1, 1000]",
            ));
        }
        if market.test_bars < 300 || market.test_bars > 1_000_000 {
            return Err(Error::invalid(
                "market.test_bars",
                market.test_bars,
                "in [300, 1000000]",
            ));
        }
        if !(market.cash_rate.is_finite() && market.cash_rate > -1.0) {
            return Err(Error::invalid(
                "market.cash_rate",
                market.cash_rate,
                "a finite annual rate above -1",
            ));
        }
        self.train.validate().map_err(|error| error.within("train."))
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

fn standard() -> RunConfig {
    RunConfig {
        preset: Preset::Standard,
        market: MarketConfig::default(),
        periods: Periods::default(),
        state: StateConfig::default(),
        action: ActionSpec {
            distribution: Distribution::Gaussian,
            cash: true,
            prior: Prior::VolTarget {
                target: 0.15,
                half_life: 20.0,
                lookback: 252,
            },
            trade_band: 0.1,
            ..ActionSpec::default()
        },
        network: NetworkSpec::Scorer { hidden: vec![32, 32] },
        train: TrainConfig {
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
        },
        seeds: 3,
        risk: None,
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
        ..standard()
    }
}

fn date_or_null<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<NaiveDate>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let expected = "a date such as 2020-12-31, or null";
    let date = parse_date(&text).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &expected));
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
        assert_eq!(config.action.prior, Prior::InverseVolatility { lookback: 60 });
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
                "`run.json: periods.test_from` is \"05-06-07\", expected a date such as 2020-12-31, or null",
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
