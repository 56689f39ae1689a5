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

/// Removes the file if nobody writes to it any more: its lock can be had. The lock is held until the file is gone: who has
/// made one and waits for its lock finds it gone, and never goes on with a file that is then removed.
pub(super) fn remove_if_abandoned(place: &Path) -> io::Result<()> {
    let file = File::open(place)?;
    file.try_lock()?;
    fs::remove_file(place)
}

/// Gives `file`, which lies at `from`, the name `to`, in one step and on the disk.
pub(super) fn rename(_: &File, from: &Path, to: &Path, folder: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    // It is on the disk only once the folder is.
    File::open(folder)?.sync_all()
}
