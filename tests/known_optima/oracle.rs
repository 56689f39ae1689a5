//! `make oracle`: every problem with a known optimum, five seeds, both distributions. Prints `name value` lines on
//! standard output, progress on standard error, and fails where a figure misses its bound. Last, what is not trained: how
//! many decisions on universes that change depend on who is there later (`ragged`), and how often intervals hold a
//! difference that is known (`intervals`). And how far the evidence of folds lets policies depart from their prior
//! (`departure`), and what ensembles are worth (`ensembles`). And what the default run makes of a forecast that is planted in
//! real prices (`planted_real`). `band`, where it is asked for, prints docs/learnt_band.csv.
//!
//! usage: oracle [--seeds K] [--runs 0,3,ragged,intervals,departure,ensembles,planted_real,band]

mod band;
mod departure;
mod ensembles;
mod floor;
mod horizon;
mod intervals;
mod markets;
mod past;
mod planted_real;
mod problems;
mod quadrature;
#[allow(dead_code, reason = "other tests make more of it")]
#[path = "../support/ragged.rs"]
mod ragged;
mod rare;
mod recall;
mod shorts;
mod signals;
mod training;

use ppo_risk::policy::spec::Distribution;
use problems::{Bound, FIGURES, Measured, RUNS};
use rayon::prelude::*;
use std::process::ExitCode;

/// Random universes over which decisions are compared that must not depend on who is there later.
const RAGGED_TABLES: u64 = 200;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        arguments
            .iter()
            .position(|argument| argument == name)
            .and_then(|at| arguments.get(at + 1))
            .cloned()
    };
    let seeds: u64 = option("--seeds").map_or(5, |value| value.parse().expect("--seeds takes a number"));
    let runs = option("--runs");
    let chosen = |run: &str| {
        let listed = |list: &String| list.split(',').any(|listed| listed == run);
        runs.as_ref().is_none_or(listed)
    };

    let mut jobs = Vec::new();
    for seed in 1..=seeds {
        for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
            for run in 0..RUNS.len() {
                if chosen(&run.to_string()) {
                    jobs.push((run, distribution, seed));
                }
            }
        }
    }
    let began = std::time::Instant::now();
    let measured: Vec<(Distribution, Measured)> = jobs
        .into_par_iter()
        .with_max_len(1)
        .map(|(run, distribution, seed)| {
            let measured = RUNS[run](distribution, seed);
            eprintln!(
                "{:6.0} s  seed {seed} {distribution:?} {measured:?}",
                began.elapsed().as_secs_f64()
            );
            (distribution, measured)
        })
        .collect();

    let mut all_within = true;
    for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
        for figure in &FIGURES {
            let (suffix, bound) = match distribution {
                Distribution::Gaussian => ("", figure.gaussian),
                Distribution::Dirichlet => ("_dirichlet", figure.dirichlet),
            };
            let mean_of = |row: usize| {
                let values: Vec<f64> = measured
                    .iter()
                    .filter(|(of, _)| *of == distribution)
                    .flat_map(|(_, values)| values)
                    .filter(|(name, of_row, _)| *name == figure.name && *of_row == row)
                    .map(|(_, _, value)| *value)
                    .collect();
                (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
            };
            let rows = (0..2).filter_map(mean_of);
            let worst = match figure.bound {
                Bound::AtMost => rows.max_by(f64::total_cmp),
                Bound::AtLeast => rows.min_by(f64::total_cmp),
            };
            let Some(value) = worst else { continue };
            let within = match figure.bound {
                Bound::AtMost => value <= bound,
                Bound::AtLeast => value >= bound,
            };
            if !within {
                eprintln!("{}{suffix} misses its bound {bound}", figure.name);
            }
            all_within &= within;
            println!("{}{suffix} {value:.6}", figure.name);
        }
    }
    if chosen("ragged") {
        let tables = 0..RAGGED_TABLES;
        let leaked: usize = tables
            .into_par_iter()
            .map(|table| ragged::leaks(table).leaked)
            .sum();
        all_within &= leaked == 0;
        println!("ragged_leak {leaked}");
    }
    if chosen("intervals") {
        let worst = intervals::interval_coverage_worst();
        all_within &= intervals::BOUNDS.contains(&worst);
        println!("interval_coverage_worst {worst:.3}");
    }
    if chosen("departure") {
        let noise = departure::noise_departure();
        let (planted, strength) = departure::planted_departure();
        all_within &= noise <= departure::MOST_FROM_NOISE && planted >= departure::LEAST_FROM_A_SIGNAL;
        all_within &= strength >= 5.0;
        println!("noise_departure {noise:.4}");
        println!("planted_departure {planted:.4}");
        println!("planted_departure_m_over_s {strength:.2}");
    }
    if chosen("ensembles") {
        let ratio = ensembles::weight_error_ratio();
        all_within &= ratio <= ensembles::MOST_OF_ERROR;
        println!("ensemble_weight_error_ratio {ratio:.3}");
        println!("ensemble_out_of_range {:.3}", ensembles::out_of_range());
    }
    if chosen("planted_real") {
        let found = planted_real::planted_real(1);
        all_within &= found.capture() >= planted_real::LEAST_CAPTURE && found.policy.low > 0.0;
        println!("planted_real_capture {:.4}", found.capture());
        println!("planted_real_gain {:.4}", found.policy.estimate);
        println!("planted_real_gain_low {:.4}", found.policy.low);
        println!("planted_real_gain_high {:.4}", found.policy.high);
        println!("planted_real_gain_of_rule {:.4}", found.rule.estimate);
        println!("planted_real_forecasts_held {:.4}", found.forecasts_held);
    }
    if runs.as_ref().is_some_and(|_| chosen("band")) {
        println!("signal,best_low,best_high,learnt_low,learnt_high");
        for edges in band::learnt_band(1) {
            let [best, learnt] = [edges.best, edges.learnt].map(|[low, high]| format!("{low:.3},{high:.3}"));
            println!("{:.1},{best},{learnt}", edges.signal);
        }
    }
    if all_within {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
