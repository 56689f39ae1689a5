//! What files are on Windows.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// Milliseconds between attempts while another program keeps a file open: a virus scanner, or a reader that is done soon.
const PAUSES: [u64; 7] = [1, 5, 20, 50, 100, 300, 500];

/// Codes of the system: access is denied (another program has the file open, or it is about to go), somebody shares it with
/// nobody, a part of it is locked.
const IN_USE: [i32; 3] = [5, 32, 33];

/// Who may do what with a file is what its folder says.
pub(super) struct Access;

impl Access {
    pub(super) fn new() -> Self {
        Self
    }

    /// Fails where the file that is to be replaced is read-only: then it stays.
    pub(super) fn of(replaced: &Metadata) -> io::Result<Self> {
        match replaced.permissions().readonly() {
            true => Err(io::ErrorKind::PermissionDenied.into()),
            false => Ok(Self),
        }
    }
}

/// A new file that only this process writes to, as long as it is open. There is no lock: on Windows it would keep readers out
/// of the file after its new name, until it is closed.
pub(super) fn new_file(place: &Path, _: &Access) -> io::Result<File> {
    fs::OpenOptions::new().write(true).create_new(true).open(place)
}

/// Removes the file if nobody writes to it any more: it can be opened for nobody else to have. Who makes one has it open from
/// the start, and nobody opens another's.
pub(super) fn remove_if_abandoned(place: &Path) -> io::Result<()> {
    let exclusive = fs::OpenOptions::new().read(true).share_mode(0).open(place)?;
    drop(exclusive);
    fs::remove_file(place)
}

/// Gives `file`, which lies at `from`, the name `to`, in one step and on the disk. Waits for a while where another program
/// has that file open.
pub(super) fn rename(file: &File, from: &Path, to: &Path, _: &Path) -> io::Result<()> {
    let mut pauses = PAUSES.iter();
    loop {
        match fs::rename(from, to) {
            // Folders cannot be flushed; a file is with its name.
            Ok(()) => return file.sync_all(),
            Err(error) if error.raw_os_error().is_some_and(|code| IN_USE.contains(&code)) => {
                match pauses.next() {
                    Some(pause) => std::thread::sleep(Duration::from_millis(*pause)),
                    None => return Err(error),
                }
            }
            Err(error) => return Err(error),
        }
    }
}
