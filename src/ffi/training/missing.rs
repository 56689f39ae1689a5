//! In place of `torch` in a build without libtorch: there is no session, and who asks for one is told so.

use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::live::Agent;
use crate::ffi::status::PPO_ERR_NOT_BUILT;
use crate::ffi::training::session::{Session, Source};
use crate::train::TrainConfig;
use std::path::Path;
use std::sync::Arc;

pub(in crate::ffi) fn begin(_: &Arc<Agent>, _: Source<'_>, _: TrainConfig) -> Outcome<Arc<dyn Session>> {
    not_built()
}

pub(in crate::ffi) fn resume(_: &Path, _: Source<'_>) -> Outcome<(Arc<Agent>, Arc<dyn Session>)> {
    not_built()
}

pub(in crate::ffi) fn before_torch() -> Outcome<()> {
    not_built()
}

pub(in crate::ffi) fn have_threads_stopped() -> bool {
    false
}

pub(in crate::ffi) fn torch_threads() -> Outcome<usize> {
    not_built()
}

pub(in crate::ffi) fn set_torch_threads(_: i32) -> Outcome<()> {
    not_built()
}

fn not_built<T>() -> Outcome<T> {
    let found = "built without libtorch";
    let expected = "the build with it (see ppo_features)";
    Err(Failure::new(PPO_ERR_NOT_BUILT, "this library", found, expected))
}
