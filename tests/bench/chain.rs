//! The whole chain of the order path in one C call: bar in, state, decision, risk manager.

use crate::acting;
use crate::agent::Agent;
use crate::allocations;
use ppo_risk::ffi::managed::decide::{ppo_managed_decide, ppo_managed_observe, ppo_managed_ready};
use ppo_risk::ffi::managed::{ppo_managed, ppo_managed_free, ppo_managed_new};
use ppo_risk::ffi::risk::decision::{risk_decision, risk_decision_init, risk_market, risk_market_init};
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Instant;

const ASSETS: usize = 10;
const CALLS: usize = 1_000_000;
const RUNS: usize = 3;

/// Bars before the first decision: what the risk manager's volatility forecast remembers, so that none of it is left out.
const WARM_UP: usize = 300;

/// Prints `chain_p50_ns`, `chain_p999_ns` and `chain_allocations`: one bar of 10 assets through `ppo_managed_decide`
/// with the benchmark network (31 inputs, 2 x 256 tanh) and the risk manager's defaults, each bar's call timed, a million
/// of them; best of three runs, allocations of all of them.
pub(crate) fn figures() {
    let policy = acting::policy();
    let agent = Agent::new(&policy);
    let runs: Vec<(u64, u64, usize)> = (0..RUNS).map(|_| run(&agent)).collect();
    println!(
        "chain_p50_ns {}",
        runs.iter().map(|run| run.0).min().expect("there are runs")
    );
    println!(
        "chain_p999_ns {}",
        runs.iter().map(|run| run.1).min().expect("there are runs")
    );
    println!(
        "chain_allocations {}",
        runs.iter().map(|run| run.2).sum::<usize>()
    );
}

/// (p50, p999) in nanoseconds and the allocations of one run.
fn run(agent: &Agent) -> (u64, u64, usize) {
    let managed = Managed::new(agent);
    let mut closes = [100.0; ASSETS];
    let mut weights = [0.0; ASSETS];
    let (mut market, mut decision) = structs();
    decision.weights = weights.as_mut_ptr();
    decision.weights_len = ASSETS;
    market.closes_len = ASSETS;
    let mut nanoseconds = Vec::with_capacity(CALLS);
    let mut allocated = 0;
    for bar in 0..WARM_UP + CALLS {
        for (i, close) in closes.iter_mut().enumerate() {
            let wiggle = (bar * 7919 + i * 104_729) % 1009;
            // Around 100, whatever the number of bars.
            *close = 100.0 + (wiggle as f64 - 504.0) * 2e-3;
        }
        market.closes = closes.as_ptr();
        if bar < WARM_UP {
            // SAFETY: a live handle, and a struct whose arrays are here.
            let status = unsafe {
                ppo_managed_observe(managed.0, &raw const market, 0.0, ptr::null(), 0, ptr::null(), 0)
            };
            assert_eq!(status, 0);
            continue;
        }
        let before = allocations::count();
        let start = Instant::now();
        // SAFETY: as above, and a decision whose arrays are here.
        let status = unsafe {
            let (market, decision) = (&raw const market, &raw mut decision);
            ppo_managed_decide(managed.0, market, 0.0, ptr::null(), 0, ptr::null(), 0, decision)
        };
        let elapsed = start.elapsed().as_nanos() as u64;
        allocated += allocations::count() - before;
        assert_eq!(status, 0);
        nanoseconds.push(elapsed);
    }
    nanoseconds.sort_unstable();
    (nanoseconds[CALLS / 2], nanoseconds[CALLS / 1000 * 999], allocated)
}

fn structs() -> (risk_market, risk_decision) {
    let mut market = MaybeUninit::<risk_market>::uninit();
    let mut decision = MaybeUninit::<risk_decision>::uninit();
    // SAFETY: structs of these sizes, which the calls fill.
    unsafe {
        assert_eq!(risk_market_init(market.as_mut_ptr(), size_of::<risk_market>()), 0);
        assert_eq!(
            risk_decision_init(decision.as_mut_ptr(), size_of::<risk_decision>()),
            0
        );
        (market.assume_init(), decision.assume_init())
    }
}

/// A handle that is freed.
struct Managed(*mut ppo_managed);

impl Managed {
    fn new(agent: &Agent) -> Self {
        let mut managed = ptr::null_mut();
        let mut ready = 0;
        // SAFETY: a live agent, and places for the outputs.
        unsafe {
            let status = ppo_managed_new(agent.handle(), ptr::null(), ptr::null(), &raw mut managed);
            assert_eq!(status, 0);
            assert_eq!(ppo_managed_ready(managed, &raw mut ready), 0);
        }
        Self(managed)
    }
}

impl Drop for Managed {
    fn drop(&mut self) {
        // SAFETY: made here, freed once.
        unsafe { ppo_managed_free(self.0) };
    }
}
