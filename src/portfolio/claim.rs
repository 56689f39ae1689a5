//! A folder that one run writes to: two at once would mix their files.

use crate::error::{Error, Result};
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A folder while a run writes to it. The system gives it up when the run ends, however it ends.
pub(crate) struct Claim {
    _folder: Option<File>,
}

impl Claim {
    /// Claims a folder that is there. Errors: another run, in this process or another, has it.
    ///
    /// Where the system cannot lock folders, as on some network file systems, nothing is claimed.
    pub(crate) fn of(folder: &Path) -> Result<Self> {
        // Windows does not let a folder be opened.
        let opened = match File::open(folder) {
            Ok(opened) => opened,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return Ok(Self { _folder: None }),
            Err(source) => return Err(Error::io("open", folder, source)),
        };
        match opened.try_lock() {
            Ok(()) => Ok(Self {
                _folder: Some(opened),
            }),
            Err(TryLockError::WouldBlock) => {
                let expected = "a folder that no other run is writing to";
                Err(Error::invalid(
                    folder.display().to_string(),
                    "in use by a run",
                    expected,
                ))
            }
            Err(TryLockError::Error(_)) => Ok(Self { _folder: None }),
        }
    }
}

/// Makes and claims a folder that is nobody else's: `folder`, or where that is there already `folder` with -2, -3 and so on
/// behind its name.
pub(crate) fn claim_apart(folder: &Path) -> Result<(PathBuf, Claim)> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(|source| Error::io("create", parent, source))?;
    }
    let mut chosen = folder.to_path_buf();
    for number in 2.. {
        match fs::create_dir(&chosen) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let mut name = folder.file_name().unwrap_or_default().to_os_string();
                name.push(format!("-{number}"));
                chosen.set_file_name(name);
            }
            Err(source) => return Err(Error::io("create", &chosen, source)),
            Ok(()) => break,
        }
    }
    let claim = Claim::of(&chosen)?;
    Ok((chosen, claim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_one_runs_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let claim = Claim::of(folder.path()).unwrap();
        let message = Claim::of(folder.path()).err().unwrap().to_string();
        assert!(message.contains("in use by a run"), "{message}");
        drop(claim);
        Claim::of(folder.path()).unwrap();
        let message = Claim::of(&folder.path().join("none")).err().unwrap().to_string();
        assert!(message.contains("none"), "{message}");
    }
}
