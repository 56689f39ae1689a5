//! The trainer of a build without libtorch: there is none, and every call says so.

use crate::env::HostEnvironment;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::live::Agent;
use crate::ffi::status::PPO_ERR_NOT_BUILT;
use crate::market::Market;
use crate::policy::spec::PolicySpec;
use crate::rl::collectives::Collectives;
use crate::rl::stats::UpdateStats;
use crate::rl::transitions::Transition;
use crate::train::TrainConfig;
use std::ops::{ControlFlow, Deref};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Never made.
pub(in crate::ffi) enum Session {}

/// See the build with libtorch.
pub(in crate::ffi) struct Claim<S: Deref<Target = Session>>(S);

impl<S: Deref<Target = Session>> Claim<S> {
    pub(in crate::ffi) fn train(&self, _options: TrainOptions<'_>) -> Outcome<Standing> {
        match *self.0 {}
    }
}

/// See the build with libtorch.
#[expect(dead_code, reason = "read by the build with libtorch alone")]
pub(in crate::ffi) struct TrainOptions<'a> {
    pub(in crate::ffi) checkpoint: Option<(PathBuf, u64)>,
    pub(in crate::ffi) most_updates: u64,
    pub(in crate::ffi) on_update: &'a mut dyn FnMut(&UpdateStats) -> ControlFlow<Outcome<()>>,
}

/// See the build with libtorch.
pub(in crate::ffi) struct Standing {
    pub(in crate::ffi) last: UpdateStats,
    pub(in crate::ffi) done: bool,
}

impl Session {
    pub(in crate::ffi) fn over_market(
        _agent: &Arc<Agent>,
        _market: impl FnOnce(&PolicySpec) -> Outcome<Arc<dyn Market>>,
        _config: TrainConfig,
    ) -> Outcome<Self> {
        Err(not_built())
    }

    pub(in crate::ffi) fn over_host(
        _agent: &Arc<Agent>,
        _host: impl HostEnvironment + 'static,
        _config: TrainConfig,
    ) -> Outcome<Self> {
        Err(not_built())
    }

    pub(in crate::ffi) fn over_transitions(_agent: &Arc<Agent>, _config: TrainConfig) -> Outcome<Self> {
        Err(not_built())
    }

    pub(in crate::ffi) fn resume_market(
        _path: &Path,
        _market: impl FnOnce(&PolicySpec) -> Outcome<Arc<dyn Market>>,
    ) -> Outcome<(Arc<Agent>, Self)> {
        Err(not_built())
    }

    pub(in crate::ffi) fn resume_host(
        _path: &Path,
        _host: impl HostEnvironment + 'static,
    ) -> Outcome<(Arc<Agent>, Self)> {
        Err(not_built())
    }

    pub(in crate::ffi) fn resume_transitions(_path: &Path) -> Outcome<(Arc<Agent>, Self)> {
        Err(not_built())
    }

    pub(in crate::ffi) fn update(&self) -> Outcome<UpdateStats> {
        match *self {}
    }

    pub(in crate::ffi) fn claim<S: Deref<Target = Self>>(session: S) -> Outcome<Claim<S>> {
        match *session {}
    }

    pub(in crate::ffi) fn observe(
        &self,
        _transition: &Transition<'_>,
        _update: bool,
    ) -> Outcome<Option<UpdateStats>> {
        match *self {}
    }

    pub(in crate::ffi) fn save(&self, _path: &Path) -> Outcome<()> {
        match *self {}
    }

    pub(in crate::ffi) fn join(&self, _collectives: Box<dyn Collectives>) -> Outcome<()> {
        match *self {}
    }

    pub(in crate::ffi) fn standing(&self) -> Outcome<Standing> {
        match *self {}
    }

    pub(in crate::ffi) fn config(&self) -> Outcome<TrainConfig> {
        match *self {}
    }

    pub(in crate::ffi) fn agent(&self) -> &Arc<Agent> {
        match *self {}
    }
}

pub(in crate::ffi) fn before_torch() -> Outcome<()> {
    Err(not_built())
}

pub(in crate::ffi) fn thread_begins() {}

pub(in crate::ffi) fn thread_ends() {}

pub(in crate::ffi) fn is_ending() -> bool {
    false
}

pub(in crate::ffi) fn is_forked() -> bool {
    false
}

pub(in crate::ffi) fn torch_threads() -> Outcome<usize> {
    Err(not_built())
}

pub(in crate::ffi) fn set_torch_threads(_threads: i32) -> Outcome<()> {
    Err(not_built())
}

fn not_built() -> Failure {
    let found = "built without libtorch";
    let expected = "the build with it (see ppo_features)";
    Failure::new(PPO_ERR_NOT_BUILT, "this library", found, expected)
}
