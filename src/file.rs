//! Files that are there whole or not at all.

#[cfg_attr(windows, path = "file/windows.rs")]
#[cfg_attr(not(windows), path = "file/unix.rs")]
mod system;

use crate::error::{Error, Result};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use system::Access;
use tempfile::NamedTempFile;

/// Replaces the file at `path` by what `content` writes, so that a reader (or a crash, a full disk, an error from
/// `content`) meets the old file or the new one, never a part of either.
///
/// The new content goes to a temporary file in the same folder, is flushed to the disk, and takes the old one's name
/// in one step; then the folder is flushed. On any error the temporary file is removed and the old file is
/// untouched; what a process that was killed meanwhile has left is removed by the next write of the same file. A symbolic
/// link is followed, and an existing file's permissions are kept (on Windows they are the folder's). A device or a pipe,
/// such as `/dev/stdout`, is written straight through: it cannot be replaced. On Windows another program that has the old
/// file open is waited for, a second at most.
///
/// Fails with [`Error::Io`] naming `path`: the folder is missing, the path is a folder, the disk is full, `content` itself
/// failed, or, on Windows, another program keeps the old file open or the old file is read-only.
pub fn write_atomically(
    path: impl AsRef<Path>,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let path = path.as_ref();
    let written = match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if found.is_file() => {
            followed(path).and_then(|target| replace(&target, &Access::of(&found)?, content))
        }
        Ok(_) => write_through(path, content),
        Err(error) if error.kind() == io::ErrorKind::NotFound => replace(path, &Access::new(), content),
        Err(error) => Err(error),
    };
    written.map_err(|error| Error::io("write", path, error))
}

/// Checks that [`write_atomically`] could begin to write `path` now, and leaves the folder as it was. What happens later,
/// such as a disk that fills up, is not known yet.
///
/// Fails as [`write_atomically`] would: the folder is missing or cannot be written to, the path is a folder.
pub fn check_place(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    let begun = match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if found.is_file() => followed(path)
            .and_then(|target| begin(&folder_of(&target), &prefix(&target), &Access::of(&found)?).map(drop)),
        Ok(_) => fs::OpenOptions::new().write(true).open(path).map(drop),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            begin(&folder_of(path), &prefix(path), &Access::new()).map(drop)
        }
        Err(error) => Err(error),
    };
    begun.map_err(|error| Error::io("write", path, error))
}

fn replace(
    path: &Path,
    access: &Access,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = folder_of(path);
    let prefix = prefix(path);
    remove_abandoned(&folder, &prefix);
    let mut temporary = begin(&folder, &prefix, access)?;
    let mut writer = BufWriter::new(temporary.as_file());
    content(&mut writer)?;
    writer.flush()?;
    drop(writer);
    temporary.as_file().sync_all()?;
    system::rename(temporary.as_file(), temporary.path(), path, &folder)?;
    temporary.disable_cleanup(true);
    Ok(())
}

/// The file that `path` is, or that it links to.
fn followed(path: &Path) -> io::Result<PathBuf> {
    match fs::symlink_metadata(path)?.is_symlink() {
        true => fs::canonicalize(path),
        false => Ok(path.to_path_buf()),
    }
}

/// The folder that `path` lies in.
fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// What the names of temporary files for `path` begin with. A hash, for the name itself may be as long as a name can be.
fn prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    // FNV-1a.
    let hash = name.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!(".writing-{hash:016x}-")
}

/// A temporary file that others know is being written. Dropping it, on an error or a panic, removes it.
fn begin(folder: &Path, prefix: &str, access: &Access) -> io::Result<NamedTempFile> {
    loop {
        // Opened here and not by tempfile, whose errors tell the temporary file's name in place of the system's reason.
        let temporary = tempfile::Builder::new()
            .prefix(prefix)
            .make_in(folder, |place| system::new_file(place, access))?;
        // Before it could be told from one that is abandoned, another save may have taken it for one.
        if temporary.path().exists() {
            return Ok(temporary);
        }
    }
}

/// Removes what processes that were killed while they wrote have left of earlier saves: temporary files with this prefix
/// that nobody writes to. What cannot be removed stays; the save goes on.
fn remove_abandoned(folder: &Path, prefix: &str) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| {
        entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(prefix.as_bytes())
    }) {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file {
            let _ = system::remove_if_abandoned(&entry.path());
        }
    }
}

fn write_through(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut writer = BufWriter::new(fs::OpenOptions::new().write(true).open(path)?);
    content(&mut writer)?;
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, Permissions};

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_new_file_is_written_and_an_old_one_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy");
        for text in ["a longer first text", "second"] {
            write_atomically(&path, |writer| writer.write_all(text.as_bytes())).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["policy"]);
    }

    #[test]
    fn a_failure_halfway_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy");
        fs::write(&path, "old").unwrap();
        let error = write_atomically(&path, |writer| {
            writer.write_all(&[1; 100_000])?;
            Err(io::ErrorKind::StorageFull.into())
        })
        .unwrap_err();
        assert!(error.to_string().contains("cannot write"), "{error}");
        assert!(error.to_string().contains("policy"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["policy"]);
    }

    #[test]
    fn a_link_is_followed_and_permissions_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("policy"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("policy", &link).unwrap();
        write_atomically(&link, |writer| writer.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_place_that_could_be_written_is_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("new"), folder.path().join("old"));
        fs::write(&old, "old").unwrap();
        check_place(&new).unwrap();
        check_place(&old).unwrap();
        assert_eq!(names(folder.path()), ["old"]);
        assert_eq!(fs::read_to_string(&old).unwrap(), "old");
    }

    #[test]
    fn folders_and_missing_folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_path_buf(), folder.path().join("missing/policy")] {
            let error = check_place(&path).unwrap_err();
            assert!(matches!(error, Error::Io { .. }), "{error}");
            let error = write_atomically(&path, |_| panic!("must not be reached")).unwrap_err();
            assert!(matches!(error, Error::Io { .. }), "{error}");
        }
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn what_a_killed_save_left_is_removed_and_a_live_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy");
        let prefix = prefix(&path);
        let (abandoned, live) = (format!("{prefix}abandoned"), format!("{prefix}live"));
        let foreign = [".writing-0000000000000000-x", ".writing-x", "policy.bak"].map(String::from);
        for name in foreign.iter().chain([&abandoned, &live]) {
            fs::write(folder.path().join(name), "half").unwrap();
        }
        let held = File::open(folder.path().join(&live)).unwrap();
        held.lock().unwrap();
        write_atomically(&path, |writer| writer.write_all(b"whole")).unwrap();
        let mut left = names(folder.path());
        left.sort();
        let mut expected: Vec<String> = foreign.into_iter().chain([live, "policy".to_string()]).collect();
        expected.sort();
        assert_eq!(left, expected);
    }

    #[test]
    fn a_save_that_goes_on_beside_another_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy");
        std::thread::scope(|scope| {
            for text in ["a", "b", "c", "d"] {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..50 {
                        let whole = text.repeat(10_000);
                        write_atomically(path, |writer| writer.write_all(whole.as_bytes())).unwrap();
                    }
                });
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.len() == 10_000 && text.bytes().all(|byte| byte == text.as_bytes()[0]));
        assert_eq!(names(folder.path()), ["policy"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_systems_own_reason_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let long = folder.path().join("x".repeat(255)).join("policy");
        for (path, expected) in [
            (
                folder.path().join("missing/policy"),
                "No such file or directory (os error 2)",
            ),
            (
                folder.path().join("x".repeat(256)),
                "File name too long (os error 36)",
            ),
            (long, "No such file or directory (os error 2)"),
            (PathBuf::from("/proc/policy"), "os error"),
        ] {
            let error = write_atomically(&path, |_| Ok(())).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        // A name as long as a name can be has a temporary file beside it.
        write_atomically(folder.path().join("x".repeat(255)), |_| Ok(())).unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_device_is_an_error_and_stays_a_device() {
        let error = write_atomically("/dev/full", |writer| writer.write_all(&[0; 10])).unwrap_err();
        assert!(error.to_string().contains("No space left"), "{error}");
        assert!(!fs::metadata("/dev/full").unwrap().is_file());
    }
}
