//! Scripts that make certificates, run with the real openssl where there is one.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::program::{check, findings, rules_of};
use crate::support::project;

pub(crate) fn has_openssl() -> bool {
    Command::new("openssl")
        .arg("version")
        .output()
        .is_ok_and(|output| output.status.success())
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// These chains are made now, so they are judged now.
fn now() -> String {
    let now = time::OffsetDateTime::now_utc() + time::Duration::seconds(2);
    now.replace_nanosecond(0)
        .unwrap()
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap()
}

/// What ConnectPay's documentation has its readers run, clause by clause (C29 to C36): 4096-bit keys,
/// a root `CN=Local Root CA, O=MyCompany` for 3650 days, a leaf for 750 days with a random serial
/// number of 128 bits and an extension file without extendedKeyUsage.
const AS_WRITTEN: &str = r#"
set -e
openssl genrsa -out rootCA.key 4096
openssl req -x509 -new -nodes -key rootCA.key -sha256 -days 3650 -out rootCA.pem -subj "/CN=Local Root CA/O=MyCompany"
openssl genrsa -out client.key 4096
openssl req -new -key client.key -out client.csr -subj "/CN=MyCompany client/O=MyCompany"
cat > client.ext <<EXT
authorityKeyIdentifier=keyid,issuer
basicConstraints=CA:FALSE
keyUsage = digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment
EXT
openssl x509 -req -in client.csr -CA rootCA.pem -CAkey rootCA.key -set_serial 0x$(openssl rand -hex 16) -out client-cert.pem -days 750 -sha256 -extfile client.ext
cat client-cert.pem rootCA.pem > client-chain.pem
"#;

#[test]
fn connectpays_script_as_written_has_no_error() {
    if !has_openssl() {
        eprintln!("skipped: no openssl");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), "sh", &["-c", AS_WRITTEN]);
    let (report, status) = check(folder.path(), &["--at", &now(), "client-chain.pem"]);
    assert_eq!(rules_of(&report, "error"), [] as [&str; 0]);
    assert_eq!(
        rules_of(&report, "warning"),
        ["company-name-root", "company-placeholder"]
    );
    assert_eq!(
        rules_of(&report, "advice"),
        ["ca-key-usage", "key-rsa-exact-bits", "leaf-eku-missing"]
    );
    assert_eq!(status, 0);

    let (report, status) = check(folder.path(), &["--at", &now(), "client-cert.pem"]);
    assert_eq!(rules_of(&report, "error"), ["chain-root-included"]);
    let help = findings(&report)[0]["help"].as_str().unwrap();
    assert!(help.contains("client-chain.pem"), "{help}");
    assert_eq!(status, 1);
}

#[test]
fn the_mended_script_has_no_finding_at_all() {
    if !has_openssl() {
        eprintln!("skipped: no openssl");
        return;
    }
    let script = project("examples/generate-self-signed.sh");
    // Names with characters that openssl's `-subj` would trip over.
    for company in [
        "Acme Payments",
        "Žalia Energija, UAB",
        "A/B \"Quoted\" & Sons = $HOME",
    ] {
        let folder = tempfile::tempdir().unwrap();
        run(
            folder.path(),
            "bash",
            &[script.to_str().unwrap(), company, "out"],
        );
        let variable = format!("company={company}");
        let arguments = ["--at", &now(), "--var", &variable, "out/client-chain.pem"];
        let (report, status) = check(folder.path(), &arguments);
        assert_eq!(findings(&report), &[] as &[serde_json::Value], "{company}");
        assert_eq!(status, 0);
        let arguments = ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile"];
        let files = ["out/rootCA.pem", "out/client-cert.pem"];
        run(
            folder.path(),
            "openssl",
            &[&arguments[..], &files[..]].concat(),
        );
    }
}

#[test]
fn the_mended_script_overwrites_no_key_and_wants_a_company() {
    let folder = tempfile::tempdir().unwrap();
    let script = project("examples/generate-self-signed.sh");
    let status = |arguments: &[&str]| {
        let mut command = Command::new("bash");
        command
            .arg(&script)
            .args(arguments)
            .current_dir(folder.path());
        command.output().unwrap().status.code()
    };
    assert_eq!(status(&[]), Some(2));
    assert_eq!(status(&["MyCompany"]), Some(2));
    fs::create_dir(folder.path().join("out")).unwrap();
    let key = folder.path().join("out/client.key");
    fs::write(&key, "mine").unwrap();
    assert_eq!(status(&["Acme", "out"]), Some(2));
    assert_eq!(fs::read_to_string(&key).unwrap(), "mine");
}
