//! The words for each fault: its name, what is wrong, how to mend it.

use super::FaultKind;

impl FaultKind {
    /// What policies and tests call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GluedBoundaries => "glued-boundaries",
            Self::UnterminatedBlock => "unterminated-block",
            Self::StrayEnd => "stray-end",
            Self::LabelMismatch => "label-mismatch",
            Self::MalformedBoundary => "malformed-boundary",
            Self::NotBase64(_) => "not-base64",
            Self::BadPadding => "bad-padding",
            Self::EmptyBlock => "empty-block",
            Self::Headers => "headers",
            Self::TrustedCertificateLabel => "trusted-certificate-label",
            Self::X509CertificateLabel => "x509-certificate-label",
            Self::Pkcs7Block => "pkcs7-block",
            Self::CertificateRequestBlock => "certificate-request-block",
            Self::CrlBlock => "crl-block",
            Self::PublicKeyBlock => "public-key-block",
            Self::ParametersBlock => "parameters-block",
            Self::UnknownBlock => "unknown-block",
            Self::IndentedBoundary => "indented-boundary",
            Self::CarriageReturns => "carriage-returns",
            Self::BlankLine => "blank-line",
            Self::ByteOrderMark => "byte-order-mark",
            Self::Utf16 => "utf-16",
            Self::Der => "der",
            Self::Pkcs7 => "pkcs7",
            Self::Pkcs12 => "pkcs12",
            Self::JavaKeyStore => "java-key-store",
            Self::EmptyFile => "empty-file",
            Self::NoPem => "no-pem",
            Self::TooManyBlocks => "too-many-blocks",
        }
    }

    /// What is wrong, as a clause without a capital or full stop.
    #[must_use]
    pub fn describe(self) -> String {
        if let Self::NotBase64(character) = self {
            return match character {
                char::REPLACEMENT_CHARACTER => "this byte is not a base64 character".to_owned(),
                '\'' => "the apostrophe is not a base64 character".to_owned(),
                character if character.is_control() => {
                    format!(
                        "the control character U+{:04X} is not base64",
                        u32::from(character)
                    )
                }
                character => format!("'{character}' is not a base64 character"),
            };
        }
        self.clause().to_owned()
    }

    /// [`FaultKind::describe`] for those whose words are always the same.
    fn clause(self) -> &'static str {
        match self {
            Self::GluedBoundaries => "the line break between END and BEGIN is missing",
            Self::UnterminatedBlock => "this BEGIN has no END",
            Self::StrayEnd => "this END has no BEGIN",
            Self::LabelMismatch => "this label is not the one of the BEGIN line",
            Self::MalformedBoundary => {
                "a boundary has five dashes on either side and a line of its own"
            }
            Self::NotBase64(_) => "this is not a base64 character",
            Self::BadPadding => "the base64 does not end as it should",
            Self::EmptyBlock => "this block has no content",
            Self::Headers => "these headers do not belong in a certificate block",
            Self::TrustedCertificateLabel => "this label is OpenSSL's own form of a certificate",
            Self::X509CertificateLabel => "this is an old label that many programs do not know",
            Self::Pkcs7Block => "this is a PKCS#7 container, not a certificate",
            Self::CertificateRequestBlock => "this is a certificate request, not a certificate",
            Self::CrlBlock => "this is a revocation list, not a certificate",
            Self::PublicKeyBlock => "this is a public key, not a certificate",
            Self::ParametersBlock => "these are key parameters, not a certificate",
            Self::UnknownBlock => "this block is no certificate",
            Self::IndentedBoundary => {
                "white space stands before the boundary, which many programs do not find then"
            }
            Self::CarriageReturns => {
                "lines end with CR alone, which many programs do not take for an end"
            }
            Self::BlankLine => "a blank line stands inside the block, at which many programs stop",
            Self::ByteOrderMark => "a byte order mark stands before the text",
            Self::Utf16 => "the file is written in UTF-16",
            Self::Der => "the file is a certificate in binary form (DER)",
            Self::Pkcs7 => "the file is a PKCS#7 container in binary form",
            Self::Pkcs12 => "the file is a PKCS#12 container",
            Self::JavaKeyStore => "the file is a Java key store",
            Self::EmptyFile => "the file is empty",
            Self::NoPem => "the file holds no PEM block",
            Self::TooManyBlocks => "the file has too many blocks; those from here on were not read",
        }
    }

    /// How to mend it: one sentence with the command or the edit.
    #[must_use]
    pub fn mend(self) -> &'static str {
        match self {
            Self::GluedBoundaries => {
                "Put a line break after the five dashes that end the END line; `cat` glues files whose last line has none, `awk 1 FILE FILE > CHAIN` does not."
            }
            Self::UnterminatedBlock => {
                "Add the line `-----END CERTIFICATE-----`, or copy the certificate anew if its end was cut off."
            }
            Self::StrayEnd => {
                "Restore the BEGIN line and the base64 above it, or delete this line."
            }
            Self::LabelMismatch => {
                "Write the same label on both lines, after making sure that two blocks have not run into one."
            }
            Self::MalformedBoundary => {
                "Write the boundary as `-----BEGIN CERTIFICATE-----` or `-----END CERTIFICATE-----`, in capitals and alone on its line."
            }
            Self::NotBase64(_) => {
                "Copy the certificate anew from its source; a character that does not belong means that others may be damaged too."
            }
            Self::BadPadding => {
                "Copy the certificate anew from its source; characters at its end were lost or added."
            }
            Self::EmptyBlock => "Delete the two lines, or put the certificate between them.",
            Self::Headers => {
                "Delete the header lines, or write the block anew with `openssl x509 -in FILE -out FILE.pem`."
            }
            Self::TrustedCertificateLabel => {
                "Write it as a plain certificate with `openssl x509 -in FILE -out FILE.pem`."
            }
            Self::X509CertificateLabel => {
                "Replace the label with `CERTIFICATE` on both lines, or run `openssl x509 -in FILE -out FILE.pem`."
            }
            Self::Pkcs7Block => {
                "Take the certificates out with `openssl pkcs7 -in FILE -print_certs -out CHAIN.pem`."
            }
            Self::CertificateRequestBlock => {
                "Have the request signed by the CA, and put the certificate that it returns here."
            }
            Self::PublicKeyBlock => "Replace it with the certificate that holds this key.",
            Self::CrlBlock | Self::ParametersBlock | Self::UnknownBlock => {
                "Delete the block; a chain file holds certificates alone."
            }
            Self::IndentedBoundary => {
                "Let the boundary begin its line: `sed 's/^[ \\t]*-----/-----/' FILE > CHAIN.pem`, or `chainlint check --fix`."
            }
            Self::CarriageReturns => {
                "Save the file with line feeds: `tr '\\r' '\\n' < FILE > CHAIN.pem`, or `chainlint check --fix`."
            }
            Self::BlankLine => {
                "Delete the blank line, or write the block anew with `chainlint check --fix`."
            }
            Self::ByteOrderMark => {
                "Save the file as UTF-8 without a byte order mark, for example with `sed -i '1s/^\\xEF\\xBB\\xBF//' FILE`."
            }
            Self::Utf16 => "Convert it with `iconv -f UTF-16 -t UTF-8 FILE > FILE.pem`.",
            Self::Der => "Convert it with `openssl x509 -inform DER -in FILE -out FILE.pem`.",
            Self::Pkcs7 => {
                "Take the certificates out with `openssl pkcs7 -inform DER -in FILE -print_certs -out CHAIN.pem`."
            }
            Self::Pkcs12 => {
                "Take the certificates out with `openssl pkcs12 -in FILE -nokeys -out CHAIN.pem`, and keep the container out of the repository: it may hold the private key."
            }
            Self::JavaKeyStore => {
                "Take the chain out with `keytool -list -rfc -keystore FILE -alias ALIAS`, and keep the key store out of the repository: it may hold the private key."
            }
            Self::EmptyFile => "Write the chain into the file, the leaf first and the root last.",
            Self::NoPem => {
                "A chain file is text with `-----BEGIN CERTIFICATE-----` blocks, the leaf first and the root last."
            }
            Self::TooManyBlocks => "Split the file; a chain has a handful of certificates.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_characters_are_named_without_doing_harm() {
        let words = |character| FaultKind::NotBase64(character).describe();
        assert_eq!(words('#'), "'#' is not a base64 character");
        assert_eq!(
            words('\u{1b}'),
            "the control character U+001B is not base64"
        );
        assert_eq!(words('\''), "the apostrophe is not a base64 character");
    }
}
