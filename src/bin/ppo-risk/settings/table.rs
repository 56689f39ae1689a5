//! Which settings are shown under which heading of help, and what the option of each is called. What a setting is, its
//! default and its range are said where the library declares it.

use ppo_risk::backtest::FoldsConfig;
use ppo_risk::env::{Costs, EnvConfig};
use ppo_risk::policy::spec::ActionSpec;
use ppo_risk::portfolio::config::{MarketConfig, Periods, RunConfig, StateConfig};
use ppo_risk::rl::config::PpoConfig;
use ppo_risk::settings::Setting;
use ppo_risk::train::TrainConfig;
use std::sync::LazyLock;

/// One leaf of the configuration.
pub(super) struct Leaf {
    /// Place in the configuration's JSON, with dots.
    pub(super) path: String,
    /// Name of the option.
    pub(super) option: String,
    pub(super) setting: &'static Setting,
}

/// Settings under a heading of help.
pub(super) struct Group {
    pub(super) heading: &'static str,
    /// Whether it is what a first run may need: shown by -h, which is one page.
    pub(super) first: bool,
    pub(super) leaves: Vec<Leaf>,
}

/// Every setting once, in the order of help.
pub(super) static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(groups);

/// The configurations that a run's is made of, by where they lie in it.
const SECTIONS: [(&str, &[Setting]); 10] = [
    ("", RunConfig::SETTINGS),
    ("folds.", FoldsConfig::SETTINGS),
    ("market.", MarketConfig::SETTINGS),
    ("periods.", Periods::SETTINGS),
    ("state.", StateConfig::SETTINGS),
    ("action.", ActionSpec::SETTINGS),
    ("train.", TrainConfig::SETTINGS),
    ("train.env.", Costs::SETTINGS),
    ("train.env.", EnvConfig::SETTINGS),
    ("train.ppo.", PpoConfig::SETTINGS),
];

/// How many headings, from the first, -h shows.
const FIRST: usize = 2;

/// Headings of help, those for people who know the method last, with what they show: a setting by its path, or with a dot at its end all settings of a section that no
/// other heading names.
const HEADINGS: [(&str, &[&str]); 10] = [
    (
        "Start here",
        &[
            "preset",
            "market.source",
            "market.prices",
            "train.total_steps",
            "seeds",
            "train.",
        ],
    ),
    (
        "Periods (prices from a file; training and test may not share a return)",
        &["periods."],
    ),
    ("Price file", &["market."]),
    (
        "Simulated market",
        &["market.model", "market.asset_count", "market.test_bars"],
    ),
    (
        "Trading",
        &[
            "train.env.balance",
            "train.env.cost_rate",
            "train.env.episode_len",
            "risk",
            "train.env.",
        ],
    ),
    ("What the policy sees and does", &["state.", "action."]),
    (
        "Folds (walk-forward), how far a policy departs from its prior, ensembles",
        &[
            "folds.",
            "departure",
            "evidence_seeds",
            "evidence_steps",
            "ensemble",
            "consensus",
        ],
    ),
    (
        "What is learnt, and by which network",
        &[
            "train.env.reward",
            "train.env.control_variate",
            "network",
            "action.distribution",
            "action.reach",
        ],
    ),
    (
        "For those who know PPO, the method of training (Stable-Baselines3's names)",
        &["train.ppo."],
    ),
    (
        "Where PPO starts",
        &[
            "train.ppo.log_std_init",
            "train.ppo.kappa_init",
            "train.ppo.adam_eps",
        ],
    ),
];

/// Options that are called otherwise than the last part of their path.
const OPTIONS: [(&str, &str); 2] = [("market.source", "market"), ("train.total_steps", "steps")];

fn groups() -> Vec<Group> {
    let all: Vec<(String, &'static Setting)> = SECTIONS
        .iter()
        .flat_map(|(section, settings)| {
            let path = move |setting: &'static Setting| (format!("{section}{}", setting.key), setting);
            settings.iter().map(path)
        })
        // A section is no setting.
        .filter(|(path, _)| !SECTIONS.iter().any(|(section, _)| *section == format!("{path}.")))
        .collect();
    let named = |path: &str| HEADINGS.iter().any(|(_, shown)| shown.contains(&path));
    let is_shown = |shown: &str, path: &str| match shown.strip_suffix('.') {
        Some(section) => !named(path) && path.rsplit_once('.').is_some_and(|(within, _)| within == section),
        None => path == shown,
    };
    let leaves = |shown: &&str| {
        all.iter()
            .filter(|(path, _)| is_shown(shown, path))
            .map(|(path, setting)| leaf(path, setting))
            .collect::<Vec<_>>()
    };
    HEADINGS
        .iter()
        .enumerate()
        .map(|(place, (heading, shown))| Group {
            heading,
            first: place < FIRST,
            leaves: shown.iter().flat_map(leaves).collect(),
        })
        .collect()
}

fn leaf(path: &str, setting: &'static Setting) -> Leaf {
    let option = OPTIONS.iter().find(|(named, _)| *named == path);
    Leaf {
        path: path.to_string(),
        option: option.map_or_else(|| setting.key.replace('_', "-"), |(_, option)| option.to_string()),
        setting,
    }
}
