//! Files that a secrets tool has encrypted, told by the marks it leaves.

use memchr::memmem;

/// How far into a file the marks of SOPS are looked for, in bytes: its metadata stand at the end, so
/// the whole of a file of ordinary size.
const SOPS_WINDOW: usize = 1 << 20;

/// The tool that encrypted a file; `None` where it is plain.
pub(super) fn tool(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\0GITCRYPT\0") {
        return Some("git-crypt");
    }
    if bytes.starts_with(b"$ANSIBLE_VAULT;") {
        return Some("ansible-vault");
    }
    let head = bytes.trim_ascii_start();
    if bytes.starts_with(b"age-encryption.org/v1")
        || head.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
    {
        return Some("age");
    }
    is_sops(bytes).then_some("SOPS")
}

/// SOPS keeps a document's form and encrypts its values; all forms have its metadata with a MAC.
fn is_sops(bytes: &[u8]) -> bool {
    let window = bytes.get(..SOPS_WINDOW).unwrap_or(bytes);
    let has = |mark: &[u8]| memmem::find(window, mark).is_some();
    has(b"ENC[AES256_GCM,") && has(b"sops") && has(b"mac")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_is_told_by_its_marks() {
        assert_eq!(tool(b"\0GITCRYPT\0\x01\x02"), Some("git-crypt"));
        assert_eq!(
            tool(b"$ANSIBLE_VAULT;1.1;AES256\n3132"),
            Some("ansible-vault")
        );
        assert_eq!(tool(b"age-encryption.org/v1\n-> X25519 x"), Some("age"));
        assert_eq!(tool(b"\n-----BEGIN AGE ENCRYPTED FILE-----\n"), Some("age"));
        let json = br#"{"data":"ENC[AES256_GCM,data:x]","sops":{"mac":"ENC[AES256_GCM,data:y]"}}"#;
        assert_eq!(tool(json), Some("SOPS"));
        let dotenv = b"chain=ENC[AES256_GCM,data:x]\nsops_mac=ENC[AES256_GCM,data:y]\n";
        assert_eq!(tool(dotenv), Some("SOPS"));
    }

    #[test]
    fn plain_files_that_speak_of_the_tools_are_plain() {
        assert_eq!(tool(b"-----BEGIN CERTIFICATE-----\n"), None);
        assert_eq!(
            tool(b"# encrypted with sops, mac below\n-----BEGIN CERTIFICATE-----\n"),
            None
        );
        assert_eq!(tool(b""), None);
    }
}
