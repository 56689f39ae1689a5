//! The session of a build with libtorch: a run of the trainer, and the agent that gets every policy it comes to.

use crate::env::HostEnvironments;
use crate::ffi::border::affinity;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::fork;
pub(in crate::ffi) use crate::ffi::border::fork::before_torch;
use crate::ffi::border::live::Agent;
use crate::ffi::market::MarketValue;
use crate::ffi::status::{PPO_ERR_BUSY, PPO_ERR_CANCELLED, PPO_ERR_POISONED};
use crate::ffi::training::exit;
use crate::ffi::training::host::Host;
use crate::ffi::training::session::{Claim, Session, Source, Standing, TrainOptions};
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
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// Most transitions that may wait for an update.
const MOST_TRANSITIONS: usize = 1 << 22;

/// A run of the trainer on an agent.
struct Training {
    agent: Arc<Agent>,
    /// Whether a call, or a job, works on the run.
    claimed: AtomicBool,
    /// Left as it is where the process is ending: libtorch may be gone.
    run: Option<Mutex<Run>>,
}

struct Run {
    trainer: Trainer,
    /// How a policy of this run came to be, at its last update.
    provenance: Map<String, Value>,
    /// Those that the host hands in; none where the trainer has environments.
    transitions: Option<Transitions>,
}

/// A session that goes on from the policy that an agent has.
pub(in crate::ffi) fn begin(
    agent: &Arc<Agent>,
    source: Source<'_>,
    config: TrainConfig,
) -> Outcome<Arc<dyn Session>> {
    match source {
        Source::Market(market) => {
            let market = market.market(agent.snapshot().spec())?;
            begin_on(agent, config, |_, _| Ok(Experience::Market(market)))
        }
        Source::Host(host) => begin_on(agent, config, |config, spec| host_experience(host, config, spec)),
        Source::Transitions => begin_on(agent, config, |_, _| Ok(Experience::Transitions)),
    }
}

/// A session that goes on from a checkpoint, with the agent that it makes.
pub(in crate::ffi) fn resume(path: &Path, source: Source<'_>) -> Outcome<(Arc<Agent>, Arc<dyn Session>)> {
    match source {
        Source::Market(market) => resume_market(path, market),
        Source::Host(host) => resume_on(path, |config, spec| host_experience(host, config, spec)),
        Source::Transitions => resume_on(path, |_, _| Ok(Experience::Transitions)),
    }
}

fn resume_market(path: &Path, market: &MarketValue) -> Outcome<(Arc<Agent>, Arc<dyn Session>)> {
    let mut refused = None;
    let resumed = resume_on(path, |_, spec| {
        market.market(spec).map(Experience::Market).map_err(|failure| {
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

fn begin_on(
    agent: &Arc<Agent>,
    config: TrainConfig,
    experience: impl FnOnce(&TrainConfig, &PolicySpec) -> crate::Result<Experience>,
) -> Outcome<Arc<dyn Session>> {
    let _work = Work::begin()?;
    let held = Held::take(agent)?;
    let experience = gate::outside(|| experience(&config, agent.snapshot().spec()))?;
    let waits = matches!(experience, Experience::Transitions);
    let trainer = Trainer::from_policy(config, &agent.snapshot(), experience)?;
    held.with(trainer, waits)
}

fn resume_on(
    path: &Path,
    experience: impl FnOnce(&TrainConfig, &PolicySpec) -> crate::Result<Experience>,
) -> Outcome<(Arc<Agent>, Arc<dyn Session>)> {
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

impl Session for Training {
    fn agent(&self) -> &Arc<Agent> {
        &self.agent
    }

    fn claim(&self) -> Outcome<()> {
        if self.claimed.swap(true, Ordering::Acquire) {
            let found = "in use by another call, or by a job";
            return Err(Failure::new(PPO_ERR_BUSY, "trainer", found, "one call at a time"));
        }
        if let Err(failure) = self.run() {
            self.give_back();
            return Err(failure);
        }
        Ok(())
    }

    fn give_back(&self) {
        self.claimed.store(false, Ordering::Release);
    }

    fn train(&self, options: TrainOptions<'_>) -> Outcome<Standing> {
        let _work = Work::begin()?;
        let mut run = self.run()?;
        let mut last = UpdateStats::default();
        let mut ended = Ok(());
        let mut updates = 0;
        while !run.trainer.is_done() && (options.most_updates == 0 || updates < options.most_updates) {
            last = self.step(&mut run)?;
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
        self.agent.settle();
        if let Some((path, _)) = &options.checkpoint {
            save(&mut run.trainer, path)?;
        }
        ended?;
        let done = run.trainer.is_done();
        Ok(Standing { last, done })
    }

    fn update(&self) -> Outcome<UpdateStats> {
        let _work = Work::begin()?;
        let _claim = Claim::of(self as &dyn Session)?;
        let mut run = self.run()?;
        let stats = self.step(&mut run)?;
        self.agent.settle();
        Ok(stats)
    }

    fn observe(&self, transition: &Transition<'_>, update: bool) -> Outcome<Option<UpdateStats>> {
        before_torch()?;
        let _claim = Claim::of(self as &dyn Session)?;
        let mut run = self.run()?;
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

    fn save(&self, path: &Path) -> Outcome<()> {
        let _work = Work::begin()?;
        let _claim = Claim::of(self as &dyn Session)?;
        Ok(save(&mut self.run()?.trainer, path)?)
    }

    fn join(&self, collectives: Box<dyn Collectives>) -> Outcome<()> {
        let _work = Work::begin()?;
        let _claim = Claim::of(self as &dyn Session)?;
        Ok(self.run()?.trainer.join(collectives)?)
    }

    fn standing(&self) -> Outcome<Standing> {
        let _claim = Claim::of(self as &dyn Session)?;
        let run = self.run()?;
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

    fn config(&self) -> Outcome<TrainConfig> {
        let _claim = Claim::of(self as &dyn Session)?;
        Ok(self.run()?.trainer.config().clone())
    }

    fn on_own_thread(&self, work: &mut dyn FnMut()) {
        affinity::of_the_process();
        work();
        gate::stay_to_the_end();
    }
}

impl Training {
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

    /// For who has the right to work on it.
    fn run(&self) -> Outcome<MutexGuard<'_, Run>> {
        // Nobody else has the claim: the mutex is free, unless a defect was met with it.
        let run = self.run.as_ref().expect("there until the session is dropped");
        run.lock().map_err(|_| {
            let found = "poisoned: an earlier call met a defect of the library";
            Failure::new(PPO_ERR_POISONED, "trainer", found, "a new trainer")
        })
    }
}

impl Drop for Training {
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

/// Whether this process has no thread at work any more: it was forked, or it is ending.
pub(in crate::ffi) fn have_threads_stopped() -> bool {
    fork::is_forked() || gate::is_closed()
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

    fn with(mut self, trainer: Trainer, waits: bool) -> Outcome<Arc<dyn Session>> {
        let spec = trainer.spec();
        let n_envs = trainer.config().ppo.n_envs;
        let transitions = waits
            .then(|| Transitions::new(n_envs, spec.state.len(), spec.score_len()))
            .transpose()?;
        Ok(Arc::new(Training {
            agent: self.0.take().expect("taken once"),
            claimed: AtomicBool::new(false),
            run: Some(Mutex::new(Run {
                provenance: provenance(&trainer),
                trainer,
                transitions,
            })),
        }))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(agent) = &self.0 {
            agent.end_training();
        }
    }
}

fn host_experience(host: Host, config: &TrainConfig, spec: &PolicySpec) -> crate::Result<Experience> {
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
