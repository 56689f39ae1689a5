//! libtorch's errors in the library's words.

use crate::error::Error;
use tch::TchError;

/// Makes an error of libtorch's own, with the computation it came from.
pub(super) fn torch_error(during: &'static str) -> impl FnOnce(TchError) -> Error {
    move |error| {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().to_string();
        Error::Torch { during, message }
    }
}
