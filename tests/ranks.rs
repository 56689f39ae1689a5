//! Several ranks train one policy: threads that gather through memory. The policy is that of one trainer alone, to the bit; a
//! rank that differs, fails or sends garbage is an error that says so.

#![cfg(feature = "train")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::env::{ControlVariate, EnvConfig};
use ppo_risk::error::{Error, Result};
use ppo_risk::market::simulate::{GbmParameters, SimulatedParameters};
use ppo_risk::market::state::StateSpec;
use ppo_risk::market::{Market, MarketBar, MarketShape, Path as MarketPath};
use ppo_risk::math::random::Stream;
use ppo_risk::policy::file::{Extras, to_bytes};
use ppo_risk::policy::spec::{ActionSpec, Activation, NetworkSpec, PolicySpec};
use ppo_risk::rl::collectives::Collectives;
use ppo_risk::rl::config::PpoConfig;
use ppo_risk::train::{DeviceChoice, TrainConfig, Trainer};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

const N_ENVS: usize = 64;

/// What may happen to what a rank sends in its n-th gather, and what that answers.
type Spoil = fn(usize, &mut Vec<u8>) -> Result<()>;

fn spec() -> PolicySpec {
    PolicySpec {
        assets: ["a", "b", "c"].map(String::from).to_vec(),
        state: StateSpec::base(3),
        action: ActionSpec::default(),
        network: NetworkSpec::Mlp {
            hidden: vec![24, 16],
            activation: Activation::Tanh,
            shared_trunk: true,
        },
    }
}

/// With an attention, whose minibatches are put in the order of time.
fn attention_spec() -> PolicySpec {
    let plain = spec();
    PolicySpec {
        state: StateSpec {
            history: 9,
            ..plain.state
        },
        network: NetworkSpec::Attention {
            hidden: vec![8, 8],
            embedding: 6,
            heads: 2,
        },
        ..plain
    }
}

fn config(threads: usize) -> TrainConfig {
    TrainConfig {
        seed: 11,
        total_steps: 100 * 64 * 32,
        threads,
        device: DeviceChoice::Cpu,
        ppo: PpoConfig {
            n_envs: N_ENVS,
            n_steps: 32,
            // Five blocks of rows, no power of two, and a last minibatch of two.
            batch_size: 600,
            ..PpoConfig::default()
        },
        env: EnvConfig {
            episode_len: 20,
            control_variate: ControlVariate::SelfCritical,
            ..EnvConfig::default()
        },
    }
}

fn market() -> Arc<dyn Market> {
    let parameters = GbmParameters {
        assets: spec().assets,
        ..GbmParameters::default_assets(3)
    };
    SimulatedParameters::Gbm(parameters).market().unwrap()
}

/// What ranks in one process gather through.
struct Memory {
    size: usize,
    barrier: Barrier,
    sent: Mutex<Vec<Vec<u8>>>,
}

impl Memory {
    fn of(size: usize) -> Arc<Self> {
        Arc::new(Self {
            size,
            barrier: Barrier::new(size),
            sent: Mutex::new(vec![Vec::new(); size]),
        })
    }
}

/// One rank; `spoil` may change what it sends in its n-th gather, or make it fail.
struct Rank {
    rank: usize,
    memory: Arc<Memory>,
    gathers: usize,
    spoil: Spoil,
}

impl Collectives for Rank {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.memory.size
    }

    fn allgather(&mut self, send: &[u8], received: &mut [u8]) -> Result<()> {
        let mut sent = send.to_vec();
        let answer = (self.spoil)(self.gathers, &mut sent);
        self.gathers += 1;
        self.memory.sent.lock().unwrap()[self.rank] = sent;
        self.memory.barrier.wait();
        {
            let all = self.memory.sent.lock().unwrap();
            for (to, from) in received.chunks_exact_mut(send.len()).zip(all.iter()) {
                assert_eq!(to.len(), from.len(), "every rank sends as many bytes");
                to.copy_from_slice(from);
            }
        }
        self.memory.barrier.wait();
        answer
    }
}

fn as_it_is(_: usize, _: &mut Vec<u8>) -> Result<()> {
    Ok(())
}

/// Runs `work` with a trainer for each of `size` ranks, on as many threads.
fn on_ranks<T: Send>(
    size: usize,
    make: impl Fn(usize) -> Trainer + Sync,
    spoil: fn(usize, usize) -> Spoil,
    work: impl Fn(usize, &mut Trainer) -> T + Sync,
) -> Vec<T> {
    let memory = Memory::of(size);
    thread::scope(|scope| {
        let ranks: Vec<_> = (0..size)
            .map(|rank| {
                let (make, work, memory) = (&make, &work, Arc::clone(&memory));
                scope.spawn(move || {
                    let mut trainer = make(rank);
                    let engine = Rank {
                        rank,
                        memory,
                        gathers: 0,
                        spoil: spoil(rank, size),
                    };
                    trainer.join(Box::new(engine)).unwrap();
                    work(rank, &mut trainer)
                })
            })
            .collect();
        ranks.into_iter().map(|rank| rank.join().unwrap()).collect()
    })
}

fn plain(_: usize, _: usize) -> Spoil {
    as_it_is
}

fn policy(trainer: &Trainer) -> Vec<u8> {
    let policy = trainer.policy(serde_json::Map::new()).unwrap();
    to_bytes(&policy, &Extras::default()).unwrap()
}

fn fresh(threads: usize) -> Trainer {
    Trainer::new(config(threads), spec(), market()).unwrap()
}

/// The policy file after some updates, and what the last one said.
fn trained(trainer: &mut Trainer, updates: usize) -> (Vec<u8>, String) {
    let mut said = String::new();
    for _ in 0..updates {
        let mut stats = trainer.update().unwrap();
        // The one figure of time.
        stats.env_steps_per_s = 0.0;
        said = format!("{stats:?}");
    }
    (policy(trainer), said)
}

#[test]
fn the_policy_is_that_of_one_trainer_alone() {
    use ControlVariate::{PolicyPath, SelfCritical};
    for (spec, control_variate) in [
        (spec(), SelfCritical),
        (spec(), PolicyPath),
        (attention_spec(), SelfCritical),
    ] {
        let fresh = |threads| {
            let mut config = config(threads);
            config.env.control_variate = control_variate;
            Trainer::new(config, spec.clone(), market()).unwrap()
        };
        let alone = trained(&mut fresh(1), 4);
        assert_ne!(alone.0, policy(&fresh(1)), "nothing was learnt");
        for size in [1, 2, 4] {
            for threads in [1, 2] {
                let found = on_ranks(size, |_| fresh(threads), plain, |_, trainer| trained(trainer, 4));
                for (rank, found) in found.iter().enumerate() {
                    let name = format!("rank {rank} of {size}, {threads} threads, {:?}", spec.network);
                    assert!(found.0 == alone.0, "policy of {name}");
                    assert_eq!(found.1, alone.1, "{name}");
                }
            }
        }
    }
}

#[test]
fn a_checkpoint_of_four_ranks_goes_on_alone_and_on_two() {
    let alone = trained(&mut fresh(1), 4);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    on_ranks(
        4,
        |_| fresh(1),
        plain,
        |rank, trainer| {
            trained(trainer, 2);
            // Only rank 0 writes.
            let own = folder.path().join(rank.to_string());
            let path = if rank == 0 { &path } else { &own };
            trainer.save_checkpoint(path, serde_json::Map::new()).unwrap();
            assert_eq!(path.exists(), rank == 0);
        },
    );
    let resumed = |path: &Path| Trainer::resume(path, market()).unwrap();
    assert!(trained(&mut resumed(&path), 2).0 == alone.0, "resumed alone");
    for found in on_ranks(2, |_| resumed(&path), plain, |_, trainer| trained(trainer, 2)) {
        assert!(found.0 == alone.0, "resumed on two ranks");
    }
}

/// The error of every rank's first update that has one.
fn errors(
    size: usize,
    make: impl Fn(usize) -> Trainer + Sync,
    spoil: fn(usize, usize) -> Spoil,
) -> Vec<String> {
    on_ranks(size, make, spoil, |_, trainer| {
        (0..2)
            .find_map(|_| trainer.update().err())
            .map_or(String::new(), |error| error.to_string())
    })
}

#[test]
fn a_rank_that_differs_is_named() {
    let other_seed = |rank: usize| {
        let mut config = config(1);
        config.seed += u64::from(rank == 1);
        Trainer::new(config, spec(), market()).unwrap()
    };
    for said in errors(2, other_seed, plain) {
        assert_eq!(
            said,
            "the ranks cannot go on: rank 1 has another configuration than rank 0"
        );
    }
    let ahead = |rank: usize| {
        let mut trainer = fresh(1);
        if rank == 1 {
            trainer.update().unwrap();
        }
        trainer
    };
    for said in errors(2, ahead, plain) {
        let expected = "the ranks cannot go on: rank 1 has 1 updates done, expected 0 as rank 0";
        assert_eq!(said, expected);
    }
}

#[test]
fn what_the_engine_answers_ends_the_update() {
    let failing = |rank: usize, _| -> Spoil {
        match rank {
            0 => |gather, _| match gather {
                3 => Err(Error::Collective {
                    message: "timed out".into(),
                }),
                _ => Ok(()),
            },
            // The others' gather fails, too, as a transport's would.
            _ => |gather, _| match gather {
                3 => Err(Error::Collective {
                    message: "rank 0 is gone".into(),
                }),
                _ => Ok(()),
            },
        }
    };
    let said = errors(2, |_| fresh(1), failing);
    assert_eq!(said[0], "the ranks cannot go on: timed out");
    assert_eq!(said[1], "the ranks cannot go on: rank 0 is gone");
}

/// A market whose bars are no numbers any more after a while.
struct Broken {
    market: Arc<dyn Market>,
    bars_left: AtomicUsize,
}

impl Market for Broken {
    fn shape(&self) -> MarketShape {
        self.market.shape()
    }

    fn digest(&self) -> u64 {
        self.market.digest()
    }

    fn begin(&self, warm_up: usize, steps: usize, path: &mut MarketPath, stream: &mut Stream) -> usize {
        self.market.begin(warm_up, steps, path, stream)
    }

    fn advance(&self, path: &mut MarketPath, stream: &mut Stream, bar: &mut MarketBar) {
        self.market.advance(path, stream, bar);
        let left = self.bars_left.load(Ordering::SeqCst);
        match left {
            0 => bar.returns[0] = f64::NAN,
            _ => self.bars_left.store(left - 1, Ordering::SeqCst),
        }
    }
}

/// What only one rank finds out, the others are told instead of waiting for it.
#[test]
fn a_rank_that_fails_in_the_middle_of_an_update_is_named() {
    let broken = |rank: usize| {
        let bars = if rank == 1 { 3000 } else { usize::MAX };
        let market = Broken {
            market: market(),
            bars_left: AtomicUsize::new(bars),
        };
        Trainer::new(config(1), spec(), Arc::new(market)).unwrap()
    };
    let said = on_ranks(2, broken, plain, |_, trainer| {
        let failed = (0..20).find_map(|_| trainer.update().err()).unwrap().to_string();
        (failed, policy(trainer))
    });
    let own = &said[1].0;
    assert!(own.contains("NaN"), "{own}");
    assert_eq!(said[0].0, format!("the ranks cannot go on: rank 1 failed: {own}"));
    assert!(said[0].1 == said[1].1, "the policy of the last finished update");
}

#[test]
fn a_checkpoint_that_rank_0_cannot_write_fails_on_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none/checkpoint.safetensors");
    let said = on_ranks(
        2,
        |_| fresh(1),
        plain,
        |_, trainer| {
            trainer.update().unwrap();
            let failed = trainer
                .save_checkpoint(&path, serde_json::Map::new())
                .unwrap_err();
            // The trainers go on together.
            trainer.update().unwrap();
            failed.to_string()
        },
    );
    assert!(said[0].contains("none"), "{}", said[0]);
    assert_eq!(
        said[1],
        format!("the ranks cannot go on: rank 0 failed: {}", said[0])
    );
}

#[test]
fn garbage_in_the_header_is_noticed() {
    let garbage = |rank: usize, _| -> Spoil {
        match rank {
            1 => |_, sent| {
                sent.iter_mut().for_each(|byte| *byte ^= 0x55);
                Ok(())
            },
            _ => as_it_is,
        }
    };
    let said = errors(2, |_| fresh(1), garbage);
    assert_eq!(
        said[0],
        "the ranks cannot go on: rank 1 sends what is no header of version 1"
    );
    assert!(
        said[1].contains("the bytes gathered of rank 1, this one, are not those that it sent"),
        "{}",
        said[1]
    );
}

#[test]
fn ranks_that_cannot_be_are_refused() {
    let join = |rank: usize, size: usize, n_envs: usize| {
        let mut config = config(1);
        config.ppo.n_envs = n_envs;
        let mut trainer = Trainer::new(config, spec(), market()).unwrap();
        let engine = Rank {
            rank,
            memory: Memory::of(size),
            gathers: 0,
            spoil: as_it_is,
        };
        trainer.join(Box::new(engine)).unwrap_err().to_string()
    };
    assert!(join(0, 3, 64).contains("`collectives.size` is 3, expected a power of two"));
    assert!(join(2, 2, 64).contains("`collectives.rank` is 2, expected below 2"));
    assert!(
        join(0, 8, 64).contains("8 for 4 blocks of environments"),
        "{}",
        join(0, 8, 64)
    );
}
