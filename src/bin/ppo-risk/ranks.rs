//! The ranks of an MPI job that train one run together: `mpirun -n 4 ppo-risk train`.

use crate::Failure;
use crate::interrupt::EXIT_STATUS;
use mpi::Threading;
use mpi::environment::Universe;
use mpi::topology::{Communicator, SimpleCommunicator};
use mpi::traits::CommunicatorCollectives;
use ppo_risk::Error;
use ppo_risk::portfolio::run::{Observer, Stage};
use ppo_risk::rl::collectives::{Collectives, SharedCollectives, agree};
use ppo_risk::rl::stats::UpdateStats;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a rank that has failed waits for the others to fail as well, so that each can say why.
const PATIENCE: Duration = Duration::from_secs(3);

/// The ranks of the job that this process belongs to.
pub(crate) struct Ranks {
    /// Ends the use of MPI when it goes.
    _universe: Universe,
}

impl Ranks {
    /// Joins the job; none for a process by itself.
    pub(crate) fn join() -> Result<Option<Self>, Failure> {
        let (universe, threading) =
            mpi::initialize_with_threading(Threading::Serialized).ok_or_else(|| {
                Failure::Failed(Error::Collective {
                    message: "MPI is in use already".into(),
                })
            })?;
        if universe.world().size() == 1 {
            return Ok(None);
        }
        if threading < Threading::Serialized {
            return Err(Failure::Failed(Error::Collective {
                message: format!("this MPI offers {threading:?}, expected Serialized or more"),
            }));
        }
        Ok(Some(Self { _universe: universe }))
    }

    /// The engine of this rank.
    pub(crate) fn engine(&self) -> SharedCollectives {
        SharedCollectives::new(Box::new(World))
    }

    /// Passes on how the command ended. Where it failed, and the others do not, they would wait for this rank: then the job
    /// is aborted.
    pub(crate) fn end(self, done: Result<(), Failure>) -> Result<(), Failure> {
        let world = SimpleCommunicator::world();
        let status = match &done {
            Ok(()) => {
                world.barrier();
                return done;
            }
            Err(Failure::Stopped) => i32::from(EXIT_STATUS),
            Err(_) => 1,
        };
        let began = Instant::now();
        let mut all_here = world.immediate_barrier();
        loop {
            match all_here.test() {
                Ok(_) => return done,
                Err(waiting) if began.elapsed() < PATIENCE => all_here = waiting,
                Err(waiting) => {
                    // The job ends with it under way.
                    std::mem::forget(waiting);
                    break;
                }
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        if let Err(failure) = done {
            crate::complain(failure);
        }
        world.abort(status)
    }
}

/// On another rank than 0: what rank 0 has opened and `open` opens again, once every rank has it; none where rank 0 has
/// nothing to train, and says why.
pub(crate) fn follow<T>(
    engine: &mut SharedCollectives,
    open: impl FnOnce(&Path) -> Result<T, Error>,
) -> Result<Option<T>, Failure> {
    let Some(folder) = agree(engine, Ok(None::<PathBuf>))?.swap_remove(0) else {
        return Ok(None);
    };
    let (opened, followed) = match open(&folder) {
        Ok(opened) => (Some(opened), Ok(())),
        Err(error) => (None, Err(error)),
    };
    agree(engine, followed)?;
    Ok(opened)
}

/// On rank 0: says in which folder there is something to train, if there is, and waits until every rank has it. `resume` is
/// the command that goes on with it.
pub(crate) fn lead(
    engine: &mut SharedCollectives,
    folder: Option<&Path>,
    resume: &'static str,
) -> Result<(), Failure> {
    let whole = folder.map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf()));
    agree(engine, Ok(whole))?;
    let Some(folder) = folder else {
        return Ok(());
    };
    let agreed = agree(engine, Ok(()));
    agreed.map_err(|error| Failure::unfinished(error, folder, resume))?;
    Ok(())
}

/// Shows nothing, and breaks off once asked to.
pub(crate) struct Silent(pub(crate) Arc<AtomicBool>);

impl Observer for Silent {
    fn updated(&mut self, _: Stage, _: &UpdateStats) -> ControlFlow<()> {
        match self.0.load(Ordering::SeqCst) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn judging(&mut self) {}
}

/// All processes of the job.
struct World;

impl Collectives for World {
    fn rank(&self) -> usize {
        SimpleCommunicator::world().rank() as usize
    }

    fn size(&self) -> usize {
        SimpleCommunicator::world().size() as usize
    }

    fn allgather(&mut self, send: &[u8], received: &mut [u8]) -> Result<(), Error> {
        if i32::try_from(send.len()).is_err() {
            let message = format!(
                "{} bytes to gather at once, expected at most {}",
                send.len(),
                i32::MAX
            );
            return Err(Error::Collective { message });
        }
        SimpleCommunicator::world().all_gather_into(send, received);
        Ok(())
    }
}
