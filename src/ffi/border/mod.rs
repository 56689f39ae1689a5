//! The border itself: what every export is made of. Nothing here is exported.

#[cfg(feature = "train")]
pub(super) mod affinity;
pub(super) mod arrow;
#[cfg(feature = "train")]
pub(super) mod at_exit;
pub(super) mod boundary;
pub(super) mod call;
pub(super) mod failure;
pub(super) mod fixed_text;
pub(super) mod flag;
pub(super) mod float_modes;
#[cfg(feature = "train")]
pub(super) mod fork;
pub(super) mod handle;
pub(super) mod host_function;
pub(super) mod host_thread;
pub(super) mod json;
pub(super) mod last_error;
pub(super) mod live;
pub(super) mod place;
pub(super) mod slice;
pub(super) mod text;
pub(super) mod versioned;
