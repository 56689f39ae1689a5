//! What a trainer handle owns: an agent in training, for the exports the same in every build. `torch` makes it; a build
//! without libtorch has `missing` in its place, which refuses to.

use crate::ffi::border::failure::Outcome;
use crate::ffi::border::live::Agent;
use crate::ffi::market::MarketValue;
use crate::ffi::training::host::Host;
use crate::rl::collectives::Collectives;
use crate::rl::stats::UpdateStats;
use crate::rl::transitions::Transition;
use crate::train::TrainConfig;
use std::ops::{ControlFlow, Deref};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where what is learnt from comes from.
#[cfg_attr(
    not(feature = "train"),
    expect(dead_code, reason = "read by the build with libtorch alone")
)]
pub(in crate::ffi) enum Source<'a> {
    /// The library's own environments over a market.
    Market(&'a MarketValue),
    /// Environments of the host's.
    Host(Host),
    /// Transitions that the host hands in.
    Transitions,
}

/// An agent in training. One call at a time works on it; others are answered PPO_ERR_BUSY.
pub(in crate::ffi) trait Session: Send + Sync {
    /// The agent that is trained.
    fn agent(&self) -> &Arc<Agent>;

    /// Takes the right to work on it, if nobody else has it; see [`Claim`].
    fn claim(&self) -> Outcome<()>;

    /// Gives it back.
    fn give_back(&self);

    /// Updates until the configuration's steps are taken, or `options` ends it before. For who has the right.
    fn train(&self, options: TrainOptions<'_>) -> Outcome<Standing>;

    /// One rollout, or the transitions that were handed in, and one update.
    fn update(&self) -> Outcome<UpdateStats>;

    /// Keeps a transition; where `update` asks for it and a whole rollout has been kept, updates.
    fn observe(&self, transition: &Transition<'_>, update: bool) -> Outcome<Option<UpdateStats>>;

    /// Writes a checkpoint.
    fn save(&self, path: &Path) -> Outcome<()>;

    /// Trains as one of several ranks from now on.
    fn join(&self, collectives: Box<dyn Collectives>) -> Outcome<()>;

    /// How far the run has come; of its figures, the counters.
    fn standing(&self) -> Outcome<Standing>;

    /// The run's configuration.
    fn config(&self) -> Outcome<TrainConfig>;

    /// Runs all that a thread of the library's own, on which this is called, is there for.
    fn on_own_thread(&self, work: &mut dyn FnMut());
}

/// How [`Session::train`] goes on after an update, and what it leaves on disk.
#[cfg_attr(
    not(feature = "train"),
    expect(dead_code, reason = "read by the build with libtorch alone")
)]
pub(in crate::ffi) struct TrainOptions<'a> {
    /// A checkpoint is written there at the end, and every so many updates where that is not 0.
    pub(in crate::ffi) checkpoint: Option<(PathBuf, u64)>,
    /// Most updates of this call; 0 for no such limit.
    pub(in crate::ffi) most_updates: u64,
    /// Called after every update once its policy is published. Breaks with PPO_OK to stop, or with what went wrong.
    pub(in crate::ffi) on_update: &'a mut dyn FnMut(&UpdateStats) -> ControlFlow<Outcome<()>>,
}

/// How far a run has come.
pub(in crate::ffi) struct Standing {
    pub(in crate::ffi) last: UpdateStats,
    pub(in crate::ffi) done: bool,
}

/// The right to work on a session, held by one at a time: a call, or a job and then its thread.
pub(in crate::ffi) struct Claim<S: Deref<Target = dyn Session>>(S);

impl<S: Deref<Target = dyn Session>> Claim<S> {
    pub(in crate::ffi) fn of(session: S) -> Outcome<Self> {
        session.claim()?;
        Ok(Self(session))
    }
}

impl<S: Deref<Target = dyn Session>> Deref for Claim<S> {
    type Target = dyn Session;

    fn deref(&self) -> &(dyn Session + 'static) {
        &*self.0
    }
}

impl<S: Deref<Target = dyn Session>> Drop for Claim<S> {
    fn drop(&mut self) {
        self.0.give_back();
    }
}
