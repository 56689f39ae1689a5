//! GARCH(1,1) (Bollerslev 1986): variances that follow their own past and the last residual.

mod fit;
mod model;

pub use fit::{GarchFit, MIN_FIT_BARS, Mean, fit};
pub use model::{Garch, backcast};
pub(crate) use model::{check_weights, geometric_sum};
