//! Every setting of a run as an option: one table, from which options, help and the merged configuration are made.

use crate::shorthand;
use clap::{Arg, ArgMatches};
use ppo_risk::Error;
use ppo_risk::portfolio::config::{Preset, RunConfig};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// One leaf of the configuration.
pub(crate) struct Setting {
    /// Place in the configuration's JSON, with dots.
    pub(crate) path: &'static str,
    /// Name of the option.
    pub(crate) option: &'static str,
    value_name: &'static str,
    kind: Kind,
    help: &'static str,
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// JSON, else a plain word.
    Plain,
    /// Text as it is.
    Text,
    /// Names separated by commas.
    List,
    /// A variant's name, with or without changes.
    Variant,
}

use Kind::{List, Plain, Text, Variant};

/// The settings under the heading that help shows them under.
const GROUPS: [(&str, &[Setting]); 8] = [
    (
        "Start here",
        &[
            setting(
                "preset",
                "preset",
                "PRESET",
                Plain,
                "Settings that the rest starts from: standard (a policy that corrects a volatility-targeted equal weight) or classic (shaped reward, always fully invested, 2x256 units)",
            ),
            setting(
                "market.source",
                "market",
                "MARKET",
                Plain,
                "Where prices come from: prices (a file) or simulated (no data needed)",
            ),
            setting(
                "market.prices",
                "prices",
                "FILE",
                Text,
                "CSV file of prices: a date column and a close per asset, or the columns date, symbol, close. Without it, data/sp500_20_stocks.csv, which `make train` fetches",
            ),
            setting(
                "train.total_steps",
                "steps",
                "N",
                Plain,
                "Decisions to train each seed for",
            ),
            setting(
                "seeds",
                "seeds",
                "K",
                Plain,
                "Seeds to train, one after another; the first one's policy is the run's, the others show the spread",
            ),
            setting("train.seed", "seed", "SEED", Plain, "The first seed"),
            setting(
                "train.device",
                "device",
                "DEVICE",
                Plain,
                "Where the network is trained: auto, cpu or cuda",
            ),
            setting(
                "train.threads",
                "threads",
                "N",
                Plain,
                "Threads; the numbers do not depend on it",
            ),
        ],
    ),
    (
        "Periods (prices from a file; training and test may not share a return)",
        &[
            setting(
                "periods.train_from",
                "train-from",
                "DATE",
                Plain,
                "First date of training; null: as early as the prices go",
            ),
            setting(
                "periods.train_until",
                "train-until",
                "DATE",
                Plain,
                "Last date of training",
            ),
            setting(
                "periods.test_from",
                "test-from",
                "DATE",
                Plain,
                "First date of the test; 252 returns have to come before it",
            ),
            setting(
                "periods.test_until",
                "test-until",
                "DATE",
                Plain,
                "Last date of the test; null: as late as the prices go",
            ),
        ],
    ),
    (
        "Price file",
        &[
            setting(
                "market.layout",
                "layout",
                "LAYOUT",
                Plain,
                "How the file is laid out: detect, wide or long",
            ),
            setting(
                "market.fill",
                "fill",
                "FILL",
                Plain,
                "What becomes of gaps: refuse, or forward (the date before's value)",
            ),
            setting(
                "market.signals",
                "signals",
                "COLUMN,...",
                List,
                "Columns that are shown to the policy instead of being prices",
            ),
            setting(
                "market.prior_columns",
                "prior-columns",
                "COLUMN,...",
                List,
                "Columns with prior weights, each asset's and then cash's (for --prior supplied)",
            ),
            setting(
                "market.cash_rate_column",
                "cash-rate-column",
                "COLUMN",
                Text,
                "Column with the annual rate of cash",
            ),
            setting(
                "market.cash_rate",
                "cash-rate",
                "RATE",
                Plain,
                "Annual rate of cash where there is no such column; 0.02 is 2%",
            ),
        ],
    ),
    (
        "Simulated market",
        &[
            setting(
                "market.model",
                "model",
                "MODEL",
                Plain,
                "gbm (correlated geometric Brownian motion) or regimes (calm and stress take turns)",
            ),
            setting(
                "market.asset_count",
                "asset-count",
                "N",
                Plain,
                "Number of assets",
            ),
            setting(
                "market.test_bars",
                "test-bars",
                "BARS",
                Plain,
                "Length of the simulated test, the history before it included",
            ),
        ],
    ),
    (
        "Trading",
        &[
            setting(
                "train.env.balance",
                "balance",
                "MONEY",
                Plain,
                "Money at the start of an episode",
            ),
            setting(
                "train.env.cost_rate",
                "cost-rate",
                "FRACTION",
                Plain,
                "Cost per traded notional, in training and test; 0.001 is 0.1%",
            ),
            setting(
                "train.env.episode_len",
                "episode-len",
                "BARS",
                Plain,
                "Decisions in a training episode",
            ),
            setting(
                "train.env.reward",
                "reward",
                "REWARD",
                Variant,
                "What is rewarded: log_return, shaped, crra (a=2), mean_variance (a=2) or differential_sharpe (eta=1/252); with settings as in crra:a=4",
            ),
            setting(
                "train.env.control_variate",
                "control-variate",
                "WHICH",
                Plain,
                "Market noise taken out of the reward: none, prior_path (the prior's own reward) or self_critical",
            ),
        ],
    ),
    (
        "What the policy sees and does",
        &[
            setting(
                "state.window",
                "window",
                "BARS",
                Plain,
                "Bars in the rolling volatility",
            ),
            setting(
                "state.account",
                "account",
                "BOOL",
                Plain,
                "Whether it sees its own drawdown and volatility: true or false",
            ),
            setting(
                "action.cash",
                "cash",
                "BOOL",
                Plain,
                "Whether it may hold cash; false: always fully invested",
            ),
            setting(
                "action.prior",
                "prior",
                "PRIOR",
                Variant,
                "The weights it corrects: none, equal_weight, inverse_volatility (lookback=252), vol_target (target=0.15,half_life=20,lookback=252) or supplied; with settings as in vol_target:target=0.1",
            ),
            setting(
                "action.distribution",
                "distribution",
                "WHICH",
                Plain,
                "What is sampled in training: gaussian (scores) or dirichlet (weights)",
            ),
            setting(
                "action.weight_cap",
                "weight-cap",
                "WEIGHT",
                Plain,
                "Largest weight of one asset",
            ),
            setting(
                "action.weight_floor",
                "weight-floor",
                "WEIGHT",
                Plain,
                "Smallest weight of one asset",
            ),
            setting(
                "action.trade_band",
                "trade-band",
                "TURNOVER",
                Plain,
                "No trade while one-way turnover to the target is below this",
            ),
            setting(
                "network",
                "network",
                "NETWORK",
                Variant,
                "scorer (hidden=[32,32]; one small network scores each asset) or mlp (hidden=[256,256],activation=tanh|relu,shared_trunk=true|false); with settings as in mlp:hidden=[64,64]",
            ),
        ],
    ),
    (
        "PPO (Stable-Baselines3's names)",
        &[
            setting(
                "train.ppo.n_envs",
                "n-envs",
                "N",
                Plain,
                "Environments side by side",
            ),
            setting(
                "train.ppo.n_steps",
                "n-steps",
                "N",
                Plain,
                "Steps of each environment between updates",
            ),
            setting(
                "train.ppo.batch_size",
                "batch-size",
                "N",
                Plain,
                "Samples in a minibatch",
            ),
            setting(
                "train.ppo.n_epochs",
                "n-epochs",
                "N",
                Plain,
                "Passes over the samples in an update",
            ),
            setting(
                "train.ppo.learning_rate",
                "learning-rate",
                "RATE",
                Plain,
                "Adam's step size",
            ),
            setting(
                "train.ppo.learning_rate_schedule",
                "learning-rate-schedule",
                "SCHEDULE",
                Plain,
                "constant, or linear (falls to 0)",
            ),
            setting("train.ppo.gamma", "gamma", "FRACTION", Plain, "Discount per step"),
            setting(
                "train.ppo.gae_lambda",
                "gae-lambda",
                "FRACTION",
                Plain,
                "Lambda of generalised advantage estimation",
            ),
            setting(
                "train.ppo.clip_range",
                "clip-range",
                "RANGE",
                Plain,
                "How far the probability ratio may move from 1",
            ),
            setting(
                "train.ppo.clip_range_schedule",
                "clip-range-schedule",
                "SCHEDULE",
                Plain,
                "constant, or linear (falls to 0)",
            ),
            setting(
                "train.ppo.clip_range_vf",
                "clip-range-vf",
                "RANGE",
                Plain,
                "How far the value may move in an update; null: as far as it likes",
            ),
            setting(
                "train.ppo.ent_coef",
                "ent-coef",
                "WEIGHT",
                Plain,
                "Weight of the entropy in the loss",
            ),
            setting(
                "train.ppo.vf_coef",
                "vf-coef",
                "WEIGHT",
                Plain,
                "Weight of the value in the loss",
            ),
            setting(
                "train.ppo.max_grad_norm",
                "max-grad-norm",
                "NORM",
                Plain,
                "Largest norm of the gradient",
            ),
            setting(
                "train.ppo.target_kl",
                "target-kl",
                "KL",
                Plain,
                "An update ends early beyond 1.5 times this divergence; null: never",
            ),
            setting(
                "train.ppo.normalize_advantage",
                "normalize-advantage",
                "BOOL",
                Plain,
                "Whether advantages are normalised in each minibatch",
            ),
            setting(
                "train.ppo.normalize_observation",
                "normalize-observation",
                "BOOL",
                Plain,
                "Whether states are normalised; the statistics are saved in the policy",
            ),
            setting(
                "train.ppo.normalize_reward",
                "normalize-reward",
                "BOOL",
                Plain,
                "Whether rewards are scaled by the spread of the discounted return",
            ),
        ],
    ),
    (
        "Where training starts",
        &[
            setting(
                "train.ppo.log_std_init",
                "log-std-init",
                "LOG_STD",
                Plain,
                "Log standard deviation of the gaussian policy's scores",
            ),
            setting(
                "train.ppo.kappa_init",
                "kappa-init",
                "KAPPA",
                Plain,
                "Concentration of the dirichlet policy: the larger, the less noise",
            ),
            setting("train.ppo.adam_eps", "adam-eps", "EPS", Plain, "Adam's epsilon"),
        ],
    ),
];

const fn setting(
    path: &'static str,
    option: &'static str,
    value_name: &'static str,
    kind: Kind,
    help: &'static str,
) -> Setting {
    Setting {
        path,
        option,
        value_name,
        kind,
        help,
    }
}

/// All settings, in the order of help.
pub(crate) fn all() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|(_, settings)| settings.iter())
}

/// An option for every setting.
pub(crate) fn options() -> Vec<Arg> {
    let (standard, classic) = (defaults(Preset::Standard), defaults(Preset::Classic));
    let mut options = Vec::new();
    for (heading, settings) in &GROUPS {
        for setting in *settings {
            let option = Arg::new(setting.option)
                .long(setting.option)
                .value_name(setting.value_name)
                .allow_hyphen_values(setting.kind == Plain)
                .help(setting.described(&standard, &classic))
                .help_heading(*heading);
            options.push(option);
        }
    }
    options
}

/// The settings given as options put over those of `config`.
pub(crate) fn override_with(config: &mut Value, matches: &ArgMatches) -> Result<(), Error> {
    for setting in all() {
        if let Some(text) = matches.get_one::<String>(setting.option) {
            put(config, setting.path, setting.parse(text)?);
        }
    }
    Ok(())
}

/// A plain word as one of the values of an enum, for options outside the table.
pub(crate) fn parse_json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(json!(text)).map_err(|error| error.to_string())
}

impl Setting {
    fn parse(&self, text: &str) -> Result<Value, Error> {
        Ok(match self.kind {
            Plain => shorthand::value(text),
            Text => json!(text),
            List => shorthand::list(text),
            Variant => shorthand::variant(self.option, text, &self.variants())?,
        })
    }

    /// Every variant with the fields it has when only its name is given.
    fn variants(&self) -> Value {
        match self.path {
            "action.prior" => json!({
                "none": null,
                "equal_weight": null,
                "inverse_volatility": {"lookback": 252},
                "vol_target": {"target": 0.15, "half_life": 20.0, "lookback": 252},
                "supplied": null,
            }),
            "network" => json!({
                "scorer": {"hidden": [32, 32]},
                "mlp": {"hidden": [256, 256], "activation": "tanh", "shared_trunk": true},
            }),
            _ => json!({
                "log_return": null,
                "shaped": {"volatility": 0.1, "drawdown": 2.0, "drawdown_threshold": 0.05, "cost": 10.0},
                "crra": {"a": 2.0},
                "mean_variance": {"a": 2.0},
                "differential_sharpe": {"eta": 1.0 / 252.0},
            }),
        }
    }

    /// The help text with the defaults of both presets.
    fn described(&self, standard: &Value, classic: &Value) -> String {
        let shown = |config: &Value| {
            let value = at(config, self.path).unwrap_or(&Value::Null);
            match value {
                Value::Object(variant) => variant.keys().next().cloned().unwrap_or_default(),
                Value::String(text) => text.clone(),
                Value::Array(items) if items.is_empty() => "none".to_string(),
                Value::Null => "null".to_string(),
                other => other.to_string(),
            }
        };
        let default = match self.path {
            "preset" => shown(standard),
            "market.prices" => return self.help.to_string(),
            "train.threads" => "all there are".to_string(),
            _ if at(standard, self.path) != at(classic, self.path) => {
                format!("{}; classic: {}", shown(standard), shown(classic))
            }
            _ => shown(standard),
        };
        format!("{} [default: {default}]", self.help)
    }
}

fn defaults(preset: Preset) -> Value {
    RunConfig::preset(preset).to_value()
}

fn at<'a>(config: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(config, |value, key| value.get(key))
}

/// Sets the value at a path, making the objects on the way.
fn put(config: &mut Value, path: &str, value: Value) {
    let mut place = config;
    for key in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[key];
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths of all leaves; the fields of a variant belong to the variant's own.
    fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) if !["action.prior", "network", "train.env.reward"].contains(&path) => {
                for (key, value) in fields {
                    let path = if path.is_empty() {
                        key.clone()
                    } else {
                        format!("{path}.{key}")
                    };
                    leaves(value, &path, found);
                }
            }
            _ => found.push(path.to_string()),
        }
    }

    #[test]
    fn every_setting_has_one_option_and_every_option_a_setting() {
        let mut expected = Vec::new();
        leaves(&defaults(Preset::Standard), "", &mut expected);
        let mut paths: Vec<String> = all().map(|setting| setting.path.to_string()).collect();
        expected.sort();
        paths.sort();
        assert_eq!(paths, expected);
    }

    #[test]
    fn every_default_can_be_given_as_an_option() {
        for preset in [Preset::Standard, Preset::Classic] {
            let config = RunConfig::preset(preset);
            let mut given = json!({});
            for setting in all() {
                let value = at(&config.to_value(), setting.path).unwrap().clone();
                let text = match (&value, setting.kind) {
                    (Value::Null, Text) => continue,
                    (Value::String(text), _) => text.clone(),
                    (other, _) => other.to_string(),
                };
                put(&mut given, setting.path, setting.parse(&text).unwrap());
            }
            assert_eq!(RunConfig::from_value("options", &given).unwrap(), config);
        }
    }

    #[test]
    fn every_variant_named_alone_is_a_usable_configuration() {
        for setting in all().filter(|setting| setting.kind == Variant) {
            for name in setting.variants().as_object().unwrap().keys() {
                let mut given = json!({});
                put(&mut given, setting.path, setting.parse(name).unwrap());
                RunConfig::from_value("options", &given).unwrap();
            }
        }
    }
}
