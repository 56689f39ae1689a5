//! An ensemble: the mean of its members' weights, with what follows from that on every path, and how it is kept.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use ppo_risk::market::prior::Prior;
use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random::stream;
use ppo_risk::policy::ensemble::Consensus;
use ppo_risk::policy::file::{Extras, from_bytes, to_bytes};
use ppo_risk::policy::layout::{Parameter, layout};
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Activation, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Departure, Policy, Workspace};
use rand::RngExt;

const ASSETS: usize = 4;
const STATES: usize = 60;

fn spec(action: ActionSpec, network: NetworkSpec) -> PolicySpec {
    PolicySpec {
        assets: (0..ASSETS).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec {
            history: match network {
                NetworkSpec::Attention { .. } => 4,
                _ => 0,
            },
            ..StateSpec::base(ASSETS)
        },
        action,
        network,
    }
}

/// A policy with a normaliser of its own, as another seed would have learnt it.
fn member(spec: &PolicySpec, seed: u64) -> Policy {
    let mut random = stream(seed, "member", 0);
    let count = layout(spec).iter().map(Parameter::len).sum();
    let parameters = (0..count).map(|_| random.random_range(-1.0..1.0_f32)).collect();
    let mut normalizer = ObservationNormalizer::new(spec);
    let seen: Vec<f32> = (0..20 * spec.state.len())
        .map(|_| random.random_range(-1.0..1.0))
        .collect();
    normalizer.update(&seen).unwrap();
    let provenance = serde_json::json!({ "seed": seed });
    let serde_json::Value::Object(provenance) = provenance else {
        unreachable!()
    };
    Policy::new(spec.clone(), normalizer, parameters, provenance).unwrap()
}

fn specs() -> Vec<PolicySpec> {
    let around = |prior| ActionSpec {
        prior,
        ..ActionSpec::default()
    };
    vec![
        spec(
            around(Prior::None),
            NetworkSpec::Mlp {
                hidden: vec![8, 8],
                activation: Activation::Tanh,
                shared_trunk: false,
            },
        ),
        spec(around(Prior::Supplied), NetworkSpec::Scorer { hidden: vec![6] }),
        spec(
            ActionSpec {
                weight_cap: 0.4,
                weight_floor: 0.02,
                ..around(Prior::Supplied)
            },
            NetworkSpec::Attention {
                hidden: vec![6],
                embedding: 4,
                heads: 2,
            },
        ),
        spec(
            ActionSpec {
                short: true,
                max_gross: 1.5,
                ..around(Prior::Supplied)
            },
            NetworkSpec::Scorer { hidden: vec![6] },
        ),
    ]
}

fn members(spec: &PolicySpec, count: u64) -> Vec<Policy> {
    (1..=count).map(|seed| member(spec, seed)).collect()
}

/// States [S] and priors [A].
fn inputs(spec: &PolicySpec) -> Vec<(Vec<f32>, Option<Vec<f64>>)> {
    let mut random = stream(1, "inputs", 0);
    let has_prior = spec.action.prior != Prior::None;
    let input = |_| {
        let state = (0..spec.state.len())
            .map(|_| random.random_range(-1.0..1.0_f32))
            .collect();
        let mut prior: Vec<f64> = (0..spec.action_len())
            .map(|_| random.random_range(0.0..1.0))
            .collect();
        let sum: f64 = prior.iter().sum();
        prior.iter_mut().for_each(|weight| *weight /= sum);
        (state, has_prior.then_some(prior))
    };
    (0..STATES).map(input).collect()
}

fn weights(policy: &Policy, (state, prior): &(Vec<f32>, Option<Vec<f64>>)) -> Vec<f64> {
    let mut out = vec![0.0; policy.spec().action_len()];
    let mut workspace = Workspace::new(policy.spec());
    policy
        .weights(state, prior.as_deref(), &mut workspace, &mut out)
        .unwrap();
    out
}

fn turnover(from: &[f64], to: &[f64]) -> f64 {
    0.5 * from
        .iter()
        .zip(to)
        .map(|(from, to)| (from - to).abs())
        .sum::<f64>()
}

#[test]
fn weights_are_the_mean_and_disagreement_is_the_turnover_to_it() {
    for spec in specs() {
        let members = members(&spec, 5);
        let ensemble = Policy::ensemble(members.clone()).unwrap();
        assert_eq!(ensemble.member_count(), 5);
        let mut workspace = Workspace::new(&spec);
        for input in inputs(&spec) {
            let each: Vec<Vec<f64>> = members.iter().map(|member| weights(member, &input)).collect();
            let found = weights(&ensemble, &input);
            for (i, weight) in found.iter().enumerate() {
                let mean = each.iter().map(|own| own[i]).sum::<f64>() / 5.0;
                assert!((weight - mean).abs() < 1e-15, "{weight} against {mean}");
            }
            let u = ensemble
                .disagreement(&input.0, input.1.as_deref(), &mut workspace)
                .unwrap();
            let expected = each.iter().map(|own| turnover(own, &found)).sum::<f64>() / 5.0;
            assert!((u - expected).abs() < 1e-15 && u > 0.0, "{u} against {expected}");
        }
    }
}

/// On every path, from the same holdings, before costs: log growth is at least the members' mean, turnover at most theirs.
#[test]
fn the_mean_grows_no_less_and_trades_no_more() {
    for spec in specs() {
        let members = members(&spec, 5);
        let ensemble = Policy::ensemble(members.clone()).unwrap();
        let mut random = stream(9, "returns", 0);
        for input in inputs(&spec) {
            let together = weights(&ensemble, &input);
            let each: Vec<Vec<f64>> = members.iter().map(|member| weights(member, &input)).collect();
            for _ in 0..50 {
                let returns: Vec<f64> = (0..spec.action_len())
                    .map(|_| random.random_range(-0.3..0.4))
                    .collect();
                let growth = |weights: &[f64]| {
                    let earned: f64 = weights
                        .iter()
                        .zip(&returns)
                        .map(|(weight, earned)| weight * earned)
                        .sum();
                    earned.ln_1p()
                };
                let mean = each.iter().map(|own| growth(own)).sum::<f64>() / 5.0;
                assert!(growth(&together) >= mean - 1e-15);
                let mut held: Vec<f64> = (0..spec.action_len())
                    .map(|_| random.random_range(0.0..1.0))
                    .collect();
                let sum: f64 = held.iter().sum();
                held.iter_mut().for_each(|weight| *weight /= sum);
                let mean = each.iter().map(|own| turnover(&held, own)).sum::<f64>() / 5.0;
                assert!(turnover(&held, &together) <= mean + 1e-15);
            }
        }
    }
}

#[test]
fn one_alone_is_itself_and_a_batch_is_its_rows_to_the_bit() {
    for spec in specs() {
        let alone = member(&spec, 1);
        let ensemble = Policy::ensemble(vec![alone.clone()]).unwrap();
        // The same as an ensemble of twins, which adds and halves.
        let twins = Policy::ensemble(vec![alone.clone(), alone.clone()]).unwrap();
        let five = Policy::ensemble(members(&spec, 5)).unwrap();
        let inputs = inputs(&spec);
        let (mut states, mut priors) = (Vec::new(), Vec::new());
        for input in &inputs {
            assert_eq!(weights(&ensemble, input), weights(&alone, input));
            assert_eq!(weights(&twins, input), weights(&alone, input));
            states.extend(&input.0);
            priors.extend(input.1.iter().flatten());
        }
        let bytes = |policy: &Policy| to_bytes(policy, &Extras::default()).unwrap();
        assert!(bytes(&ensemble) == bytes(&alone));
        let mut workspace = Workspace::for_batches(&spec, STATES, 2);
        let priors = (!priors.is_empty()).then_some(&priors[..]);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        for pool in [None, Some(&pool)] {
            let mut batch = vec![0.0; STATES * spec.action_len()];
            five.weights_batch(&states, priors, pool, &mut workspace, &mut batch)
                .unwrap();
            let one_by_one: Vec<f64> = inputs.iter().flat_map(|input| weights(&five, input)).collect();
            assert_eq!(batch, one_by_one);
        }
    }
}

#[test]
fn members_that_disagree_stay_nearer_to_the_prior() {
    let spec = specs().swap_remove(1);
    let mut ensemble = Policy::ensemble(members(&spec, 5)).unwrap();
    let inputs = inputs(&spec);
    let mut workspace = Workspace::new(&spec);
    let us: Vec<f64> = inputs
        .iter()
        .map(|(state, prior)| {
            ensemble
                .disagreement(state, prior.as_deref(), &mut workspace)
                .unwrap()
        })
        .collect();
    let consensus = Consensus::of(&us).unwrap();
    assert!(0.0 < consensus.median && consensus.median < consensus.limit);
    let departure = Departure::by_evidence(1.0, 0.3, 100);
    let mut at = [0; 3];
    for (input, u) in inputs.iter().zip(&us) {
        let prior = input.1.as_ref().unwrap();
        ensemble.set_consensus(None).unwrap();
        ensemble.set_departure(None).unwrap();
        let mean = weights(&ensemble, input);
        let part = 1.0 - ((u - consensus.median) / (consensus.limit - consensus.median)).clamp(0.0, 1.0);
        at[if part == 1.0 {
            0
        } else if part == 0.0 {
            1
        } else {
            2
        }] += 1;
        ensemble.set_consensus(Some(consensus)).unwrap();
        for (lambda, departure) in [(1.0, None), (departure.lambda, Some(departure))] {
            ensemble.set_departure(departure).unwrap();
            for ((found, mean), prior) in weights(&ensemble, input).iter().zip(&mean).zip(prior) {
                let expected = prior + lambda * part * (mean - prior);
                assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
            }
        }
        if part == 0.0 {
            assert_eq!(&weights(&ensemble, input), prior);
        }
    }
    assert!(at.iter().all(|count| *count > 0), "{at:?}");
    // A limit at the median is a step.
    let step = Consensus {
        median: 0.1,
        limit: 0.1,
    };
    assert_eq!([0.1, 0.100001].map(|u| step.part(u)), [1.0, 0.0]);
}

#[test]
fn the_file_holds_every_member() {
    for spec in specs() {
        let members = members(&spec, 3);
        let mut ensemble = Policy::ensemble(members.clone()).unwrap();
        if spec.action.prior != Prior::None {
            let consensus = Consensus {
                median: 0.01,
                limit: 0.2,
            };
            ensemble.set_consensus(Some(consensus)).unwrap();
            ensemble
                .set_departure(Some(Departure::by_evidence(1.0, 0.3, 100)))
                .unwrap();
        }
        let bytes = to_bytes(&ensemble, &Extras::default()).unwrap();
        let (read, extras) = from_bytes("file", &bytes).unwrap();
        assert_eq!(extras, Extras::default());
        assert_eq!(
            (read.consensus(), read.departure()),
            (ensemble.consensus(), ensemble.departure())
        );
        assert_eq!(read.provenance, ensemble.provenance);
        for input in inputs(&spec) {
            assert_eq!(weights(&read, &input), weights(&ensemble, &input));
        }
        assert!(to_bytes(&read, &Extras::default()).unwrap() == bytes);
        for (found, expected) in read.into_members().iter().zip(&members) {
            assert!(
                to_bytes(found, &Extras::default()).unwrap()
                    == to_bytes(expected, &Extras::default()).unwrap()
            );
        }
        let text = ppo_risk::policy::describe::describe(&ensemble, &Extras::default()).unwrap();
        assert!(text.contains("3 members"), "{text}");
    }
}

#[test]
fn what_is_no_ensemble_is_refused_by_name() {
    let specs = specs();
    let [first, second] = [0, 1].map(|i| member(&specs[i], 1));
    let refusal = |members: Vec<Policy>| Policy::ensemble(members).unwrap_err().to_string();
    assert!(refusal(Vec::new()).contains("1 to 64 policies"));
    assert!(refusal(vec![second.clone(); 65]).contains("`members` is 65"));
    assert!(refusal(vec![first.clone(), second.clone()]).contains("members[1]"));
    let pair = Policy::ensemble(vec![second.clone(), member(&specs[1], 2)]).unwrap();
    assert!(refusal(vec![second.clone(), pair.clone()]).contains("an ensemble"));
    let mut partly = second.clone();
    partly
        .set_departure(Some(Departure::by_evidence(1.0, 0.1, 10)))
        .unwrap();
    assert!(refusal(vec![second, partly]).contains("in part"));
    // What only one policy has.
    let mut workspace = Workspace::new(&specs[1]);
    let (state, prior) = inputs(&specs[1]).swap_remove(0);
    let (mut out, mut draws) = (vec![0.0; ASSETS + 1], stream(1, "test", 0));
    let sampled = pair.sample(&state, prior.as_deref(), &mut draws, &mut workspace, &mut out);
    assert!(sampled.unwrap_err().to_string().contains("an ensemble of 2"));
    let mut without = Policy::ensemble(vec![first, member(&specs[0], 2)]).unwrap();
    let consensus = Consensus {
        median: 0.1,
        limit: 0.2,
    };
    assert!(without.set_consensus(Some(consensus)).is_err());
    let file = to_bytes(&pair, &Extras::default()).unwrap();
    let text = String::from_utf8_lossy(&file);
    assert!(text.contains("\"members\":\"2\""), "{}", &text[..400]);
}
