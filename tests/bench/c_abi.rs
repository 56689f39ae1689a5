//! What the C surface costs: a call through the installed library over the Rust call, which this program, built in the same
//! profile from the same source, has inside.

use crate::acting;
use crate::c_abi_risk;
use crate::surface::surface;
use crate::tools::library;
use ppo_risk::ffi::agent::ppo_agent;
use ppo_risk::policy::file::{Extras, to_bytes};
use ppo_risk::policy::{Policy, Workspace};
use std::collections::BTreeSet;
use std::ffi::{CStr, CString};
use std::hint::black_box;
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
/// * `c_call_overhead_ns`: time of one decision through the installed library, opened as a host opens it, less that of the
///   Rust call; the best means of twenty short runs each, taken in turns; the median over nine copies of the policy.
/// * `risk_manage_c_overhead_ns`: the same of a risk decision.
/// * `exported_symbols`, `documented_symbols`: functions that the shared library exports, and those that the header
///   declares with a comment.
pub(crate) fn figures() {
    let policy = acting::policy();
    let state: Vec<f32> = (0..policy.spec().state.len()).map(|i| i as f32 * 0.01).collect();
    println!("c_call_overhead_ns {:.1}", overhead(&policy, &state));
    println!("risk_manage_c_overhead_ns {:.1}", c_abi_risk::overhead());
    if let Some(exported) = exported() {
        println!("exported_symbols {exported}");
    }
    // abi/generate lists no function that lacks a comment.
    println!("documented_symbols {}", surface().functions().len());
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

/// A function of the installed library, opened as a host opens it.
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
