//! Mending a chain file: the same certificates, written as they should stand.
//!
//! Makes no certificate and loses none that belongs to the chain. A file that holds anything but
//! certificates and text, or one whose chain leaves room for doubt, is refused. Files are read and written
//! elsewhere.

mod container;
mod refusal;
mod write;

use std::sync::Arc;

use crate::chain::Chain;
use crate::x509::Certificate;

pub use container::unpack;
pub use refusal::Refusal;
pub use write::certificate;

/// Something that can be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mend {
    /// Put the path's certificates in order, leaf first.
    Order,
    /// Drop certificates that stand in the file already.
    Duplicates,
    /// Drop certificates that do not belong to the chain.
    Strangers,
    /// Drop text outside of blocks.
    Text,
    /// Write blocks anew whose PEM is at fault; take certificates out of containers.
    Format,
    /// Write the file in one layout: line widths, line breaks.
    Layout,
    /// Append what is missing up to the root.
    Root,
}

/// What is to be done with a file.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// What to mend.
    pub mends: &'a [Mend],
    /// What [`Mend::Root`] appends.
    pub issuers: &'a [Arc<Certificate>],
    /// The file's name is one that chain files have; what else stands in others is what they are for.
    pub is_chain_file: bool,
}

impl Mend {
    /// What was done, a clause without a capital or full stop.
    #[must_use]
    pub fn done(self) -> &'static str {
        match self {
            Self::Order => "put the certificates in order",
            Self::Duplicates => "dropped repeated certificates",
            Self::Strangers => "dropped certificates of other chains",
            Self::Text => "dropped text outside of the certificates",
            Self::Format => "wrote the PEM anew",
            Self::Layout => "laid the PEM out anew",
            Self::Root => "appended the root",
        }
    }

    /// What it would be to do it, a clause without a capital or full stop.
    #[must_use]
    pub fn doing(self) -> &'static str {
        match self {
            Self::Order => "putting the certificates in order",
            Self::Duplicates => "dropping repeated certificates",
            Self::Strangers => "dropping certificates of other chains",
            Self::Text => "dropping text outside of the certificates",
            Self::Format => "writing the PEM anew",
            Self::Layout => "laying the PEM out anew",
            Self::Root => "appending the root",
        }
    }
}

impl Wish<'_> {
    fn wants(&self, mend: Mend) -> bool {
        self.mends.contains(&mend)
    }
}

/// The file's text with these things mended; `bytes` are those that `chain.document` was read from. Whatever
/// is mended, the file is written in one layout: base64 in lines of 64 characters, and the line break that most
/// lines have at the end of each.
///
/// # Errors
/// When the file is better left to a person.
pub fn mend(bytes: &[u8], chain: &Chain, wish: Wish<'_>) -> Result<Vec<u8>, Refusal> {
    refusal::refuse(bytes, chain, wish)?;
    let mut kept: Vec<usize> = (0..chain.members.len()).collect();
    if wish.wants(Mend::Duplicates) {
        let repeated: Vec<usize> = chain.duplicates.iter().map(|(again, _)| *again).collect();
        kept.retain(|at| !repeated.contains(at));
    }
    if wish.wants(Mend::Strangers) {
        let strangers = chain.unrelated();
        kept.retain(|at| !strangers.contains(at));
    }
    if wish.wants(Mend::Order) {
        kept = in_order(chain, kept);
    }
    let blocks = kept.iter().filter_map(|at| chain.members.get(*at));
    let blocks: Vec<usize> = blocks.map(|member| member.block).collect();
    Ok(write::write(bytes, &chain.document, &blocks, wish))
}

/// The path first, then whatever else is kept, as it stands.
fn in_order(chain: &Chain, kept: Vec<usize>) -> Vec<usize> {
    let (path, others): (Vec<usize>, Vec<usize>) =
        kept.into_iter().partition(|at| chain.path.contains(at));
    let path = chain.path.iter().copied().filter(|at| path.contains(at));
    path.chain(others).collect()
}
