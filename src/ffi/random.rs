//! Streams of randomness that the host owns, so that what is drawn can be drawn again.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::Failure;
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::Output;
use crate::ffi::border::text;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document::{self, Document};
use crate::math::random::{Stream, stream};
use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::ffi::c_char;

/// A stream of random numbers (xoshiro256++). The same seed and index give the same numbers on every machine.
pub struct ppo_random {
    _private: [u8; 0],
}

/// Where a stream stands, as it is saved.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    stream: Stream,
}

impl Document for Saved {
    const KIND: &'static str = "a stream's state";

    /// Format 1 was the stream alone.
    fn upgrade(object: &mut Value, format: u32) {
        if format == 1 {
            *object = json!({ "stream": object.take() });
        }
    }
}

impl Kind for ppo_random {
    type Value = Stream;
    const MAGIC: [u8; 8] = *b"pporandm";
    const NAME: &'static str = "random";
}

/// Makes a stream of random numbers.
///
/// \param seed    the run's seed: any number
/// \param index   which of the run's independent streams: one for each thread or account, say
/// \param random  gets the stream, which is the caller's to free with ppo_random_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_random_new(seed: u64, index: u64, random: *mut *mut ppo_random) -> ppo_status {
    boundary!(ppo_random_new, [], |call| {
        let random = Output::new(call, random, "random")?;
        random.write(handle::create(stream(seed, "host", index)));
        Ok(PPO_OK)
    })
}

/// Makes a stream that goes on where another one stands.
///
/// \param random  the stream to copy; not changed, and not in use by another call
/// \param copy    gets the copy, which is the caller's to free with ppo_random_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_random_clone(random: *mut ppo_random, copy: *mut *mut ppo_random) -> ppo_status {
    boundary!(ppo_random_clone, [random], |call| {
        let copy = Output::new(call, copy, "copy")?;
        let stream = handle::exclusive(call, random, "random")?.clone();
        copy.write(handle::create(stream));
        Ok(PPO_OK)
    })
}

/// Copies out where a stream stands, as JSON: for a restart, or for another process.
///
/// \param random    the stream; not changed
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_random_state_json(
    random: *mut ppo_random,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_random_state_json, [random], |call| {
        let stream = handle::exclusive(call, random, "random")?;
        let json = document::to_json(&Saved {
            stream: stream.clone(),
        });
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Makes a stream that goes on from a saved state: it draws what the saved one would have drawn.
///
/// \param state_json  what ppo_random_state_json wrote
/// \param random      gets the stream, which is the caller's to free with ppo_random_free
///
/// The text may come from anywhere: it is checked before it is believed. PPO_ERR_INVALID_ARGUMENT for what is no
/// state of a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_random_restore(
    state_json: *const c_char,
    random: *mut *mut ppo_random,
) -> ppo_status {
    boundary!(ppo_random_restore, [], |call| {
        let state = text::input(call, state_json, "state_json")?;
        let random = Output::new(call, random, "random")?;
        let Saved { stream } = document::from_json(state, "state_json")?;
        let mut next = stream.clone();
        next.next_u64();
        if next == stream {
            // All zeros, the one state that the generator never leaves: every number would be 0.
            let expected = "a state that is not all zeros";
            return Err(Failure::invalid("state_json", "all zeros", expected));
        }
        random.write(handle::create(stream));
        Ok(PPO_OK)
    })
}

/// Frees a stream. NULL is fine. A stream that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_random_free(random: *mut ppo_random) {
    boundary!(ppo_random_free, [], |_| {
        handle::free(random)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a stream, made by any thread, as ppo_last_error does.
///
/// \param random    the stream; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_random_last_error(
    random: *const ppo_random,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_random_last_error, [], |call| {
        handle::copy_message(call, random, "random", buffer, capacity, needed)
    })
}
