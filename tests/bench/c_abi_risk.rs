//! What a risk decision through the shared library costs over the Rust call.

use crate::c_abi::symbol;
use crate::risk::{ASSETS, BARS, EVEN, config, prices};
use ppo_risk::ffi::portfolio::bar::ppo_bar;
use ppo_risk::ffi::risk::decision::{risk_decision, risk_portfolio};
use ppo_risk::ffi::risk::manager::risk_manager;
use ppo_risk::risk::manager::{Bar, RiskManager, RiskPortfolio};
use std::ffi::{CString, c_char};
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Instant;

const RUNS: usize = 100;
const BETAS: [f64; ASSETS] = [1.0; ASSETS];

type New = unsafe extern "C" fn(*const c_char, usize, *mut *mut risk_manager) -> i32;
type Init<S> = unsafe extern "C" fn(*mut S, usize) -> i32;
type Manage =
    unsafe extern "C" fn(*mut risk_manager, *const ppo_bar, *const risk_portfolio, *mut risk_decision) -> i32;

/// Nanoseconds that a decision through the library takes longer: the best means of a hundred runs each, over the same
/// bars, taken in turns. Nothing binds.
pub(crate) fn overhead() -> f64 {
    let prices = prices();
    let bars: Vec<Vec<f64>> = prices.rows().into_iter().map(|row| row.to_vec()).collect();
    // Through the prices and back again, so that no bar holds a jump.
    let walk: Vec<&[f64]> = (0..BARS)
        .chain((1..BARS - 1).rev())
        .map(|bar| &*bars[bar])
        .collect();
    let mut in_rust = RiskManager::new(config(), ASSETS).expect("the limits do not clash");
    let mut in_c = Host::new();
    let mut best = [f64::INFINITY; 2];
    for run in 0..2 * RUNS {
        let start = Instant::now();
        for closes in &walk {
            if run % 2 == 0 {
                let bar = Bar {
                    volatility: Some(0.15),
                    trend: Some(0.5),
                    betas: Some(&BETAS),
                    ..Bar::closes(closes)
                };
                let portfolio = RiskPortfolio {
                    target: &EVEN,
                    current: &EVEN,
                    equity: 1e6,
                    drawdown: Some(0.05),
                };
                let decision = in_rust.manage(black_box(&bar), black_box(&portfolio));
                black_box(decision.expect("inputs are valid"));
            } else {
                in_c.manage(closes);
            }
        }
        let mean = start.elapsed().as_nanos() as f64 / walk.len() as f64;
        best[run % 2] = best[run % 2].min(mean);
    }
    let held = in_rust.decision();
    assert_eq!(held.weights, in_c.weights, "the same decisions");
    best[1] - best[0]
}

/// A manager of the library, with what a C program keeps for it.
struct Host {
    manager: *mut risk_manager,
    manage: Manage,
    bar: ppo_bar,
    portfolio: risk_portfolio,
    decision: risk_decision,
    weights: Vec<f64>,
}

impl Host {
    fn new() -> Self {
        let settings = serde_json::to_string(&config()).expect("settings are plain JSON");
        let settings = CString::new(settings).expect("JSON has no zero byte");
        let mut manager = ptr::null_mut();
        // SAFETY: the functions have these types; a text with its zero byte, and a place for the handle.
        let manage = unsafe {
            let new = std::mem::transmute::<*mut libc::c_void, New>(symbol(c"risk_manager_new"));
            assert_eq!(new(settings.as_ptr(), ASSETS, &raw mut manager), 0);
            std::mem::transmute::<*mut libc::c_void, Manage>(symbol(c"risk_manage"))
        };
        Self {
            manager,
            manage,
            bar: filled(c"ppo_bar_init"),
            portfolio: filled(c"risk_portfolio_init"),
            decision: filled(c"risk_decision_init"),
            weights: vec![0.0; ASSETS],
        }
    }

    fn manage(&mut self, closes: &[f64]) {
        let (bar, portfolio, decision) = (&mut self.bar, &mut self.portfolio, &mut self.decision);
        (bar.closes, bar.closes_len) = (closes.as_ptr(), ASSETS);
        (bar.betas, bar.betas_len) = (BETAS.as_ptr(), ASSETS);
        (bar.volatility, bar.trend) = (0.15, 0.5);
        (portfolio.target, portfolio.target_len) = (EVEN.as_ptr(), ASSETS);
        (portfolio.current, portfolio.current_len) = (EVEN.as_ptr(), ASSETS);
        (portfolio.equity, portfolio.drawdown) = (1e6, 0.05);
        (decision.weights, decision.weights_len) = (self.weights.as_mut_ptr(), ASSETS);
        // SAFETY: a live manager, filled structs, and arrays that outlive the call.
        let status = unsafe { (self.manage)(self.manager, black_box(bar), black_box(portfolio), decision) };
        assert_eq!(status, 0);
        black_box(&self.weights);
    }
}

/// A struct with its defaults.
fn filled<S>(init: &std::ffi::CStr) -> S {
    let mut place = MaybeUninit::uninit();
    // SAFETY: the function has this type, and fills a struct of this size.
    unsafe {
        let init = std::mem::transmute::<*mut libc::c_void, Init<S>>(symbol(init));
        assert_eq!(init(place.as_mut_ptr(), size_of::<S>()), 0);
        place.assume_init()
    }
}
