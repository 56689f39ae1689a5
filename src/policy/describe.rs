//! What is in a policy, in words a person can read on a terminal of 80 columns.

use crate::error::Result;
use crate::math::elementary::exp;
use crate::policy::file::{Extras, checksum, to_bytes};
use crate::policy::layout::layout;
use crate::policy::spec::{ActionSpec, Distribution, PolicySpec};
use crate::policy::trained::Policy;
use serde_json::{Value, json};

const WIDTH: usize = 80;
const LABEL: usize = 14;

/// Describes a policy: assets, state, action, network, normaliser, provenance and the checksum of its file. Lines
/// are at most 80 characters wide, apart from words that are longer themselves; each ends in a newline.
///
/// `extras` is what else the file holds; the checksum is that of the file with it. Fails as
/// [`to_bytes`] does.
pub fn describe(policy: &Policy, extras: &Extras) -> Result<String> {
    let spec = policy.spec();
    let mut text = String::new();
    let assets = format!("{}: {}", spec.assets.len(), spec.assets.join(", "));
    line(&mut text, "assets", &assets);
    line(&mut text, "state", &spec.state.in_words());
    line(&mut text, "action", &action(&spec.action));
    let prior = serde_json::to_value(spec.action.prior).expect("a prior is plain JSON");
    line(&mut text, "prior", &plain(&prior));
    if policy.member_count() > 1 {
        let consensus = match policy.consensus() {
            None => "all the way wherever they stand".to_string(),
            Some(consensus) => format!(
                "all the way up to a disagreement of {:.4}, back at the prior from {:.4} on",
                consensus.median, consensus.limit
            ),
        };
        let found = format!(
            "{} members, whose weights are averaged; {consensus}. What follows is of the first, each tensor once for every member",
            policy.member_count()
        );
        line(&mut text, "ensemble", &found);
    }
    if let Some(departure) = policy.departure() {
        line(&mut text, "departure", &departure.sentence());
    }
    line(&mut text, "network", &network(spec));
    for parameter in layout(spec) {
        let shape: Vec<String> = parameter.shape.iter().map(usize::to_string).collect();
        let row = format!(
            "{:<24}{:>14}{:>12}",
            parameter.name,
            shape.join(" x "),
            parameter.len()
        );
        line(&mut text, "", &row);
    }
    line(&mut text, "spread", &spread(policy));
    normalizer(&mut text, policy);
    provenance(&mut text, policy);
    if *extras != Extras::default() {
        let tensors: usize = extras.tensors.values().map(|tensor| tensor.values.len()).sum();
        let found = format!(
            "{} more tensors with {tensors} values, {} more entries: training can be resumed from here",
            extras.tensors.len(),
            extras.metadata.len()
        );
        line(&mut text, "checkpoint", &found);
    }
    line(&mut text, "sha256", &checksum(&to_bytes(policy, extras)?));
    Ok(text)
}

/// The same as JSON: `spec`, `members` (1 of a policy that is no ensemble), `consensus` (null: none), `departure` (null: all
/// the way from the prior), `statistics` of the normaliser (of an ensemble, the first member's), `parameters` (names and shapes of each member's), `provenance`, `checkpoint`
/// (whether training can be resumed from the file) and the file's `sha256`. Fails as [`to_bytes`] does.
pub fn to_json(policy: &Policy, extras: &Extras) -> Result<Value> {
    let parameters = layout(policy.spec())
        .into_iter()
        .map(|parameter| json!({"name": parameter.name, "shape": parameter.shape}));
    Ok(json!({
        "spec": policy.spec(),
        "members": policy.member_count(),
        "consensus": policy.consensus(),
        "departure": policy.departure(),
        "parameters": parameters.collect::<Vec<_>>(),
        "statistics": policy.normalizer().statistics(),
        "provenance": policy.provenance,
        "checkpoint": *extras != Extras::default(),
        "sha256": checksum(&to_bytes(policy, extras)?),
    }))
}

fn action(action: &ActionSpec) -> String {
    let distribution = match action.distribution {
        Distribution::Gaussian => "gaussian",
        Distribution::Dirichlet => "dirichlet",
    };
    let cash = if action.cash {
        "with cash"
    } else {
        "fully invested"
    };
    let exposure = match (action.is_plain(), action.short) {
        (true, _) => String::new(),
        (_, true) => format!(", long and short up to a gross exposure of {}", action.max_gross),
        (_, false) => format!(", up to a gross exposure of {}", action.max_gross),
    };
    format!(
        "{distribution}, {cash}{exposure}, weight cap {}, weight floor {}, trade band {}",
        action.weight_cap, action.weight_floor, action.trade_band
    )
}

fn network(spec: &PolicySpec) -> String {
    let layout = layout(spec);
    let total: usize = layout.iter().map(|parameter| parameter.len()).sum();
    let first = layout.iter().find(|parameter| parameter.name == "trunk.0.weight");
    let inputs = first.expect("layout() names it").shape[1];
    let shape = spec.network.in_words(inputs, spec.state.history);
    format!("{shape}, {total} parameters")
}

fn spread(policy: &Policy) -> String {
    let spread = policy.network().spread();
    match policy.spec().action.distribution {
        Distribution::Dirichlet => format!("concentration kappa {:.4}", exp(f64::from(spread[0]))),
        Distribution::Gaussian => {
            let (low, high) = range(spread.iter().map(|&log_std| exp(f64::from(log_std))));
            format!("standard deviation of the scores {low:.4} to {high:.4}")
        }
    }
}

fn normalizer(text: &mut String, policy: &Policy) {
    let state = &policy.spec().state;
    // A pooled group counts every asset; the cash ratio has a group of its own.
    let seen = range(policy.normalizer().statistics().count.iter().copied()).0;
    line(text, "normaliser", &format!("has seen {seen:.0} states"));
    for block in state.blocks() {
        let (name, features) = (block.content.name(), block.range);
        let feature = |i| policy.normalizer().feature(i);
        let (low, high) = range(features.clone().map(|i| feature(i).0));
        let (least, most) = range(features.map(|i| feature(i).1));
        let row = format!("{name:<11} mean {low:.3e} to {high:.3e}, std {least:.3e} to {most:.3e}");
        line(text, "", &row);
    }
}

fn provenance(text: &mut String, policy: &Policy) {
    if policy.provenance.is_empty() {
        line(text, "provenance", "none given");
    }
    for (i, (key, value)) in policy.provenance.iter().enumerate() {
        let label = if i == 0 { "provenance" } else { "" };
        line(text, label, &format!("{key}: {}", plain(value)));
    }
}

/// Text as it is; anything else as JSON with spaces to break lines at.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => {
            let lines = format!("{other:#}");
            lines.lines().map(str::trim).collect::<Vec<_>>().join(" ")
        }
    }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    })
}

/// Appends `label` and `content`, broken between words at 80 columns. Rows without a label keep their spaces where
/// they fit. Control characters, which a file from elsewhere may hold, do not reach the terminal.
fn line(text: &mut String, label: &str, content: &str) {
    let content: String = content
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    text.push_str(&format!("{label:<LABEL$}"));
    if LABEL + content.chars().count() <= WIDTH {
        text.push_str(&content);
    } else {
        let mut column = LABEL;
        for (i, word) in content.split_whitespace().enumerate() {
            let len = word.chars().count();
            if i > 0 && column + 1 + len > WIDTH {
                text.push('\n');
                text.push_str(&" ".repeat(LABEL));
                column = LABEL;
            } else if i > 0 {
                text.push(' ');
                column += 1;
            }
            text.push_str(word);
            column += len;
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::normalizer::ObservationNormalizer;
    use crate::policy::test_specs;

    #[test]
    fn everything_is_there_within_80_columns() {
        let spec = test_specs::scorer(20);
        let parameters = vec![0.0; layout(&spec).iter().map(|p| p.len()).sum()];
        let provenance =
            serde_json::json!({"command": "ppo-risk train --seed 1 ".repeat(9), "name": "\u{1b}[31mred"});
        let Value::Object(provenance) = provenance else {
            unreachable!()
        };
        let normalizer = ObservationNormalizer::new(&spec);
        let policy = Policy::new(spec, normalizer, parameters, provenance).unwrap();
        let text = describe(&policy, &Extras::default()).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        for part in [
            "20: ASSET0, ",
            "64 values: weights [20]",
            "dirichlet, with cash",
            "equal_weight",
            "scorer 10-4-3 on every asset, tanh, 72 parameters",
            "4 x 10",
            "kappa 1.0000",
            "command: ppo-risk train",
        ] {
            assert!(text.contains(part), "`{part}` is not in\n{text}");
        }
    }
}
