//! What acting costs: the time of one decision, and the memory of one more agent.

use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random;
use ppo_risk::policy::file::{Extras, from_bytes, to_bytes};
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
    let spec = spec();
    let mut stream = random::stream(1, "benchmark", 0);
    let parameters: usize = layout(&spec).iter().map(|parameter| parameter.len()).sum();
    let values = (0..parameters).map(|_| stream.random_range(-0.1..0.1)).collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, values, serde_json::Map::new()).expect("valid parts")
}

/// Prints
/// * `select_action_p50_ns`, `select_action_p999_ns`: the whole deterministic call (checks, normaliser, network,
///   softmax), of a million calls; best of five runs each. With the name of other instructions that the processor
///   has at its end, the same on those.
/// * `select_action_batch1024_gflops`: the whole call on 1,024 states on one thread, two operations for each
///   multiplication and addition of the network; best of five runs.
/// * `select_scaling_2_threads`: calls a second of two threads on one policy over those of one; best of five runs.
/// * `select_action_vs_ort`: where the environment variable PEERS names a program whose `latency` prints
///   `ort_forward_p50_ns N ...`, that over our p50, measured right after it.
/// * `agent_rss_mb`: resident memory that one more agent, loaded from its file and ready to act, adds.
pub(crate) fn figures() {
    let mut policy = policy();
    let spec = policy.spec().clone();
    let mut stream = random::stream(1, "benchmark", 1);
    let states: Vec<f32> = (0..BATCH * spec.state.len())
        .map(|_| stream.random_range(-1.0..1.0))
        .collect();
    let state = &states[..spec.state.len()];

    let best = policy.network().instructions();
    eprintln!("select_action_instructions {}", best.name());
    for instructions in InstructionSet::available() {
        policy.set_instructions(instructions);
        let suffix = match instructions == best {
            true => String::new(),
            false => format!("_{}", instructions.name()),
        };
        let (p50, p999) = latency(&policy, state);
        println!("select_action_p50_ns{suffix} {p50}");
        println!("select_action_p999_ns{suffix} {p999}");
        println!(
            "select_action_batch1024_gflops{suffix} {:.1}",
            batch_gflops(&policy, &states)
        );
    }
    if let Some(theirs) = onnx_runtime() {
        policy.set_instructions(best);
        println!(
            "select_action_vs_ort {:.2}",
            theirs / latency(&policy, state).0 as f64
        );
    }
    println!("select_scaling_2_threads {:.2}", scaling(&policy, state));

    let file = to_bytes(&policy, &Extras::default()).expect("a policy fits a file");
    let mut weights = vec![0.0; ASSETS];
    let mut agents = Vec::with_capacity(AGENTS);
    let before = resident_bytes();
    for _ in 0..AGENTS {
        let (agent, _) = from_bytes("benchmark", &file).expect("what was written can be read");
        let mut workspace = Workspace::new(agent.spec());
        agent
            .weights(state, None, &mut workspace, &mut weights)
            .expect("a finite state");
        agents.push((agent, workspace));
    }
    let added = resident_bytes().saturating_sub(before) as f64 / AGENTS as f64;
    black_box(&agents);
    println!("agent_rss_mb {:.3}", added / 1e6);
}

/// (p50, p999) in nanoseconds of one decision, the best of the runs for each.
fn latency(policy: &Policy, state: &[f32]) -> (u64, u64) {
    let mut workspace = Workspace::new(policy.spec());
    let mut weights = vec![0.0; ASSETS];
    let mut nanoseconds = vec![0; CALLS];
    let runs = (0..RUNS).map(|_| {
        for elapsed in &mut nanoseconds {
            let start = Instant::now();
            policy
                .weights(black_box(state), None, &mut workspace, &mut weights)
                .expect("a finite state");
            black_box(&weights);
            *elapsed = start.elapsed().as_nanos() as u64;
        }
        nanoseconds.sort_unstable();
        (nanoseconds[CALLS / 2], nanoseconds[CALLS / 1000 * 999])
    });
    runs.reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))
        .expect("there are runs")
}

/// Nanoseconds of one forward pass of a network of the same size in ONNX Runtime, where it can be run.
fn onnx_runtime() -> Option<f64> {
    let program = std::env::var_os("PEERS").filter(|program| !program.is_empty())?;
    let output = Command::new(program).arg("latency").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .find_map(|line| line.strip_prefix("ort_forward_p50_ns "))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
}

fn batch_gflops(policy: &Policy, states: &[f32]) -> f64 {
    let mut workspace = Workspace::for_batches(policy.spec(), BATCH, 1);
    let mut weights = vec![0.0; BATCH * ASSETS];
    let widths = [policy.spec().state.len(), 256, 256, ASSETS];
    let products: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let operations = (2 * products * BATCH * BATCHES) as f64;
    let runs = (0..RUNS).map(|_| {
        let start = Instant::now();
        for _ in 0..BATCHES {
            policy
                .weights_batch(black_box(states), None, None, &mut workspace, &mut weights)
                .expect("finite states");
            black_box(&weights);
        }
        operations / start.elapsed().as_secs_f64() / 1e9
    });
    runs.fold(0.0, f64::max)
}

/// Calls a second of two threads over those of one.
fn scaling(policy: &Policy, state: &[f32]) -> f64 {
    let call_many = || {
        let mut workspace = Workspace::new(policy.spec());
        let mut weights = vec![0.0; ASSETS];
        for _ in 0..CALLS / 2 {
            policy
                .weights(black_box(state), None, &mut workspace, &mut weights)
                .expect("a finite state");
            black_box(&weights);
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
