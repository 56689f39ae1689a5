//! A batch as bytes: to go back to a point in time, in this process or a later one.

use crate::env::batch::{BatchEnvironment, BatchSnapshot};
use crate::env::config::EnvConfig;
use crate::error::{Error, Result, words};
use crate::json;
use crate::json::document::{self, Document};
use crate::market::source::digest_of;
use crate::policy::spec::ActionSpec;
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// What the bytes begin with: these six, and the format as two digits; then comes a checksum of 8 bytes, and then
/// [`Saved`] as JSON.
const MAGIC: &[u8; 6] = b"ppoenv";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    /// [`Market::digest`](crate::market::Market::digest).
    market: u64,
    config: EnvConfig,
    action: ActionSpec,
    snapshot: BatchSnapshot,
}

impl Document for Saved {
    const KIND: &'static str = "a snapshot";
}

impl BatchEnvironment {
    /// Everything that moves, with what it moves in: settings and the market's digest.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let saved = Saved {
            market: self.rules.market.digest(),
            config: self.rules.config,
            action: self.rules.action.clone(),
            snapshot: self.snapshot(),
        };
        let body = serde_json::to_vec(&saved).map_err(|error| {
            Error::invalid("snapshot", words!("what JSON cannot hold ({error})"), "numbers")
        })?;
        let format = format!("{:02}", document::FORMAT);
        let checksum = digest_of([&body]).to_le_bytes();
        Ok([MAGIC.as_slice(), format.as_bytes(), &checksum, &body].concat())
    }

    /// Goes back to where [`to_bytes`](Self::to_bytes) was called, in a batch with the same settings and market: what
    /// follows is bit-identical. Bytes that were changed or cut, and those of another market, other settings or another
    /// number of environments, are errors, and nothing changes.
    pub fn restore_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let refuse = |found: String| Error::invalid("snapshot", found, "one of environments like these");
        let whole = bytes
            .strip_prefix(MAGIC)
            .and_then(|rest| rest.split_first_chunk::<2>())
            .and_then(|(digits, rest)| Some((digits, rest.split_first_chunk::<8>()?)));
        let Some((digits, (checksum, body))) =
            whole.filter(|(digits, _)| digits.iter().all(u8::is_ascii_digit))
        else {
            return Err(refuse(format!("{} bytes of another kind", bytes.len())));
        };
        let format = digits
            .iter()
            .fold(0, |number, digit| 10 * number + u32::from(digit - b'0'));
        if digest_of([body]).to_le_bytes() != *checksum {
            return Err(refuse("changed or cut since it was taken".to_string()));
        }
        let not_read = |error: &dyn Display| refuse(format!("not readable ({error})"));
        let text = std::str::from_utf8(body).map_err(|error| not_read(&error))?;
        let value = json::parse(text).map_err(|error| not_read(&error))?;
        let saved: Saved = document::read(value, format, |refusal| {
            let key = if refusal.key.is_empty() {
                "it"
            } else {
                &refusal.key
            };
            not_read(&format_args!(
                "{key} is {}, expected {}",
                refusal.found, refusal.expected
            ))
        })?;
        if saved.config != self.rules.config || saved.action != self.rules.action {
            return Err(refuse("of environments with other settings".to_string()));
        }
        if saved.market != self.rules.market.digest() {
            return Err(refuse("of environments in another market".to_string()));
        }
        self.restore(saved.snapshot)
    }
}
