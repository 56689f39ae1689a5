//! A run: from a configuration to trained policies, judged beside the baselines, in one folder.
//!
//! | file | what it holds |
//! |---|---|
//! | `config.json` | the whole configuration |
//! | `policy.safetensors` | the first seed's policy: the one that is saved, with no choosing |
//! | `policy-seed-S.safetensors` | the policies of the other seeds |
//! | `ensemble.safetensors`, `ensemble.json` | the policies of all seeds as one, where that is asked for, and its test |
//! | `checkpoint-seed-S.safetensors` | a seed's training as it stands, until its policy is there |
//! | `training-seed-S.csv` | figures of every update |
//! | `tensorboard/seed-S/` | the same for TensorBoard |
//! | `evidence/fold-K/` | policies and logs of the folds that show how far the run's policies should depart from their prior |
//! | `summary.json`, `report.html` | the test; there once the run is finished |

mod ensemble;
mod evidence;
pub(super) mod folder;
mod judge;
pub(super) mod pieces;
mod seed;
mod stage;
mod together;
mod train;
mod trainee;

pub use folder::Run;
pub use judge::Outcome;
pub(super) use seed::Trained;
pub use stage::{Observer, Stage};
pub(super) use trainee::Trainee;
