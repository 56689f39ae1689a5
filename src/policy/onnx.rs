//! The deterministic policy as an ONNX model, for runtimes that know nothing of this library.
//!
//! # The model
//! Opset 17, IR version 8. Inputs: `state` (float, [batch, S]: as the state builder writes it, not normalised) and,
//! where the policy has a prior, `prior` (double, [batch, A]). Output: `weights` (double, [batch, A]): what
//! [`Policy::weights`] gives. Inside are the normaliser, the network, the softmax around the prior, the exact
//! projection within cap and floor, and the part of its departure that the policy takes. `metadata_props` holds `format`
//! ("ppo_risk"), `version` ("1") and `spec`, the policy's spec as JSON.
//!
//! The network runs in f32 and the rest in f64, as it does here; a runtime adds in another order, so that weights agree
//! to about 1e-6 and not to the bit. NaN and infinities are the caller's to keep out: a runtime does not refuse them.

mod graph;
mod message;
mod rows;

use crate::error::{Error, Result};
use crate::file::write_atomically;
use crate::json::document;
use crate::market::prior::Prior;
use crate::policy::ensemble::Consensus;
use crate::policy::file::{FORMAT, spec_json};
use crate::policy::layout::{Parameter, layout};
use crate::policy::normalizer::CLIP;
use crate::policy::spec::{Activation, PolicySpec};
use crate::policy::trained::Policy;
use crate::protobuf::Message;
use graph::{Graph, transposed};
use message::{Attribute, Element};
use std::path::Path;

/// Most values that the projection within cap and floor may compare for one state, 2A · A: about 1,400 weights.
const MOST_COMPARISONS: usize = 1 << 22;

/// What a sum of weights may be off 1 by and still count as 1.
const LEEWAY: f64 = 1e-12;

/// Writes the model to `path`: the file is there whole or, on any error, not at all. The same policy gives the same
/// bytes.
///
/// Fails as [`to_bytes`] does, and where the file cannot be written.
pub fn export(path: impl AsRef<Path>, policy: &Policy) -> Result<()> {
    let bytes = to_bytes(policy)?;
    write_atomically(path, |writer| writer.write_all(&bytes))
}

/// The model's bytes.
///
/// Fails where the policy may be short or levered, where assets may be missing, and where it has a cap, a floor or a reach
/// beyond its prior on so many weights (more than 1,448) that the projection, whose cost in ONNX grows with their square, would
/// be out of all proportion.
pub fn to_bytes(policy: &Policy) -> Result<Vec<u8>> {
    let spec = policy.spec();
    if !spec.action.is_plain() {
        let expected = "one that is neither short nor levered, for an export to ONNX";
        return Err(Error::invalid(
            "policy",
            "one that may be short or levered",
            expected,
        ));
    }
    if spec.state.listed {
        let expected = "one of assets that are all there throughout, for an export to ONNX";
        return Err(Error::invalid(
            "policy",
            "one of assets that may be missing (`listed`)",
            expected,
        ));
    }
    let actions = spec.action_len();
    let bounded = spec.action.weight_cap < 1.0 || spec.action.weight_floor > 0.0;
    let compared = bounded || spec.action.margin(actions).is_some();
    if compared && 2 * actions * actions > MOST_COMPARISONS {
        let found = format!("one with a cap, a floor or a reach beyond its prior on {actions} weights");
        return Err(Error::invalid(
            "policy",
            found,
            "at most 1448 such weights for an export to ONNX",
        ));
    }
    let mut graph = Graph::default();
    graph.input("state", Element::F32, spec.state.len());
    if spec.action.prior != Prior::None {
        graph.input("prior", Element::F64, actions);
    }
    let mut weights = match policy.member_count() {
        1 => all_the_way(&mut graph, policy, bounded),
        members => {
            let each: Vec<String> = policy
                .clone()
                .into_members()
                .iter()
                .enumerate()
                .map(|(k, member)| {
                    graph.within(format!("members.{k}."));
                    all_the_way(&mut graph, member, bounded)
                })
                .collect();
            graph.within("ensemble.");
            let mean = mean(&mut graph, &each, "mean");
            debug_assert_eq!(each.len(), members);
            match policy.consensus() {
                None => mean,
                Some(consensus) => {
                    let part = agreed_part(&mut graph, consensus, &each, &mean);
                    let rule = rule(&mut graph, spec, bounded);
                    in_part(&mut graph, &part, &rule, &mean)
                }
            }
        }
    };
    if let Some(departure) = policy.departure() {
        graph.within("departure.");
        let rule = rule(&mut graph, spec, bounded);
        let lambda = graph.doubles("lambda", &[], &[departure.lambda]);
        weights = in_part(&mut graph, &lambda, &rule, &weights);
    }
    graph.within("");
    graph.node("Identity", &[&weights], "weights", &[]);
    graph.output("weights", Element::F64, actions);
    Ok(model(spec, graph))
}

/// A single policy's weights, within bounds where it has any: [batch, A]
fn all_the_way(graph: &mut Graph, policy: &Policy, bounded: bool) -> String {
    let spec = policy.spec();
    let normalized = normalizer(graph, policy);
    let activation = spec.network.activation();
    let scores = match spec.network.scores_rows() {
        false => network(graph, policy, normalized, activation),
        true => {
            let rows = rows::rows(graph, policy, &normalized);
            let scores = network(graph, policy, rows, activation);
            let last = graph.integers("last_axis", &[2]);
            graph.node("Squeeze", &[&scores, &last], "scores_of_rows", &[])
        }
    };
    let mut weights = softmax_around_prior(graph, spec, &scores);
    if let Some(margin) = spec.action.margin(spec.action_len()) {
        weights = without_margin(graph, margin, &weights);
    }
    match bounded {
        true => within_bounds(graph, spec, &weights),
        false => weights,
    }
}

/// The mean of doubles of one shape. (Runtimes have no `Mean` of doubles.)
fn mean(graph: &mut Graph, each: &[String], name: &str) -> String {
    let mut sum = each[0].clone();
    for (k, next) in each.iter().enumerate().skip(1) {
        sum = graph.node("Add", &[&sum, next], &format!("{name}.sum.{k}"), &[]);
    }
    let count = graph.doubles(&format!("{name}.count"), &[], &[each.len() as f64]);
    graph.node("Div", &[&sum, &count], name, &[])
}

/// The part of the way that members go who disagree as these do: [batch, 1]
fn agreed_part(graph: &mut Graph, consensus: &Consensus, each: &[String], mean_of_all: &str) -> String {
    let axis = graph.integers("agreed.axis", &[1]);
    let keep = [("keepdims", Attribute::Integer(1))];
    let moved: Vec<String> = each
        .iter()
        .enumerate()
        .map(|(k, own)| {
            let change = graph.node("Sub", &[own, mean_of_all], &format!("agreed.change.{k}"), &[]);
            let size = graph.node("Abs", &[&change], &format!("agreed.size.{k}"), &[]);
            graph.node("ReduceSum", &[&size, &axis], &format!("agreed.moved.{k}"), &keep)
        })
        .collect();
    let moved = mean(graph, &moved, "agreed.moved");
    let numbers = [
        ("agreed.half", 0.5),
        ("agreed.median", consensus.median),
        // A limit at the median is a step there.
        (
            "agreed.width",
            (consensus.limit - consensus.median).max(f64::MIN_POSITIVE),
        ),
        ("agreed.none", 0.0),
        ("agreed.all", 1.0),
    ];
    let [half, median, width, none, all] = numbers.map(|(name, value)| graph.doubles(name, &[], &[value]));
    let disagreement = graph.node("Mul", &[&half, &moved], "agreed.disagreement", &[]);
    let above = graph.node("Sub", &[&disagreement, &median], "agreed.above", &[]);
    let lost = graph.node("Div", &[&above, &width], "agreed.lost.linear", &[]);
    let lost = graph.node("Max", &[&lost, &none], "agreed.lost.at_least_0", &[]);
    let lost = graph.node("Min", &[&lost, &all], "agreed.lost", &[]);
    graph.node("Sub", &[&all, &lost], "agreed.agreed", &[])
}

/// The weights of a policy that has learnt nothing, within bounds where there are any: [batch, A]
fn rule(graph: &mut Graph, spec: &PolicySpec, bounded: bool) -> String {
    let rule = prior_alone(graph, spec);
    match bounded {
        true => within_bounds(graph, spec, &rule),
        false => rule,
    }
}

/// ModelProto.
fn model(spec: &PolicySpec, graph: Graph) -> Vec<u8> {
    let mut opset = Message::default();
    opset.field(1, b"");
    opset.integer(2, 17);
    let mut model = Message::default();
    model.integer(1, 8);
    model.field(2, FORMAT.as_bytes());
    model.field(7, &graph.bytes());
    model.field(8, &opset.bytes());
    let spec = spec_json(spec).to_string();
    let version = document::FORMAT.to_string();
    for (key, value) in [("format", FORMAT), ("version", &version), ("spec", &spec)] {
        let mut entry = Message::default();
        entry.field(1, key.as_bytes());
        entry.field(2, value.as_bytes());
        model.field(14, &entry.bytes());
    }
    model.bytes()
}

/// clamp((state - mean) / deviation, -10, 10): [batch, S]
fn normalizer(graph: &mut Graph, policy: &Policy) -> String {
    let (mean, inverse) = policy.normalizer().scale();
    let mean = graph.floats("normalizer.mean", &[mean.len()], mean);
    let inverse = graph.floats("normalizer.inverse_deviation", &[inverse.len()], inverse);
    let low = graph.floats("normalizer.low", &[], &[-CLIP]);
    let high = graph.floats("normalizer.high", &[], &[CLIP]);
    let centred = graph.node("Sub", &["state", &mean], "centred", &[]);
    let scaled = graph.node("Mul", &[&centred, &inverse], "scaled", &[]);
    graph.node("Clip", &[&scaled, &low, &high], "normalized", &[])
}

/// The trunk and the actor on rows of features: [..., F] to [..., scores].
fn network(graph: &mut Graph, policy: &Policy, rows: String, activation: Activation) -> String {
    let activation = match activation {
        Activation::Tanh => "Tanh",
        Activation::Relu => "Relu",
    };
    let mut x = rows;
    let mut rest = policy.network().parameters();
    let mut weight: Option<(Parameter, &[f32])> = None;
    for parameter in layout(policy.spec()) {
        let (values, after) = rest.split_at(parameter.len());
        rest = after;
        let name = parameter.name.clone();
        if !(name.starts_with("trunk.") || name.starts_with("actor.")) {
            continue;
        }
        let Some((matrix, weights)) = weight.take() else {
            weight = Some((parameter, values)); // its bias is next
            continue;
        };
        let (outputs, inputs) = (matrix.shape[0], matrix.shape[1]);
        let transposed = transposed(weights, inputs);
        let layer = name.trim_end_matches(".bias").to_string();
        let matrix = graph.floats(&matrix.name, &[inputs, outputs], &transposed);
        let bias = graph.floats(&name, &[outputs], values);
        let products = graph.node("MatMul", &[&x, &matrix], &format!("{layer}.products"), &[]);
        x = graph.node("Add", &[&products, &bias], &format!("{layer}.sums"), &[]);
        if layer != "actor" {
            x = graph.node(activation, &[&x], &format!("{layer}.out"), &[]);
        }
    }
    x
}

/// softmax(log(prior + m) + scores) in f64: [batch, A]
fn softmax_around_prior(graph: &mut Graph, spec: &PolicySpec, scores: &str) -> String {
    let mut logits = graph.cast(scores, Element::F64, "scores");
    if spec.action.prior != Prior::None {
        let shift = spec.action.prior_shift(spec.action_len());
        let shift = graph.doubles("prior.shift", &[], &[shift]);
        let shifted = graph.node("Add", &["prior", &shift], "prior.shifted", &[]);
        let log = graph.node("Log", &[&shifted], "prior.log", &[]);
        // Rounded to f32, as it is here.
        let log = graph.cast(&log, Element::F32, "prior.log_f32");
        let log = graph.cast(&log, Element::F64, "prior.log_rounded");
        logits = graph.node("Add", &[&log, &logits], "logits", &[]);
    }
    graph.node(
        "Softmax",
        &[&logits],
        "softmax",
        &[("axis", Attribute::Integer(1))],
    )
}

/// The weights of scores of 0: the prior's, which are scaled to a sum of 1; without a reach beyond it, with what is added to
/// them there: [batch, A]
fn prior_alone(graph: &mut Graph, spec: &PolicySpec) -> String {
    let shift = match spec.action.margin(spec.action_len()) {
        Some(_) => 0.0,
        None => spec.action.prior_shift(spec.action_len()),
    };
    let shift = graph.doubles("rule.shift", &[], &[shift]);
    let shifted = graph.node("Add", &["prior", &shift], "rule.shifted", &[]);
    let axis = graph.integers("rule.axis", &[1]);
    let each = [("keepdims", Attribute::Integer(1))];
    let sum = graph.node("ReduceSum", &[&shifted, &axis], "rule.sum", &each);
    graph.node("Div", &[&shifted, &sum], "rule.rule", &[])
}

/// rule + part (weights - rule): [batch, A]
fn in_part(graph: &mut Graph, part: &str, rule: &str, weights: &str) -> String {
    let whole = graph.node("Sub", &[weights, rule], "whole", &[]);
    let taken = graph.node("Mul", &[part, &whole], "taken", &[]);
    graph.node("Add", &[rule, &taken], "weights_in_part", &[])
}

/// max(0, λu - m) with the one λ that makes it sum to 1: [batch, A]
///
/// The sum rises in λ, and its pieces meet where some weight leaves 0, at m/u. In are the weights for which the sum there
/// is below 1; k of them make λ = (1 + k·m)/Σu.
fn without_margin(graph: &mut Graph, margin: f64, shares: &str) -> String {
    let [zero, one, m] = [("margin.zero", 0.0), ("margin.one", 1.0), ("margin", margin)]
        .map(|(name, value)| graph.doubles(name, &[], &[value]));
    let [axis_1, axis_2] = [("margin.axis_1", 1), ("margin.axis_2", 2)].map(|(n, v)| graph.integers(n, &[v]));
    let thresholds = graph.node("Div", &[&m, shares], "margin.thresholds", &[]);
    // [batch, A, A], summed over the last
    let row = graph.node("Unsqueeze", &[shares, &axis_1], "margin.row", &[]);
    let column = graph.node("Unsqueeze", &[&thresholds, &axis_2], "margin.column", &[]);
    let scaled = graph.node("Mul", &[&row, &column], "margin.scaled", &[]);
    let above = graph.node("Sub", &[&scaled, &m], "margin.above", &[]);
    let above = graph.node("Max", &[&above, &zero], "margin.above_0", &[]);
    let dropped = [("keepdims", Attribute::Integer(0))];
    let sums = graph.node("ReduceSum", &[&above, &axis_2], "margin.sums", &dropped);
    let inside = graph.node("Less", &[&sums, &one], "margin.inside", &[]);
    let inside = graph.cast(&inside, Element::F64, "margin.counted");
    let kept = graph.node("Mul", &[&inside, shares], "margin.kept", &[]);
    let each = [("keepdims", Attribute::Integer(1))];
    let count = graph.node("ReduceSum", &[&inside, &axis_1], "margin.count", &each);
    let sum = graph.node("ReduceSum", &[&kept, &axis_1], "margin.sum", &each);
    let margins = graph.node("Mul", &[&count, &m], "margin.margins", &[]);
    let total = graph.node("Add", &[&margins, &one], "margin.total", &[]);
    let lambda = graph.node("Div", &[&total, &sum], "margin.lambda", &[]);
    let scaled = graph.node("Mul", &[&lambda, shares], "margin.weights_scaled", &[]);
    let less = graph.node("Sub", &[&scaled, &m], "margin.weights_less", &[]);
    graph.node("Max", &[&less, &zero], "margin.weights", &[])
}

/// The nearest weights within floor and cap that sum to 1: clip(w - shift) for one shift.
///
/// Their sum is piecewise linear and falling in the shift, and its pieces meet where some weight reaches a bound, at
/// w - low or w - high. So: the sum at every one of those 2A shifts, the last of them with a sum of at least 1, the
/// first with at most 1, and the point between the two where the straight line through them is 1.
fn within_bounds(graph: &mut Graph, spec: &PolicySpec, weights: &str) -> String {
    let actions = spec.action_len();
    let bound = |assets: f64, cash: f64| -> Vec<f64> {
        (0..actions)
            .map(|i| if i < spec.state.assets { assets } else { cash })
            .collect()
    };
    let low = graph.doubles("floor", &[actions], &bound(spec.action.weight_floor, 0.0));
    let high = graph.doubles("cap", &[actions], &bound(spec.action.weight_cap, 1.0));
    let [one, zero] = [("bounds.one", 1.0), ("bounds.zero", 0.0)].map(|(n, v)| graph.doubles(n, &[], &[v]));
    let [least, most] =
        [("bounds.least", -1e300), ("bounds.most", 1e300)].map(|(n, v)| graph.doubles(n, &[], &[v]));
    let [axis_1, axis_2] = [("bounds.axis_1", 1), ("bounds.axis_2", 2)].map(|(n, v)| graph.integers(n, &[v]));
    let clipped = |graph: &mut Graph, weights: &str, shift: &str, name: &str| {
        let moved = graph.node("Sub", &[weights, shift], &format!("{name}.moved"), &[]);
        let raised = graph.node("Max", &[&moved, &low], &format!("{name}.raised"), &[]);
        graph.node("Min", &[&raised, &high], &format!("{name}.clipped"), &[])
    };
    // [batch, 2A]
    let to_low = graph.node("Sub", &[weights, &low], "shifts.to_low", &[]);
    let to_high = graph.node("Sub", &[weights, &high], "shifts.to_high", &[]);
    let shifts = graph.node(
        "Concat",
        &[&to_low, &to_high],
        "shifts",
        &[("axis", Attribute::Integer(1))],
    );
    // [batch, 2A, A], summed over A
    let row = graph.node("Unsqueeze", &[weights, &axis_1], "bounds.row", &[]);
    let column = graph.node("Unsqueeze", &[&shifts, &axis_2], "bounds.column", &[]);
    let all = clipped(graph, &row, &column, "at_shifts");
    let sums = graph.node(
        "ReduceSum",
        &[&all, &axis_2],
        "sums",
        &[("keepdims", Attribute::Integer(0))],
    );
    // The neighbours of the shift that is sought, with their sums: [batch, 1] each. A hair of leeway, for where the
    // caps alone sum to 1.
    let [nearly, hardly] = [
        ("bounds.nearly_one", 1.0 - LEEWAY),
        ("bounds.hardly_one", 1.0 + LEEWAY),
    ]
    .map(|(n, v)| graph.doubles(n, &[], &[v]));
    let over = graph.node("GreaterOrEqual", &[&sums, &nearly], "sums.over", &[]);
    let under = graph.node("LessOrEqual", &[&sums, &hardly], "sums.under", &[]);
    let reduce = [
        ("axes", Attribute::Integers(&[1])),
        ("keepdims", Attribute::Integer(1)),
    ];
    let mut ends = Vec::new();
    for (name, chosen, shift, sum, otherwise_shift, otherwise_sum) in [
        ("before", &over, "ReduceMax", "ReduceMin", &least, &most),
        ("after", &under, "ReduceMin", "ReduceMax", &most, &least),
    ] {
        for (what, values, reduction, otherwise) in [
            ("shift", &shifts, shift, otherwise_shift),
            ("sum", &sums, sum, otherwise_sum),
        ] {
            let name = format!("{name}.{what}");
            let some = graph.node("Where", &[chosen, values, otherwise], &format!("{name}s"), &[]);
            ends.push(graph.node(reduction, &[&some], &name, &reduce));
        }
    }
    let [shift_before, sum_before, shift_after, sum_after] = [0, 1, 2, 3].map(|i| ends[i].as_str());
    let excess = graph.node("Sub", &[sum_before, &one], "excess", &[]);
    let fall = graph.node("Sub", &[sum_before, sum_after], "fall", &[]);
    let width = graph.node("Sub", &[shift_after, shift_before], "width", &[]);
    // No fall: both ends sum to 1, and the first will do.
    let falls = graph.node("Greater", &[&fall, &zero], "falls", &[]);
    let divisor = graph.node("Where", &[&falls, &fall, &one], "divisor", &[]);
    let part = graph.node("Div", &[&excess, &divisor], "part", &[]);
    let part = graph.node("Max", &[&part, &zero], "part.at_least_0", &[]);
    let part = graph.node("Min", &[&part, &one], "part.at_most_1", &[]);
    let step = graph.node("Mul", &[&part, &width], "step", &[]);
    let shift = graph.node("Add", &[shift_before, &step], "shift", &[]);
    clipped(graph, weights, &shift, "bounded")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::correlation::Correlation;
    use crate::policy::normalizer::ObservationNormalizer;
    use crate::policy::test_specs;

    /// Several blocks of a kind: [`Graph`] refuses a name that two values have.
    #[test]
    fn every_block_has_names_of_its_own() {
        let mut spec = test_specs::scorer(3);
        spec.state.asset_columns = vec!["one".to_string(), "other".to_string()];
        spec.state.return_horizons = vec![5, 20];
        spec.state.history = 3;
        spec.state.correlation = Some(Correlation::Assets { half_life: 5.0 });
        let parameters = vec![0.0; layout(&spec).iter().map(|p| p.len()).sum()];
        let normalizer = ObservationNormalizer::new(&spec);
        let policy = Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap();
        assert!(!to_bytes(&policy).unwrap().is_empty());
    }
}
