//! What policies, labels and help texts say of each fault.

use super::FaultKind;

impl FaultKind {
    /// The name in policies.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// What is wrong, a clause without a capital or full stop.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::NotBase64(character) => {
                format!("the character {character:?} is not base64")
            }
            Self::GluedBoundaries
            | Self::UnterminatedBlock
            | Self::StrayEnd
            | Self::LabelMismatch
            | Self::MalformedBoundary
            | Self::BadPadding
            | Self::EmptyBlock
            | Self::Headers
            | Self::TrustedCertificateLabel
            | Self::X509CertificateLabel
            | Self::Pkcs7Block
            | Self::CertificateRequestBlock
            | Self::CrlBlock
            | Self::PublicKeyBlock
            | Self::ParametersBlock
            | Self::UnknownBlock
            | Self::ByteOrderMark
            | Self::Utf16
            | Self::Der
            | Self::Pkcs7
            | Self::Pkcs12
            | Self::JavaKeyStore
            | Self::EmptyFile
            | Self::NoPem
            | Self::TooManyBlocks => self.row().1.to_owned(),
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn mend(self) -> &'static str {
        self.row().2
    }

    /// Name, description, mending.
    fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::GluedBoundaries => (
                "glued-boundaries",
                "the line break between END and BEGIN is missing",
                "Put a line break between the two; it goes missing when files without a final line break are joined with `cat`.",
            ),
            Self::UnterminatedBlock => (
                "unterminated-block",
                "the block has no END line",
                "Copy the whole block again, up to and with its END line.",
            ),
            Self::StrayEnd => (
                "stray-end",
                "the END line has no BEGIN",
                "Copy the whole block again, from its BEGIN line on, or delete this line.",
            ),
            Self::LabelMismatch => (
                "label-mismatch",
                "the label of END is not that of BEGIN",
                "Copy the whole block again; parts of two blocks may have run together.",
            ),
            Self::MalformedBoundary => (
                "malformed-boundary",
                "the line is not exactly five dashes, the label, and five dashes",
                "Write `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`, each on a line of its own.",
            ),
            Self::NotBase64(_) => (
                "not-base64",
                "a character is not base64",
                "Fetch the certificate again from who issued it; mails and chats change characters.",
            ),
            Self::BadPadding => (
                "bad-padding",
                "the base64 does not end as it should",
                "Fetch the certificate again; characters are missing, most often at the end.",
            ),
            Self::EmptyBlock => (
                "empty-block",
                "the block is empty",
                "Put the certificate in, or delete the block.",
            ),
            Self::Headers => (
                "headers",
                "the block has header lines",
                "Delete the lines with colons inside the block.",
            ),
            Self::TrustedCertificateLabel => (
                "trusted-certificate-label",
                "the label is TRUSTED CERTIFICATE, which OpenSSL alone reads",
                "Write it anew: `openssl x509 -in FILE -out certificate.pem`.",
            ),
            Self::X509CertificateLabel => (
                "x509-certificate-label",
                "the label is X509 CERTIFICATE, an old name of CERTIFICATE",
                "Write it anew: `openssl x509 -in FILE -out certificate.pem`.",
            ),
            Self::Pkcs7Block => (
                "pkcs7-block",
                "the block is a PKCS#7 container",
                "Unpack it: `openssl pkcs7 -in FILE -print_certs -out chain.pem`.",
            ),
            Self::CertificateRequestBlock => (
                "certificate-request-block",
                "the block is a certificate request, not a certificate",
                "Put the certificate in that the CA made of this request.",
            ),
            Self::CrlBlock => (
                "crl-block",
                "the block is a revocation list, not a certificate",
                "Take it out of the file.",
            ),
            Self::PublicKeyBlock => (
                "public-key-block",
                "the block is a bare public key, not a certificate",
                "Put the certificate for this key in.",
            ),
            Self::ParametersBlock => (
                "parameters-block",
                "the block holds key parameters, not a certificate",
                "Take it out of the file.",
            ),
            Self::UnknownBlock => (
                "unknown-block",
                "the block is none that a chain file has",
                "Take it out of the file.",
            ),
            Self::ByteOrderMark => (
                "byte-order-mark",
                "the file begins with a byte order mark",
                "Save the file as plain ASCII: `sed -i '1s/^\\xEF\\xBB\\xBF//' FILE`.",
            ),
            Self::Utf16 => (
                "utf-16",
                "the file is UTF-16, not ASCII",
                "Convert it: `iconv -f UTF-16 -t UTF-8 FILE > chain.pem`.",
            ),
            Self::Der => (
                "der",
                "the file is DER, not PEM",
                "Convert it: `openssl x509 -inform DER -in FILE -out chain.pem`.",
            ),
            Self::Pkcs7 => (
                "pkcs7",
                "the file is a PKCS#7 container in DER, not PEM",
                "Unpack it: `openssl pkcs7 -inform DER -in FILE -print_certs -out chain.pem`.",
            ),
            Self::Pkcs12 => (
                "pkcs12",
                "the file is a PKCS#12 container, which most often holds a private key as well",
                "Unpack the certificates alone: `openssl pkcs12 -in FILE -nokeys -out chain.pem`.",
            ),
            Self::JavaKeyStore => (
                "java-key-store",
                "the file is a Java key store",
                "Export the certificates: `keytool -list -rfc -keystore FILE > chain.pem`.",
            ),
            Self::EmptyFile => (
                "empty-file",
                "the file is empty",
                "Put the chain into it: leaf first, root last.",
            ),
            Self::NoPem => (
                "no-pem",
                "nothing in the file looks like PEM",
                "Put the chain into it: blocks from `-----BEGIN CERTIFICATE-----` to `-----END CERTIFICATE-----`.",
            ),
            Self::TooManyBlocks => (
                "too-many-blocks",
                "the file has more blocks than any chain; the rest was not read",
                "Write a file for each chain.",
            ),
        }
    }
}
