//! A walk-forward: every set-up trained anew for each of several tests that follow each other, on bars before it alone, and
//! the tests joined to one track.
//!
//! | file | what it holds |
//! |---|---|
//! | `walk-forward.json` | the set-ups: their names and whole configurations |
//! | `SETUP/fold-K/` | what a run's folder holds of its training: policies of every seed, checkpoints, logs |
//! | `SETUP/report.html`, `SETUP/summary.json` | every seed's joined track beside its prior and the baselines |
//! | `summary.json` | the set-ups beside each other, each as the mean of its seeds; there once all is finished |

mod folder;
mod judge;
mod train;

pub use folder::{Setup, WalkForward};
pub use judge::{FoldSummary, Judged, SetupSummary, WalkOutcome, WalkSummary};
