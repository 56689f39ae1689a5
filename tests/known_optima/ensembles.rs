//! What the mean of five members is worth beside one, and whether they disagree where none of them has been.

use crate::problems::{distance, mean, merton_laws, merton_problem};
use crate::quadrature::Scenarios;
use crate::signals::SignalLaw;
use crate::training::Problem;
use ppo_risk::math::statistics::quantile_sorted;
use ppo_risk::policy::spec::Distribution;
use ppo_risk::policy::{Policy, Workspace};
use rayon::prelude::*;

/// What the ensemble's weight error may be of its members' mean.
pub(crate) const MOST_OF_ERROR: f64 = 0.7;

const MEMBERS: u64 = 5;

/// Decisions that each member takes: an eighth of what the known optima are learnt in, so that the noise has to fall by a schedule.
/// Where it is learnt, it is large at the end still, and moves the best weights of every member to the same side.
const STEPS: u64 = 300_000;

fn members(problem: &Problem) -> Vec<Policy> {
    (1..=MEMBERS)
        .into_par_iter()
        .map(|seed| problem.train(Distribution::Gaussian, seed))
        .collect()
}

/// The weight error of the mean of five members over the mean of theirs, on Merton's problems: the worse of the two.
pub(crate) fn weight_error_ratio() -> f64 {
    let ratios = merton_problems().map(|(problem, best)| {
        let problem = Problem {
            total_steps: STEPS,
            ..problem
        };
        let error = |policy: &Policy| {
            mean(&problem.visit(policy, 1000, 1, 1_000_001), |visit| {
                distance(&visit.weights, &best)
            })
        };
        let members = members(&problem);
        let alone: f64 = members.iter().map(error).sum::<f64>() / MEMBERS as f64;
        let together = error(&Policy::ensemble(members).expect("of one spec"));
        eprintln!("a member's weight error {alone:.4}, the mean's {together:.4}");
        together / alone
    });
    ratios.into_iter().fold(0.0, f64::max)
}

/// The share of states with the planted signal at five times its size in which members that were trained on the signal disagree
/// more than in 95% of the states that they were trained on.
pub(crate) fn out_of_range() -> f64 {
    let problem = Problem {
        total_steps: STEPS,
        ..SignalLaw::new(5, false).problem()
    };
    let ensemble = Policy::ensemble(members(&problem)).expect("of one spec");
    let visits = problem.visit(&ensemble, 100, 10, 1_000_001);
    let columns = visits[0].state.len() - visits[0].columns(&problem).len();
    let mut workspace = Workspace::new(ensemble.spec());
    let mut disagreements = |times: f32| -> Vec<f64> {
        let of_visit = |visit: &crate::training::Visit| {
            let mut state = visit.state.clone();
            state[columns..].iter_mut().for_each(|signal| *signal *= times);
            ensemble
                .disagreement(&state, None, &mut workspace)
                .expect("finite states")
        };
        visits.iter().map(of_visit).collect()
    };
    let mut known = disagreements(1.0);
    known.sort_unstable_by(f64::total_cmp);
    let limit = quantile_sorted(&known, 0.95);
    let far = disagreements(5.0);
    far.iter().filter(|u| **u > limit).count() as f64 / far.len() as f64
}

/// Merton's problems, each with its best weights.
fn merton_problems() -> [(Problem, Vec<f64>); 2] {
    merton_laws().map(|(law, a, nodes)| {
        let best = Scenarios::of(&law, Some(0.02), nodes).best_weights(a);
        (merton_problem(law, a), best)
    })
}
