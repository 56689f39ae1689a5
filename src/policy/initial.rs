//! The parameters that training starts from. Without libtorch, so that a host can make an untrained policy anywhere.

use crate::math::elementary::{ln, powf};
use crate::math::random::{Stream, stream};
use crate::policy::layout::{Init, Parameter, layout};
use crate::policy::spec::PolicySpec;
use nalgebra::DMatrix;
use rand_distr::{Distribution, StandardNormal};

/// Starting values in layout order, drawn from the stream "initialisation" of `seed`: the same for the same spec.
///
/// `log_std` and `kappa` are the distribution's parameter, of which a spec has one.
pub fn initial_values(spec: &PolicySpec, log_std: f64, kappa: f64, seed: u64) -> Vec<f32> {
    let stream = &mut stream(seed, "initialisation", 0);
    let mut values = Vec::new();
    for parameter in layout(spec) {
        let count = parameter.len();
        match parameter.init {
            Init::Hidden => values.extend(orthogonal(&parameter, std::f64::consts::SQRT_2, stream)),
            Init::Small => values.extend(orthogonal(&parameter, 0.01, stream)),
            Init::Value => values.extend(orthogonal(&parameter, 1.0, stream)),
            Init::Zero => values.extend(std::iter::repeat_n(0.0, count)),
            Init::Age => values.extend(ages(parameter.shape[0], parameter.shape[1])),
            Init::LogStd => values.extend(std::iter::repeat_n(log_std as f32, count)),
            Init::LogKappa => values.extend(std::iter::repeat_n(ln(kappa) as f32, count)),
        }
    }
    values
}

/// [heads, bars]: what lies further back counts for less at the start, in the first head soonest.
fn ages(heads: usize, bars: usize) -> impl Iterator<Item = f32> {
    let slope = move |head: usize| match heads {
        1 => 0.1,
        _ => 0.5 * powf(0.2_f64, head as f64 / (heads - 1) as f64),
    };
    (0..heads).flat_map(move |head| (1..=bars).map(move |bar| (-slope(head) * (bars - bar) as f64) as f32))
}

/// A matrix with orthonormal rows (or columns, whichever are fewer) times `gain`, uniformly distributed over such
/// matrices: the Q of a Gaussian matrix, with the signs of R's diagonal (Saxe, McClelland and Ganguli 2014).
fn orthogonal(parameter: &Parameter, gain: f64, stream: &mut Stream) -> Vec<f32> {
    let (rows, columns) = (parameter.shape[0], parameter.shape[1]);
    let (tall, thin) = (rows.max(columns), rows.min(columns));
    let gaussian = DMatrix::<f64>::from_fn(tall, thin, |_, _| StandardNormal.sample(stream));
    let decomposition = gaussian.qr();
    let (mut q, r) = (decomposition.q(), decomposition.r());
    for (j, mut column) in q.column_iter_mut().enumerate() {
        column *= gain * if r[(j, j)] < 0.0 { -1.0 } else { 1.0 };
    }
    let entry = |i: usize, j: usize| if rows >= columns { q[(i, j)] } else { q[(j, i)] };
    (0..rows)
        .flat_map(|i| (0..columns).map(move |j| (i, j)))
        .map(|(i, j)| entry(i, j) as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_orthonormal_times_the_gain() {
        for shape in [[3, 7], [7, 3], [4, 4]] {
            let parameter = Parameter {
                name: "w".into(),
                shape: shape.to_vec(),
                init: Init::Hidden,
            };
            let values = orthogonal(&parameter, 2.0, &mut stream(1, "init", 0));
            let w = DMatrix::<f32>::from_row_slice(shape[0], shape[1], &values);
            let gram = if shape[0] <= shape[1] {
                &w * w.transpose()
            } else {
                w.transpose() * &w
            };
            let n = gram.nrows();
            assert!((gram - DMatrix::identity(n, n) * 4.0).abs().max() < 1e-5);
        }
    }
}
