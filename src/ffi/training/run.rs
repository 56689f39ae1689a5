//! Training in the caller's own thread: to the end, or one update.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle;
use crate::ffi::border::host_function::{User, call_host};
use crate::ffi::border::text;
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::status::{PPO_ERR_CALLBACK, PPO_OK, ppo_status};
use crate::ffi::training::metrics::{from_stats, ppo_metrics};
use crate::ffi::training::session::{Claim, TrainOptions};
use crate::ffi::training::trainer::ppo_trainer;
use crate::rl::stats::UpdateStats;
use std::ffi::{c_char, c_void};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::ptr;

/// A function of the host that is called after every update, once the agent has its policy: the update's figures (the
/// library's struct, valid until the function returns) and the pointer given with it.
///
/// Answers 0 to go on, a positive number to stop (the training call then answers PPO_ERR_CANCELLED), a negative one for
/// an error of its own (PPO_ERR_CALLBACK). It is called on the thread that trains. It must return normally: no exception and no longjmp may leave it.
/// It may call any function of this library; those that work on the trainer answer PPO_ERR_BUSY.
pub type ppo_progress_callback =
    Option<unsafe extern "C" fn(metrics: *const ppo_metrics, user: *mut c_void) -> i32>;

/// How a call trains. Fill it with ppo_train_options_init, then change what should differ.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_train_options {
    /// Size of the caller's struct in bytes; ppo_train_options_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Called after every update and may stop; default NULL.
    pub progress: ppo_progress_callback,
    /// Handed to `progress`; may be NULL. For a job it has to live until the job has ended.
    pub user: *mut c_void,
    /// File that a checkpoint is written to when the call ends, also where it was stopped; default NULL: none. On Unix
    /// any bytes, elsewhere UTF-8.
    pub checkpoint_path: *const c_char,
    /// Updates after which a checkpoint is written besides; default 0: only at the end.
    pub checkpoint_interval: u64,
    /// Most updates of this call; default 0: until the configuration's steps are taken.
    pub most_updates: u64,
}

versioned!(
    ppo_train_options,
    [48],
    ppo_train_options {
        struct_size: size_of::<ppo_train_options>() as u32,
        reserved: 0,
        progress: None,
        user: ptr::null_mut(),
        checkpoint_path: ptr::null(),
        checkpoint_interval: 0,
        most_updates: 0,
    }
);

/// Fills the options of a training call with the defaults.
///
/// \param options  the struct to fill
/// \param size     `sizeof(ppo_train_options)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_train_options_init(options: *mut ppo_train_options, size: usize) -> ppo_status {
    boundary!(ppo_train_options_init, [], |call| {
        versioned::init(call, options, size, "options")?;
        Ok(PPO_OK)
    })
}

/// Trains: updates until the configuration's steps are taken, the options' limit is reached, or the progress function
/// ends it. After every update the agent decides with the new policy; on any answer it keeps the last one.
///
/// \param trainer  the trainer; one made for transitions is refused (ppo_update)
/// \param options  progress, checkpoint, limit; NULL for none
/// \param metrics  gets the figures of the last update (zeros where there was nothing left to do), on an error too if any
///                 update was done before it; may be NULL
///
/// Takes as long as it takes: ppo_job_start trains in the background. PPO_ERR_CANCELLED where the progress function
/// stopped it, PPO_ERR_CALLBACK where it, or a function of a host's environment, answered an error; PPO_ERR_TRAINING
/// (losses that are not finite), PPO_ERR_IO (the checkpoint), PPO_ERR_TORCH.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_train(
    trainer: *const ppo_trainer,
    options: *const ppo_train_options,
    metrics: *mut ppo_metrics,
) -> ppo_status {
    boundary!(ppo_train, [trainer], |call| {
        let trainer = handle::shared(call, trainer, "trainer")?;
        let options = read(call, options)?;
        let metrics = OutputStruct::optional(call, metrics, "metrics")?;
        let mut last = UpdateStats::default();
        let ended = Claim::of(&**trainer)?.train(TrainOptions {
            checkpoint: options.checkpoint.clone(),
            most_updates: options.most_updates,
            on_update: &mut |stats| {
                last = stats.clone();
                options.report(stats)
            },
        });
        if let Some(metrics) = metrics.filter(|_| ended.is_ok() || last.update > 0) {
            metrics.write(&from_stats(&last));
        }
        ended?;
        Ok(PPO_OK)
    })
}

/// One update: a rollout in the trainer's environments and the epochs on it, or, for a trainer made for transitions, the
/// epochs on all that ppo_observe has kept, which are used up. The agent then decides with the new policy.
///
/// \param trainer  the trainer
/// \param metrics  gets the update's figures; may be NULL
///
/// PPO_ERR_INVALID_ARGUMENT for fewer than two transitions. Otherwise errors as ppo_train.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_update(trainer: *const ppo_trainer, metrics: *mut ppo_metrics) -> ppo_status {
    boundary!(ppo_update, [trainer], |call| {
        let trainer = handle::shared(call, trainer, "trainer")?;
        let metrics = OutputStruct::optional(call, metrics, "metrics")?;
        let stats = trainer.update()?;
        if let Some(metrics) = metrics {
            metrics.write(&from_stats(&stats));
        }
        Ok(PPO_OK)
    })
}

/// Options of a training call, taken over from the host's struct.
pub(in crate::ffi) struct Options {
    pub(in crate::ffi) checkpoint: Option<(PathBuf, u64)>,
    pub(in crate::ffi) most_updates: u64,
    progress: ppo_progress_callback,
    user: User,
}

impl Options {
    /// Tells the host of an update. Breaks where it wants to stop.
    pub(in crate::ffi) fn report(&self, stats: &UpdateStats) -> ControlFlow<Outcome<()>> {
        let Some(progress) = self.progress else {
            return ControlFlow::Continue(());
        };
        let metrics = from_stats(stats);
        let answer = call_host!(progress, &raw const metrics, self.user.pointer());
        match answer {
            0 => ControlFlow::Continue(()),
            1.. => ControlFlow::Break(Ok(())),
            _ => {
                let expected = "0 to go on, or a positive number to stop";
                ControlFlow::Break(Err(Failure::new(
                    PPO_ERR_CALLBACK,
                    "answer of `progress`",
                    answer,
                    expected,
                )))
            }
        }
    }
}

/// The host's options; NULL for the defaults.
pub(in crate::ffi) fn read(call: Call<'_>, options: *const ppo_train_options) -> Outcome<Options> {
    let given = versioned::read(call, options, "options")?;
    let checkpoint = match given.checkpoint_path.is_null() {
        true if given.checkpoint_interval > 0 => {
            let expected = "0 without options.checkpoint_path";
            let found = given.checkpoint_interval;
            return Err(Failure::invalid("options.checkpoint_interval", found, expected));
        }
        true => None,
        false => Some(text::path(call, given.checkpoint_path, "options.checkpoint_path")?.to_path_buf()),
    };
    Ok(Options {
        checkpoint: checkpoint.map(|path| (path, given.checkpoint_interval)),
        most_updates: given.most_updates,
        progress: given.progress,
        user: User::new(given.user),
    })
}
