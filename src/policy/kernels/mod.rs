//! The arithmetic of the forward pass, written once over a vector type and compiled for each instruction set.
//!
//! The set is chosen when a policy is loaded ([`InstructionSet::best`]); weights are packed for it then, in the order
//! in which the kernel reads them. Every output is the sum of its products in an order that the layer's shape alone
//! decides, so a row has the same bits in a batch of any size, at any place in it, at any address and on any thread.
//! Two instruction sets add in different orders and may differ in the last bits.
//!
//! This is the one folder with `unsafe` besides the C surface. It rests on two facts: a value of [`InstructionSet`]
//! exists only for a set that this processor was found to have, and [`Dense::run`] checks every length before a
//! pointer is made.
#![allow(unsafe_code, reason = "the one folder of SIMD kernels")]

#[cfg(target_arch = "aarch64")]
mod aarch64;
mod aligned;
mod block;
mod dense;
mod dots;
mod instruction_set;
mod job;
mod loops;
pub mod naive;
mod narrow;
mod portable;
mod product;
mod softmax;
mod tanh;
mod tile;
mod turn;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86_64;

pub use aligned::Aligned;
pub use dense::Dense;
pub use instruction_set::InstructionSet;
pub use job::{Activation, Precision};
pub use loops::Loops;
pub use product::{Apart, Left, Start};
pub use vector::{VECTOR_STEP, WIDTH_STEP};
