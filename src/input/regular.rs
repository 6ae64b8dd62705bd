//! Reading files, and nothing else that has a path: no pipe is waited for, no device is read without an end.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::string::FromUtf8Error;

use crate::pem;

/// That a file is not UTF-8, and what of it can be shown.
#[derive(Debug, thiserror::Error)]
#[error("it is not UTF-8")]
pub struct NotUtf8 {
    /// The text, its keys concealed; what is not UTF-8 is U+FFFD in it.
    pub shown: String,
    /// The first byte that is not UTF-8, in the file as in `shown`.
    pub at: usize,
}

impl From<FromUtf8Error> for NotUtf8 {
    fn from(error: FromUtf8Error) -> Self {
        let text = String::from_utf8_lossy(error.as_bytes());
        Self {
            shown: pem::conceal(&text).into_owned(),
            at: error.utf8_error().valid_up_to(),
        }
    }
}

/// Opens a file for reading.
///
/// # Errors
/// Also where there is a folder, a pipe or a device in its place.
pub fn open(path: &Path) -> io::Result<File> {
    // Asked before it is opened: to open a pipe is to wait for somebody who writes into it.
    let kind = fs::metadata(path)?;
    if kind.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    if !kind.is_file() {
        return Err(io::Error::other("it is a pipe or a device, and no file"));
    }
    File::open(path)
}

/// All bytes of a file.
///
/// # Errors
/// Also where it is no file ([`open`]), or longer than `limit`, in bytes.
pub fn bytes(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that is too large without reading all of it.
    open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
/// As [`bytes`] has them, and `InvalidData` with [`NotUtf8`] in it where it is not UTF-8.
pub fn text(path: &Path, limit: u64) -> io::Result<String> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, NotUtf8::from(error));
    String::from_utf8(bytes(path, limit)?).map_err(invalid)
}

/// That something is longer than so many bytes.
fn too_large(limit: u64) -> io::Error {
    let message = match limit >> 20 {
        0 => format!("it is larger than {limit} bytes"),
        mebibytes => format!("it is larger than {mebibytes} MiB"),
    };
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(path: &Path) -> String {
        bytes(path, 4).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_read_up_to_the_limit_and_refused_beyond_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "1234").unwrap();
        assert_eq!(bytes(&path, 4).unwrap(), b"1234");
        fs::write(&path, "12345").unwrap();
        assert_eq!(why(&path), "it is larger than 4 bytes");
        assert_eq!(too_large(3 << 20).to_string(), "it is larger than 3 MiB");
    }

    #[test]
    fn what_is_no_file_is_refused_before_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(why(folder.path()), "it is a folder");
        assert_eq!(
            bytes(&folder.path().join("a"), 4).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
        #[cfg(unix)]
        {
            assert_eq!(
                why(Path::new("/dev/zero")),
                "it is a pipe or a device, and no file"
            );
            let pipe = folder.path().join("pipe");
            let made = std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.unwrap().success());
            assert_eq!(why(&pipe), "it is a pipe or a device, and no file");
        }
    }

    #[test]
    fn a_text_is_utf_8() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, [0xFF]).unwrap();
        assert_eq!(
            text(&path, 4).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
    }
}
