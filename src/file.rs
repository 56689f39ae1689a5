//! Files that are there whole or not at all.

use crate::error::{Error, Result};
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Replaces the file at `path` by what `content` writes, so that a reader (or a crash, a full disk, an error from
/// `content`) meets the old file or the new one, never a part of either.
///
/// The new content goes to a temporary file in the same folder, is flushed to the disk, and takes the old one's name
/// in one step; then the folder is flushed. On any error the temporary file is removed and the old file is
/// untouched. A symbolic link is followed, and an existing file's permissions are kept. A device or a pipe, such as
/// `/dev/stdout`, is written straight through: it cannot be replaced.
///
/// Fails with [`Error::Io`] naming `path`: the folder is missing, the path is a folder, the disk is full, or
/// `content` itself failed.
pub fn write_atomically(
    path: impl AsRef<Path>,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let path = path.as_ref();
    let written = match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if found.is_file() => {
            fs::canonicalize(path).and_then(|target| replace(&target, found.permissions(), content))
        }
        Ok(_) => write_through(path, content),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            replace(path, new_file_permissions(), content)
        }
        Err(error) => Err(error),
    };
    written.map_err(|error| Error::io("write", path, error))
}

fn replace(
    path: &Path,
    permissions: Permissions,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    // Dropping the temporary file, on an error or a panic, removes it.
    let temporary = tempfile::Builder::new()
        .prefix(".writing-")
        .permissions(permissions)
        .tempfile_in(&folder)
        // tempfile's own message names the temporary file, which means nothing to the reader.
        .map_err(|error| io::Error::from(error.kind()))?;
    let mut writer = BufWriter::new(temporary.as_file());
    content(&mut writer)?;
    writer.flush()?;
    drop(writer);
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|failed| failed.error)?;
    flush_folder(&folder)
}

fn write_through(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut writer = BufWriter::new(fs::OpenOptions::new().write(true).open(path)?);
    content(&mut writer)?;
    writer.flush()
}

/// What any new file gets: read and write for all, less the process's umask.
#[cfg(unix)]
fn new_file_permissions() -> Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o666)
}

/// The rename itself is on the disk only once the folder is.
#[cfg(unix)]
fn flush_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn folders_and_missing_folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_path_buf(), folder.path().join("missing/policy")] {
            let error = write_atomically(&path, |_| panic!("must not be reached")).unwrap_err();
            assert!(matches!(error, Error::Io { .. }), "{error}");
        }
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_device_is_an_error_and_stays_a_device() {
        let error = write_atomically("/dev/full", |writer| writer.write_all(&[0; 10])).unwrap_err();
        assert!(error.to_string().contains("No space left"), "{error}");
        assert!(!fs::metadata("/dev/full").unwrap().is_file());
    }
}
