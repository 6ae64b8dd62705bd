//! Why a file is no trusted list that can be read, and where.

use crate::span::Span;

/// A file that was refused, and the place that shows it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
pub struct Error {
    /// Why.
    pub refusal: Refusal,
    /// The bytes concerned.
    pub span: Span,
}

/// Why a file is no trusted list that can be read. The texts are safe to print: what stands in the
/// file is escaped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No byte but white space.
    #[error("the file is empty")]
    Empty,
    /// More bytes than are read.
    #[error("the file is larger than {} MiB, far more than any trusted list", bytes >> 20)]
    TooLarge {
        /// The most that is read.
        bytes: usize,
    },
    /// Not UTF-8, in which TS 119 612 has trusted lists encoded.
    #[error("the file is not UTF-8")]
    NotUtf8,
    /// A web page.
    #[error("the file is a web page (HTML), not a trusted list")]
    Html,
    /// A document type definition; it could define entities.
    #[error("the file has a document type definition (<!DOCTYPE …>)")]
    DocumentType,
    /// Not well-formed XML.
    #[error("the file is not well-formed XML: {0}")]
    Malformed(String),
    /// It ends within an element.
    #[error("the file breaks off inside of `{0}`")]
    Truncated(String),
    /// Deeper nesting than is read.
    #[error("elements are nested deeper than {0} levels")]
    TooDeep(usize),
    /// More elements than are read.
    #[error("the file has more than {0} elements")]
    TooManyElements(usize),
    /// XML of another kind.
    #[error("the file is XML, but no trusted list: it begins with `{0}`")]
    OtherXml(String),
    /// A version of the format that is not known.
    #[error("the trusted list has version `{0}`; versions 5 and 6 are read")]
    UnknownVersion(String),
    /// A list that names the lists of countries, and no services.
    #[error("the file is a list of trusted lists (LOTL); it names no services itself")]
    ListOfLists,
    /// An element that every trusted list has.
    #[error("the trusted list has no `{0}`")]
    Missing(&'static str),
    /// A text that does not have the form of its element.
    #[error("`{element}` is `{found}`, which is not {wanted}")]
    BadValue {
        /// The element.
        element: &'static str,
        /// Its text, escaped and shortened.
        found: String,
        /// What it should be.
        wanted: &'static str,
    },
}

impl Refusal {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Html => {
                "this is what a browser shows; fetch the XML itself, from the address that the EU's \
                 list of lists gives for the country"
            }
            Self::ListOfLists => {
                "give the lists of the countries; their addresses stand in this file, each in a \
                 `TSLLocation`"
            }
            Self::Truncated(_) | Self::Empty => "fetch the list again; the download was cut short",
            Self::UnknownVersion(_) => "fetch the country's current list",
            Self::DocumentType => "trusted lists have none; fetch the list again",
            Self::TooLarge { .. }
            | Self::NotUtf8
            | Self::Malformed(_)
            | Self::TooDeep(_)
            | Self::TooManyElements(_)
            | Self::OtherXml(_)
            | Self::Missing(_)
            | Self::BadValue { .. } => {
                "a trusted list is XML as ETSI TS 119 612 describes it, with `TrustServiceStatusList` \
                 around all"
            }
        }
    }

    pub(super) fn at(self, span: Span) -> Error {
        Error {
            refusal: self,
            span,
        }
    }
}
