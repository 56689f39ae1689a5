//! What policies that were learnt on folds did on the bars of each, joined to one portfolio.

use crate::backtest::{Track, run_in_turn, untrained};
use crate::error::Result;
use crate::market::table::TableMarket;
use crate::policy::Policy;
use crate::portfolio::run::Trainee;
use std::sync::Arc;

/// The tracks of the policies, one of each fold in order, and of what they were before they had learnt; the latter none where
/// they depart from no prior. They start in cash, and each fold takes over what the one before it holds.
pub(super) fn joined(folds: &[&Trainee], policies: &[&Policy]) -> Result<(Track, Option<Track>)> {
    let env = &folds[0].config().train.env;
    let in_turn = |name: &str, policies: &[&Policy]| {
        let tests = folds.iter().map(|fold| Arc::clone(fold.test()));
        let turns: Vec<(&Policy, Arc<TableMarket>)> = policies.iter().copied().zip(tests).collect();
        run_in_turn(name, &turns, env)
    };
    let before = policies.iter().map(|policy| untrained(policy));
    let before: Option<Vec<Policy>> = before.collect::<Result<_>>()?;
    let prior = before
        .map(|before| in_turn("prior", &before.iter().collect::<Vec<_>>()))
        .transpose()?;
    Ok((in_turn("policy", policies)?, prior))
}
