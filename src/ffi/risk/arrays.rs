//! Inputs and outputs that a host may leave out.

use crate::error::Error;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::border::{json, text};
use crate::ffi::risk::reason::{self, risk_reason};
use crate::risk::reason::Reason;
use serde::de::DeserializeOwned;
use std::ffi::c_char;

/// Most assets of a handle: more is a mistake, and memory is asked for by their number.
const MOST_ASSETS: usize = 65_536;

pub(super) fn check_assets(assets: usize) -> Outcome<()> {
    match assets {
        1..=MOST_ASSETS => Ok(()),
        _ => Err(Failure::invalid("assets", assets, format!("1 to {MOST_ASSETS}"))),
    }
}

/// Settings of the host; NULL for the defaults.
pub(super) fn config<C: Default + DeserializeOwned>(call: Call<'_>, pointer: *const c_char) -> Outcome<C> {
    if pointer.is_null() {
        return Ok(C::default());
    }
    let text = text::input(call, pointer, "config_json")?;
    json::parse(text, "config_json", "a setting")
}

/// An error about settings that came as `config_json`, whose keys the core calls by the part's name first. Errors about
/// other inputs stay.
pub(super) fn in_config(error: Error) -> Error {
    error.called(&PARTS.map(|part| (part, "config_json: ")))
}

/// What the core calls the parts of a risk manager.
const PARTS: [&str; 7] = [
    "kelly.",
    "position_size.",
    "drawdown.",
    "hedge.",
    "leverage.",
    "limits.",
    "regime.",
];

/// As [`in_config`], where a state came as `state_json`.
pub(super) fn in_config_or_state(error: Error) -> Error {
    in_config(error.called(&[("state.", "state_json: "), ("scenarios.", "state_json: ")]))
}

/// A number that is NaN where it is not given.
pub(super) fn given(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

/// Where reasons go: as many as there is room for, and their number.
pub(super) struct ReasonPlaces<'a> {
    places: Option<&'a mut [risk_reason]>,
    count: Option<Output<usize>>,
}

impl<'a> ReasonPlaces<'a> {
    pub(super) fn new(
        call: Call<'a>,
        reasons: *mut risk_reason,
        reasons_capacity: usize,
        reasons_len: *mut usize,
        others: &[Span],
    ) -> Outcome<Self> {
        Ok(Self {
            places: slice::optional_output(
                call,
                reasons,
                reasons_capacity,
                reasons_capacity,
                "reasons",
                others,
            )?,
            count: Output::optional(call, reasons_len, "reasons_len")?,
        })
    }

    pub(super) fn write(self, reasons: &[Reason]) {
        if let Some(places) = self.places {
            reason::write(places, reasons);
        }
        if let Some(count) = self.count {
            count.write(reasons.len());
        }
    }
}
