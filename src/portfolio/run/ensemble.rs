//! The ensemble of a run's seeds: made, saved and judged beside the prior and its members.

use super::seed::Trained;
use super::trainee::Trainee;
use crate::backtest::bootstrap::BlockBootstrap;
use crate::backtest::report::SeedRun;
use crate::backtest::side_by_side::SideBySideSummary;
use crate::backtest::{SideBySide, Track, run_policy};
use crate::env::{ControlVariate, EnvConfig, TradingEnvironment};
use crate::error::Result;
use crate::market::prior::Prior;
use crate::policy::ensemble::Consensus;
use crate::policy::file::{self, Extras};
use crate::policy::{Departure, Policy, Workspace};
use std::sync::Arc;

/// The ensemble's file in a run's folder.
pub(super) const ENSEMBLE: &str = "ensemble.safetensors";

/// The test of the ensemble in a run's folder.
pub(super) const ENSEMBLE_FIGURES: &str = "ensemble.json";

/// Decisions of training whose disagreements say what is usual.
const DECISIONS: usize = 5_000;

impl Trainee {
    /// Makes an ensemble of all seeds' policies, where that is asked for, saves it and judges it on the test: beside its prior,
    /// without one its first member, as the reference.
    pub(super) fn judge_ensemble(
        &self,
        seeds: &[(u64, Trained)],
        judged: &[SeedRun],
        departure: Option<Departure>,
    ) -> Result<Option<SideBySideSummary>> {
        if !self.config.ensemble {
            return Ok(None);
        }
        let members = seeds.iter().map(|(_, trained)| {
            let mut member = trained.policy.clone();
            member.set_departure(None)?;
            Ok(member)
        });
        let mut ensemble = Policy::ensemble(members.collect::<Result<_>>()?)?;
        if self.config.consensus {
            ensemble.set_consensus(Some(self.usual_disagreement(&ensemble)?))?;
        }
        ensemble.set_departure(departure)?;
        file::save(self.folder.join(ENSEMBLE), &ensemble, &Extras::default())?;
        let name = format!("ensemble of {}", ensemble.member_count());
        let track = run_policy(
            &name,
            &ensemble,
            Arc::clone(&self.dataset.test),
            &self.config.train.env,
        )?;
        let mut members = judged.iter().map(|run| Track {
            name: format!("seed {}", run.seed),
            ..run.track.clone()
        });
        let prior = judged[0].prior.clone();
        let reference = prior
            .or_else(|| members.next())
            .expect("the first seed is judged");
        let beside = SideBySide {
            compared: vec![track],
            reference,
            others: members.collect(),
            bootstrap: BlockBootstrap::default(),
        };
        beside.summary().map(Some)
    }

    /// How far the members disagree over the training market, deciding together.
    fn usual_disagreement(&self, ensemble: &Policy) -> Result<Consensus> {
        let (spec, config) = (ensemble.spec(), &self.config.train);
        let env = EnvConfig {
            control_variate: ControlVariate::None,
            ..config.env
        };
        let market = Arc::clone(&self.dataset.training);
        let mut environment =
            TradingEnvironment::new(&env, &spec.state, &spec.action, market, config.seed, 0)?;
        let mut workspace = Workspace::new(spec);
        let mut weights = vec![0.0; spec.action_len()];
        let mut prior = vec![0.0; spec.action_len()];
        let has_prior = spec.action.prior != Prior::None;
        let mut disagreements = Vec::with_capacity(DECISIONS);
        while disagreements.len() < DECISIONS {
            environment.prior_weights(&mut prior)?;
            let prior = has_prior.then_some(&prior[..]);
            disagreements.push(ensemble.disagreement(environment.state(), prior, &mut workspace)?);
            ensemble.weights(environment.state(), prior, &mut workspace, &mut weights)?;
            let step = environment.step_weights(&weights)?;
            if step.terminated || step.truncated {
                environment.reset()?;
            }
        }
        Consensus::of(&disagreements)
    }
}
