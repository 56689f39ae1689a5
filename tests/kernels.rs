//! The SIMD kernels against their naive twins, on every instruction set that this processor has; and what batches,
//! threads and addresses must not change: a single bit.

#![allow(
    clippy::float_cmp,
    clippy::unwrap_used,
    reason = "a test compares exact values and may panic"
)]

use ppo_risk::market::{prior::Prior, state::StateSpec};
use ppo_risk::policy::kernels::{
    Activation, Apart, Dense, InstructionSet, Left, Precision, Start, VECTOR_STEP, naive,
};
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{self, ActionSpec, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace, file};
use proptest::prelude::*;

#[path = "support/allocations.rs"]
mod allocations;

/// A layer, rows for it, and where they lie.
#[derive(Debug, Clone)]
struct Layer {
    inputs: usize,
    outputs: usize,
    rows: usize,
    /// Values between the rows that are not the layer's.
    gap: usize,
    /// Values before the first row: the address is no multiple of 64.
    offset: usize,
    activation: Activation,
    seed: u32,
}

fn layers() -> impl Strategy<Value = Layer> {
    let activations = [Activation::Identity, Activation::Tanh, Activation::Relu];
    // Above 64 outputs, weights are rounded where that is asked for.
    let outputs = prop_oneof![2 => 1..=70_usize, 1 => 65..=200_usize];
    let sizes = (1..=70_usize, outputs, 1..=15_usize);
    let places = (0..4_usize, 0..17_usize);
    (
        sizes,
        places,
        prop::sample::select(activations.to_vec()),
        any::<u32>(),
    )
        .prop_map(
            |((inputs, outputs, rows), (gap, offset), activation, seed)| Layer {
                inputs,
                outputs,
                rows,
                gap,
                offset,
                activation,
                seed,
            },
        )
}

/// Values in [-1, 1) that look random: a linear congruential generator.
fn values(seed: u32, len: usize) -> Vec<f32> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(len).collect()
}

/// Rows as the layer describes them; what is not theirs is NaN, which would show in any sum that it enters.
fn place(rows: &[f32], layer: &Layer) -> Vec<f32> {
    let mut placed = vec![f32::NAN; layer.offset];
    for row in rows.chunks(layer.inputs) {
        placed.extend(row);
        placed.extend(vec![f32::NAN; layer.gap]);
    }
    placed.push(f32::NAN);
    placed
}

/// Every set of instructions in every precision.
fn kernels() -> impl Iterator<Item = (InstructionSet, Precision)> {
    let precisions = [Precision::F32, Precision::Bf16];
    InstructionSet::available().flat_map(move |set| precisions.map(|precision| (set, precision)))
}

/// The weights of a layer as they are kept: of more than 64 outputs, those in bf16 have 8 significant bits.
fn kept(weight: &[f32], outputs: usize, precision: Precision) -> Vec<f32> {
    let rounded = |weight: f32| {
        if weight == 0.0 {
            return 0.0;
        }
        let unit = 2_f64.powi(f64::from(weight.abs()).log2().floor() as i32 - 7);
        ((f64::from(weight) / unit).round_ties_even() * unit) as f32
    };
    match precision {
        Precision::Bf16 if outputs > 64 => weight.iter().map(|&weight| rounded(weight)).collect(),
        _ => weight.to_vec(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Sizes 1 to 70 by 1 to 200, at any address. Every product and every addition may lose half a digit of what it
    /// has: 1e-6 of the sum of the sizes of all terms, and the 4e-7 of tanh.
    #[test]
    fn a_layer_is_its_naive_twin(layer in layers()) {
        let Layer { inputs, outputs, rows, gap, offset, activation, seed } = layer;
        let weight = values(seed, inputs * outputs);
        let bias = values(seed ^ 1, outputs);
        let input = values(seed ^ 2, rows * inputs);
        let stride = inputs + gap;
        let placed = place(&input, &layer);
        let mut expected = vec![0.0; outputs];
        for (instructions, precision) in kernels() {
            let dense = Dense::new(instructions, precision, &weight, &bias, activation);
            let weight = kept(&weight, outputs, precision);
            let width = dense.width();
            prop_assert!(width >= outputs && (dense.inputs(), dense.outputs()) == (inputs, outputs));
            let mut out = vec![7.0; rows * width + 3];
            dense.run(&placed[offset..offset + rows * stride], stride, &mut out);
            for (row, input) in input.chunks(inputs).enumerate() {
                naive::dense(&weight, &bias, activation, input, &mut expected);
                for (o, expected) in expected.iter().enumerate() {
                    let found = f64::from(out[row * width + o]);
                    let tolerance = 1e-6 * (1.0 + inputs as f64 / 2.0).min(8.0) + 4e-7;
                    prop_assert!(
                        (found - expected).abs() <= tolerance,
                        "{} {precision:?}: row {row}, output {o}: {found} {expected}", instructions.name()
                    );
                }
                prop_assert!(out[row * width + outputs..(row + 1) * width].iter().all(|pad| *pad == 0.0));
            }
            prop_assert_eq!(&out[rows * width..], &[7.0; 3]);
        }
    }

    /// Any number of rows, at any address, whose sums do not depend on the others.
    #[test]
    fn dots_are_their_naive_twin(
        (rows, vectors, offset, seed) in (0..=20_usize, 0..=5_usize, 0..17_usize, any::<u32>())
    ) {
        let len = 16 * vectors;
        let mut placed = vec![f32::NAN; offset];
        placed.extend(values(seed, rows * len));
        let factors = values(seed ^ 1, len);
        let mut expected = vec![0.0; rows];
        if len > 0 {
            naive::dots(&placed[offset..], &factors, &mut expected);
        }
        for set in InstructionSet::available() {
            let mut out = vec![7.0; rows];
            set.dots(&placed[offset..], &factors, &mut out);
            for (row, (found, expected)) in out.iter().zip(&expected).enumerate() {
                let error = (f64::from(*found) - expected).abs();
                prop_assert!(error <= 5e-6, "{}: row {row}: {found} {expected}", set.name());
                let mut alone = [7.0];
                set.dots(&placed[offset + row * len..][..len], &factors, &mut alone);
                prop_assert_eq!(alone[0].to_bits(), found.to_bits(), "{}: row {}", set.name(), row);
            }
        }
    }

    /// Matrices whose lines lie apart from each other, at any address, with NaN between them; each sum from any start.
    #[test]
    fn products_of_lines_apart_are_their_naive_twin(
        (lines, terms, vectors) in (1..=9_usize, 1..=140_usize, 1..=5_usize),
        (gaps, offset, start, turned) in ((0..5_usize, 0..5_usize, 0..5_usize), 0..17_usize, 0..4_usize, any::<bool>()),
        seed in any::<u32>()
    ) {
        let width = VECTOR_STEP * vectors;
        let (left_apart, right_apart, out_apart) = (terms + gaps.0, width + gaps.1, width + gaps.2);
        let (a, b) = (values(seed, lines * terms), values(seed ^ 1, terms * width));
        let starts = values(seed ^ 2, lines * width);
        let spread = |values: &[f32], len: usize, apart: usize| {
            let mut spread = vec![f32::NAN; offset + values.len() / len * apart];
            for (to, from) in spread[offset..].chunks_mut(apart).zip(values.chunks(len)) {
                to[..len].copy_from_slice(from);
            }
            spread
        };
        let right = spread(&b, width, right_apart);
        let right = || Apart { values: &right[offset..], apart: right_apart };
        let columns: Vec<f32> = (0..terms * lines).map(|i| a[i % lines * terms + i / lines]).collect();
        let (rows, columns) = (spread(&a, terms, left_apart), spread(&columns, lines, lines + gaps.0));
        let left = match turned {
            true => Left::new(&columns[offset..], (lines, 1), (terms, lines + gaps.0)),
            false => Left::new(&rows[offset..], (lines, left_apart), (terms, 1)),
        };
        for set in InstructionSet::available() {
            let mut out = spread(&starts, width, out_apart);
            let place = |values| Apart { values, apart: out_apart };
            let begin = match start {
                0 => Start::Zero,
                1 => Start::Alike(&starts[..width]),
                2 => Start::Own(&starts),
                _ => Start::There,
            };
            set.multiply_apart(left, right(), begin, place(&mut out[offset..]), width);
            let mut few = spread(&starts, width, out_apart);
            if !turned {
                set.multiply_few(left, right(), place(&mut few[offset..]), width);
            }
            for line in 0..lines {
                let (found, few) = (&out[offset + line * out_apart..], &few[offset + line * out_apart..]);
                for column in 0..width {
                    let products = (0..terms).map(|term| f64::from(a[line * terms + term]) * f64::from(b[term * width + column]));
                    let sum: f64 = products.sum();
                    let begin = match start {
                        0 => 0.0,
                        1 => starts[column],
                        _ => starts[line * width + column],
                    };
                    let error = (f64::from(found[column]) - sum - f64::from(begin)).abs();
                    prop_assert!(error <= 2e-5, "{}: {line} {column}", set.name());
                    let error = (f64::from(few[column]) - sum).abs();
                    prop_assert!(turned || error <= 2e-5, "{}, few: {line} {column}", set.name());
                }
                prop_assert!(found[width..out_apart.min(found.len())].iter().all(|gap| gap.is_nan()));
            }
            prop_assert!(out[..offset].iter().all(|gap| gap.is_nan()));
        }
    }

    /// Every number comes to its place, and nothing else is written.
    #[test]
    fn turned_lines_are_columns(
        (lines, vectors, gap, offset, seed) in (0..=20_usize, 0..=4_usize, 0..5_usize, 0..17_usize, any::<u32>())
    ) {
        let columns = VECTOR_STEP * vectors;
        let apart = columns + gap;
        let from = values(seed, offset + lines * apart + columns);
        for set in InstructionSet::available() {
            let to_apart = lines + gap;
            let mut to = vec![7.0; offset + columns * to_apart + lines];
            let place = Apart { values: &mut to[offset..], apart: to_apart };
            set.turn(Apart { values: &from[offset..], apart }, lines, columns, place);
            let mut expected = vec![7.0; to.len()];
            for line in 0..lines {
                for column in 0..columns {
                    expected[offset + column * to_apart + line] = from[offset + line * apart + column];
                }
            }
            prop_assert!(to == expected, "{}", set.name());
        }
    }

    /// Lines of any number of scores, some of them of bars that are not there. Differences of up to 80 are rounded to 4e-6.
    #[test]
    fn shares_are_their_naive_twins(
        (lines, vectors, size, missing, seed) in
            (0..=9_usize, 1..=4_usize, 0.0..40.0_f32, 0..16_usize, any::<u32>())
    ) {
        let len = 16 * vectors;
        let mut scores: Vec<f32> = values(seed, lines * len).iter().map(|value| size * value).collect();
        for line in scores.chunks_exact_mut(len) {
            line[len - missing..].fill(f32::NEG_INFINITY);
        }
        let mut expected = vec![0.0; len];
        for set in InstructionSet::available() {
            let mut found = scores.clone();
            set.softmax(&mut found, len);
            for (line, (found, scores)) in found.chunks(len).zip(scores.chunks(len)).enumerate() {
                naive::softmax(scores, &mut expected);
                for (found, expected) in found.iter().zip(&expected) {
                    let error = (f64::from(*found) - expected).abs();
                    prop_assert!(error <= 6e-6 * expected + 1e-36, "{}: {found} {expected}", set.name());
                }
                let mut alone = scores.to_vec();
                set.softmax(&mut alone, len);
                prop_assert!(alone.iter().zip(found).all(|(a, b)| a.to_bits() == b.to_bits()), "line {line}");
            }
        }
    }

    /// The same row alone, at another address, gives the same bits as in any place of any batch.
    #[test]
    fn a_row_has_the_same_bits_anywhere(layer in layers()) {
        let Layer { inputs, outputs, rows, gap, offset, activation, seed } = layer;
        let weight = values(seed, inputs * outputs);
        let bias = values(seed ^ 1, outputs);
        let input = values(seed ^ 2, rows * inputs);
        let stride = inputs + gap;
        let placed = place(&input, &layer);
        for (instructions, precision) in kernels() {
            let dense = Dense::new(instructions, precision, &weight, &bias, activation);
            let width = dense.width();
            let (mut together, mut alone) = (vec![0.0; rows * width], vec![0.0; width + 1]);
            dense.run(&placed[offset..offset + rows * stride], stride, &mut together);
            for (input, together) in input.chunks(inputs).zip(together.chunks(width)) {
                dense.run(input, inputs, &mut alone[1..]);
                prop_assert_eq!(bits(&alone[1..]), bits(together), "{}", instructions.name());
            }
        }
    }
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Every 61st f32 from 0 to infinity (so every exponent, 137,000 values of each), against f64's tanh.
#[test]
fn tanh_is_within_its_bound_everywhere() {
    for instructions in InstructionSet::available() {
        let (mut worst, mut worst_relative, mut at) = (0.0_f64, 0.0_f64, 0.0);
        let mut points = (0..=f32::INFINITY.to_bits()).step_by(61).map(f32::from_bits);
        loop {
            let inputs: Vec<f32> = points.by_ref().take(4096).collect();
            if inputs.is_empty() {
                break;
            }
            let mut outputs = inputs.clone();
            instructions.tanh(&mut outputs);
            let mut negative: Vec<f32> = inputs.iter().map(|x| -x).collect();
            instructions.tanh(&mut negative);
            for ((&x, &y), &mirrored) in inputs.iter().zip(&outputs).zip(&negative) {
                assert_eq!((-y).to_bits(), mirrored.to_bits(), "odd at {x}");
                assert!((0.0..=1.0).contains(&y), "{x}: {y}");
                let expected = f64::from(x).tanh();
                let error = (f64::from(y) - expected).abs();
                if error > worst {
                    (worst, at) = (error, x);
                }
                if x >= f32::MIN_POSITIVE {
                    worst_relative = worst_relative.max(error / expected);
                }
            }
        }
        let name = instructions.name();
        println!("{name}: tanh within {worst:.2e} (at {at}), relative {worst_relative:.2e}");
        assert!(worst <= 4e-7, "{name}: {worst:e} at {at}");
        assert!(worst_relative <= 4e-7, "{name}: {worst_relative:e}");
    }
}

#[test]
fn tanh_treats_every_length_and_special_value_alike() {
    for instructions in InstructionSet::available() {
        for len in 0..70 {
            let inputs: Vec<f32> = values(3, len).iter().map(|x| 4.0 * x).collect();
            let mut together = inputs.clone();
            instructions.tanh(&mut together);
            for (input, together) in inputs.iter().zip(&together) {
                let mut alone = [*input];
                instructions.tanh(&mut alone);
                assert_eq!(alone[0].to_bits(), together.to_bits());
            }
        }
        let mut special = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, f32::MAX];
        instructions.tanh(&mut special);
        assert!(special[0].is_nan());
        assert_eq!(bits(&special[1..]), bits(&[1.0, -1.0, 0.0, -0.0, 1.0]));
    }
}

/// A relu that hides a NaN would turn an overflow into a confident zero.
#[test]
fn no_activation_hides_a_nan() {
    for instructions in InstructionSet::available() {
        for activation in [Activation::Identity, Activation::Tanh, Activation::Relu] {
            for outputs in [1, 5, 70] {
                let dense = Dense::new(
                    instructions,
                    Precision::F32,
                    &vec![1.0; 2 * outputs],
                    &vec![0.0; outputs],
                    activation,
                );
                let mut out = vec![0.0; 7 * dense.width()];
                dense.run(&[[f32::INFINITY, f32::NEG_INFINITY]; 7].concat(), 2, &mut out);
                for row in out.chunks(dense.width()) {
                    assert!(row[..outputs].iter().all(|value| value.is_nan()), "{row:?}");
                }
            }
        }
    }
}

#[test]
fn plain_rust_is_always_there_and_the_best_is_the_last() {
    let available: Vec<InstructionSet> = InstructionSet::available().collect();
    assert_eq!(available[0], InstructionSet::PORTABLE);
    assert_eq!(available.last(), Some(&InstructionSet::best()));
    let names: Vec<&str> = available.iter().map(|set| set.name()).collect();
    println!("this processor: {names:?}");
}

/// Both kinds of network, odd sizes, every kind of action.
fn policies() -> Vec<Policy> {
    let mlp = |hidden: &[usize], activation, shared_trunk| NetworkSpec::Mlp {
        hidden: hidden.to_vec(),
        activation,
        shared_trunk,
    };
    let (tanh, relu) = (spec::Activation::Tanh, spec::Activation::Relu);
    let scorer = |hidden: &[usize]| NetworkSpec::Scorer {
        hidden: hidden.to_vec(),
    };
    [
        (
            10,
            mlp(&[256, 256], tanh, true),
            Prior::None,
            Distribution::Gaussian,
            1.0,
        ),
        (
            3,
            mlp(&[37, 100, 5], tanh, false),
            Prior::EqualWeight,
            Distribution::Dirichlet,
            0.5,
        ),
        (
            20,
            mlp(&[130], relu, true),
            Prior::None,
            Distribution::Dirichlet,
            0.2,
        ),
        (
            20,
            scorer(&[64, 64]),
            Prior::EqualWeight,
            Distribution::Dirichlet,
            0.3,
        ),
        (2, scorer(&[19]), Prior::None, Distribution::Gaussian, 1.0),
        (70, scorer(&[32, 33]), Prior::None, Distribution::Gaussian, 1.0),
        (
            9,
            NetworkSpec::Attention {
                hidden: vec![19, 8],
                embedding: 12,
                heads: 2,
            },
            Prior::EqualWeight,
            Distribution::Gaussian,
            1.0,
        ),
    ]
    .map(|(assets, network, prior, distribution, weight_cap)| {
        let spec = PolicySpec {
            assets: (0..assets).map(|i| format!("ASSET{i}")).collect(),
            state: StateSpec {
                account: true,
                columns: vec!["signal".to_string()],
                asset_columns: vec!["own".to_string()],
                // Bars that are no whole number of vectors.
                history: if matches!(network, NetworkSpec::Attention { .. }) {
                    21
                } else {
                    0
                },
                ..StateSpec::base(assets)
            },
            action: ActionSpec {
                prior,
                distribution,
                weight_cap,
                ..ActionSpec::default()
            },
            network,
        };
        let len: usize = layout(&spec).iter().map(|p| p.len()).sum();
        let parameters = values(5, len).iter().map(|x| 0.2 * x).collect();
        let mut normalizer = ObservationNormalizer::new(&spec);
        normalizer.update(&values(6, 50 * spec.state.len())).unwrap();
        Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
    })
    .to_vec()
}

/// (states [rows, S], priors [rows, A] where the policy wants them)
fn batch(policy: &Policy, rows: usize) -> (Vec<f32>, Option<Vec<f64>>) {
    let spec = policy.spec();
    let states = values(9, rows * spec.state.len())
        .iter()
        .map(|x| 2.0 * x)
        .collect();
    let priors = values(10, rows * spec.action_len());
    let priors = priors.iter().map(|x| f64::from(x.abs())).collect();
    (states, (spec.action.prior != Prior::None).then_some(priors))
}

#[test]
fn a_batch_is_its_states_one_by_one_to_the_bit() {
    const MOST: usize = 130;
    let pools = [1, 2, 3].map(|n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap());
    for mut policy in policies() {
        let spec = policy.spec().clone();
        let (inputs, actions) = (spec.state.len(), spec.action_len());
        let (states, priors) = batch(&policy, MOST);
        for (instructions, precision) in kernels() {
            policy.set_instructions(instructions);
            policy.set_precision(precision);
            let mut alone = Workspace::new(&spec);
            let mut expected = vec![0.0; MOST * actions];
            for (row, out) in expected.chunks_mut(actions).enumerate() {
                let prior = priors.as_ref().map(|p| &p[row * actions..][..actions]);
                policy
                    .weights(&states[row * inputs..][..inputs], prior, &mut alone, out)
                    .unwrap();
            }
            let mut together = Workspace::for_batches(&spec, MOST, 3);
            for (from, to) in [
                (0, 0),
                (0, 1),
                (5, 7),
                (0, 6),
                (3, 50),
                (1, 48),
                (40, 130),
                (0, 130),
            ] {
                let states = &states[from * inputs..to * inputs];
                let priors = priors.as_ref().map(|p| &p[from * actions..to * actions]);
                for pool in [None].into_iter().chain(pools.iter().map(Some)) {
                    let mut out = vec![-1.0; (to - from) * actions];
                    policy
                        .weights_batch(states, priors, pool, &mut together, &mut out)
                        .unwrap();
                    let what = (
                        instructions.name(),
                        from,
                        to,
                        pool.map(|p| p.current_num_threads()),
                    );
                    assert_eq!(out, expected[from * actions..to * actions], "{what:?}");
                }
            }
            // A workspace for batches serves one state too.
            let prior = priors.as_ref().map(|p| &p[..actions]);
            let mut out = vec![0.0; actions];
            policy
                .weights(&states[..inputs], prior, &mut together, &mut out)
                .unwrap();
            assert_eq!(out, expected[..actions]);
            assert_eq!(
                policy.value(&states[..inputs], &mut together).unwrap(),
                policy.value(&states[..inputs], &mut alone).unwrap()
            );
        }
    }
}

#[test]
fn bf16_moves_weights_a_little_and_the_file_not_at_all() {
    let mut policy = policies().swap_remove(0);
    let spec = policy.spec().clone();
    let (states, priors) = batch(&policy, 100);
    let bytes = |policy: &Policy| file::to_bytes(policy, &file::Extras::default()).unwrap();
    let as_trained = bytes(&policy);
    let [exact, rounded, again] = [Precision::F32, Precision::Bf16, Precision::F32].map(|precision| {
        policy.set_precision(precision);
        assert_eq!(policy.precision(), precision);
        assert_eq!(bytes(&policy), as_trained);
        let mut out = vec![0.0; 100 * spec.action_len()];
        let mut workspace = Workspace::for_batches(&spec, 100, 1);
        policy
            .weights_batch(&states, priors.as_deref(), None, &mut workspace, &mut out)
            .unwrap();
        out
    });
    assert_eq!(exact, again);
    let moved = exact.iter().zip(&rounded).map(|(a, b)| (a - b).abs());
    let most = moved.fold(0.0, f64::max);
    assert!((1e-7..5e-3).contains(&most), "{most}");
}

#[test]
fn instruction_sets_agree_on_weights_and_values() {
    let (mut worst_weight, mut worst_value) = (0.0_f64, 0.0_f64);
    for mut policy in policies() {
        let spec = policy.spec().clone();
        let (states, priors) = batch(&policy, 100);
        let mut found = InstructionSet::available().map(|instructions| {
            policy.set_instructions(instructions);
            let mut workspace = Workspace::for_batches(&spec, 100, 1);
            let mut out = vec![0.0; 100 * spec.action_len()];
            policy
                .weights_batch(&states, priors.as_deref(), None, &mut workspace, &mut out)
                .unwrap();
            let value = |state: &[f32]| policy.clone().value(state, &mut Workspace::new(&spec)).unwrap();
            let values: Vec<f32> = states.chunks(spec.state.len()).map(value).collect();
            (out, values)
        });
        let (weights, values) = found.next().unwrap();
        for (other_weights, other_values) in found {
            for (a, b) in weights.iter().zip(&other_weights) {
                worst_weight = worst_weight.max((a - b).abs());
            }
            for (a, b) in values.iter().zip(&other_values) {
                worst_value = worst_value.max(f64::from((a - b).abs() / a.abs().max(1.0)));
            }
        }
    }
    println!("instruction sets differ by {worst_weight:.1e} in weights, {worst_value:.1e} in values");
    assert!(worst_weight <= 1e-6 && worst_value <= 1e-5);
}

#[test]
fn deciding_allocates_nothing() {
    for policy in policies() {
        let spec = policy.spec();
        let (inputs, actions) = (spec.state.len(), spec.action_len());
        let (states, priors) = batch(&policy, 100);
        let prior = priors.as_ref().map(|p| &p[..actions]);
        let mut workspace = Workspace::for_batches(spec, 100, 1);
        let mut out = vec![0.0; 100 * actions];
        let before = allocations::count();
        for _ in 0..100 {
            policy
                .weights(&states[..inputs], prior, &mut workspace, &mut out[..actions])
                .unwrap();
            policy.value(&states[..inputs], &mut workspace).unwrap();
        }
        policy
            .weights_batch(&states, priors.as_deref(), None, &mut workspace, &mut out)
            .unwrap();
        assert_eq!(allocations::count(), before);
        drop(policy.clone());
        assert!(allocations::count() > before, "the counter counts");
    }
}

#[test]
fn hostile_batches_are_refused_by_name_and_leave_the_output_alone() {
    let all = policies();
    let [plain, with_prior, relu] = [&all[0], &all[1], &all[2]];
    let refused = |policy: &Policy, states: &[f32], priors: Option<&[f64]>, len: usize, named: &str| {
        let mut workspace = Workspace::for_batches(policy.spec(), 4, 1);
        let mut out = vec![7.0; len];
        let error = policy
            .weights_batch(states, priors, None, &mut workspace, &mut out)
            .unwrap_err()
            .to_string();
        assert!(error.contains(named), "{error}");
        assert!(out.iter().all(|weight| *weight == 7.0));
    };
    let (states, _) = batch(plain, 5);
    let (inputs, actions) = (plain.spec().state.len(), plain.spec().action_len());
    refused(
        plain,
        &states,
        None,
        5 * actions,
        "`states` has 5 rows, expected at most the 4",
    );
    refused(plain, &states[1..3 * inputs], None, 3 * actions, "a multiple of");
    refused(
        plain,
        &states[..3 * inputs],
        None,
        2 * actions,
        "`weights` has 22 values, expected 33",
    );
    refused(
        plain,
        &states[..inputs],
        Some(&[0.1; 11]),
        actions,
        "`priors` is given",
    );
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut states = states[..3 * inputs].to_vec();
        states[2 * inputs + 5] = bad;
        refused(plain, &states, None, 3 * actions, "states[2][5]");
    }
    let (states, priors) = batch(with_prior, 3);
    let priors = priors.unwrap();
    refused(with_prior, &states, None, 12, "`priors` is missing");
    refused(
        with_prior,
        &states,
        Some(&priors[1..]),
        12,
        "`priors` has 11 values, expected 12",
    );
    for bad in [f64::NAN, -0.1, f64::INFINITY] {
        let mut priors = priors.clone();
        priors[6] = bad;
        refused(with_prior, &states, Some(&priors), 12, "priors[1][2]");
    }

    // Scores that overflow are an error, not a portfolio.
    let mut parameters = relu.network().parameters().to_vec();
    let spread = parameters.len() - 1;
    parameters[..spread].iter_mut().for_each(|value| *value *= 1e38);
    let overflowing = Policy::new(
        relu.spec().clone(),
        relu.normalizer().clone(),
        parameters,
        serde_json::Map::new(),
    );
    let (states, _) = batch(relu, 3);
    refused(&overflowing.unwrap(), &states, None, 63, "of the network");
}

#[test]
fn a_workspace_of_another_spec_is_refused() {
    let policies = policies();
    for (i, policy) in policies.iter().enumerate() {
        let (states, priors) = batch(policy, 1);
        let mut out = vec![7.0; policy.spec().action_len()];
        for (j, other) in policies.iter().enumerate() {
            let mut workspace = Workspace::new(other.spec());
            let found = policy.weights(&states, priors.as_deref(), &mut workspace, &mut out);
            assert_eq!(found.is_ok(), i == j, "{i} {j}");
            let found = policy.weights_batch(&states, priors.as_deref(), None, &mut workspace, &mut out);
            assert_eq!(found.is_ok(), i == j, "{i} {j}");
            assert_eq!(policy.value(&states, &mut workspace).is_ok(), i == j, "{i} {j}");
        }
    }
}
