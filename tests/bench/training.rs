//! Decisions a second of training, rollout and update counted, and the ratios to peers on the same work.

use crate::acting;
use crate::installed;
use ppo_risk::policy::layout::scorer_inputs;
use std::process::Command;
use std::time::Instant;

/// Prints what tests/bench/c/training_rates.c and select_during_training.c measure with the installed library, in
/// processes without settings of the allocator. 10 assets, episodes of 252 bars, 4 epochs, 2 x 256 tanh:
/// * `train_env_steps_per_s`: 64 environments x 64 steps, batch 1024, two threads.
/// * `train_1_core_env_steps_per_s`: the same on one thread, kept to one processor.
/// * `train_batch64_env_steps_per_s`: 8 environments x 256 steps, batch 64, two threads.
/// * `train_attention_env_steps_per_s`: as the first, by an attention over 32 bars instead of the flat network.
/// * `train_busy_neighbour`: the first while another process keeps one processor busy, over the first alone; nothing pinned.
/// * `train_allocations_per_update`, `train_rss_mb`: of the process, in the first.
/// * `select_action_p99_ns`, `select_during_training_p99_ns`: of a million decisions on one thread, alone and while a job
///   trains the same agent on one other thread.
///
/// and `sgemm_gflops`, `train_products_share`, `train_attention_products_share`: the rate of libtorch's own product, and
/// the share of what the products alone would allow. Where the environment variable PEERS names a program whose `train` prints `sb3_env_steps_per_s N ...`,
/// `jax_env_steps_per_s N n_envs=64 ...` and `jax_1_core_env_steps_per_s N ...` lines, also ours over theirs on the same work, in
/// the same run: `train_vs_sb3`, `train_vs_jax`, `train_vs_jax_batch64`, `train_vs_jax_1_core`.
pub(crate) fn figures() {
    let lines = installed::run(&installed::full(), "training_rates", &[]);
    print!("{lines}");
    let ours = installed::value(&lines, "train_env_steps_per_s");
    // The limit: the products alone, at libtorch's own rate on one thread, on both threads without a gap.
    let gflops = sgemm_gflops();
    println!("sgemm_gflops {gflops:.1}");
    println!(
        "train_products_share {:.3}",
        ours * flops_per_decision() / (2.0 * gflops * 1e9)
    );
    let ours = installed::value(&lines, "train_attention_env_steps_per_s");
    println!(
        "train_attention_products_share {:.3}",
        ours * attention_flops_per_decision() / (2.0 * gflops * 1e9)
    );
    if let Some(theirs) = peers() {
        for (name, own, peer, work) in [
            ("train_vs_sb3", "train_env_steps_per_s", "sb3_env_steps_per_s", ""),
            (
                "train_vs_jax",
                "train_env_steps_per_s",
                "jax_env_steps_per_s",
                "n_envs=64 ",
            ),
            (
                "train_vs_jax_batch64",
                "train_batch64_env_steps_per_s",
                "jax_env_steps_per_s",
                "n_envs=8 ",
            ),
            (
                "train_vs_jax_1_core",
                "train_1_core_env_steps_per_s",
                "jax_1_core_env_steps_per_s",
                "",
            ),
        ] {
            if let Some(rate) = best(&theirs, peer, work) {
                println!("{name} {:.2}", installed::value(&lines, own) / rate);
            }
        }
    }
    installed::print("select_during_training");
}

/// Rate of libtorch's product of [1024, 256] and [256, 256] into memory that is there, one thread, best of many.
pub(crate) fn sgemm_gflops() -> f64 {
    tch::set_num_threads(1);
    let random = |rows| tch::Tensor::randn([rows, 256], (tch::Kind::Float, tch::Device::Cpu));
    let (a, b, product) = (random(1024), random(256), random(1024));
    let seconds = (0..200)
        .map(|_| {
            let start = Instant::now();
            drop(std::hint::black_box(a.matmul_out(&product, &b)));
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min);
    2.0 * 1024.0 * 256.0 * 256.0 / seconds / 1e9
}

/// Multiplications and additions of one decision: a forward pass in the rollout and four epochs of forward and
/// backward, the latter twice a forward less the gradient of the input.
fn flops_per_decision() -> f64 {
    let (inputs, hidden, outputs) = (31.0, 256.0, 12.0);
    let forward = 2.0 * (inputs * hidden + hidden * hidden + hidden * outputs);
    forward + 4.0 * (3.0 * forward - 2.0 * inputs * hidden)
}

/// The same of the attention: of each row, assets and cash, first the embedding, the last bar's query and what the keys make of
/// it, scores, means and values of all heads, then the scorer's layers; the way back as above. Bars that states share count for
/// each of them, whether they are embedded once or each time: it is the work of the network, not of a way to do it.
fn attention_flops_per_decision() -> f64 {
    let spec = acting::attention_spec();
    let Some(sizes) = spec.attention() else {
        return 0.0;
    };
    let [bars, channels, numbers, heads] =
        [sizes.bars, sizes.channels, sizes.embedding, sizes.heads].map(|size| size as f64);
    let embedding = bars * channels * numbers;
    let (plain, hidden) = (scorer_inputs(&spec) as f64, 32.0);
    let looked_back = 3.0 * numbers * numbers + 2.0 * heads * bars * numbers;
    let scorer = (plain + numbers) * hidden + hidden * hidden + hidden;
    let forward = 2.0 * (embedding + looked_back + scorer) * spec.score_len() as f64;
    forward + 4.0 * (3.0 * forward - 2.0 * embedding * spec.score_len() as f64)
}

/// What the peers print, where they can be run.
fn peers() -> Option<String> {
    let program = std::env::var_os("PEERS").filter(|program| !program.is_empty())?;
    let output = Command::new(program).arg("train").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The best rate of a peer on this work.
fn best(lines: &str, peer: &str, work: &str) -> Option<f64> {
    lines
        .lines()
        .filter(|line| line.contains(work))
        .filter_map(|line| line.strip_prefix(peer)?.strip_prefix(' '))
        .filter_map(|rest| rest.split_whitespace().next()?.parse().ok())
        .max_by(f64::total_cmp)
}
