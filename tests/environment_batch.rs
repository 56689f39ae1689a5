//! The batch of environments: the same numbers however it is split, saved or stepped, and no allocation.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use ppo_risk::env::{BatchEnvironment, BatchSnapshot, ControlVariate, EnvConfig, TradingEnvironment};
use ppo_risk::market::Market;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::simulate::{Gbm, GbmParameters};
use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random;
use ppo_risk::policy::spec::ActionSpec;
use rand_distr::{Distribution, StandardNormal};
use std::sync::Arc;

#[path = "support/allocations.rs"]
mod allocations;

const ASSETS: usize = 4;
const ACTIONS: usize = ASSETS + 1;
const STATES: usize = 3 * ASSETS + 3;

fn batch(control_variate: ControlVariate, first_index: u64, count: usize) -> BatchEnvironment {
    let (config, state, action, market) = settings(control_variate);
    BatchEnvironment::new(&config, &state, &action, market, 7, first_index, count).unwrap()
}

fn settings(control_variate: ControlVariate) -> (EnvConfig, StateSpec, ActionSpec, Arc<dyn Market>) {
    let config = EnvConfig {
        episode_len: 9,
        control_variate,
        ..EnvConfig::default()
    };
    let state = StateSpec {
        assets: ASSETS,
        window: 5,
        account: true,
        columns: Vec::new(),
    };
    let action = ActionSpec {
        prior: Prior::VolTarget {
            target: 0.15,
            half_life: 5.0,
            lookback: 11,
        },
        trade_band: 0.05,
        ..ActionSpec::default()
    };
    let market = Gbm::new(GbmParameters::default_assets(ASSETS)).unwrap();
    (config, state, action, Arc::new(market))
}

/// Scores [E, A] of step `t`.
fn scores(t: usize, count: usize) -> Vec<f32> {
    let mut stream = random::stream(3, "test", t as u64);
    let draws = StandardNormal.sample_iter(&mut stream);
    draws.take(count * ACTIONS).collect()
}

#[test]
fn splitting_a_batch_changes_nothing() {
    let mut whole = batch(ControlVariate::PriorPath, 0, 5);
    let mut parts = [
        batch(ControlVariate::PriorPath, 0, 2),
        batch(ControlVariate::PriorPath, 2, 3),
    ];
    for t in 0..40 {
        let scores = scores(t, 5);
        let whole_step = whole.step(&scores, None).unwrap().clone();
        let (left, right) = scores.split_at(2 * ACTIONS);
        let left = parts[0].step(left, None).unwrap().clone();
        let right = parts[1].step(right, None).unwrap().clone();
        assert_eq!(whole_step.rewards, [left.rewards, right.rewards].concat());
        assert_eq!(whole_step.truncated, [left.truncated, right.truncated].concat());
        assert_eq!(
            whole_step.final_states,
            [left.final_states, right.final_states].concat()
        );
        assert_eq!(whole.states(), [parts[0].states(), parts[1].states()].concat());
        assert_eq!(
            whole.log_priors(),
            [parts[0].log_priors(), parts[1].log_priors()].concat()
        );
    }
}

#[test]
fn a_batch_is_single_environments_with_automatic_reset() {
    let (config, state, action, market) = settings(ControlVariate::SelfCritical);
    let mut batch = batch(ControlVariate::SelfCritical, 0, 3);
    let mut singles: Vec<TradingEnvironment> = (0..3)
        .map(|i| TradingEnvironment::new(&config, &state, &action, market.clone(), 7, i).unwrap())
        .collect();
    let mut finished = Vec::new();
    for t in 0..40 {
        let (sampled, means) = (scores(t, 3), scores(1000 + t, 3));
        let step = batch.step(&sampled, Some(&means)).unwrap().clone();
        for (i, single) in singles.iter_mut().enumerate() {
            let row = i * ACTIONS..(i + 1) * ACTIONS;
            let expected = single.step(&sampled[row.clone()], Some(&means[row])).unwrap();
            assert_eq!(step.rewards[i], expected.reward);
            assert_eq!(step.raw_rewards[i], expected.raw_reward);
            assert_eq!(step.baseline_rewards[i], expected.baseline_reward);
            assert_eq!(step.truncated[i], expected.truncated);
            assert_eq!(step.truncated[i], t % 9 == 8, "step {t}");
            if expected.truncated {
                assert_eq!(step.final_states[i * STATES..(i + 1) * STATES], *single.state());
                finished.push(single.stats());
                single.reset().unwrap();
            }
            assert_eq!(batch.states()[i * STATES..(i + 1) * STATES], *single.state());
        }
    }
    assert_eq!(finished.len(), 12);
    assert_eq!(batch.take_episodes(), finished);
    assert!(batch.take_episodes().is_empty());
}

#[test]
fn going_on_from_a_snapshot_is_bit_identical() {
    let mut first = batch(ControlVariate::PriorPath, 0, 4);
    for t in 0..23 {
        first.step(&scores(t, 4), None).unwrap();
    }
    let text = serde_json::to_string(&first.snapshot()).unwrap();
    let mut second = batch(ControlVariate::PriorPath, 0, 4);
    let snapshot: BatchSnapshot = serde_json::from_str(&text).unwrap();
    second.restore(snapshot).unwrap();
    assert_eq!(first.states(), second.states());
    assert_eq!(first.log_priors(), second.log_priors());
    for t in 23..70 {
        let scores = scores(t, 4);
        let (left, right) = (
            first.step(&scores, None).unwrap(),
            second.step(&scores, None).unwrap(),
        );
        assert_eq!(left.rewards, right.rewards);
        assert_eq!(left.raw_rewards, right.raw_rewards);
        assert_eq!(left.truncated, right.truncated);
        for i in (0..4).filter(|&i| left.truncated[i]) {
            let row = i * STATES..(i + 1) * STATES;
            assert_eq!(left.final_states[row.clone()], right.final_states[row]);
        }
        assert_eq!(first.states(), second.states());
        assert_eq!(first.log_priors(), second.log_priors());
    }
    assert_eq!(first.take_episodes(), second.take_episodes());
}

#[test]
fn snapshots_of_other_environments_are_refused() {
    let saved = batch(ControlVariate::PriorPath, 0, 4).snapshot();
    assert!(
        batch(ControlVariate::PriorPath, 0, 3)
            .restore(saved.clone())
            .is_err()
    );
    assert!(batch(ControlVariate::None, 0, 4).restore(saved).is_err());
}

#[test]
fn bad_actions_move_nothing() {
    let mut batch = batch(ControlVariate::None, 0, 3);
    let before = batch.states().to_vec();
    let mut bad = scores(0, 3);
    bad[2 * ACTIONS + 1] = f32::NAN;
    let message = batch.step(&bad, None).unwrap_err().to_string();
    assert!(message.contains("actions[2][1]"), "{message}");
    assert!(batch.step(&bad[1..], None).is_err());
    assert_eq!(batch.states(), before);
}

#[test]
fn steps_and_resets_allocate_nothing() {
    for control_variate in [
        ControlVariate::None,
        ControlVariate::PriorPath,
        ControlVariate::SelfCritical,
    ] {
        let mut batch = batch(control_variate, 0, 6);
        let scores = scores(0, 6);
        // The first episode, so that buffers have met all they will hold; nothing ends in the steps counted after
        // it but one episode each, for which room is kept.
        for _ in 0..9 {
            batch.step(&scores, Some(&scores)).unwrap();
        }
        batch.take_episodes();
        let before = allocations::count();
        for _ in 0..9 {
            batch.step(&scores, Some(&scores)).unwrap();
        }
        assert_eq!(allocations::count(), before, "{control_variate:?}");
        assert_eq!(batch.take_episodes().len(), 6);
        assert!(allocations::count() > before, "the counter counts");
    }
}
