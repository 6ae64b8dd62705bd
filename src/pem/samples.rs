//! Bytes for the tests of this layer: laid out like certificates and keys, with contents of noise.

use data_encoding::BASE64;

/// An element with these contents.
pub(crate) fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let body = contents.concat();
    let mut out = vec![tag];
    match body.len() {
        length @ 0..=0x7F => out.push(u8::try_from(length).expect("short")),
        length => {
            let length = u16::try_from(length).expect("fits in two bytes");
            out.push(0x82);
            out.extend_from_slice(&length.to_be_bytes());
        }
    }
    out.extend_from_slice(&body);
    out
}

/// Bytes without a pattern, the same for the same seed.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| next()).collect()
}

/// What is laid out like an RSA certificate.
pub(crate) fn certificate() -> Vec<u8> {
    let algorithm = tlv(0x30, &[&tlv(0x06, &[&[0x2A, 0x86, 0x48]]), &[0x05, 0x00]]);
    let name = tlv(0x30, &[&tlv(0x31, &[&noise(1, 30)])]);
    let time = tlv(0x17, &[b"260101000000Z"]);
    let validity = tlv(0x30, &[&time, &time]);
    let key = tlv(0x30, &[&algorithm, &tlv(0x03, &[&noise(2, 270)])]);
    let constraints: &[u8] = &[
        0x30, 0x0F, 0x06, 0x03, 0x55, 0x1D, 0x13, 0x04, 0x08, 0x30, 0x06, 0x01, 0x01, 0xFF, 0x02,
        0x01, 0x00,
    ];
    let extensions = tlv(0xA3, &[&tlv(0x30, &[constraints])]);
    let signed = tlv(
        0x30,
        &[
            &[0xA0, 0x03, 0x02, 0x01, 0x02],
            &tlv(0x02, &[&[0x11; 16]]),
            &algorithm,
            &name,
            &validity,
            &name,
            &key,
            &extensions,
        ],
    );
    tlv(0x30, &[&signed, &algorithm, &tlv(0x03, &[&noise(3, 257)])])
}

/// What is laid out like a private key, by the name of the form.
pub(crate) fn keys() -> Vec<(&'static str, Vec<u8>)> {
    let integer = |length| tlv(0x02, &[&noise(5, length)]);
    let algorithm = tlv(0x30, &[&tlv(0x06, &[&[0x2A, 0x86, 0x48]]), &[0x05, 0x00]]);
    let zero: &[u8] = &[0x02, 0x01, 0x00];
    let one: &[u8] = &[0x02, 0x01, 0x01];
    let pkcs1 = tlv(
        0x30,
        &[zero, &integer(257), &[0x02, 0x03, 1, 0, 1], &integer(256)],
    );
    let sec1 = tlv(0x30, &[one, &tlv(0x04, &[&noise(6, 32)])]);
    let pkcs8 = tlv(0x30, &[zero, &algorithm, &tlv(0x04, &[&pkcs1])]);
    let encrypted = tlv(0x30, &[&algorithm, &tlv(0x04, &[&noise(7, 300)])]);
    vec![
        ("pkcs1", pkcs1),
        ("sec1", sec1),
        ("pkcs8", pkcs8),
        ("encrypted", encrypted),
    ]
}

/// Base64 in lines of `width` characters, each with `indent` before it and `line_break` behind.
pub(crate) fn wrap(der: &[u8], width: usize, indent: &str, line_break: &str) -> String {
    let characters = BASE64.encode(der);
    let lines = characters.as_bytes().chunks(width.max(1));
    lines.fold(String::new(), |mut out, line| {
        out.push_str(indent);
        out.push_str(std::str::from_utf8(line).expect("base64"));
        out.push_str(line_break);
        out
    })
}

/// A block as OpenSSL writes it.
pub(crate) fn block(label: &str, der: &[u8]) -> String {
    let body = wrap(der, 64, "", "\n");
    format!("-----BEGIN {label}-----\n{body}-----END {label}-----\n")
}
