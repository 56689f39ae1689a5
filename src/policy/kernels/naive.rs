//! What the kernels mean, in f64 and without haste: the twin that the tests compare them with.

use super::Activation;

/// out[o] = activation(bias[o] + sum over i of weight[o, i] · input[i]): `weight` is [outputs, inputs], row-major.
pub fn dense(weight: &[f32], bias: &[f32], activation: Activation, input: &[f32], out: &mut [f64]) {
    for (o, out) in out.iter_mut().enumerate() {
        let row = &weight[o * input.len()..][..input.len()];
        let products = row.iter().zip(input).map(|(&w, &x)| f64::from(w) * f64::from(x));
        *out = activate(f64::from(bias[o]) + products.sum::<f64>(), activation);
    }
}

/// out[n] = sum over k of row[n, k] · factor[k]: `rows` are [N, K].
pub fn dots(rows: &[f32], factors: &[f32], out: &mut [f64]) {
    for (row, out) in rows.chunks_exact(factors.len()).zip(out) {
        let products = row
            .iter()
            .zip(factors)
            .map(|(&a, &b)| f64::from(a) * f64::from(b));
        *out = products.sum();
    }
}

/// e^score over the sum of the line's.
pub fn softmax(scores: &[f32], out: &mut [f64]) {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exps = scores
        .iter()
        .map(|&score| (f64::from(score) - f64::from(largest)).exp());
    let sum: f64 = exps.clone().sum();
    out.iter_mut().zip(exps).for_each(|(out, exp)| *out = exp / sum);
}

fn activate(x: f64, activation: Activation) -> f64 {
    match activation {
        Activation::Identity => x,
        Activation::Tanh => x.tanh(),
        Activation::Relu => x.max(0.0),
    }
}
