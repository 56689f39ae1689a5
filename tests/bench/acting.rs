//! What acting costs: the time of one decision, and the memory of one more agent.

use crate::agent::Agent;
use crate::allocations;
use ppo_risk::ffi::agent::{PPO_PRECISION_BF16, PPO_PRECISION_F32};
use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random;
use ppo_risk::policy::file::{Extras, to_bytes};
use ppo_risk::policy::kernels::InstructionSet;
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Activation, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace};
use rand::RngExt;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

const ASSETS: usize = 10;
const CALLS: usize = 1_000_000;
const BATCH: usize = 1_024;
const BATCHES: usize = 100;
const RUNS: usize = 5;
const AGENTS: usize = 50;

/// 31 inputs, 2 x 256 tanh, 10 assets, fully invested: the benchmark network of every peer.
pub(crate) fn spec() -> PolicySpec {
    PolicySpec {
        assets: (0..ASSETS).map(|i| format!("asset {i}")).collect(),
        state: StateSpec {
            assets: ASSETS,
            window: 20,
            account: false,
            columns: Vec::new(),
        },
        action: ActionSpec {
            cash: false,
            ..ActionSpec::default()
        },
        network: NetworkSpec::Mlp {
            hidden: vec![256, 256],
            activation: Activation::Tanh,
            shared_trunk: true,
        },
    }
}

/// A policy of that spec with weights drawn at random.
pub(crate) fn policy() -> Policy {
    policy_of(spec())
}

/// A policy with random parameters.
pub(crate) fn policy_of(spec: PolicySpec) -> Policy {
    let mut stream = random::stream(1, "benchmark", 0);
    let parameters: usize = layout(&spec).iter().map(|parameter| parameter.len()).sum();
    let values = (0..parameters).map(|_| stream.random_range(-0.1..0.1)).collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, values, serde_json::Map::new()).expect("valid parts")
}

/// Prints, all but the last of calls of the C functions:
/// * `select_action_p50_ns`, `select_action_p999_ns`: the whole deterministic call (checks, normaliser, network,
///   softmax), of a million calls of `ppo_select_action`; best of five runs each.
/// * `machine_p999_ns`: the same of arithmetic in registers that takes as long as the median call: what the system's
///   interruptions alone do to one call in a thousand.
/// * `select_action_allocations`: allocations of a million such calls.
/// * `select_action_batch1024_gflops`: `ppo_select_actions` on 1,024 states, on one thread, two operations for each
///   multiplication and addition of the network; best of five runs.
/// * `select_action_vs_ort`: where the environment variable PEERS_LATENCY names a program whose `latency` prints
///   `ort_forward_p50_ns N ...`, that over our p50, measured right after it.
/// * The first two and the batch with `_bf16` at their end: the same with weights in bf16.
/// * `select_scaling_2_threads`: calls a second of two threads on one agent over those of one; best of five runs.
/// * `agent_rss_mb`: resident memory that one more agent, loaded from its file and ready to act, adds.
/// * The first two and the batch with the name of other instructions that the processor has at their end: the Rust
///   calls on those.
pub(crate) fn figures() {
    let mut policy = policy();
    let mut stream = random::stream(1, "benchmark", 1);
    let states: Vec<f32> = (0..BATCH * policy.spec().state.len())
        .map(|_| stream.random_range(-1.0..1.0))
        .collect();
    let state = &states[..policy.spec().state.len()];
    let agent = Agent::new(&policy);
    let mut weights = vec![0.0; ASSETS];
    let mut all_weights = vec![0.0; BATCH * ASSETS];

    let best = policy.network().instructions();
    eprintln!("select_action_instructions {}", best.name());
    let mut decide = || agent.decide(black_box(state), black_box(&mut weights));
    let (p50, p999) = latency(&mut decide);
    print_latency("", (p50, p999));
    println!("machine_p999_ns {}", machine_p999(p50));
    let before = allocations::count();
    (0..CALLS).for_each(|_| decide());
    println!("select_action_allocations {}", allocations::count() - before);
    print_rate(
        "",
        gflops(|| agent.decide_all(BATCH, black_box(&states), black_box(&mut all_weights))),
    );
    if let Some(theirs) = onnx_runtime() {
        println!(
            "select_action_vs_ort {:.2}",
            theirs / latency(&mut decide).0 as f64
        );
    }
    agent.set_precision(PPO_PRECISION_BF16);
    let mut decide = || agent.decide(black_box(state), black_box(&mut weights));
    print_latency("_bf16", latency(&mut decide));
    print_rate(
        "_bf16",
        gflops(|| agent.decide_all(BATCH, black_box(&states), black_box(&mut all_weights))),
    );
    agent.set_precision(PPO_PRECISION_F32);
    println!("select_scaling_2_threads {:.2}", scaling(&agent, state));
    println!("agent_rss_mb {:.3}", resident_mb_of_one(&policy, state));

    let mut workspace = Workspace::for_batches(policy.spec(), BATCH, 1);
    for instructions in InstructionSet::available().filter(|&instructions| instructions != best) {
        policy.set_instructions(instructions);
        let mut decide = || {
            policy
                .weights(black_box(state), None, &mut workspace, black_box(&mut weights))
                .expect("a finite state");
        };
        print_latency(&format!("_{}", instructions.name()), latency(&mut decide));
        let rate = gflops(|| {
            policy
                .weights_batch(
                    black_box(&states),
                    None,
                    None,
                    &mut workspace,
                    black_box(&mut all_weights),
                )
                .expect("finite states");
        });
        print_rate(&format!("_{}", instructions.name()), rate);
    }
}

fn print_latency(suffix: &str, (p50, p999): (u64, u64)) {
    println!("select_action_p50_ns{suffix} {p50}");
    println!("select_action_p999_ns{suffix} {p999}");
}

fn print_rate(suffix: &str, gflops: f64) {
    println!("select_action_batch1024_gflops{suffix} {gflops:.1}");
}

/// (p50, p999) in nanoseconds of one call, the best of the runs for each.
fn latency(call: &mut impl FnMut()) -> (u64, u64) {
    let mut nanoseconds = vec![0; CALLS];
    let runs = (0..RUNS).map(|_| {
        for elapsed in &mut nanoseconds {
            let start = Instant::now();
            call();
            *elapsed = start.elapsed().as_nanos() as u64;
        }
        nanoseconds.sort_unstable();
        (nanoseconds[CALLS / 2], nanoseconds[CALLS / 1000 * 999])
    });
    runs.reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))
        .expect("there are runs")
}

/// One in a thousand of calls that do nothing but count takes longer, where half of them take about `p50` ns.
fn machine_p999(p50: u64) -> u64 {
    let count = |turns: u64| {
        for turn in 0..turns {
            black_box(turn);
        }
    };
    const TURNS: u64 = 1 << 24;
    let start = Instant::now();
    count(TURNS);
    let of_one = start.elapsed().as_nanos() as f64 / TURNS as f64;
    let turns = (p50 as f64 / of_one) as u64;
    latency(&mut || count(black_box(turns))).1
}

/// Nanoseconds of one forward pass of a network of the same size in ONNX Runtime, where it can be run.
fn onnx_runtime() -> Option<f64> {
    let program = std::env::var_os("PEERS_LATENCY").filter(|program| !program.is_empty())?;
    let output = Command::new(program).arg("latency").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .find_map(|line| line.strip_prefix("ort_forward_p50_ns "))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
}

/// 10^9 operations a second of a call that runs the network on a batch; the best of the runs.
fn gflops(mut call: impl FnMut()) -> f64 {
    let widths = [spec().state.len(), 256, 256, ASSETS];
    let products: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let operations = (2 * products * BATCH * BATCHES) as f64;
    let runs = (0..RUNS).map(|_| {
        let start = Instant::now();
        (0..BATCHES).for_each(|_| call());
        operations / start.elapsed().as_secs_f64() / 1e9
    });
    runs.fold(0.0, f64::max)
}

/// Calls a second of two threads over those of one.
fn scaling(agent: &Agent, state: &[f32]) -> f64 {
    let call_many = || {
        let mut weights = vec![0.0; ASSETS];
        for _ in 0..CALLS / 2 {
            agent.decide(black_box(state), black_box(&mut weights));
        }
    };
    let seconds = |threads| {
        let start = Instant::now();
        std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(call_many))));
        start.elapsed().as_secs_f64()
    };
    let runs = (0..RUNS).map(|_| 2.0 * seconds(1) / seconds(2));
    runs.fold(0.0, f64::max)
}

/// MB that one more agent adds.
fn resident_mb_of_one(policy: &Policy, state: &[f32]) -> f64 {
    let file = to_bytes(policy, &Extras::default()).expect("a policy fits a file");
    let mut weights = vec![0.0; ASSETS];
    let mut agents = Vec::with_capacity(AGENTS);
    let before = resident_bytes();
    for _ in 0..AGENTS {
        let agent = Agent::from_file(&file);
        agent.decide(state, &mut weights);
        agents.push(agent);
    }
    let added = resident_bytes().saturating_sub(before) as f64 / AGENTS as f64;
    black_box(&agents);
    added / 1e6
}

/// Resident memory of this process, from /proc/self/statm.
fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux has /proc");
    let pages: usize = statm
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .expect("a number");
    pages * 4096
}
