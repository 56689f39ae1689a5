//! A trained policy as plain data: what it is ([`spec`]), which parameters it has ([`layout`]), how a state becomes
//! weights, and the file it is kept in. Nothing here needs libtorch.

pub mod action;
pub mod layout;
pub mod spec;
