//! libtorch's own threads, which belong to the whole process.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::Failure;
use crate::ffi::border::slice::Output;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::ffi::training::torch;

/// Most threads that can be asked for.
const MOST_THREADS: u32 = 1024;

/// How many threads libtorch uses for one operation of this process.
///
/// \param threads  gets the number
///
/// This library's own calls use one thread an operation whatever is set (ppo_config's `threads` splits a rollout
/// instead), and leave the number as they found it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_torch_threads(threads: *mut u32) -> ppo_status {
    boundary!(ppo_torch_threads, [], |call| {
        let threads = Output::new(call, threads, "threads")?;
        let found = torch::torch_threads()?;
        threads.write(u32::try_from(found).unwrap_or(u32::MAX));
        Ok(PPO_OK)
    })
}

/// Sets how many threads libtorch uses for one operation, for every user of libtorch in this process.
///
/// \param threads  1 to 1024
///
/// It must not be called while a call trains.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_torch_set_threads(threads: u32) -> ppo_status {
    boundary!(ppo_torch_set_threads, [], |_| {
        if threads == 0 || threads > MOST_THREADS {
            return Err(Failure::invalid("threads", threads, "1 to 1024"));
        }
        torch::set_torch_threads(threads as i32)?;
        Ok(PPO_OK)
    })
}
