//! Every setting of a run as an option: one table, from which options, help and the merged configuration are made.

mod table;

use crate::{shorthand, words};
use clap::{Arg, ArgMatches};
use ppo_risk::Error;
use ppo_risk::error::Words;
use ppo_risk::portfolio::config::{Preset, RunConfig, Source};
use ppo_risk::settings::Form::{File, List, Numbers, Plain, Text, Variant};
use ppo_risk::settings::Range;
use serde_json::{Map, Value, json};
use table::{GROUPS, Leaf};

/// All settings, in the order of help.
fn all() -> impl Iterator<Item = &'static Leaf> {
    GROUPS.iter().flat_map(|group| &group.leaves)
}

/// An option for every setting.
pub(crate) fn options() -> Vec<Arg> {
    let (standard, classic) = (defaults(Preset::Standard), defaults(Preset::Classic));
    let mut options = Vec::new();
    for group in GROUPS.iter() {
        for leaf in &group.leaves {
            let option = Arg::new(leaf.option.as_str())
                .long(leaf.option.as_str())
                .value_name(leaf.setting.value_name)
                .allow_negative_numbers(leaf.setting.form == Plain)
                .help(leaf.described(&standard, &classic))
                .help_heading(group.heading)
                .hide_short_help(!group.first);
            // A yes is said by the option alone.
            let option = match leaf.setting.value_name {
                "BOOL" => option.num_args(0..=1).default_missing_value("true"),
                _ => option,
            };
            options.push(option);
        }
    }
    options
}

/// The settings given as options put over those of `config`.
pub(crate) fn override_with(config: &mut Value, matches: &ArgMatches) -> Result<(), Error> {
    for leaf in all() {
        if let Some(text) = matches.get_one::<String>(&leaf.option) {
            put(config, &leaf.path, leaf.parse(text)?);
        }
    }
    Ok(())
}

/// An error of the library about the settings of `config` in the words that they were given in: the option's, else
/// those of the file of settings, else the option's with a word that it was left out.
pub(crate) fn as_given(
    error: Error,
    given: &ArgMatches,
    file: Option<(&str, &Value)>,
    source: Source,
) -> Error {
    let history = match source {
        Source::Prices => "price table (--prices)",
        Source::Simulated => "price table (--test-bars)",
    };
    let test = match source {
        Source::Prices => "test period (--test-from, --test-until)",
        Source::Simulated => "test period (--test-bars)",
    };
    let error = words::renamed(
        error,
        &[
            ("training period", "training period (--train-from, --train-until)"),
            ("first date of the test", "first date of the test (--test-from)"),
            ("test period", test),
            ("price table", history),
            ("market", "market (--prices)"),
        ],
    );
    let columns = [("signals", "--signals"), ("asset_signals", "--asset-signals")];
    let mut error = words::about_a_file(error, &columns);
    if let Error::Invalid {
        input,
        found,
        expected,
        ..
    } = &mut error
    {
        let key = input.strip_prefix(OPTIONS).unwrap_or(input);
        let Some((leaf, rest)) = leaf_of(key) else {
            *input = Words::from(key);
            return error;
        };
        let option = format!("--{}", leaf.option);
        let (colon, dot) = match rest.is_empty() || rest.starts_with('[') {
            true => ("", ""),
            false => (": ", "."),
        };
        let as_given = match (given.get_one::<String>(&leaf.option), file) {
            (Some(path), _) if leaf.setting.form == File => format!("{option} {path}{colon}{rest}"),
            (Some(_), _) => format!("{option}{colon}{rest}"),
            (None, Some((file, settings))) if at(settings, &leaf.path).is_some() => {
                format!("{file}: {}{dot}{rest}", leaf.path)
            }
            (None, _) => {
                *found = Words::from(format!("{found} (not given)").as_str());
                format!("{option}{colon}{rest}")
            }
        };
        *expected = Words::from(with_options(expected).as_str());
        *input = Words::from(as_given.as_str());
    }
    error
}

/// What errors about the options' values call them before they are known to be options.
pub(crate) const OPTIONS: &str = "options: ";

/// The setting that a key belongs to, and what of the key lies within it. Parts of the library know their own keys
/// without those around them.
fn leaf_of(key: &str) -> Option<(&'static Leaf, String)> {
    ["", "train.", "market."].iter().find_map(|outer| {
        let path = format!("{outer}{key}");
        all().find_map(|leaf| {
            let rest = path.strip_prefix(&leaf.path)?;
            let within = rest.is_empty() || rest.starts_with(['.', '[']);
            within.then(|| (leaf, rest.trim_start_matches('.').to_string()))
        })
    })
}

/// A text with the keys of settings that it names as options.
fn with_options(text: &str) -> String {
    let keys = all().map(|leaf| (leaf.setting.key, &leaf.option));
    // A plain word may be just that.
    let telling = keys.filter(|(key, _)| key.contains('_'));
    let word = |text: &str, key: &str| text.split_whitespace().any(|word| word == key);
    telling.fold(text.to_string(), |text, (key, option)| match word(&text, key) {
        true => text.replace(key, &format!("--{option}")),
        false => text,
    })
}

impl Leaf {
    fn parse(&self, text: &str) -> Result<Value, Error> {
        Ok(match self.setting.form {
            Plain => shorthand::value(text),
            Text => json!(text),
            File => read_json(&self.option, text)?,
            List => shorthand::list(text),
            Numbers => shorthand::numbers(text),
            Variant => shorthand::variant(&self.option, text, &self.variants())?,
        })
    }

    /// Every variant with the fields it has when only its name is given.
    fn variants(&self) -> Value {
        match self.path.as_str() {
            "action.prior" => json!({
                "none": null,
                "equal_weight": null,
                "inverse_volatility": {"lookback": null},
                "vol_target": {"target": 0.15, "half_life": 20.0, "lookback": null},
                "hold": null,
                "supplied": null,
            }),
            "network" => json!({
                "scorer": {"hidden": [32, 32]},
                "attention": {"hidden": [32, 32], "embedding": 16, "heads": 2},
                "mlp": {"hidden": [256, 256], "activation": "tanh", "shared_trunk": true},
            }),
            _ => json!({
                "log_return": null,
                "shaped": {"volatility": 0.1, "drawdown": 2.0, "drawdown_threshold": 0.05, "cost": 10.0},
                "crra": {"a": 2.0},
                "terminal_crra": {"a": 2.0},
                "mean_variance": {"a": 2.0},
                "differential_sharpe": {"eta": null},
            }),
        }
    }

    /// The numbers that it can have; none where any value of its type will do.
    fn possible(&self) -> Option<Range> {
        let range = self.setting.range;
        (!range.is_any()).then_some(range)
    }

    /// The help text with the defaults of both presets.
    fn described(&self, standard: &Value, classic: &Value) -> String {
        match self.default(standard, classic) {
            None => self.setting.summary(),
            Some(default) => {
                let bounds = self
                    .possible()
                    .map_or_else(String::new, |possible| format!("{}; ", possible.in_words()));
                format!("{} [{bounds}default: {default}]", self.setting.summary())
            }
        }
    }

    /// The defaults of both presets; none where help says what it means to leave the setting out.
    fn default(&self, standard: &Value, classic: &Value) -> Option<String> {
        let shown = |config: &Value| {
            let value = at(config, &self.path).unwrap_or(&Value::Null);
            match value {
                Value::Object(variant) => variant.keys().next().cloned().unwrap_or_default(),
                Value::String(text) => text.clone(),
                Value::Array(items) if items.is_empty() => "none".to_string(),
                Value::Null => "null".to_string(),
                other => other.to_string(),
            }
        };
        match self.path.as_str() {
            "preset" => Some(shown(standard)),
            "market.prices"
            | "market.cash_rate_column"
            | "market.asset_name"
            | "market.close_column"
            | "risk" => None,
            "train.threads" => Some("all there are".to_string()),
            _ if at(standard, &self.path) != at(classic, &self.path) => {
                Some(format!("{}; classic: {}", shown(standard), shown(classic)))
            }
            _ => Some(shown(standard)),
        }
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
        let mut paths: Vec<String> = all().map(|leaf| leaf.path.clone()).collect();
        expected.sort();
        paths.sort();
        assert_eq!(paths, expected);
    }

    #[test]
    fn every_default_can_be_given_as_an_option() {
        for preset in [Preset::Standard, Preset::Classic] {
            let config = RunConfig::preset(preset);
            let mut given = json!({});
            for leaf in all() {
                let value = at(&config.to_value(), &leaf.path).unwrap().clone();
                let text = match (&value, leaf.setting.form) {
                    (Value::Null, Text | File) => continue,
                    (Value::String(text), _) => text.clone(),
                    (other, _) => other.to_string(),
                };
                put(&mut given, &leaf.path, leaf.parse(&text).unwrap());
            }
            assert_eq!(RunConfig::from_value("options", &given).unwrap(), config);
        }
    }

    /// docs/settings.md. Run with UPDATE_DOCS=1 to write it; then read the difference.
    #[test]
    fn the_documentation_lists_these_settings() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md");
        let table = documentation();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &table).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert!(
            committed == table,
            "docs/settings.md is not what the settings give: UPDATE_DOCS=1 writes it"
        );
    }

    fn documentation() -> String {
        let (standard, classic) = (defaults(Preset::Standard), defaults(Preset::Classic));
        let mut text =
            "# Settings of a run\n\nEach is an option of `ppo-risk train` and a key of its configuration \
            file (`--config`, `--print-config`). This page is made from the sources.\n"
                .to_string();
        for group in GROUPS.iter() {
            text += &format!("\n## {}\n\n", group.heading);
            text += "| option | key | default | possible | meaning |\n|---|---|---|---|---|\n";
            for leaf in &group.leaves {
                let possible = leaf
                    .possible()
                    .map_or_else(String::new, |range| range.to_string());
                let paragraphs = leaf.setting.documentation.iter().map(|line| line.trim());
                let meaning = paragraphs
                    .collect::<Vec<_>>()
                    .join(" ")
                    .replace("  ", " ")
                    .replace('|', "\\|");
                let default = leaf.default(&standard, &classic).unwrap_or_default();
                let (option, path) = (&leaf.option, &leaf.path);
                text += &format!(
                    "| `--{option}` | `{path}` | {default} | {possible} | {} |\n",
                    meaning.trim()
                );
            }
        }
        text
    }

    #[test]
    fn every_variant_named_alone_is_a_usable_configuration() {
        for leaf in all().filter(|leaf| leaf.setting.form == Variant) {
            for name in leaf.variants().as_object().unwrap().keys() {
                let mut given = json!({});
                put(&mut given, &leaf.path, leaf.parse(name).unwrap());
                RunConfig::from_value("options", &given).unwrap();
            }
        }
    }
}
