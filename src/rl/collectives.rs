//! What several processes that train one policy need of each other.

use crate::error::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, PoisonError};

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

/// An engine that the trainers of one process use, one after another.
#[derive(Clone)]
pub struct SharedCollectives(Arc<Mutex<Box<dyn Collectives>>>);

impl SharedCollectives {
    /// Of this engine.
    pub fn new(engine: Box<dyn Collectives>) -> Self {
        Self(Arc::new(Mutex::new(engine)))
    }

    /// A call of the engine's. One that panicked says itself what is wrong with it.
    fn with<T>(&self, call: impl FnOnce(&mut dyn Collectives) -> T) -> T {
        call(&mut **self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Collectives for SharedCollectives {
    fn rank(&self) -> usize {
        self.with(|engine| engine.rank())
    }

    fn size(&self) -> usize {
        self.with(|engine| engine.size())
    }

    fn allgather(&mut self, send: &[u8], received: &mut [u8]) -> Result<()> {
        self.with(|engine| engine.allgather(send, received))
    }
}

/// Writes what every rank sends, as many bytes each, to `received`, in the order of the ranks.
///
/// Errors: the engine's, and one that does not give back what this rank sent.
pub fn gather(engine: &mut dyn Collectives, sent: &[u8], received: &mut Vec<u8>) -> Result<()> {
    let (rank, size, len) = (engine.rank(), engine.size(), sent.len());
    // What was there before is overwritten.
    received.resize(len * size, 0);
    engine.allgather(sent, received)?;
    if received[rank * len..][..len] != *sent {
        return Err(collective(format!(
            "the bytes gathered of rank {rank}, this one, are not those that it sent"
        )));
    }
    Ok(())
}

/// What every rank sends, of any length.
pub fn gather_any(engine: &mut dyn Collectives, own: &[u8]) -> Result<Vec<Vec<u8>>> {
    let size = engine.size();
    let mut received = Vec::new();
    gather(engine, &(own.len() as u64).to_le_bytes(), &mut received)?;
    let lens: Vec<usize> = received
        .chunks_exact(8)
        .map(|bytes| u64::from_le_bytes(bytes.try_into().expect("eight bytes")) as usize)
        .collect();
    let most = lens.iter().copied().max().unwrap_or(0);
    // A length that no memory holds is no length.
    if let Some(rank) = lens.iter().position(|len| *len > isize::MAX as usize / size) {
        return Err(collective(format!("rank {rank} announces {} bytes", lens[rank])));
    }
    let mut sent = own.to_vec();
    // At least one, for engines that do not gather nothing.
    sent.resize(most.max(1), 0);
    gather(engine, &sent, &mut received)?;
    let all = received.chunks_exact(sent.len()).zip(lens);
    Ok(all.map(|(bytes, len)| bytes[..len].to_vec()).collect())
}

/// What every rank has come to, in the order of the ranks, if all have come to something: none waits for one that failed.
///
/// Errors: this rank's own; otherwise one that names the first rank that failed and says what its error was; the engine's.
pub fn agree<T: Serialize + DeserializeOwned>(
    engine: &mut dyn Collectives,
    own: Result<T>,
) -> Result<Vec<T>> {
    let said = serde_json::to_vec(&own.as_ref().map_err(Error::to_string));
    let all = gather_any(engine, &said.expect("plain data"))?;
    own?;
    let mut found = Vec::with_capacity(all.len());
    for (rank, bytes) in all.iter().enumerate() {
        let said: std::result::Result<T, String> = serde_json::from_slice(bytes)
            .map_err(|error| collective(format!("rank {rank} sends what cannot be read: {error}")))?;
        found.push(said.map_err(|failure| collective(format!("rank {rank} failed: {failure}")))?);
    }
    Ok(found)
}

/// An error of the ranks together.
pub(crate) fn collective(message: String) -> Error {
    Error::Collective { message }
}
