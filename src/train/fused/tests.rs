//! Late threads, failing updates, and states that follow each other.

use super::*;
use crate::math::random::{Stream, stream};
use crate::policy::initial::initial_values;
use crate::policy::spec::NetworkSpec;
use crate::policy::test_specs;
use crate::rl::config::PpoConfig;
use crate::train::epochs::{EpochRoom, Epochs, Verdict};
use rand::RngExt;

/// A rollout of noise.
fn buffer(spec: &PolicySpec, rows: usize, draws: &mut Stream) -> RolloutBuffer {
    let mut buffer = RolloutBuffer::new(rows, rows, 1, spec.state.len(), spec.score_len()).unwrap();
    for values in [
        &mut buffer.states,
        &mut buffer.actions,
        &mut buffer.log_priors,
        &mut buffer.returns,
        &mut buffer.advantages,
    ] {
        values
            .iter_mut()
            .for_each(|value| *value = draws.random_range(-1.0..1.0));
    }
    buffer
}

/// The parameters after an update on so many threads, of which each is late after no time at all: all that is begun is
/// computed by every thread that is free.
fn values_after_an_update(threads: usize) -> Vec<f32> {
    let spec = test_specs::mlp(3);
    let rows = 700;
    let ppo = PpoConfig {
        n_epochs: 4,
        batch_size: 300,
        ..PpoConfig::default()
    };
    let config = LossConfig {
        clip_range: 0.2,
        ppo: &ppo,
        self_critical: false,
    };
    let buffer = buffer(&spec, rows, &mut stream(1, "rollout", 0));
    let mut fused = Fused::new(&spec, &initial_values(&spec, -0.5, 1.0, 1));
    fused.patience = 0.0;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.unwrap();
    let mut shuffle = stream(1, "minibatches", 0);
    let mut room = EpochRoom::default();
    room.rows.extend(0..rows as u32);
    let mut epochs = Epochs::new(&ppo, room, &mut shuffle);
    let first = epochs.next().unwrap();
    let minibatch = fused.begin(Some(&pool), (&spec, &buffer, config), epochs.rows(first), None);
    let mut steps = 0;
    let outcome = minibatch.run(&mut |between, stats| {
        // One whose step is not taken leaves the parameters as they are, where late threads may read them.
        if steps != 2 {
            assert_eq!(epochs.judge(stats), Verdict::Step);
            between.step(Step::new(1e-3, 1.0, 1e-5, steps + 1));
        }
        steps += 1;
        let next = epochs.next();
        let goes_on = next.is_some();
        next.into_iter().for_each(|next| between.begin(epochs.rows(next)));
        Ok(goes_on)
    });
    outcome.unwrap();
    assert_eq!(steps, 12);
    fused.values()
}

#[test]
fn threads_that_are_late_change_nothing() {
    let alone = values_after_an_update(1);
    for threads in [2, 3, 8] {
        for _ in 0..5 {
            assert!(values_after_an_update(threads) == alone, "{threads} threads");
        }
    }
}

#[test]
fn an_error_between_minibatches_ends_the_update_on_every_thread() {
    let spec = test_specs::mlp(3);
    let ppo = PpoConfig::default();
    let config = LossConfig {
        clip_range: 0.2,
        ppo: &ppo,
        self_critical: false,
    };
    let buffer = buffer(&spec, 64, &mut stream(1, "rollout", 0));
    let mut fused = Fused::new(&spec, &initial_values(&spec, -0.5, 1.0, 1));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let rows: Vec<u32> = (0..64).collect();
    let minibatch = fused.begin(Some(&pool), (&spec, &buffer, config), &rows, None);
    let refuse = |_: &mut Between<'_>, _| Err(crate::error::Error::invalid("rank", 1, "0"));
    assert!(minibatch.run(&mut { refuse }).is_err());
}

fn attention(bars: usize) -> PolicySpec {
    let mut spec = test_specs::scorer(2);
    spec.state.history = bars;
    spec.state.asset_columns = vec!["own".into()];
    spec.network = NetworkSpec::Attention {
        hidden: vec![5],
        embedding: 6,
        heads: 3,
    };
    spec
}

/// A state of the bar `time` of a world of its own.
fn state(spec: &PolicySpec, world: u64, time: usize) -> Vec<f32> {
    let mut state = vec![0.1 * time as f32; spec.state.len()];
    for block in spec.state.blocks() {
        if let Some((number, back)) = block.content.place_in_history(1) {
            let mut bar = stream(world, "bars", (1000 + time - back) as u64 * 8 + number as u64);
            state[block.range].fill_with(|| bar.random_range(-2.0..2.0));
        }
    }
    state
}

fn said(fused: &Fused, spec: &PolicySpec, room: &mut Room, states: &[f32]) -> Vec<u32> {
    let count = states.len() / spec.state.len();
    let (mut scores, mut values, mut baselines) = (
        vec![0.0; count * spec.score_len()],
        vec![0.0; count],
        vec![0.0; count],
    );
    let said = Said {
        scores: &mut scores,
        values: &mut values,
        baselines: &mut baselines,
    };
    fused.evaluate(spec, room, states, said);
    let all = [scores, values, baselines].concat();
    all.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn states_that_follow_others_say_what_they_say_alone() {
    // A history of several vectors and a bit, and one that is shorter than a vector.
    for bars in [37, 3] {
        let spec = attention(bars);
        let mut draws = stream(2, "following", bars as u64);
        let mut fused = Fused::new(&spec, &initial_values(&spec, -0.5, 1.0, 1));
        let (mut following, mut alone) = (fused.following_room(&spec, 3), fused.room(&spec, 1));
        let mut times = [0_usize, 40, 80];
        for step in 0..150 {
            for (world, time) in times.iter_mut().enumerate() {
                // Mostly one bar on; at times none, several, or somewhere else.
                *time = match draws.random_range(0..30) {
                    0 => *time,
                    1 => *time + draws.random_range(1..bars + 4),
                    2 if world > 0 => 7,
                    _ => *time + 1,
                };
            }
            if step % 50 == 49 {
                let mut values = fused.values();
                values.iter_mut().for_each(|value| *value *= 1.01);
                fused = Fused::new(&spec, &values);
            }
            let states = [0, 1, 2].map(|world| state(&spec, world as u64, times[world]));
            let found = said(&fused, &spec, &mut following, &states.concat());
            let expected = states.map(|state| said(&fused, &spec, &mut alone, &state));
            let part = |first: usize, len: usize, world: usize| &found[first + world * len..][..len];
            let len = spec.score_len();
            for (world, expected) in expected.iter().enumerate() {
                let own = [
                    part(0, len, world),
                    part(3 * len, 1, world),
                    part(3 * len + 3, 1, world),
                ];
                assert_eq!(own.concat(), *expected, "{bars} bars, step {step}, world {world}");
            }
        }
    }
}
