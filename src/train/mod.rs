//! The trainer on libtorch.
