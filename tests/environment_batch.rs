//! The batch of environments: the same numbers however it is split, saved or stepped, and no allocation.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use ppo_risk::env::reward::RewardMode;
use ppo_risk::env::{
    BatchEnvironment, BatchSnapshot, ControlVariate, EnvConfig, EpisodeStats, TradingEnvironment,
};
use ppo_risk::market::Market;
use ppo_risk::market::correlation::Correlation;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::regime::RegimeBlock;
use ppo_risk::market::simulate::{Gbm, GbmParameters};
use ppo_risk::market::state::StateSpec;
use ppo_risk::market::state_spec::Content;
use ppo_risk::math::random;
use ppo_risk::policy::spec::ActionSpec;
use rand_distr::{Distribution, StandardNormal};
use std::sync::Arc;

#[path = "support/allocations.rs"]
mod allocations;

const ASSETS: usize = 4;
const ACTIONS: usize = ASSETS + 1;
const STATES: usize = 9 * ASSETS + 6;

fn batch(control_variate: ControlVariate, first_index: u64, count: usize) -> BatchEnvironment {
    let (config, state, action, market) = settings(control_variate);
    BatchEnvironment::new(&config, &state, &action, market, 7, first_index, count).unwrap()
}

/// Two regimes of the market's return.
fn regime() -> RegimeBlock {
    let model = serde_json::json!({
        "initial": [0.5, 0.5],
        "transition": [[0.95, 0.05], [0.1, 0.9]],
        "means": [[0.001], [-0.001]],
        "covariances": [[[1e-4]], [[6e-4]]],
    });
    RegimeBlock {
        model: serde_json::from_value(model).unwrap(),
        window: 8,
    }
}

fn settings(control_variate: ControlVariate) -> (EnvConfig, StateSpec, ActionSpec, Arc<dyn Market>) {
    let config = EnvConfig {
        episode_len: 9,
        control_variate,
        ..EnvConfig::default()
    };
    let state = StateSpec {
        window: 5,
        account: true,
        return_horizons: vec![3],
        history: 2,
        correlation: Some(Correlation::Assets { half_life: 1.0 }),
        regime: Some(regime()),
        ..StateSpec::base(ASSETS)
    };
    let action = ActionSpec {
        prior: Prior::VolTarget {
            target: 0.15,
            half_life: 5.0,
            lookback: Some(11),
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

/// What is left of the episode, the growth since its start, an end that nothing follows, and rewards that add up to the
/// utility of the last value.
#[test]
fn the_state_shows_how_far_the_end_of_an_episode_is() {
    const HORIZON: usize = 6;
    let (config, state, action, market) = settings(ControlVariate::None);
    let config = EnvConfig {
        episode_len: HORIZON,
        reward: RewardMode::TerminalCrra { a: 5.0 },
        ..config
    };
    let seeing = |horizon: usize| StateSpec {
        horizon,
        ..state.clone()
    };
    let of = |state: &StateSpec| BatchEnvironment::new(&config, state, &action, Arc::clone(&market), 7, 0, 1);
    let refused = of(&seeing(HORIZON + 1)).err().unwrap().to_string();
    assert_eq!(refused, "`state.horizon` is 7, expected 6, as env.episode_len");

    let state = seeing(HORIZON);
    let mut blocks = state.blocks();
    let place = blocks
        .find(|block| block.content == Content::Horizon)
        .unwrap()
        .range;
    let mut batch = of(&state).unwrap();
    let utility = |value: f64| value.powi(-4) / -4.0;
    for _episode in 0..3 {
        let (mut rewards, mut growth) = (0.0, 0.0);
        for left in (0..HORIZON).rev() {
            let shown = batch.states()[place.clone()].to_vec();
            assert_eq!(shown[0], (left + 1) as f32 / HORIZON as f32);
            let step = batch.step_weights(&[0.4, 0.1, 0.1, 0.1, 0.3]).unwrap();
            rewards += step.raw_rewards[0];
            assert_eq!((step.terminated[0], step.truncated[0]), (left == 0, false));
            let after = match left {
                0 => &step.final_states[place.clone()],
                _ => &batch.states()[place.clone()],
            };
            assert_eq!(after[0], left as f32 / HORIZON as f32);
            growth = f64::from(after[1]);
        }
        let earned = utility(growth.exp()) - utility(1.0);
        assert!(
            growth != 0.0 && (rewards - earned).abs() < 1e-7,
            "{rewards} against {earned}"
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

#[test]
fn bytes_bring_back_the_batch_and_nothing_else_does() {
    let mut first = batch(ControlVariate::PriorPath, 0, 3);
    for t in 0..23 {
        first.step(&scores(t, 3), None).unwrap();
    }
    let bytes = first.to_bytes().unwrap();
    let rewards = |batch: &mut BatchEnvironment| {
        let steps = (23..50).map(|t| batch.step(&scores(t, 3), None).unwrap().rewards.clone());
        steps.collect::<Vec<_>>()
    };
    let mut second = batch(ControlVariate::PriorPath, 0, 3);
    second.restore_bytes(&bytes).unwrap();
    assert_eq!(first.states(), second.states());
    assert_eq!(rewards(&mut first), rewards(&mut second));
    assert_eq!(first.take_episodes(), second.take_episodes());

    let untouched = second.states().to_vec();
    for place in [0, 7, 8, 15, 16, bytes.len() / 2, bytes.len() - 1] {
        let mut changed = bytes.clone();
        // Where the format stands, that is one to come.
        changed[place] ^= 0x40;
        assert!(second.restore_bytes(&changed).is_err(), "byte {place}");
        assert!(second.restore_bytes(&bytes[..place]).is_err(), "cut at {place}");
    }
    let mut others = [batch(ControlVariate::PriorPath, 0, 4), {
        let (mut config, state, action, market) = settings(ControlVariate::PriorPath);
        config.balance = 1.0;
        BatchEnvironment::new(&config, &state, &action, market, 7, 0, 3).unwrap()
    }];
    for (other, word) in others.iter_mut().zip(["3", "other settings"]) {
        let message = other.restore_bytes(&bytes).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    }
    let (config, state, action, _) = settings(ControlVariate::PriorPath);
    let mut parameters = GbmParameters::default_assets(ASSETS);
    parameters.cash_rate = 0.01;
    let market = Arc::new(Gbm::new(parameters).unwrap());
    let mut other = BatchEnvironment::new(&config, &state, &action, market, 7, 0, 3).unwrap();
    let message = other.restore_bytes(&bytes).unwrap_err().to_string();
    assert!(message.contains("another market"), "{message}");
    assert_eq!(second.states(), untouched);
}

/// Weights [E, A] of step `t`.
fn weights(t: usize, count: usize) -> Vec<f64> {
    let mut weights: Vec<f64> = scores(t, count)
        .iter()
        .map(|score| f64::from(score.abs()))
        .collect();
    for row in weights.chunks_exact_mut(ACTIONS) {
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|weight| *weight /= sum);
    }
    weights
}

#[test]
fn target_weights_are_traded_to_as_in_single_environments() {
    let (config, state, action, market) = settings(ControlVariate::None);
    let mut batch = batch(ControlVariate::None, 0, 3);
    let mut singles: Vec<TradingEnvironment> = (0..3)
        .map(|i| TradingEnvironment::new(&config, &state, &action, market.clone(), 7, i).unwrap())
        .collect();
    for t in 0..20 {
        let mut prior = vec![0.0; 3 * ACTIONS];
        batch.prior_weights(&mut prior).unwrap();
        let weights = weights(t, 3);
        let step = batch.step_weights(&weights).unwrap().clone();
        let details = batch.details().to_vec();
        for (i, single) in singles.iter_mut().enumerate() {
            let row = i * ACTIONS..(i + 1) * ACTIONS;
            let mut expected_prior = [0.0; ACTIONS];
            single.prior_weights(&mut expected_prior).unwrap();
            assert_eq!(prior[row.clone()], expected_prior);
            let expected = single.step_weights(&weights[row]).unwrap();
            assert_eq!(details[i], expected);
            assert_eq!(step.rewards[i], expected.reward);
            if expected.truncated {
                single.reset().unwrap();
            }
            let account = batch.accounts().nth(i).unwrap();
            assert_eq!(account, single.account());
        }
    }
    let before = batch.states().to_vec();
    let mut bad = weights(0, 3);
    bad[2 * ACTIONS] += 0.1;
    let message = batch.step_weights(&bad).unwrap_err().to_string();
    assert!(message.contains("weights[2]"), "{message}");
    assert!(batch.step_weights(&bad[1..]).is_err());
    assert!(batch.prior_weights(&mut [0.0; 4]).is_err());
    assert_eq!(batch.states(), before);
}

#[test]
fn episodes_that_nobody_takes_make_room_for_newer_ones() {
    let mut kept = batch(ControlVariate::None, 0, 3);
    let mut bounded = batch(ControlVariate::None, 0, 3);
    bounded.keep_episodes(4).unwrap();
    let scores = scores(0, 3);
    for _ in 0..27 {
        kept.step(&scores, None).unwrap();
    }
    let before = allocations::count();
    for _ in 0..27 {
        bounded.step(&scores, None).unwrap();
    }
    assert_eq!(allocations::count(), before);
    let all = kept.take_episodes();
    assert_eq!(all.len(), 9);
    assert_eq!(bounded.drain_episodes(3).collect::<Vec<_>>(), all[5..8]);
    assert_eq!(bounded.drain_episodes(3).collect::<Vec<_>>(), all[8..]);
    assert_eq!(bounded.drain_episodes(3).count(), 0);
}

#[test]
fn ruin_survives_being_saved() {
    let ruined = EpisodeStats {
        log_growth: f64::NEG_INFINITY,
        ..EpisodeStats::default()
    };
    let text = serde_json::to_string(&ruined).unwrap();
    assert_eq!(serde_json::from_str::<EpisodeStats>(&text).unwrap(), ruined);
}

#[test]
fn numbers_of_environments_that_cannot_be_are_refused() {
    let (config, state, action, market) = settings(ControlVariate::None);
    for (first_index, count, name) in [
        (0, 0, "count"),
        (0, 1 << 25, "count"),
        (u64::MAX, 1, "first_index"),
    ] {
        let made = BatchEnvironment::new(&config, &state, &action, market.clone(), 7, first_index, count);
        let message = made.err().unwrap().to_string();
        assert!(message.contains(name), "{message}");
    }
}
