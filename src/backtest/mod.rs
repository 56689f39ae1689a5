//! A policy or a baseline over prices, and what becomes of it: track, comparison, report.

pub mod baselines;
pub mod block_length;
pub mod bootstrap;
pub mod calendar;
pub mod folds;
pub mod left_out;
pub mod managed;
pub mod policy;
pub mod report;
pub mod resample;
pub mod side_by_side;
pub mod standard_error;
pub mod summary;
pub mod tear_sheet;
pub mod track;
pub mod verdict;
pub mod walk;
mod words;

pub use baselines::Baseline;
pub use folds::{Fold, FoldsConfig};
pub use left_out::LeftOut;
pub use managed::ManagedTrack;
pub use policy::{run_in_turn, run_policy, untrained};
pub use report::Report;
pub use side_by_side::SideBySide;
pub use track::Track;
pub use verdict::Verdict;
pub use walk::{History, Members, run_baseline, walk};
