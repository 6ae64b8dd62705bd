//! ConnectPay's own script, run as its text has it, with the real openssl.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::program::{check, findings, rules_of};
use crate::support::project;

/// Reconstructed from the clauses C29 to C36: keys of 4096 bits, a root of 3650 days without keyUsage, a
/// leaf of 750 days without extendedKeyUsage, a random serial of 128 bits, `-sha256`.
const SCRIPT: &str = r#"
openssl genrsa -out rootCA.key 4096
openssl req -x509 -new -nodes -key rootCA.key -sha256 -days 3650 -out rootCA.pem -subj "/CN=Local Root CA/O=COMPANY"
openssl genrsa -out client.key 4096
openssl req -new -key client.key -out client.csr -subj "/CN=COMPANY client/O=COMPANY"
cat > client.ext <<EOF
basicConstraints=CA:FALSE
keyUsage = digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment
EOF
openssl x509 -req -in client.csr -CA rootCA.pem -CAkey rootCA.key -set_serial 0x$(openssl rand -hex 16) -out client-cert.pem -days 750 -sha256 -extfile client.ext
cat client-cert.pem rootCA.pem > client-chain.pem
"#;

/// Whether openssl 3 is there. Where it is not, the test says so and passes: nothing else here needs it.
fn openssl() -> bool {
    let version = Command::new("openssl").arg("version").output();
    let there = version.is_ok_and(|output| output.stdout.starts_with(b"OpenSSL 3"));
    if !there {
        eprintln!("skipped: there is no OpenSSL 3 on this machine");
    }
    there
}

fn bash(folder: &Path, arguments: &[&str]) {
    let output = Command::new("bash")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {told}");
}

/// Judged now, since openssl dates from now.
fn now() -> String {
    let format = time::format_description::well_known::Rfc3339;
    // The certificates may have been made in the next second already.
    (time::OffsetDateTime::now_utc() + time::Duration::MINUTE)
        .format(&format)
        .unwrap()
}

#[test]
fn the_script_of_the_text_gives_no_error() {
    if !openssl() {
        return;
    }
    for (company, placeholder) in [("Acme Payments", false), ("MyCompany", true)] {
        let folder = tempfile::tempdir().unwrap();
        bash(
            folder.path(),
            &["-euc", &SCRIPT.replace("COMPANY", company)],
        );
        let (report, status) = check(
            folder.path(),
            &["--no-config", "--at", &now(), "client-chain.pem"],
        );
        assert_eq!(status, 0, "{report:#}");
        assert_eq!(rules_of(&report, "error"), [""; 0]);
        let mut warnings = vec!["company-name-root"];
        warnings.extend(placeholder.then_some("company-placeholder"));
        assert_eq!(rules_of(&report, "warning"), warnings);
        let advice = ["ca-key-usage", "key-rsa-exact-bits", "leaf-eku-missing"];
        assert_eq!(rules_of(&report, "advice"), advice);
    }
}

#[test]
fn the_leaf_alone_is_told_of_the_chain_file_that_the_script_makes() {
    if !openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    bash(
        folder.path(),
        &["-euc", &SCRIPT.replace("COMPANY", "Acme Payments")],
    );
    let (report, status) = check(
        folder.path(),
        &["--no-config", "--at", &now(), "client-cert.pem"],
    );
    assert_eq!(status, 1);
    assert_eq!(rules_of(&report, "error"), ["chain-root-included"]);
    assert!(report.to_string().contains("client-chain.pem"));
}

#[test]
fn the_mended_script_gives_no_finding_at_all() {
    if !openssl() {
        return;
    }
    for company in [
        "Acme Payments",
        "Žalia Energija, UAB",
        "A/B \"Quoted\" & Sons = Co",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let script = project("examples/generate-self-signed.sh");
        bash(folder.path(), &[script.to_str().unwrap(), company, "out"]);
        let company = format!("company={company}");
        let arguments = [
            "--no-config",
            "--at",
            &now(),
            "--var",
            &company,
            "out/client-chain.pem",
        ];
        let (report, status) = check(folder.path(), &arguments);
        assert_eq!(
            findings(&report),
            [(); 0].map(|()| serde_json::Value::Null),
            "{report:#}"
        );
        assert_eq!(status, 0);
        assert_eq!(report["summary"]["checked"], 1);
        assert!(
            fs::read_to_string(folder.path().join("out/client.key"))
                .unwrap()
                .contains("KEY")
        );
    }
}

#[test]
fn the_mended_script_refuses_to_overwrite_keys_and_to_run_without_a_company() {
    if !openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = project("examples/generate-self-signed.sh");
    let run = |arguments: &[&str]| {
        let mut command = Command::new("bash");
        command
            .arg(&script)
            .args(arguments)
            .current_dir(folder.path());
        command.output().unwrap().status.code().unwrap()
    };
    assert_eq!(run(&[]), 2);
    assert_eq!(run(&["MyCompany"]), 2);
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("out/client.key"), "mine").unwrap();
    assert_eq!(run(&["Acme", "out"]), 2);
    assert_eq!(
        fs::read_to_string(folder.path().join("out/client.key")).unwrap(),
        "mine"
    );
}
