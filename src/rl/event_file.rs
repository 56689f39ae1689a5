//! Scalars for TensorBoard: event files, as its `EventAccumulator` reads them.
//!
//! A file is a sequence of TFRecords (length, masked CRC-32C of the length, payload, masked CRC-32C of the payload;
//! all little-endian), each payload one `Event` message of protobuf's. Only the fields that a scalar
//! needs are written: Event { 1 wall_time: double, 2 step: int64, 3 file_version: string, 5 summary: Summary },
//! Summary { 1 value: repeated Value }, Value { 1 tag: string, 2 simple_value: float }.

use crate::error::{Error, Result};
use crate::protobuf::{Message, integer_in};
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What the names of event files begin with, as TensorBoard looks for them.
const PREFIX: &str = "events.out.tfevents.";

/// Field of an event: its step.
const STEP: u64 = 2;

/// Bytes of a record beside its payload: the length and two checksums.
const FRAME: usize = 16;

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
            let path = folder.join(format!("{PREFIX}{seconds:010}.{attempt}"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Self::begin(file, path, now),
                Err(taken) if taken.kind() == std::io::ErrorKind::AlreadyExists => attempt += 1,
                Err(source) => return Err(Error::io("create", path, source)),
            }
        }
    }

    /// As [`create`](Self::create), for a training that goes on after `step`. What earlier files of the folder say of later steps
    /// is cut off, since those steps come again: the process was killed between its last checkpoint and its last event.
    pub fn resume(folder: &Path, step: u64) -> Result<Self> {
        let unreadable = |source| Error::io("read", folder, source);
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(PREFIX) {
                cut_back(&path, step)?;
            }
        }
        Self::create(folder)
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

/// Ends a file before its first event of a step after `step`, or that is not whole.
fn cut_back(path: &Path, step: u64) -> Result<()> {
    let bytes = fs::read(path).map_err(|source| Error::io("read", path, source))?;
    let mut kept = 0;
    while let Some(event) = first_event(&bytes[kept..]) {
        if integer_in(event, STEP).is_some_and(|at| at > step) {
            break;
        }
        kept += event.len() + FRAME;
    }
    if kept == bytes.len() {
        return Ok(());
    }
    let file = OpenOptions::new().write(true).open(path);
    file.and_then(|file| file.set_len(kept as u64))
        .map_err(|source| Error::io("write", path, source))
}

/// The payload of the record that `bytes` begin with; none where it is cut short.
fn first_event(bytes: &[u8]) -> Option<&[u8]> {
    let (length, _) = bytes.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    bytes.get(..length.checked_add(FRAME)?)?;
    bytes.get(12..)?.get(..length)
}

/// The event that every file starts with.
pub fn version_event(time: SystemTime) -> Vec<u8> {
    let mut event = Message::default();
    event.double(1, since_epoch(time).as_secs_f64());
    event.field(3, b"brain.Event:2");
    event.bytes()
}

/// One event with a value for every tag.
pub fn scalar_event(time: SystemTime, step: u64, values: &[(&str, f64)]) -> Vec<u8> {
    let mut summary = Message::default();
    for &(tag, number) in values {
        let mut value = Message::default();
        value.field(1, tag.as_bytes());
        value.float(2, number as f32);
        summary.field(1, &value.bytes());
    }
    let mut event = Message::default();
    event.double(1, since_epoch(time).as_secs_f64());
    event.integer(STEP, step);
    event.field(5, &summary.bytes());
    event.bytes()
}

/// The TFRecord that frames `payload`.
pub fn record(payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u64).to_le_bytes();
    let mut framed = Vec::with_capacity(payload.len() + FRAME);
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
