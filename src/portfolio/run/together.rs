//! What ranks that train a seed together agree on.

use crate::error::Result;
use crate::rl::collectives::{self, SharedCollectives};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The ranks that train a seed together, or one process by itself.
pub(super) struct Together(Option<SharedCollectives>);

impl Together {
    /// One process by itself.
    pub(super) fn alone() -> Self {
        Self(None)
    }

    /// Several ranks.
    pub(super) fn of(engine: SharedCollectives) -> Self {
        Self(Some(engine))
    }

    /// What trainers join by, where there are several ranks.
    pub(super) fn engine(&self) -> Option<SharedCollectives> {
        self.0.clone()
    }

    /// What this rank has come to, if all others have come to something too.
    pub(super) fn or_all_fail<T>(&mut self, own: Result<T>) -> Result<T> {
        let Some(engine) = &mut self.0 else {
            return own;
        };
        match own {
            Ok(value) => collectives::agree(engine, Ok(())).map(|_| value),
            Err(error) => Err(collectives::agree::<()>(engine, Err(error)).expect_err("its own error")),
        }
    }

    /// What rank 0 says.
    pub(super) fn of_first<T: Serialize + DeserializeOwned>(&mut self, own: T) -> Result<T> {
        match &mut self.0 {
            None => Ok(own),
            Some(engine) => Ok(collectives::agree(engine, Ok(own))?.swap_remove(0)),
        }
    }

    /// Whether any rank says so.
    pub(super) fn any(&mut self, own: bool) -> Result<bool> {
        let Some(engine) = &mut self.0 else {
            return Ok(own);
        };
        let mut said = Vec::new();
        collectives::gather(engine, &[u8::from(own)], &mut said)?;
        Ok(said.contains(&1))
    }
}
