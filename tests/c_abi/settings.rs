//! What the header says of a setting, which `abi/generate` reads from its declaration, against what the declaration came to. That a
//! default is the one that is said is tested by the Python package, which has the header's words.

use crate::toolchain::root;
use ppo_risk::env::{Costs, EnvConfig};
use ppo_risk::rl::config::PpoConfig;
use ppo_risk::settings::{Range, Setting};
use ppo_risk::train::TrainConfig;
use std::collections::BTreeMap;

/// Every setting of a training is a field of `ppo_config`, whose documentation has its range: the whole of it, or without
/// bounds that nobody comes near.
#[test]
fn the_fields_of_ppo_config_say_the_ranges_of_the_settings() {
    let documented = documented("ppo_config");
    let settings = [
        TrainConfig::SETTINGS,
        PpoConfig::SETTINGS,
        EnvConfig::SETTINGS,
        Costs::SETTINGS,
    ];
    // Sections of the configuration are no fields.
    let is_field = |setting: &&Setting| !["ppo", "env"].contains(&setting.key);
    for setting in settings.into_iter().flatten().filter(is_field) {
        let words = documented
            .get(setting.key)
            .unwrap_or_else(|| panic!("ppo_config has no {}", setting.key));
        let says = |range: String| {
            let own = range.trim_start_matches("0, or ").trim_end_matches(", or null");
            let mut after = words.match_indices(own).map(|(at, _)| &words[at + own.len()..]);
            after.any(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        };
        let Setting { key, range, .. } = setting;
        let is_said = says(range.to_string()) || says(range.in_words());
        assert!(*range == Range::ANY || is_said, "{key}: {range}, not {words}");
    }
}

/// The documentation of every field of a struct, in one line each.
fn documented(name: &str) -> BTreeMap<String, String> {
    let header = std::fs::read_to_string(root().join("include/ppo_risk/training.h")).unwrap();
    let (_, fields) = header.split_once(&format!("typedef struct {name} {{")).unwrap();
    let (fields, _) = fields.split_once(&format!("}} {name};")).unwrap();
    let each = fields.split("/**").skip(1).map(|field| {
        let (words, declaration) = field.split_once("*/").unwrap();
        let lines = words.lines().map(|line| line.trim().trim_start_matches("* "));
        let name = declaration.split_once(';').unwrap().0.split_whitespace().last();
        let words = lines.collect::<Vec<_>>().join(" ");
        (name.unwrap().to_string(), words.trim().to_string())
    });
    each.collect()
}
