//! The parameters at one minibatch, with what is differentiated there. There are more of them than threads: one that is late
//! reads its own while the others are further.

use crate::policy::spec::PolicySpec;
use crate::train::fused::density::Density;
use crate::train::fused::matrices::Matrices;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Parameters, and the minibatch that is differentiated at them.
#[derive(Debug)]
pub(super) struct Turn {
    /// As [`Matrices`] has them.
    pub(super) values: Vec<f32>,
    /// Weights that gradients flow back through, the other way round.
    pub(super) transposed: Vec<f32>,
    /// With the parameter that is among `values`.
    pub(super) density: Density,
    pub(super) rows: Vec<u32>,
    pub(super) advantages: Vec<f32>,
}

impl Turn {
    pub(super) fn new(spec: &PolicySpec, matrices: &Matrices, values: Vec<f32>) -> Self {
        Self {
            values,
            transposed: vec![0.0; matrices.transposed],
            density: Density::new(spec),
            rows: Vec::new(),
            advantages: Vec::new(),
        }
    }
}

/// To read a turn, also after a thread has panicked: what it left is written anew before it is used.
pub(super) fn read(turn: &RwLock<Turn>) -> RwLockReadGuard<'_, Turn> {
    turn.read().unwrap_or_else(PoisonError::into_inner)
}

/// To write it, likewise.
pub(super) fn write(turn: &RwLock<Turn>) -> RwLockWriteGuard<'_, Turn> {
    turn.write().unwrap_or_else(PoisonError::into_inner)
}
