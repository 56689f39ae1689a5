//! What several processes that train one policy need of each other.

use crate::error::Result;

/// How ranks reach each other: the engine is the caller's, such as MPI or torch.distributed.
pub trait Collectives: Send {
    /// Which of the ranks this one is, from 0.
    fn rank(&self) -> usize;

    /// How many there are.
    fn size(&self) -> usize;

    /// Writes what every rank sends, one after another in the order of the ranks, to `received`: `size` times as many bytes as
    /// `send`. Every rank calls it in the same order with as many bytes. An error, such as that of a time-out, ends the update.
    fn allgather(&mut self, send: &[u8], received: &mut [u8]) -> Result<()>;
}
