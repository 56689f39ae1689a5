//! What acting costs: the time of one decision, the rate of batches, and the memory of one more agent.

use crate::installed;
use crate::machine_code;
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
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const ASSETS: usize = 10;
const CALLS: usize = 1_000_000;
const BATCH: usize = 1_024;
const BATCHES: usize = 300;
const ORT_CALLS: usize = 20_000;
const RUNS: usize = 5;

/// 31 inputs, 2 x 256 tanh, 10 assets, fully invested: the benchmark network of every peer.
pub(crate) fn spec() -> PolicySpec {
    PolicySpec {
        assets: (0..ASSETS).map(|i| format!("asset {i}")).collect(),
        state: StateSpec::base(ASSETS),
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

/// A policy with the spec of an attention.
pub(crate) fn attention_policy() -> Policy {
    policy_of(attention_spec())
}

/// As many assets, and an attention over 32 bars: 16 numbers a bar, 2 heads.
pub(crate) fn attention_spec() -> PolicySpec {
    let plain = spec();
    PolicySpec {
        state: StateSpec {
            history: 32,
            ..plain.state
        },
        network: NetworkSpec::Attention {
            hidden: vec![32, 32],
            embedding: 16,
            heads: 2,
        },
        ..plain
    }
}

/// A policy with random parameters.
pub(crate) fn policy_of(spec: PolicySpec) -> Policy {
    let mut stream = random::stream(1, "benchmark", 0);
    let parameters: usize = layout(&spec).iter().map(|parameter| parameter.len()).sum();
    let values = (0..parameters).map(|_| stream.random_range(-0.1..0.1)).collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, values, serde_json::Map::new()).expect("valid parts")
}

/// The policy's file.
pub(crate) fn file(policy: &Policy) -> Vec<u8> {
    to_bytes(policy, &Extras::default()).expect("a policy fits a file")
}

/// Prints what tests/bench/c/acting.c and agents.c measure with the installed library:
/// * `select_action_p50_ns`, `select_action_p999_ns`: the whole deterministic call (checks, normaliser, network,
///   softmax), of a million calls of `ppo_select_action`; best of five runs each.
/// * `machine_p999_ns`: the same of arithmetic in registers that takes as long as the median call: what the system's
///   interruptions alone do to one call in a thousand.
/// * `select_actions_1_row_ratio`: the median of `ppo_select_actions` on one row over that of `ppo_select_action`.
/// * `select_action_allocations`: allocations of a million such calls.
/// * `select_action_batch1024_gflops`: `ppo_select_actions` on 1,024 states, on one thread, two operations for each
///   multiplication and addition of the network; the best of many.
/// * The latency and the batch with `_bf16` at their end: the same with weights in bf16.
/// * `select_scaling_2_threads`: calls a second of two threads on one agent over those of one; best of five runs.
/// * `select_action_attention_p50_ns`, `attention_allocations`: a decision from a state vector with an attention over 32 bars
///   of 10 assets, and the allocations of a million; the median, best of five runs.
/// * `book_attention_p50_ns`, `book_attention_allocations`: the same of a bar through `ppo_book_decide`, which embeds the new
///   bar alone.
/// * `select_action_attention_vs_ort`: the time that ONNX Runtime takes for the exported policy, the best of many calls through
///   bound memory, over our median, where PEERS_HOME has its environment.
/// * `agent_rss_mb`: resident memory that one more agent, loaded from its file and ready to act, adds.
/// * `slim_select_action_p50_ns`: with the installed library without libtorch.
///
/// and, of runs in turn,
/// * `slim_batch1024_gflops`, `installed_batch1024_gflops`: the rate of batches with that library, and with the slower of
///   the two.
/// * `installed_batch1024_vs_sgemm`: the latter over the rate of libtorch's product.
/// * Where the environment variable PEERS_LATENCY names a program whose `latency` prints `ort_forward_p50_ns N ...`:
///   `select_action_vs_ort`, that over our p50; and with the environment that it made, `installed_batch1024_vs_ort`,
///   ONNX Runtime's time for the same batch over ours.
/// * `kernels_on_stack`: innermost loops of kernels, of both libraries, that are not as they should be.
/// * The latency, the batch and the decision with an attention with the name of other instructions that the processor has at
///   their end: calls in Rust, for which the C surface has no choice; the release profile, but not the installed library.
pub(crate) fn figures() {
    let (full, slim) = (installed::full(), installed::slim());
    let of_full = installed::run(&full, "acting", &[]);
    print!("{of_full}");
    print!("slim_{}", installed::run(&slim, "acting", &["single"]));
    if let Some(theirs) = onnx_runtime() {
        let ours = installed::value(&of_full, "select_action_p50_ns");
        println!("select_action_vs_ort {:.2}", theirs / ours);
    }
    batches(&full, &slim);
    attention(&full);
    installed::print("agents");
    println!(
        "kernels_on_stack {}",
        kernels_on_stack(&[(&full, true), (&slim, false)])
    );
    other_instructions();
}

/// What an attention takes the library of this prefix, and ONNX Runtime.
fn attention(prefix: &Path) {
    let ours = installed::run(prefix, "attention", &[]);
    print!("{ours}");
    if let Some(theirs) = onnx_runtime_rows(&installed::inputs().join("attention.onnx"), 1, ORT_CALLS) {
        let ours = installed::value(&ours, "select_action_attention_p50_ns");
        println!("select_action_attention_vs_ort {:.2}", theirs / ours);
    }
}

/// What batches take the two libraries and their peers: in turn, so that all meet the same machine, the best of each.
fn batches(full: &Path, slim: &Path) {
    let rate = |prefix| installed::value(&installed::run(prefix, "acting", &["batch"]), "batch1024_gflops");
    let (mut ours, mut product, mut theirs) = ([0.0_f64; 2], 0.0_f64, Some(f64::INFINITY));
    for _ in 0..RUNS {
        ours = [ours[0].max(rate(full)), ours[1].max(rate(slim))];
        product = product.max(sgemm_gflops());
        theirs = theirs
            .zip(onnx_runtime_batch())
            .map(|(best, this)| best.min(this));
    }
    let [full, slim] = ours;
    println!("slim_batch1024_gflops {slim:.1}");
    let rate = full.min(slim);
    println!("installed_batch1024_gflops {rate:.1}");
    if product > 0.0 {
        println!("installed_batch1024_vs_sgemm {:.3}", rate / product);
    }
    if let Some(theirs) = theirs {
        let ours = (operations() * BATCH) as f64 / rate;
        println!("installed_batch1024_vs_ort {:.2}", theirs / ours);
    }
}

/// Rate of libtorch's own product; 0 in a build without libtorch.
fn sgemm_gflops() -> f64 {
    #[cfg(feature = "train")]
    return crate::training::sgemm_gflops();
    #[cfg(not(feature = "train"))]
    0.0
}

/// Loops of kernels in the libraries of these prefixes, with the trainer or without, that are not as they should be.
fn kernels_on_stack(prefixes: &[(&Path, bool)]) -> usize {
    let mut count = 0;
    for (prefix, with_trainer) in prefixes {
        let kernels = machine_code::kernels(*with_trainer).iter();
        for (kernel, set) in
            kernels.flat_map(|kernel| machine_code::SETS.iter().map(move |set| (kernel, set)))
        {
            let faults = machine_code::faults(&installed::library(prefix), kernel, set);
            faults
                .iter()
                .for_each(|fault| eprintln!("{}: {fault}", prefix.display()));
            count += faults.len();
        }
        for set in machine_code::SETS
            .iter()
            .filter(|set| set.name.starts_with("avx"))
        {
            let (_, elsewhere) = machine_code::loops_elsewhere(&installed::library(prefix), set);
            elsewhere
                .iter()
                .for_each(|line| eprintln!("{}: {line}", prefix.display()));
            count += elsewhere.len();
        }
    }
    count
}

fn other_instructions() {
    let mut policy = policy();
    let mut stream = random::stream(1, "benchmark", 1);
    let states: Vec<f32> = (0..BATCH * policy.spec().state.len())
        .map(|_| stream.random_range(-1.0..1.0))
        .collect();
    let state = &states[..policy.spec().state.len()];
    let mut weights = vec![0.0; ASSETS];
    let mut all_weights = vec![0.0; BATCH * ASSETS];
    let best = policy.network().instructions();
    eprintln!("select_action_instructions {}", best.name());
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
        let (p50, _) = attention_latency(instructions);
        println!("select_action_attention_p50_ns_{} {p50}", instructions.name());
    }
}

/// (p50, p999) in nanoseconds of a decision with an attention on these instructions.
fn attention_latency(instructions: InstructionSet) -> (u64, u64) {
    let mut policy = attention_policy();
    policy.set_instructions(instructions);
    let mut workspace = Workspace::new(policy.spec());
    let mut stream = random::stream(1, "benchmark", 2);
    let state: Vec<f32> = (0..policy.spec().state.len())
        .map(|_| stream.random_range(-1.0..1.0))
        .collect();
    let mut weights = vec![0.0; ASSETS];
    latency(&mut || {
        policy
            .weights(black_box(&state), None, &mut workspace, black_box(&mut weights))
            .expect("a finite state");
    })
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

/// Nanoseconds of one forward pass of a network of the same size in ONNX Runtime, where it can be run.
fn onnx_runtime() -> Option<f64> {
    let program = std::env::var_os("PEERS_LATENCY").filter(|program| !program.is_empty())?;
    printed(Command::new(program).arg("latency"), "ort_forward_p50_ns ")
}

/// Nanoseconds of a batch through that network, where the environment that it was run in is there.
fn onnx_runtime_batch() -> Option<f64> {
    let home = PathBuf::from(std::env::var_os("PEERS_HOME")?);
    onnx_runtime_rows(&home.join("mlp.onnx"), BATCH, BATCHES)
}

/// Nanoseconds of so many rows through a model in ONNX Runtime, the best of some calls, where its environment is there.
fn onnx_runtime_rows(model: &Path, rows: usize, calls: usize) -> Option<f64> {
    let home = PathBuf::from(std::env::var_os("PEERS_HOME")?);
    let mut python = Command::new(home.join("ort/bin/python"));
    python.arg(crate::tools::root().join("tests/bench/ort_batch.py"));
    python.arg(model).args([rows, calls].map(|n| n.to_string()));
    printed(&mut python, "ort_batch_ns ")
}

/// The number after a word that a program prints at the beginning of a line.
fn printed(program: &mut Command, word: &str) -> Option<f64> {
    let output = program.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .find_map(|line| line.strip_prefix(word))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
}

/// Of the network on one state: two for each multiplication and addition.
fn operations() -> usize {
    let widths = [spec().state.len(), 256, 256, ASSETS];
    2 * widths.windows(2).map(|pair| pair[0] * pair[1]).sum::<usize>()
}

/// 10^9 operations a second of a call that runs the network on a batch; the best of many.
fn gflops(mut call: impl FnMut()) -> f64 {
    let seconds = (0..BATCHES).map(|_| {
        let start = Instant::now();
        call();
        start.elapsed().as_secs_f64()
    });
    (operations() * BATCH) as f64 / seconds.fold(f64::INFINITY, f64::min) / 1e9
}
