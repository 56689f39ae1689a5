//! What a trainer handle owns: a run of the trainer, and the agent that gets every policy it comes to.

use crate::env::{HostEnvironment, HostEnvironments};
use crate::ffi::border::affinity;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::fork;
pub(in crate::ffi) use crate::ffi::border::fork::before_torch;
use crate::ffi::border::live::Agent;
use crate::ffi::status::{PPO_ERR_BUSY, PPO_ERR_CANCELLED, PPO_ERR_POISONED};
use crate::ffi::training::exit;
use crate::market::Market;
use crate::policy::spec::PolicySpec;
use crate::policy::{Policy, file};
use crate::rl::collectives::Collectives;
use crate::rl::stats::UpdateStats;
use crate::rl::transitions::{Transition, Transitions};
use crate::train::gate::{self, Inside};
use crate::train::threads::{self, OneThread};
use crate::train::{Experience, TrainConfig, Trainer};
use serde_json::{Map, Value, json};
use std::mem;
use std::ops::{ControlFlow, Deref};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// Most transitions that may wait for an update.
const MOST_TRANSITIONS: usize = 1 << 22;

/// A run of the trainer on an agent. One call at a time works on it; others are answered PPO_ERR_BUSY.
pub(in crate::ffi) struct Session {
    agent: Arc<Agent>,
    /// Whether a call, or a job, works on the run.
    claimed: AtomicBool,
    /// Left as it is where the process is ending: libtorch may be gone.
    run: Option<Mutex<Run>>,
}

/// The right to work on a session's run, held by one at a time: a call, or a job and then its thread.
pub(in crate::ffi) struct Claim<S: Deref<Target = Session>>(S);

struct Run {
    trainer: Trainer,
    /// How a policy of this run came to be, at its last update.
    provenance: Map<String, Value>,
    /// Those that the host hands in; none where the trainer has environments.
    transitions: Option<Transitions>,
}

/// How [`Claim::train`] goes on after an update, and what it leaves on disk.
pub(in crate::ffi) struct TrainOptions<'a> {
    /// A checkpoint is written there at the end, and every so many updates where that is not 0.
    pub(in crate::ffi) checkpoint: Option<(PathBuf, u64)>,
    /// Most updates of this call; 0 for no such limit.
    pub(in crate::ffi) most_updates: u64,
    /// Hears of every update once its policy is published. Breaks with PPO_OK to stop, or with what went wrong.
    pub(in crate::ffi) on_update: &'a mut dyn FnMut(&UpdateStats) -> ControlFlow<Outcome<()>>,
}

/// How far a run has come.
pub(in crate::ffi) struct Standing {
    pub(in crate::ffi) last: UpdateStats,
    pub(in crate::ffi) done: bool,
}

impl Session {
    /// Over the library's own environments.
    pub(in crate::ffi) fn over_market(
        agent: &Arc<Agent>,
        market: impl FnOnce(&PolicySpec) -> Outcome<Arc<dyn Market>>,
        config: TrainConfig,
    ) -> Outcome<Self> {
        let market = market(agent.snapshot().spec())?;
        Self::begin(agent, config, |_, _| Ok(Experience::Market(market)))
    }

    /// Over environments of the host's.
    pub(in crate::ffi) fn over_host(
        agent: &Arc<Agent>,
        host: impl HostEnvironment + 'static,
        config: TrainConfig,
    ) -> Outcome<Self> {
        Self::begin(agent, config, |config, spec| host_experience(host, config, spec))
    }

    /// Over transitions that the host hands in.
    pub(in crate::ffi) fn over_transitions(agent: &Arc<Agent>, config: TrainConfig) -> Outcome<Self> {
        Self::begin(agent, config, |_, _| Ok(Experience::Transitions))
    }

    /// From a checkpoint, over the library's own environments; with the agent that it makes.
    pub(in crate::ffi) fn resume_market(
        path: &Path,
        market: impl FnOnce(&PolicySpec) -> Outcome<Arc<dyn Market>>,
    ) -> Outcome<(Arc<Agent>, Self)> {
        let mut refused = None;
        let resumed = Self::resume(path, |_, spec| {
            market(spec).map(Experience::Market).map_err(|failure| {
                let message = failure.message();
                let error = crate::Error::invalid("market", message.as_str(), "one for this policy");
                refused = Some((failure.status, message));
                error
            })
        });
        match refused {
            Some((status, message)) => Err(Failure::worded(status, message.as_str())),
            None => resumed,
        }
    }

    /// From a checkpoint, over environments of the host's.
    pub(in crate::ffi) fn resume_host(
        path: &Path,
        host: impl HostEnvironment + 'static,
    ) -> Outcome<(Arc<Agent>, Self)> {
        Self::resume(path, |config, spec| host_experience(host, config, spec))
    }

    /// From a checkpoint, over transitions that the host hands in.
    pub(in crate::ffi) fn resume_transitions(path: &Path) -> Outcome<(Arc<Agent>, Self)> {
        Self::resume(path, |_, _| Ok(Experience::Transitions))
    }

    fn begin(
        agent: &Arc<Agent>,
        config: TrainConfig,
        experience: impl FnOnce(&TrainConfig, &PolicySpec) -> crate::Result<Experience>,
    ) -> Outcome<Self> {
        let _work = Work::begin()?;
        let held = Held::take(agent)?;
        let experience = gate::outside(|| experience(&config, agent.snapshot().spec()))?;
        let waits = matches!(experience, Experience::Transitions);
        let trainer = Trainer::from_policy(config, &agent.snapshot(), experience)?;
        held.with(trainer, waits)
    }

    fn resume(
        path: &Path,
        experience: impl FnOnce(&TrainConfig, &PolicySpec) -> crate::Result<Experience>,
    ) -> Outcome<(Arc<Agent>, Self)> {
        let _work = Work::begin()?;
        let (policy, _) = file::load(path)?;
        let agent = Arc::new(Agent::new(policy));
        let held = Held::take(&agent)?;
        let mut waits = false;
        let trainer = Trainer::resume_on(path, |config, spec| {
            let experience = experience(config, spec)?;
            waits = matches!(experience, Experience::Transitions);
            Ok(experience)
        })?;
        Ok((agent, held.with(trainer, waits)?))
    }

    /// The right to work on `session`, if nobody else has it.
    pub(in crate::ffi) fn claim<S: Deref<Target = Self>>(session: S) -> Outcome<Claim<S>> {
        if session.claimed.swap(true, Ordering::Acquire) {
            let found = "in use by another call, or by a job";
            return Err(Failure::new(PPO_ERR_BUSY, "trainer", found, "one call at a time"));
        }
        let claim = Claim(session);
        drop(claim.run()?);
        Ok(claim)
    }

    /// One rollout, or the transitions that were handed in, and one update.
    pub(in crate::ffi) fn update(&self) -> Outcome<UpdateStats> {
        let _work = Work::begin()?;
        let claim = Self::claim(self)?;
        let mut run = claim.run()?;
        let stats = self.step(&mut run)?;
        self.agent.settle();
        Ok(stats)
    }

    /// Keeps a transition; where `update` asks for it and a whole rollout has been kept, updates.
    pub(in crate::ffi) fn observe(
        &self,
        transition: &Transition<'_>,
        update: bool,
    ) -> Outcome<Option<UpdateStats>> {
        before_torch()?;
        let claim = Self::claim(self)?;
        let mut run = claim.run()?;
        let rollout = run.trainer.config().ppo.rollout_len();
        let n_envs = run.trainer.config().ppo.n_envs;
        let Some(transitions) = &mut run.transitions else {
            let expected = "one without environments of its own";
            return Err(Failure::invalid("trainer", "one with environments", expected));
        };
        if transition.env >= n_envs {
            let expected = format!("below {n_envs} (n_envs)");
            return Err(Failure::invalid("transition.env", transition.env, expected));
        }
        if transitions.len() >= MOST_TRANSITIONS {
            let found = format!("{} transitions without an update", transitions.len());
            return Err(Failure::invalid("trainer", found, "ppo_update before the next"));
        }
        transitions.push(transition);
        if !update || transitions.len() < rollout {
            return Ok(None);
        }
        let _work = Work::begin()?;
        let stats = self.step(&mut run)?;
        self.agent.settle();
        Ok(Some(stats))
    }

    /// Writes a checkpoint.
    pub(in crate::ffi) fn save(&self, path: &Path) -> Outcome<()> {
        let _work = Work::begin()?;
        let claim = Self::claim(self)?;
        Ok(save(&mut claim.run()?.trainer, path)?)
    }

    /// Trains as one of several ranks from now on.
    pub(in crate::ffi) fn join(&self, collectives: Box<dyn Collectives>) -> Outcome<()> {
        let _work = Work::begin()?;
        let claim = Self::claim(self)?;
        Ok(claim.run()?.trainer.join(collectives)?)
    }

    /// How far the run has come; of its figures, the counters.
    pub(in crate::ffi) fn standing(&self) -> Outcome<Standing> {
        let claim = Self::claim(self)?;
        let run = claim.run()?;
        let progress = run.trainer.progress();
        Ok(Standing {
            last: UpdateStats {
                update: progress.updates,
                env_steps: progress.env_steps,
                episodes: progress.episodes,
                ..UpdateStats::default()
            },
            done: run.trainer.is_done(),
        })
    }

    /// The run's configuration.
    pub(in crate::ffi) fn config(&self) -> Outcome<TrainConfig> {
        let claim = Self::claim(self)?;
        Ok(claim.run()?.trainer.config().clone())
    }

    /// The agent that is trained.
    pub(in crate::ffi) fn agent(&self) -> &Arc<Agent> {
        &self.agent
    }

    /// The policy as it stands, written into one of this run's that nobody has any more, if there is one.
    fn policy(
        trainer: &mut Trainer,
        provenance: &Map<String, Value>,
        spare: Option<Arc<Policy>>,
    ) -> crate::Result<Arc<Policy>> {
        if let Some(mut spare) = spare
            && let Some(policy) = Arc::get_mut(&mut spare)
        {
            if let Some(steps) = policy.provenance.get_mut(STEPS) {
                *steps = provenance[STEPS].clone();
            }
            if policy.provenance == *provenance && policy.spec() == trainer.spec() {
                trainer.update_policy(policy)?;
                return Ok(spare);
            }
        }
        trainer.policy(provenance.clone()).map(Arc::new)
    }

    /// An update whose policy the agent gets.
    fn step(&self, run: &mut Run) -> Outcome<UpdateStats> {
        let stats = match &mut run.transitions {
            Some(transitions) => run.trainer.update_on(transitions)?,
            None => run.trainer.update()?,
        };
        let Run {
            trainer, provenance, ..
        } = run;
        provenance[STEPS] = stats.env_steps.into();
        self.agent
            .publish(|spare| Self::policy(trainer, provenance, spare))?;
        exit::updated();
        Ok(stats)
    }
}

impl<S: Deref<Target = Session>> Claim<S> {
    /// Updates until the configuration's steps are taken, or `options` ends it before.
    pub(in crate::ffi) fn train(&self, options: TrainOptions<'_>) -> Outcome<Standing> {
        let _work = Work::begin()?;
        let (session, mut run) = (&*self.0, self.run()?);
        let mut last = UpdateStats::default();
        let mut ended = Ok(());
        let mut updates = 0;
        while !run.trainer.is_done() && (options.most_updates == 0 || updates < options.most_updates) {
            last = session.step(&mut run)?;
            updates += 1;
            if let ControlFlow::Break(answer) = gate::outside(|| (options.on_update)(&last)) {
                ended = answer.and_then(|()| Err(cancelled(last.update)));
                break;
            }
            if let Some((path, interval)) = &options.checkpoint
                && *interval > 0
                && updates % interval == 0
            {
                save(&mut run.trainer, path)?;
            }
        }
        session.agent.settle();
        if let Some((path, _)) = &options.checkpoint {
            save(&mut run.trainer, path)?;
        }
        ended?;
        let done = run.trainer.is_done();
        Ok(Standing { last, done })
    }

    fn run(&self) -> Outcome<MutexGuard<'_, Run>> {
        // Nobody else has the claim: the mutex is free, unless a defect was met with it.
        let run = self.0.run.as_ref().expect("there until the session is dropped");
        run.lock().map_err(|_| {
            let found = "poisoned: an earlier call met a defect of the library";
            Failure::new(PPO_ERR_POISONED, "trainer", found, "a new trainer")
        })
    }
}

impl<S: Deref<Target = Session>> Drop for Claim<S> {
    fn drop(&mut self) {
        self.0.claimed.store(false, Ordering::Release);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.agent.end_training();
        let run = self.run.take();
        match gate::enter() {
            Some(_inside) => drop(run),
            // The process ends: libtorch may be gone.
            None => mem::forget(run),
        }
    }
}

/// Work with libtorch, on this thread, until it is dropped.
struct Work {
    // Dropped first.
    _one: OneThread,
    _inside: Inside,
}

impl Work {
    fn begin() -> Outcome<Self> {
        before_torch()?;
        let inside = gate::enter().ok_or_else(ending)?;
        threads::at_start(affinity::of_the_process);
        let one = OneThread::begin();
        exit::watch()?;
        Ok(Self {
            _one: one,
            _inside: inside,
        })
    }
}

/// What a thread of a job does first.
pub(in crate::ffi) fn thread_begins() {
    affinity::of_the_process();
}

/// What a thread of a job does last.
pub(in crate::ffi) fn thread_ends() {
    gate::stay_to_the_end();
}

/// Whether the process is ending: nobody trains any more.
pub(in crate::ffi) fn is_ending() -> bool {
    gate::is_closed()
}

/// Whether the threads that this process had are gone.
pub(in crate::ffi) fn is_forked() -> bool {
    fork::is_forked()
}

/// Threads that libtorch uses for one operation.
pub(in crate::ffi) fn torch_threads() -> Outcome<usize> {
    before_torch()?;
    Ok(threads::torch_threads())
}

/// Sets them for the whole process.
pub(in crate::ffi) fn set_torch_threads(threads: i32) -> Outcome<()> {
    before_torch()?;
    threads::set_torch_threads(threads);
    Ok(())
}

/// An agent that no other trainer has, until a session takes it over.
struct Held(Option<Arc<Agent>>);

impl Held {
    fn take(agent: &Arc<Agent>) -> Outcome<Self> {
        if agent.begin_training() {
            return Ok(Self(Some(Arc::clone(agent))));
        }
        let found = "in training by another trainer";
        let expected = "one trainer an agent (or a clone of the agent)";
        Err(Failure::new(PPO_ERR_BUSY, "agent", found, expected))
    }

    fn with(mut self, trainer: Trainer, waits: bool) -> Outcome<Session> {
        let spec = trainer.spec();
        let n_envs = trainer.config().ppo.n_envs;
        let transitions = waits
            .then(|| Transitions::new(n_envs, spec.state.len(), spec.score_len()))
            .transpose()?;
        Ok(Session {
            agent: self.0.take().expect("taken once"),
            claimed: AtomicBool::new(false),
            run: Some(Mutex::new(Run {
                provenance: provenance(&trainer),
                trainer,
                transitions,
            })),
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(agent) = &self.0 {
            agent.end_training();
        }
    }
}

fn host_experience(
    host: impl HostEnvironment + 'static,
    config: &TrainConfig,
    spec: &PolicySpec,
) -> crate::Result<Experience> {
    let control_variate = config.env.control_variate;
    let environments = HostEnvironments::new(host, spec, control_variate, config.seed, config.ppo.n_envs)?;
    Ok(Experience::Environments(Box::new(environments)))
}

/// The key of a provenance that tells how long was trained.
const STEPS: &str = "env_steps";

fn save(trainer: &mut Trainer, path: &Path) -> crate::Result<()> {
    let provenance = provenance(trainer);
    trainer.save_checkpoint(path, provenance)
}

/// How a policy came to be; the same for a training and its repetition.
fn provenance(trainer: &Trainer) -> Map<String, Value> {
    crate::portfolio::training::provenance(trainer, json!({ "train": trainer.config() }))
}

fn ending() -> Failure {
    let found = "ending: its end has begun to destroy what training needs";
    Failure::new(PPO_ERR_CANCELLED, "this process", found, "a process that goes on")
}

fn cancelled(update: u64) -> Failure {
    let found = format!("stopped by the host after update {update}");
    Failure::new(PPO_ERR_CANCELLED, "training", found, "going on")
}
