//! Training in the background.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::Output;
use crate::ffi::border::versioned::OutputStruct;
use crate::ffi::log;
use crate::ffi::status::{
    PPO_ERR_CANCELLED, PPO_ERR_INVALID_ARGUMENT, PPO_ERR_PANIC, PPO_ERR_TIMEOUT, PPO_OK, ppo_status,
};
use crate::ffi::training::metrics::{from_stats, ppo_metrics};
use crate::ffi::training::run::{self, Options, ppo_train_options};
use crate::ffi::training::session::{Claim, Session, TrainOptions};
use crate::ffi::training::torch;
use crate::ffi::training::trainer::ppo_trainer;
use crate::rl::stats::UpdateStats;
use std::ffi::c_char;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// State of a job: at work.
pub const PPO_JOB_RUNNING: u32 = 0;
/// State of a job: all that was asked for is done.
pub const PPO_JOB_FINISHED: u32 = 1;
/// State of a job: stopped by ppo_job_cancel or the progress function.
pub const PPO_JOB_CANCELLED: u32 = 2;
/// State of a job: ended by an error, which ppo_job_wait answers.
pub const PPO_JOB_FAILED: u32 = 3;

/// Time to wait, in milliseconds: until the job has ended.
pub const PPO_WAIT_FOREVER: u32 = u32::MAX;

/// A training call in the background, on a thread of its own.
pub struct ppo_job {
    _private: [u8; 0],
}

impl Kind for ppo_job {
    type Value = Job;
    const MAGIC: [u8; 8] = *b"ppojob\0\0";
    const NAME: &'static str = "job";
}

/// What a job handle owns.
pub struct Job {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the job's thread and the host's threads share.
struct Shared {
    cancel: AtomicBool,
    standing: Mutex<Standing>,
    ended: Condvar,
}

struct Standing {
    last: UpdateStats,
    /// What the call ended with; none while it runs.
    outcome: Option<Result<(), (ppo_status, String)>>,
}

/// Begins to train in the background, as ppo_train does in the foreground. The agent goes on deciding with the policy
/// of the last update, on any thread, without waiting.
///
/// \param trainer  the trainer; until the job has ended, other calls on it answer PPO_ERR_BUSY. It may be freed meanwhile
/// \param options  progress (called on the job's thread), checkpoint, limit; NULL for none. Copied, but for `user`
/// \param job      gets the job, which is the caller's to free with ppo_job_free
///
/// Starts a thread. PPO_ERR_BUSY where another call or job works on the trainer; PPO_ERR_IO (no thread to be had).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_job_start(
    trainer: *const ppo_trainer,
    options: *const ppo_train_options,
    job: *mut *mut ppo_job,
) -> ppo_status {
    boundary!(ppo_job_start, [trainer], |call| {
        let trainer = handle::shared(call, trainer, "trainer")?;
        let options = run::read(call, options)?;
        let job = Output::new(call, job, "job")?;
        // From here on until its end, the trainer is the job's.
        let claim = Claim::of(Arc::clone(trainer))?;
        let started = start(claim, options)?;
        job.write(handle::create(started));
        Ok(PPO_OK)
    })
}

/// Looks at a job without waiting.
///
/// \param job      the job
/// \param state    gets a PPO_JOB_ number; may be NULL
/// \param metrics  gets the figures of the last update, zeros before the first; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_job_poll(
    job: *const ppo_job,
    state: *mut u32,
    metrics: *mut ppo_metrics,
) -> ppo_status {
    boundary!(ppo_job_poll, [job], |call| {
        let job = handle::shared(call, job, "job")?;
        let state = Output::optional(call, state, "state")?;
        let metrics = OutputStruct::optional(call, metrics, "metrics")?;
        let standing = job.shared.standing();
        if let Some(state) = state {
            state.write(standing.state());
        }
        if let Some(metrics) = metrics {
            metrics.write(&from_stats(&standing.last));
        }
        Ok(PPO_OK)
    })
}

/// Waits for a job to end, and answers what its training call came to: PPO_OK, or what ppo_train would have answered.
///
/// \param job         the job
/// \param timeout_ms  milliseconds to wait at most; 0 does not wait, PPO_WAIT_FOREVER waits until the end
///
/// PPO_ERR_INVALID_ARGUMENT to its own progress function, which would wait for itself. PPO_ERR_TIMEOUT where the job
/// still runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_job_wait(job: *const ppo_job, timeout_ms: u32) -> ppo_status {
    boundary!(ppo_job_wait, [job], |call| {
        let job = handle::shared(call, job, "job")?;
        if timeout_ms > 0 && job.is_own_thread() {
            let message = "`job` is waited for by its own progress function, which it waits for";
            return Err(Failure::worded(PPO_ERR_INVALID_ARGUMENT, message));
        }
        torch::before_torch()?;
        let patience = match timeout_ms {
            PPO_WAIT_FOREVER => None,
            ms => Some(Duration::from_millis(u64::from(ms))),
        };
        match job.shared.wait(patience) {
            None => {
                let found = "still at work";
                Err(Failure::new(PPO_ERR_TIMEOUT, "job", found, "at its end by now"))
            }
            Some(Ok(())) => Ok(PPO_OK),
            Some(Err((status, message))) => Err(Failure::worded(status, message)),
        }
    })
}

/// Asks a job to stop, and returns at once: it ends after the update that it is at, with its checkpoint written.
///
/// \param job  the job; one that has ended is left as it is
///
/// Its own progress function may call it too. Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_job_cancel(job: *const ppo_job) -> ppo_status {
    boundary!(ppo_job_cancel, [job], |call| {
        let job = handle::shared(call, job, "job")?;
        job.shared.cancel.store(true, Ordering::Release);
        Ok(PPO_OK)
    })
}

/// Frees a job. NULL is fine. One that still runs is asked to stop and waited for: as long as its update takes. Called by
/// the job's own progress function, it does not wait. A job that was freed before is left alone, and said so in the log
/// and by ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_job_free(job: *mut ppo_job) {
    boundary!(ppo_job_free, [], |_| {
        handle::free(job)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a job, made by any thread, as ppo_last_error does.
///
/// \param job       the job; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_job_last_error(
    job: *const ppo_job,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_job_last_error, [], |call| {
        handle::copy_message(call, job, "job", buffer, capacity, needed)
    })
}

fn start(claim: Claim<Arc<dyn Session>>, options: Options) -> Outcome<Job> {
    let shared = Arc::new(Shared {
        cancel: AtomicBool::new(false),
        standing: Mutex::new(Standing {
            last: UpdateStats::default(),
            outcome: None,
        }),
        ended: Condvar::new(),
    });
    let work = {
        let shared = Arc::clone(&shared);
        move || {
            let mut outcome = Ok(Ok(()));
            claim.on_own_thread(&mut || {
                outcome = catch_unwind(AssertUnwindSafe(|| train(&claim, &options, &shared)));
            });
            // Before the end is told: who waits for it may use the trainer at once.
            drop(claim);
            shared.end(outcome.unwrap_or_else(|payload| {
                Err(Failure::worded(PPO_ERR_PANIC, log::take_panic(payload.as_ref())))
            }));
        }
    };
    let thread = thread::Builder::new().name("ppo_job".to_string()).spawn(work);
    let thread = thread.map_err(|error| {
        let found = format!("refused ({error})");
        Failure::new(
            crate::ffi::status::PPO_ERR_IO,
            "a thread for the job",
            found,
            "one more thread",
        )
    })?;
    Ok(Job {
        shared,
        thread: Mutex::new(Some(thread)),
    })
}

fn train(claim: &Claim<Arc<dyn Session>>, options: &Options, shared: &Shared) -> Outcome<()> {
    let standing = claim.train(TrainOptions {
        checkpoint: options.checkpoint.clone(),
        most_updates: options.most_updates,
        on_update: &mut |stats| {
            shared.standing().last = stats.clone();
            match options.report(stats) {
                ControlFlow::Continue(()) if shared.cancel.load(Ordering::Acquire) => {
                    ControlFlow::Break(Ok(()))
                }
                answer => answer,
            }
        },
    });
    standing.map(|_| ())
}

impl Job {
    fn is_own_thread(&self) -> bool {
        let thread = locked(&self.thread);
        thread
            .as_ref()
            .is_some_and(|thread| thread.thread().id() == thread::current().id())
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.shared.cancel.store(true, Ordering::Release);
        let own = self.is_own_thread();
        let thread = locked(&self.thread).take();
        if torch::have_threads_stopped() {
            // There is no such thread in this process, or it has stopped for good.
            std::mem::forget(thread);
        } else if let Some(thread) = thread.filter(|_| !own) {
            // The thread's panics were caught; it has nothing to say.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        locked(&self.standing)
    }

    fn end(&self, outcome: Outcome<()>) {
        let outcome = outcome.map_err(|failure| {
            // On the thread that failed.
            (failure.status, failure.message().as_str().to_string())
        });
        self.standing().outcome = Some(outcome);
        self.ended.notify_all();
    }

    /// The outcome, once it is there; none where `patience` ran out before.
    fn wait(&self, patience: Option<Duration>) -> Option<Result<(), (ppo_status, String)>> {
        let began = Instant::now();
        let mut standing = self.standing();
        loop {
            if standing.outcome.is_some() {
                return standing.outcome.clone();
            }
            if torch::have_threads_stopped() {
                let message = "`job` has stopped for good: the process is ending";
                return Some(Err((PPO_ERR_CANCELLED, message.to_string())));
            }
            standing = match patience {
                None => self.ended.wait(standing).unwrap_or_else(PoisonError::into_inner),
                Some(patience) => {
                    let left = patience
                        .checked_sub(began.elapsed())
                        .filter(|left| !left.is_zero())?;
                    let waited = self.ended.wait_timeout(standing, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

impl Standing {
    fn state(&self) -> u32 {
        match &self.outcome {
            None => PPO_JOB_RUNNING,
            Some(Ok(())) => PPO_JOB_FINISHED,
            Some(Err((PPO_ERR_CANCELLED, _))) => PPO_JOB_CANCELLED,
            Some(Err(_)) => PPO_JOB_FAILED,
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these mutexes guard is whole at every instant.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
