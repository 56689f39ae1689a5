//! Several processes that train one policy: the host's way from one to the others.

use crate::error::{Error, Result};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::Failure;
use crate::ffi::border::handle;
use crate::ffi::border::host_function::{User, call_host};
use crate::ffi::border::versioned::{self, versioned};
use crate::ffi::status::{PPO_ERR_NULL_POINTER, PPO_OK, ppo_status};
use crate::ffi::training::trainer::ppo_trainer;
use crate::rl::collectives::Collectives;
use std::ffi::c_void;
use std::ptr;

/// Gathers bytes of all ranks: MPI_Allgather, all_gather of torch.distributed and the like.
///
/// `user` is ppo_collectives'. `send` holds `bytes` bytes of this rank, at least 1; `received` gets those of every rank in the
/// order of the ranks, `size` times `bytes`. Every rank calls it in the same order with as many bytes.
///
/// Answers 0, or any other number (such as the transport's, where a rank is gone or a time is over) to end the call of the
/// library with PPO_ERR_COLLECTIVE. It must return normally: no exception and no longjmp may leave it. Nothing in the library waits for a rank but this.
pub type ppo_allgather = Option<
    unsafe extern "C" fn(user: *mut c_void, send: *const c_void, bytes: usize, received: *mut c_void) -> i32,
>;

/// How the ranks that train together reach each other. Fill it with ppo_collectives_init, then set all.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_collectives {
    /// Size of the caller's struct in bytes; ppo_collectives_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Which of the ranks this process is, from 0.
    pub rank: u32,
    /// How many ranks there are: a power of two, at most 1024.
    pub size: u32,
    /// Handed to the function; may be NULL. Has to live as long as the trainer, or a job on it.
    pub user: *mut c_void,
    /// Gathers bytes of all ranks.
    pub allgather: ppo_allgather,
}

versioned!(
    ppo_collectives,
    [32],
    ppo_collectives {
        struct_size: size_of::<ppo_collectives>() as u32,
        reserved: 0,
        rank: 0,
        size: 1,
        user: ptr::null_mut(),
        allgather: None,
    }
);

/// Makes the collectives of one rank alone, ready to be filled in, with the struct's size.
///
/// \param collectives  the struct to fill
/// \param size         `sizeof(ppo_collectives)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_collectives_init(collectives: *mut ppo_collectives, size: usize) -> ppo_status {
    boundary!(ppo_collectives_init, [], |call| {
        versioned::init(call, collectives, size, "collectives")?;
        Ok(PPO_OK)
    })
}

/// Has a trainer train from now on as one of several ranks, each a process with a trainer like this one, at the same update.
///
/// \param trainer      a trainer over a market, on the CPU: made anew, or resumed from the same checkpoint on every rank
/// \param collectives  how the ranks reach each other; copied
///
/// Every rank collects its share of the environments and differentiates its share of each minibatch; the numbers, and the
/// policy that every rank comes to, are those of one trainer alone, to the bit. Every rank has to make the same calls in the same
/// order: updates, jobs with the same options, checkpoints. Checkpoints are written by rank 0; any number of ranks resumes them.
///
/// The function is called during calls that train or save, on the thread that makes them (or the job's). PPO_ERR_COLLECTIVE from
/// those where it answers an error, or a rank is at something else: the message names it.
/// PPO_ERR_INVALID_ARGUMENT where `size` is no power of two, or does not divide the blocks of environments (`n_envs` in blocks of
/// at most 16), or the trainer is another one. PPO_ERR_BUSY while another call or a job works on the trainer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_join(
    trainer: *const ppo_trainer,
    collectives: *const ppo_collectives,
) -> ppo_status {
    boundary!(ppo_trainer_join, [trainer], |call| {
        let trainer = handle::shared(call, trainer, "trainer")?;
        let given = versioned::read_required(call, collectives, "collectives")?;
        let missing = || {
            Failure::new(
                PPO_ERR_NULL_POINTER,
                "collectives.allgather",
                "NULL",
                "a function of the host",
            )
        };
        trainer.join(Box::new(Host {
            rank: given.rank as usize,
            size: given.size as usize,
            user: User::new(given.user),
            allgather: given.allgather.ok_or_else(missing)?,
        }))?;
        Ok(PPO_OK)
    })
}

/// The host's collectives.
struct Host {
    rank: usize,
    size: usize,
    user: User,
    allgather: unsafe extern "C" fn(*mut c_void, *const c_void, usize, *mut c_void) -> i32,
}

impl Collectives for Host {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn allgather(&mut self, send: &[u8], received: &mut [u8]) -> Result<()> {
        let answer = call_host!(
            self.allgather,
            self.user.pointer(),
            send.as_ptr().cast(),
            send.len(),
            received.as_mut_ptr().cast(),
        );
        match answer {
            0 => Ok(()),
            _ => Err(Error::Collective {
                message: format!("the host's function `allgather` answered {answer}"),
            }),
        }
    }
}
