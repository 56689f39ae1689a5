//! What the C surface costs: a call through the shared library over the Rust call, and decisions while a job trains.

use crate::acting;
use crate::c_abi_risk;
use crate::declarations;
use ppo_risk::ffi::agent::ppo_agent;
use ppo_risk::policy::file::{Extras, to_bytes};
use ppo_risk::policy::{Policy, Workspace};
use std::collections::BTreeSet;
use std::ffi::{CStr, CString};
use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;
use std::ptr;
use std::time::Instant;

const CALLS: usize = 20_000;
const RUNS: usize = 20;
/// Copies of the policy that are measured: where one lies in memory is worth a hundred nanoseconds.
const COPIES: usize = 9;

type Load = unsafe extern "C" fn(*const u8, usize, *mut *mut ppo_agent) -> i32;
type Select =
    unsafe extern "C" fn(*const ppo_agent, *const f32, usize, *const f64, usize, *mut f64, usize) -> i32;

/// Prints
/// * `c_call_overhead_ns`: time of one decision through the shared library, opened as a host opens it, less that of the
///   Rust call; the best means of twenty short runs each, taken in turns; the median over nine copies of the policy.
/// * `risk_manage_c_overhead_ns`: the same of a risk decision.
/// * `exported_symbols`, `documented_symbols`: functions that the shared library exports, and those that the header
///   declares with a comment.
/// * With the trainer: `select_action_p99_ns`, `select_during_training_p99_ns`: of a million decisions through the C
///   call on one thread, alone and while a job trains the same agent on one other thread.
pub(crate) fn figures() {
    let policy = acting::policy();
    let state: Vec<f32> = (0..policy.spec().state.len()).map(|i| i as f32 * 0.01).collect();
    println!("c_call_overhead_ns {:.1}", overhead(&policy, &state));
    println!("risk_manage_c_overhead_ns {:.1}", c_abi_risk::overhead());
    if let Some(exported) = exported() {
        println!("exported_symbols {exported}");
    }
    let header = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/include/ppo_risk.h"));
    let documented = declarations::functions(header).into_iter();
    let documented = documented.filter(|(comment, _, _)| comment.len() > 20);
    println!("documented_symbols {}", documented.count());
    #[cfg(feature = "train")]
    during_training::figures(&policy, &state);
}

/// Nanoseconds that a call through the shared library takes longer.
fn overhead(policy: &Policy, state: &[f32]) -> f64 {
    // SAFETY: the functions have these types.
    let (load, select) = unsafe {
        (
            std::mem::transmute::<*mut libc::c_void, Load>(symbol(c"ppo_load_bytes")),
            std::mem::transmute::<*mut libc::c_void, Select>(symbol(c"ppo_select_action")),
        )
    };
    let file = to_bytes(policy, &Extras::default()).expect("a policy fits a file");
    // All of them live until the end, each in a place of its own.
    let copies: Vec<_> = (0..COPIES)
        .map(|_| {
            let mut agent = ptr::null_mut();
            // SAFETY: the file's bytes, and a place for the handle.
            assert_eq!(unsafe { load(file.as_ptr(), file.len(), &raw mut agent) }, 0);
            (policy.clone(), agent)
        })
        .collect();
    let mut found: Vec<f64> = copies
        .iter()
        .map(|(policy, agent)| difference(policy, *agent, select, state))
        .collect();
    found.sort_by(f64::total_cmp);
    found[COPIES / 2]
}

/// What [`overhead`] says of one copy.
fn difference(policy: &Policy, agent: *const ppo_agent, select: Select, state: &[f32]) -> f64 {
    let mut workspace = Workspace::new(policy.spec());
    let mut weights = vec![0.0; policy.spec().action_len()];
    let mut best = [f64::INFINITY; 2];
    for run in 0..2 * RUNS {
        let start = Instant::now();
        for _ in 0..CALLS {
            let state = black_box(state);
            if run % 2 == 0 {
                policy
                    .weights(state, None, &mut workspace, &mut weights)
                    .expect("a finite state");
            } else {
                let (out, len) = (weights.as_mut_ptr(), weights.len());
                // SAFETY: arrays of the lengths given.
                let status = unsafe { select(agent, state.as_ptr(), state.len(), ptr::null(), 0, out, len) };
                assert_eq!(status, 0);
            }
            black_box(&weights);
        }
        let mean = start.elapsed().as_nanos() as f64 / CALLS as f64;
        best[run % 2] = best[run % 2].min(mean);
    }
    best[1] - best[0]
}

/// A function of the library of this build, opened as a host opens it.
pub(crate) fn symbol(name: &CStr) -> *mut libc::c_void {
    let path = CString::new(library().display().to_string()).expect("a path has no zero byte");
    // SAFETY: texts with their zero bytes; the library's own initialisers are run by every host.
    unsafe {
        let library = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
        assert!(!library.is_null(), "{path:?} cannot be opened");
        let found = libc::dlsym(library, name.as_ptr());
        assert!(!found.is_null(), "{name:?} is not exported");
        found
    }
}

/// The shared library that cargo built with this benchmark.
fn library() -> PathBuf {
    let beside = std::env::current_exe().expect("a running program has a file");
    let folder = beside.parent().expect("a file is in a folder");
    folder.join("libppo_risk.so")
}

/// Number of functions that the library exports; none without `nm`.
fn exported() -> Option<usize> {
    let nm = Command::new("nm")
        .args(["--dynamic", "--defined-only"])
        .arg(library())
        .output();
    let said = String::from_utf8(nm.ok()?.stdout).ok()?;
    let names: BTreeSet<&str> = said.lines().filter_map(|line| line.split(' ').nth(2)).collect();
    Some(names.len())
}

#[cfg(feature = "train")]
mod during_training {
    use crate::agent::Agent;
    use ppo_risk::ffi::training::config::{PPO_DEVICE_CPU, ppo_config, ppo_config_init};
    use ppo_risk::ffi::training::host::{ppo_host_environment, ppo_host_environment_init, ppo_host_result};
    use ppo_risk::ffi::training::job::{PPO_JOB_RUNNING, ppo_job_free, ppo_job_poll, ppo_job_start};
    use ppo_risk::ffi::training::trainer::{ppo_trainer_free, ppo_trainer_new_host};
    use ppo_risk::policy::Policy;
    use std::ffi::c_void;
    use std::hint::black_box;
    use std::mem::MaybeUninit;
    use std::ptr;
    use std::time::Instant;

    const CALLS: usize = 1_000_000;
    const RUNS: usize = 3;

    pub(super) fn figures(policy: &Policy, state: &[f32]) {
        let agent = Agent::new(policy);
        println!(
            "select_action_p99_ns {}",
            p99(&agent, state, policy.spec().action_len())
        );
        let p99 = while_training(&agent, || p99(&agent, state, policy.spec().action_len()));
        println!("select_during_training_p99_ns {p99}");
    }

    /// The best of the runs.
    fn p99(agent: &Agent, state: &[f32], actions: usize) -> u64 {
        let mut weights = vec![0.0; actions];
        let mut nanoseconds = vec![0; CALLS];
        let runs = (0..RUNS).map(|_| {
            for elapsed in &mut nanoseconds {
                let start = Instant::now();
                agent.decide(black_box(state), &mut weights);
                *elapsed = start.elapsed().as_nanos() as u64;
                black_box(&weights);
            }
            nanoseconds.sort_unstable();
            nanoseconds[CALLS / 100 * 99]
        });
        runs.min().expect("there are runs")
    }

    /// Runs `work` while a job trains the agent on one thread.
    fn while_training<R>(agent: &Agent, work: impl FnOnce() -> R) -> R {
        let mut config = MaybeUninit::<ppo_config>::uninit();
        let mut environment = MaybeUninit::<ppo_host_environment>::uninit();
        let (mut trainer, mut job) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: structs of these sizes, live handles, and places for the new ones; freed once.
        unsafe {
            assert_eq!(ppo_config_init(config.as_mut_ptr(), size_of::<ppo_config>()), 0);
            let size = size_of::<ppo_host_environment>();
            assert_eq!(ppo_host_environment_init(environment.as_mut_ptr(), size), 0);
            let (mut config, mut environment) = (config.assume_init(), environment.assume_init());
            config.total_steps = 1 << 40;
            config.device = PPO_DEVICE_CPU;
            environment.reset = Some(reset);
            environment.step = Some(step);
            let status = ppo_trainer_new_host(
                agent.handle(),
                &raw const environment,
                &raw const config,
                &raw mut trainer,
            );
            assert_eq!(status, 0);
            assert_eq!(ppo_job_start(trainer, ptr::null(), &raw mut job), 0);
            let done = work();
            let mut state = 77;
            assert_eq!(ppo_job_poll(job, &raw mut state, ptr::null_mut()), 0);
            assert_eq!(state, PPO_JOB_RUNNING, "it trained to the end");
            ppo_job_free(job);
            ppo_trainer_free(trainer);
            done
        }
    }

    unsafe extern "C" fn reset(
        _user: *mut c_void,
        _env: usize,
        _seed: u64,
        state: *mut f32,
        state_len: usize,
        _prior: *mut f64,
        _prior_len: usize,
    ) -> i32 {
        // SAFETY: the library's array of this length.
        unsafe { state.write_bytes(0, state_len) };
        0
    }

    unsafe extern "C" fn step(
        user: *mut c_void,
        env: usize,
        weights: *const f64,
        _weights_len: usize,
        state: *mut f32,
        state_len: usize,
        prior: *mut f64,
        prior_len: usize,
        result: *mut ppo_host_result,
    ) -> i32 {
        // SAFETY: the library's arrays and result.
        unsafe {
            (*result).reward = *weights;
            (*result).terminated = 1;
            reset(user, env, 0, state, state_len, prior, prior_len)
        }
    }
}
