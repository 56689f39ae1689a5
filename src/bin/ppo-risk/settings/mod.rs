//! Every setting of a run as an option: one table, from which options, help and the merged configuration are made.

mod table;

use crate::shorthand;
use clap::{Arg, ArgMatches};
use ppo_risk::Error;
use ppo_risk::portfolio::config::{Preset, RunConfig};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use table::{
    GROUPS,
    Kind::{File, List, Plain, Text, Variant},
    Setting,
};

/// All settings, in the order of help.
fn all() -> impl Iterator<Item = &'static Setting> {
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
            File => read_json(self.option, text)?,
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
            "market.prices" | "risk" => return self.help.to_string(),
            "train.threads" => "all there are".to_string(),
            _ if at(standard, self.path) != at(classic, self.path) => {
                format!("{}; classic: {}", shown(standard), shown(classic))
            }
            _ => shown(standard),
        };
        format!("{} [default: {default}]", self.help)
    }
}

fn read_json(option: &str, path: &str) -> Result<Value, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
    serde_json::from_str(&text).map_err(|error| {
        let found = format!("{path}, which is not JSON ({error})");
        Error::invalid(format!("--{option}"), found, "a JSON file")
    })
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
                    (Value::Null, Text | File) => continue,
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
