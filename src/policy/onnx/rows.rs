//! The rows that a network which scores them reads, in the model.

use super::graph::{Graph, transposed};
use super::message::{Attribute, Element};
use crate::market::state_spec::Content;
use crate::policy::Policy;
use crate::policy::attend::sought_by;
use crate::policy::features::RowLayout;
use crate::policy::layout::{layout, plain_blocks, scorer_inputs};
use crate::policy::spec::{Attention, PolicySpec};
use std::collections::HashMap;

/// The values that rows are gathered from.
struct Extended {
    /// [batch, S + any]
    values: String,
    /// Place of a 0.
    zero: usize,
    /// [batch, A, F]
    rows: String,
}

/// The rows ([batch, A, F], see [`features`](crate::policy::features)) of the normalised state, with what an attention finds in
/// the history behind them.
pub(super) fn rows(graph: &mut Graph, policy: &Policy, normalized: &str) -> String {
    let spec = policy.spec();
    let plain = plain_rows(graph, spec, normalized);
    let Some(attention) = spec.attention() else {
        return plain.rows;
    };
    let context = context(graph, policy, attention, &plain);
    let last = [("axis", Attribute::Integer(2))];
    graph.node("Concat", &[&plain.rows, &context], "rows_with_context", &last)
}

/// What the attention finds: [batch, A, d]. [`Attention`] has the formula; the keys are taken to the query.
fn context(graph: &mut Graph, policy: &Policy, attention: Attention, plain: &Extended) -> String {
    let Attention {
        bars,
        channels,
        embedding,
        heads,
    } = attention;
    let of_head = embedding / heads;
    let tensors = tensors(policy);
    let tensor = |name: &str| tensors[name].as_slice();
    let shape = [policy.spec().action_len(), channels, bars];
    let columns = history_columns(policy.spec(), plain.zero);
    let columns = graph.tensor(
        "history.columns",
        Element::I64,
        &shape,
        &columns,
        i64::to_le_bytes,
    );
    let second = [("axis", Attribute::Integer(1))];
    let history = graph.node("Gather", &[&plain.values, &columns], "history", &second);
    let weight = graph.floats(
        "embedding.weight",
        &[embedding, channels],
        tensor("embedding.weight"),
    );
    let bias = graph.floats("embedding.bias", &[embedding, 1], tensor("embedding.bias"));
    let products = graph.node("MatMul", &[&weight, &history], "embedding.products", &[]);
    let sums = graph.node("Add", &[&products, &bias], "embedding.sums", &[]);
    // [batch, A, d, L]
    let embedded = graph.node("Tanh", &[&sums], "embedding.out", &[]);
    let newest = graph.tensor("newest", Element::I64, &[], &[bars as i64 - 1], i64::to_le_bytes);
    let fourth = [("axis", Attribute::Integer(3))];
    let last = graph.node("Gather", &[&embedded, &newest], "last", &fourth);
    // [batch, A, H, d]
    let sought = graph.floats(
        "sought.weight",
        &[embedding, heads * embedding],
        &sought(attention, &tensors),
    );
    let sought = graph.node("MatMul", &[&last, &sought], "sought.flat", &[]);
    let by_head = graph.integers("by_head", &[0, 0, heads as i64, embedding as i64]);
    let sought = graph.node("Reshape", &[&sought, &by_head], "sought", &[]);
    let scores = graph.node("MatMul", &[&sought, &embedded], "scores_of_bars", &[]);
    let age = graph.floats("age.bias", &[heads, bars], tensor("age.bias"));
    let scores = graph.node("Add", &[&scores, &age], "scores_with_age", &[]);
    let shares = graph.node("Softmax", &[&scores], "shares", &fourth);
    let order = [("perm", Attribute::Integers(&[0, 1, 3, 2]))];
    let bars_first = graph.node("Transpose", &[&embedded], "bars_first", &order);
    let mean = graph.node("MatMul", &[&shares, &bars_first], "mean_of_bars", &[]);
    // Each head by its own values: [batch, A, H, 1, d] times [H, d, d / H].
    let axis = graph.integers("mean.axis", &[3]);
    let mean = graph.node("Unsqueeze", &[&mean, &axis], "mean_of_bars.lines", &[]);
    let values = tensor("value.weight").chunks_exact(of_head * embedding);
    let values: Vec<f32> = values.flat_map(|own| transposed(own, embedding)).collect();
    let values = graph.floats("value.weight", &[heads, embedding, of_head], &values);
    let context = graph.node("MatMul", &[&mean, &values], "context.lines", &[]);
    let flat = graph.integers("context.shape", &[0, 0, embedding as i64]);
    graph.node("Reshape", &[&context, &flat], "context", &[])
}

/// What every head looks for, side by side: [d, H d].
fn sought(attention: Attention, tensors: &HashMap<String, Vec<f32>>) -> Vec<f32> {
    let (query, key) = (&tensors["query.weight"], &tensors["key.weight"]);
    let heads: Vec<Vec<f32>> = (0..attention.heads)
        .map(|head| sought_by(attention, head, query, key))
        .collect();
    let numbers = attention.embedding;
    (0..numbers)
        .flat_map(|last| {
            heads
                .iter()
                .flat_map(move |head| &head[last * numbers..][..numbers])
        })
        .copied()
        .collect()
}

/// The policy's parameters by name.
fn tensors(policy: &Policy) -> HashMap<String, Vec<f32>> {
    let mut rest = policy.network().parameters();
    let tensors = layout(policy.spec()).into_iter().map(|parameter| {
        let (values, after) = rest.split_at(parameter.len());
        rest = after;
        (parameter.name, values.to_vec())
    });
    tensors.collect()
}

/// Where each row's history ([A, C, L]) lies in the state; `zero` where it has none. Asked of [`RowLayout`], by a state that
/// says of each value where it is.
fn history_columns(spec: &PolicySpec, zero: usize) -> Vec<i64> {
    let layout = RowLayout::new(spec);
    let state: Vec<f32> = (0..spec.state.len()).map(|i| (i + 1) as f32).collect();
    let mut rows = vec![0.0; spec.score_len() * layout.width()];
    layout.write(&state, &mut rows);
    let plain = scorer_inputs(spec);
    let histories = rows.chunks_exact(layout.width()).flat_map(|row| &row[plain..]);
    let place = |value: &f32| match *value as i64 {
        0 => zero as i64,
        place => place - 1,
    };
    histories.map(place).collect()
}

/// Rows as the scorer reads them, gathered from the normalised state with the market's means, a 0 and a 1 behind it.
fn plain_rows(graph: &mut Graph, spec: &PolicySpec, normalized: &str) -> Extended {
    let (assets, len) = (spec.state.assets, spec.state.len());
    let columns = graph.integers("columns", &[1]);
    let mut parts = vec![normalized.to_string()];
    // Where the values of each block of one an asset begin, the market's values, and the place of the cash ratio.
    let (mut own, mut market, mut cash) = (Vec::new(), Vec::new(), 0);
    for block in plain_blocks(spec) {
        // A name of its own, where an asset has several columns.
        let name = match block.content {
            Content::AssetColumn(column @ 1..) | Content::AssetColumnBefore(column @ 1.., _) => {
                format!("{} {column}", block.content.name()).into()
            }
            content => content.name(),
        };
        if block.content == Content::Cash {
            cash = block.range.start;
        }
        if !block.per_asset {
            market.extend(block.range);
            continue;
        }
        own.push(block.range.start);
        if block.content == Content::Weights {
            continue;
        }
        market.push(len + parts.len() - 1);
        let from = graph.integers(&format!("{name}.from"), &[block.range.start as i64]);
        let to = graph.integers(&format!("{name}.to"), &[block.range.end as i64]);
        let values = graph.node(
            "Slice",
            &[normalized, &from, &to, &columns],
            &format!("{name}.block"),
            &[],
        );
        let values = graph.cast(&values, Element::F64, &format!("{name}.wide"));
        let axes = [
            ("axes", Attribute::Integers(&[1])),
            ("keepdims", Attribute::Integer(1)),
        ];
        let mean = graph.node("ReduceMean", &[&values], &format!("{name}.mean"), &axes);
        parts.push(graph.cast(&mean, Element::F32, &format!("{name}.market")));
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let mut extended = graph.node("Concat", &parts, "with_means", &[("axis", Attribute::Integer(1))]);
    let one_more = graph.integers("one_more_column", &[0, 0, 0, 1]);
    for (name, value) in [("zero", 0.0), ("one", 1.0)] {
        let value = graph.floats(name, &[], &[value]);
        extended = graph.node(
            "Pad",
            &[&extended, &one_more, &value],
            &format!("with_{name}"),
            &[],
        );
    }
    let (zero, one) = (len + parts.len() - 1, len + parts.len());
    let mut indices = Vec::new();
    for i in 0..spec.action_len() {
        match i < assets {
            true => indices.extend(own.iter().map(|start| start + i).chain([zero])),
            false => {
                indices.push(cash);
                indices.extend(vec![zero; own.len() - 1]);
                indices.push(one);
            }
        }
        indices.extend(&market);
    }
    let indices: Vec<i64> = indices.into_iter().map(|i| i as i64).collect();
    let shape = [spec.action_len(), scorer_inputs(spec)];
    let indices = graph.tensor("rows.columns", Element::I64, &shape, &indices, i64::to_le_bytes);
    let axis = [("axis", Attribute::Integer(1))];
    let rows = graph.node("Gather", &[&extended, &indices], "rows", &axis);
    Extended {
        values: extended,
        zero,
        rows,
    }
}
