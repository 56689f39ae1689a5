//! Several processes that train one policy: which part of the work is whose, and what they tell each other.
//!
//! Every rank has the whole rollout and the same parameters. It collects its share of the blocks of environments and
//! differentiates its share of each minibatch's blocks of rows; both are then gathered. Sums over blocks are balanced trees of
//! which a rank's share is one branch, so that the numbers are those of a single process.

use crate::error::{Error, Result};
use crate::rl::collectives::{self, Collectives, collective};
use crate::train::gate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::slice::ChunksExact;

/// Most ranks.
const MOST_RANKS: usize = 1024;

/// Version of what ranks tell each other.
const VERSION: u32 = 1;

/// Bytes that ranks exchange before every update.
const HEADER: usize = 64;

/// The ranks, with room for what they exchange.
pub(super) struct Ranks {
    engine: Gated,
    rank: usize,
    size: usize,
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// An engine that is called where the process may end meanwhile.
struct Gated(Box<dyn Collectives>);

impl Collectives for Gated {
    fn rank(&self) -> usize {
        self.0.rank()
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    fn allgather(&mut self, send: &[u8], received: &mut [u8]) -> Result<()> {
        gate::outside(|| self.0.allgather(send, received))
    }
}

/// What every rank has to be at when an update begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// SHA-256 of the configuration, the policy's spec and the market.
    pub(super) configuration: [u8; 32],
    /// Updates done.
    pub(super) updates: u64,
    /// Bytes of a rank's share of the rollout.
    pub(super) share: u64,
}

impl Ranks {
    /// Errors: a number of ranks that is no power of two, or a rank that is none of them.
    pub(super) fn new(engine: Box<dyn Collectives>) -> Result<Self> {
        let (rank, size) = (engine.rank(), engine.size());
        if !(size.is_power_of_two() && size <= MOST_RANKS) {
            let expected = format!("a power of two, at most {MOST_RANKS}");
            return Err(Error::invalid("collectives.size", size, expected));
        }
        if rank >= size {
            return Err(Error::invalid(
                "collectives.rank",
                rank,
                format!("below {size} (size)"),
            ));
        }
        Ok(Self {
            engine: Gated(engine),
            rank,
            size,
            sent: Vec::new(),
            received: Vec::new(),
        })
    }

    /// Which of them this process is.
    pub(super) fn rank(&self) -> usize {
        self.rank
    }

    /// How many there are.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The parts of some work that are this rank's.
    pub(super) fn share(&self, parts: usize) -> Range<usize> {
        let each = parts.next_power_of_two().div_ceil(self.size);
        let end = |rank: usize| (rank * each).min(parts);
        end(self.rank)..end(self.rank + 1)
    }

    /// Ranks that have a share of some work: the first ones.
    pub(super) fn with_share(&self, parts: usize) -> usize {
        parts.div_ceil(parts.next_power_of_two().div_ceil(self.size))
    }

    /// What every rank writes, in the order of the ranks; as many bytes each.
    pub(super) fn gather(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<ChunksExact<'_, u8>> {
        self.sent.clear();
        write(&mut self.sent);
        collectives::gather(&mut self.engine, &self.sent, &mut self.received)?;
        Ok(self.received.chunks_exact(self.sent.len()))
    }

    /// What every rank has come to, if all have come to something.
    pub(super) fn all<T: Serialize + DeserializeOwned>(&mut self, own: Result<T>) -> Result<Vec<T>> {
        collectives::agree(&mut self.engine, own)
    }

    /// Makes sure that all ranks are at the same; the error names the first that is not.
    pub(super) fn agree(&mut self, standing: Standing) -> Result<()> {
        let own = self.rank as u64;
        let mut headers = Vec::with_capacity(self.size);
        for bytes in self.gather(|out| header(standing, own, out))? {
            headers.push(bytes.to_vec());
        }
        for (rank, bytes) in headers.iter().enumerate() {
            let (version, found) = (number(bytes, 0), number(bytes, 1));
            if version != u64::from(VERSION) || found != rank as u64 {
                let found = format!("rank {rank} sends what is no header of version {VERSION}");
                return Err(collective(found));
            }
            if bytes[32..] != headers[0][32..] {
                return Err(collective(format!(
                    "rank {rank} has another configuration than rank 0"
                )));
            }
            for (what, place) in [("updates done", 2), ("bytes of a rollout to send", 3)] {
                let (found, expected) = (number(bytes, place), number(&headers[0], place));
                if found != expected {
                    let message = format!("rank {rank} has {found} {what}, expected {expected} as rank 0");
                    return Err(collective(message));
                }
            }
        }
        Ok(())
    }
}

/// Version, rank, updates, bytes and configuration.
fn header(standing: Standing, rank: u64, out: &mut Vec<u8>) {
    for number in [u64::from(VERSION), rank, standing.updates, standing.share] {
        out.extend(number.to_le_bytes());
    }
    out.extend(standing.configuration);
    debug_assert_eq!(out.len(), HEADER);
}

/// Number `place` of bytes that hold eight each.
fn number(bytes: &[u8], place: usize) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[place * 8..][..8]);
    u64::from_le_bytes(eight)
}
