//! A policy that departs from its prior in part: between the prior and what was learnt, wherever it acts.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use ppo_risk::backtest::untrained;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random::stream;
use ppo_risk::policy::file::{Extras, from_bytes, to_bytes};
use ppo_risk::policy::layout::{Parameter, layout};
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Departure, Policy, Workspace};
use rand::RngExt;

const ASSETS: usize = 4;
const STATES: usize = 50;

fn departure(lambda: f64) -> Departure {
    Departure {
        lambda,
        mean: 1e-4,
        standard_error: 2e-5,
        bars: 1000,
    }
}

fn policy(action: ActionSpec, listed: bool) -> Policy {
    let spec = PolicySpec {
        assets: (0..ASSETS).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec {
            listed,
            ..StateSpec::base(ASSETS)
        },
        action,
        network: NetworkSpec::Scorer { hidden: vec![6, 5] },
    };
    let mut random = stream(3, "test", 0);
    let count = layout(&spec).iter().map(Parameter::len).sum();
    let parameters = (0..count).map(|_| random.random_range(-1.5..1.5_f32)).collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
}

/// Caps, floors, no reach, shorts, a Dirichlet, assets that may be missing.
fn policies() -> Vec<Policy> {
    let around = |prior| ActionSpec {
        prior,
        ..ActionSpec::default()
    };
    vec![
        policy(around(Prior::EqualWeight), false),
        policy(
            ActionSpec {
                weight_cap: 0.35,
                weight_floor: 0.05,
                cash: false,
                ..around(Prior::Supplied)
            },
            false,
        ),
        policy(
            ActionSpec {
                reach: 0.0,
                distribution: Distribution::Dirichlet,
                ..around(Prior::Supplied)
            },
            false,
        ),
        policy(
            ActionSpec {
                short: true,
                max_gross: 1.5,
                ..around(Prior::Supplied)
            },
            false,
        ),
        policy(around(Prior::Hold), true),
    ]
}

/// States and priors of a policy, row after row.
fn inputs(policy: &Policy) -> (Vec<f32>, Vec<f64>) {
    let spec = policy.spec();
    let mut random = stream(8, "test", 0);
    let (mut states, mut priors) = (Vec::new(), Vec::new());
    for _ in 0..STATES {
        let first = states.len();
        states.extend((0..spec.state.len()).map(|_| random.random_range(-1.0..1.0_f32)));
        if let Some(flags) = spec.state.listed_range() {
            // Of each four assets one is halted now and then, and one absent.
            for (i, flag) in states[first..][flags].iter_mut().enumerate() {
                *flag = [1.0, 1.0, 0.0, 1.0][(i + random.random_range(0..2_usize)) % 4];
            }
        }
        let mut prior: Vec<f64> = (0..spec.action_len())
            .map(|_| random.random_range(0.0..1.0))
            .collect();
        let sum: f64 = prior.iter().sum();
        prior.iter_mut().for_each(|weight| *weight /= sum);
        if spec.action.short {
            prior[0] = -prior[0];
            prior[ASSETS] = 1.0 - prior[..ASSETS].iter().sum::<f64>();
        }
        priors.extend(prior);
    }
    (states, priors)
}

/// Weights in every state, one by one.
fn weights(policy: &Policy) -> Vec<f64> {
    let (spec, (states, priors)) = (policy.spec(), inputs(policy));
    let mut workspace = Workspace::new(spec);
    let rows = states
        .chunks(spec.state.len())
        .zip(priors.chunks(spec.action_len()));
    rows.flat_map(|(state, prior)| {
        let mut out = vec![0.0; spec.action_len()];
        policy
            .weights(state, Some(prior), &mut workspace, &mut out)
            .unwrap();
        out
    })
    .collect()
}

#[test]
fn all_the_way_is_the_policy_and_no_way_is_the_prior_to_the_bit() {
    for mut policy in policies() {
        let (learnt, prior) = (weights(&policy), weights(&untrained(&policy).unwrap().unwrap()));
        assert!(learnt != prior);
        policy.set_departure(Some(departure(1.0))).unwrap();
        assert_eq!(weights(&policy), learnt);
        policy.set_departure(Some(departure(0.0))).unwrap();
        assert_eq!(weights(&policy), prior);
        for lambda in [0.25, 0.9] {
            policy.set_departure(Some(departure(lambda))).unwrap();
            for ((found, learnt), prior) in weights(&policy).iter().zip(&learnt).zip(&prior) {
                assert_eq!(*found, prior + lambda * (learnt - prior));
            }
        }
        policy.set_departure(None).unwrap();
        assert_eq!(weights(&policy), learnt);
    }
}

#[test]
fn a_batch_and_a_fallback_are_the_same() {
    for mut policy in policies() {
        policy.set_departure(Some(departure(0.6))).unwrap();
        let (states, priors) = inputs(&policy);
        let spec = policy.spec();
        let mut workspace = Workspace::for_batches(spec, STATES, 1);
        let mut batch = vec![0.0; STATES * spec.action_len()];
        policy
            .weights_batch(&states, Some(&priors), None, &mut workspace, &mut batch)
            .unwrap();
        let one_by_one = weights(&policy);
        assert_eq!(batch, one_by_one);
        let len = spec.action_len();
        let (mut out, mut fallback) = (vec![0.0; len], vec![0.0; len]);
        fallback[0] = 1.0;
        let (state, prior) = (&states[..spec.state.len()], Some(&priors[..len]));
        let fell_back = policy.weights_or(state, prior, &fallback, &mut workspace, &mut out);
        assert!(!fell_back.unwrap());
        assert_eq!(out, one_by_one[..len]);
    }
}

#[test]
fn weights_stay_within_what_the_action_may_have() {
    for mut policy in policies() {
        policy.set_departure(Some(departure(0.5))).unwrap();
        let (action, weights) = (policy.spec().action.clone(), weights(&policy));
        for row in weights.chunks(policy.spec().action_len()) {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{row:?}");
            for weight in &row[..ASSETS] {
                let low = if action.short { -1.5 } else { action.weight_floor };
                assert!(
                    (low - 1e-12..=action.weight_cap.max(action.max_gross) + 1e-12).contains(weight),
                    "{row:?}"
                );
            }
            let gross: f64 = row[..ASSETS].iter().map(|weight| weight.abs()).sum();
            assert!(gross <= action.max_gross + 1e-12, "{row:?}");
        }
    }
}

#[test]
fn the_file_holds_it_and_is_the_old_one_without() {
    let mut policy = policies().swap_remove(0);
    let before = to_bytes(&policy, &Extras::default()).unwrap();
    assert!(!String::from_utf8_lossy(&before).contains("departure"));
    let evidence = Departure::by_evidence(0.1 + 0.2, 0.07, 123);
    policy.set_departure(Some(evidence)).unwrap();
    let bytes = to_bytes(&policy, &Extras::default()).unwrap();
    let (read, extras) = from_bytes("file", &bytes).unwrap();
    assert_eq!(read.departure(), Some(&evidence));
    assert_eq!(extras, Extras::default());
    assert_eq!(weights(&read), weights(&policy));
    let (read, _) = from_bytes("file", &before).unwrap();
    assert_eq!(read.departure(), None);
    // What no evidence is, is refused by name.
    for (found, word) in [
        (departure(1.5), "departure.lambda"),
        (
            Departure {
                mean: f64::NAN,
                ..departure(0.5)
            },
            "departure.mean",
        ),
        (
            Departure {
                standard_error: -1.0,
                ..departure(0.5)
            },
            "departure.standard_error",
        ),
    ] {
        let message = policy.set_departure(Some(found)).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    }
    let mut without = self::policy(ActionSpec::default(), false);
    let message = without.set_departure(Some(evidence)).unwrap_err().to_string();
    assert!(message.contains("without a prior"), "{message}");
    without.set_departure(None).unwrap();
}

#[test]
fn people_are_told() {
    let mut policy = policies().swap_remove(0);
    let describe =
        |policy: &Policy| ppo_risk::policy::describe::describe(policy, &Extras::default()).unwrap();
    assert!(!describe(&policy).contains("departure"));
    policy.set_departure(Some(departure(0.75))).unwrap();
    let text = describe(&policy).split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "departure 0.750 of the way",
        "1000 bars",
        "+1.00e-4",
        "standard error 2.00e-5",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    let json = ppo_risk::policy::describe::to_json(&policy, &Extras::default()).unwrap();
    assert_eq!(json["departure"]["lambda"], 0.75);
    // An explanation is of what is done, not of what was learnt.
    let (states, priors) = inputs(&policy);
    let spec = policy.spec();
    let explained = policy.explain(&states[..spec.state.len()], Some(&priors[..spec.action_len()]));
    assert_eq!(explained.unwrap().weights, weights(&policy)[..spec.action_len()]);
}
