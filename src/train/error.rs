//! libtorch's errors in the library's words.

use crate::error::Error;
use tch::TchError;

/// Makes an error of libtorch's own, with the computation it came from.
pub(super) fn torch_error(during: &'static str) -> impl FnOnce(TchError) -> Error {
    move |error| {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().to_string();
        match bytes_wanted(&message) {
            Some(bytes) => Error::Memory {
                what: during.to_string(),
                bytes,
            },
            None => Error::Torch { during, message },
        }
    }
}

/// How much memory libtorch asked for and did not get; 0 where it does not say. None for an error of another kind.
fn bytes_wanted(message: &str) -> Option<u128> {
    let of_memory = [
        "can't allocate memory",
        "not enough memory",
        "out of memory",
        "bad_alloc",
    ];
    if !of_memory.iter().any(|words| message.contains(words)) {
        return None;
    }
    let (_, after) = message.split_once("tried to allocate ").unwrap_or_default();
    let digits = after
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    Some(digits.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtorchs_words_for_no_memory_are_known() {
        let message = "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you \
                       tried to allocate 40 bytes. Error code 12 (Cannot allocate memory)";
        assert_eq!(bytes_wanted(message), Some(40));
        assert_eq!(bytes_wanted("std::bad_alloc"), Some(0));
        assert_eq!(
            bytes_wanted("value cannot be converted to type float without overflow"),
            None
        );
    }
}
