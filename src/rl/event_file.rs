//! Scalars for TensorBoard: event files, as its `EventAccumulator` reads them.
//!
//! A file is a sequence of TFRecords (length, masked CRC-32C of the length, payload, masked CRC-32C of the payload;
//! all little-endian), each payload one `Event` message in protobuf's wire format. Only the fields that a scalar
//! needs are written: Event { 1 wall_time: double, 2 step: int64, 3 file_version: string, 5 summary: Summary },
//! Summary { 1 value: repeated Value }, Value { 1 tag: string, 2 simple_value: float }.

use crate::error::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An event file that is being written. Records are complete on disk after [`flush`](Self::flush), and when the
/// value is dropped; a record cut short by a crash is skipped by TensorBoard.
#[derive(Debug)]
pub struct EventFile {
    file: BufWriter<File>,
    path: PathBuf,
}

impl EventFile {
    /// Starts a new event file in `folder`, which must exist; never touches an earlier one. TensorBoard joins all
    /// event files of a folder into one run, so that a resumed training continues its curves.
    pub fn create(folder: &Path) -> Result<Self> {
        let now = SystemTime::now();
        let seconds = since_epoch(now).as_secs();
        let mut attempt = 0;
        loop {
            let path = folder.join(format!("events.out.tfevents.{seconds:010}.{attempt}"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Self::begin(file, path, now),
                Err(taken) if taken.kind() == std::io::ErrorKind::AlreadyExists => attempt += 1,
                Err(source) => return Err(Error::io("create", path, source)),
            }
        }
    }

    /// Adds one point to the curve of every tag, now.
    ///
    /// `step` counts environment steps. Values are stored as f32; NaN and infinities are allowed and shown as such.
    pub fn scalars(&mut self, step: u64, values: &[(&str, f64)]) -> Result<()> {
        self.write(&scalar_event(SystemTime::now(), step, values))
    }

    /// Hands everything written so far to the operating system, so that a running TensorBoard sees it.
    pub fn flush(&mut self) -> Result<()> {
        self.file
            .flush()
            .map_err(|source| Error::io("write", &self.path, source))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn begin(file: File, path: PathBuf, time: SystemTime) -> Result<Self> {
        let mut events = Self {
            file: BufWriter::new(file),
            path,
        };
        events.write(&version_event(time))?;
        Ok(events)
    }

    fn write(&mut self, event: &[u8]) -> Result<()> {
        self.file
            .write_all(&record(event))
            .map_err(|source| Error::io("write", &self.path, source))
    }
}

/// The event that every file starts with.
pub fn version_event(time: SystemTime) -> Vec<u8> {
    let mut event = Vec::new();
    double_field(&mut event, 1, since_epoch(time).as_secs_f64());
    bytes_field(&mut event, 3, b"brain.Event:2");
    event
}

/// One event with a value for every tag.
pub fn scalar_event(time: SystemTime, step: u64, values: &[(&str, f64)]) -> Vec<u8> {
    let mut summary = Vec::new();
    for &(tag, number) in values {
        let mut value = Vec::new();
        bytes_field(&mut value, 1, tag.as_bytes());
        float_field(&mut value, 2, number as f32);
        bytes_field(&mut summary, 1, &value);
    }
    let mut event = Vec::new();
    double_field(&mut event, 1, since_epoch(time).as_secs_f64());
    integer_field(&mut event, 2, step);
    bytes_field(&mut event, 5, &summary);
    event
}

/// The TFRecord that frames `payload`.
pub fn record(payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u64).to_le_bytes();
    let mut framed = Vec::with_capacity(payload.len() + 16);
    framed.extend(length);
    framed.extend(masked_checksum(&length).to_le_bytes());
    framed.extend(payload);
    framed.extend(masked_checksum(payload).to_le_bytes());
    framed
}

/// CRC-32C, rotated and shifted so that the checksum of data that holds checksums stays sound.
fn masked_checksum(bytes: &[u8]) -> u32 {
    const CASTAGNOLI: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISCSI);
    CASTAGNOLI
        .checksum(bytes)
        .rotate_right(15)
        .wrapping_add(0xa282_ead8)
}

/// A clock before 1970 counts as 1970.
fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

// Protobuf's wire format: every field is a key (number << 3 | wire type) and its value. Wire types: 0 varint,
// 1 eight bytes, 2 length and bytes, 5 four bytes.

fn integer_field(message: &mut Vec<u8>, number: u64, value: u64) {
    varint(message, number << 3);
    varint(message, value);
}

fn double_field(message: &mut Vec<u8>, number: u64, value: f64) {
    varint(message, number << 3 | 1);
    message.extend(value.to_le_bytes());
}

fn bytes_field(message: &mut Vec<u8>, number: u64, value: &[u8]) {
    varint(message, number << 3 | 2);
    varint(message, value.len() as u64);
    message.extend(value);
}

fn float_field(message: &mut Vec<u8>, number: u64, value: f32) {
    varint(message, number << 3 | 5);
    message.extend(value.to_le_bytes());
}

/// Seven bits a byte, lowest first; the top bit says that more follow.
fn varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push(value as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}
