//! What files are on Unix.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Who may do what with a file that takes another's place.
pub(super) struct Access(u32);

impl Access {
    /// What any new file gets: read and write for all, less the process's umask.
    pub(super) fn new() -> Self {
        Self(0o666)
    }

    /// That of the file that is replaced.
    pub(super) fn of(replaced: &Metadata) -> io::Result<Self> {
        Ok(Self(replaced.permissions().mode()))
    }
}

/// A new file that only this process writes to, as long as it is open.
pub(super) fn new_file(place: &Path, access: &Access) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(access.0).open(place)?;
    // Where the file system has no locks, nobody takes one to remove it either.
    let _ = file.lock();
    Ok(file)
}

/// Whether nobody writes to the file any more: its lock can be had.
pub(super) fn is_abandoned(place: &Path) -> bool {
    File::open(place).is_ok_and(|file| file.try_lock().is_ok())
}

/// Gives `file`, which lies at `from`, the name `to`, in one step and on the disk.
pub(super) fn rename(_: &File, from: &Path, to: &Path, folder: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    // It is on the disk only once the folder is.
    File::open(folder)?.sync_all()
}
