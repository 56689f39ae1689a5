//! What acting costs: the time of one decision, and the memory of one more agent.

use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random;
use ppo_risk::policy::file::{Extras, from_bytes, to_bytes};
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Activation, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace};
use rand::RngExt;
use std::hint::black_box;
use std::time::Instant;

const ASSETS: usize = 10;
const CALLS: usize = 100_000;
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

/// Prints `select_action_p50_ns` (the whole deterministic call: checks, normaliser, network, softmax) and
/// `agent_rss_mb` (resident memory that one more agent, loaded from its file and ready to act, adds).
pub(crate) fn figures() {
    let spec = spec();
    let mut stream = random::stream(1, "benchmark", 1);
    let parameters: usize = layout(&spec).iter().map(|parameter| parameter.len()).sum();
    let values = (0..parameters).map(|_| stream.random_range(-0.1..0.1)).collect();
    let normalizer = ObservationNormalizer::new(&spec);
    let policy = Policy::new(spec.clone(), normalizer, values, serde_json::Map::new()).expect("valid parts");
    let state: Vec<f32> = (0..spec.state.len())
        .map(|_| stream.random_range(-1.0..1.0))
        .collect();
    let mut workspace = Workspace::new(&spec);
    let mut weights = vec![0.0; ASSETS];
    let mut nanoseconds: Vec<u128> = (0..CALLS)
        .map(|_| {
            let start = Instant::now();
            policy
                .weights(black_box(&state), None, &mut workspace, &mut weights)
                .expect("a finite state");
            black_box(&weights);
            start.elapsed().as_nanos()
        })
        .collect();
    nanoseconds.sort_unstable();
    println!("select_action_p50_ns {}", nanoseconds[CALLS / 2]);

    let file = to_bytes(&policy, &Extras::default()).expect("a policy fits a file");
    let mut agents = Vec::with_capacity(AGENTS);
    let before = resident_bytes();
    for _ in 0..AGENTS {
        let (agent, _) = from_bytes("benchmark", &file).expect("what was written can be read");
        let mut workspace = Workspace::new(agent.spec());
        agent
            .weights(&state, None, &mut workspace, &mut weights)
            .expect("a finite state");
        agents.push((agent, workspace));
    }
    let added = resident_bytes().saturating_sub(before) as f64 / AGENTS as f64;
    black_box(&agents);
    println!("agent_rss_mb {:.3}", added / 1e6);
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
