//! Which training is under way, and who is told how it comes along.

use crate::rl::stats::UpdateStats;
use std::ops::ControlFlow;

/// Told how a run comes along.
pub trait Observer {
    /// After every update of a seed. Breaking off leaves a checkpoint and ends the run.
    fn updated(&mut self, stage: Stage, stats: &UpdateStats) -> ControlFlow<()>;

    /// All seeds are trained; the back-tests begin.
    fn judging(&mut self);
}

/// Which of a run's trainings is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// The seed.
    pub seed: u64,
    /// The set-up and the fold of a walk-forward that it belongs to, from 0; none of a run.
    pub fold: Option<(usize, usize)>,
    /// The fold of the evidence for a departure that it learns for, from 0; none for a policy that is to be used.
    pub evidence: Option<usize>,
    /// Its place among the trainings, from 0.
    pub index: u64,
    /// Number of trainings.
    pub trainings: u64,
    /// Decisions that it takes.
    pub total_steps: u64,
    /// Decisions of the trainings before it.
    pub steps_before: u64,
    /// Decisions of all trainings.
    pub all_steps: u64,
}

/// A training before its place among others is known.
#[derive(Debug, Clone, Copy)]
pub(in crate::portfolio) struct Training {
    pub(in crate::portfolio) seed: u64,
    pub(in crate::portfolio) evidence: Option<usize>,
    pub(in crate::portfolio) steps: u64,
}

impl Stage {
    /// The stages of trainings, each with the set-up and fold that it belongs to, in order.
    pub(in crate::portfolio) fn in_order(trainings: &[(Option<(usize, usize)>, Training)]) -> Vec<Self> {
        let all_steps = trainings.iter().map(|(_, training)| training.steps).sum();
        let mut steps_before = 0;
        let stages = trainings.iter().enumerate();
        let stages = stages.map(
            |(
                index,
                &(
                    fold,
                    Training {
                        seed,
                        evidence,
                        steps,
                    },
                ),
            )| {
                let stage = Self {
                    seed,
                    fold,
                    evidence,
                    index: index as u64,
                    trainings: trainings.len() as u64,
                    total_steps: steps,
                    steps_before,
                    all_steps,
                };
                steps_before += steps;
                stage
            },
        );
        stages.collect()
    }
}
