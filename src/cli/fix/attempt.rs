//! What a file may become.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::chain::{self, Chain, Session};
use crate::engine::PlannedFile;
use crate::input;
use crate::mend::{self, Mend, Wish};
use crate::pem;
use crate::x509::Certificate;

/// What a file may become.
pub(super) struct Attempt {
    pub(super) bytes: Vec<u8>,
    pub(super) mends: Vec<Mend>,
    /// It was taken out of a container, so that more may show than before.
    pub(super) unpacked: bool,
}

/// A file as it is read while it is mended.
pub(super) struct Reading<'a> {
    bytes: &'a [u8],
    file: &'a PlannedFile,
    now: OffsetDateTime,
    session: Session,
    /// Read once, whatever is tried with it.
    chain: OnceCell<Chain>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(bytes: &'a [u8], file: &'a PlannedFile, now: OffsetDateTime) -> Self {
        Self {
            bytes,
            file,
            now,
            session: Session::default(),
            chain: OnceCell::new(),
        }
    }

    fn chain(&self) -> &Chain {
        self.chain.get_or_init(|| {
            let document = pem::scan(self.bytes, pem::Limits::default());
            chain::build(document, &self.session, &self.file.anchors, self.now)
        })
    }

    /// The file with these mends, or why it is left as it is.
    pub(super) fn attempt(&self, mends: &[Mend]) -> Result<Attempt, String> {
        if mends.contains(&Mend::Format)
            && let Some(unpacked) = mend::unpack(self.bytes).map_err(|why| why.to_string())?
        {
            let mends = vec![Mend::Format];
            return Ok(Attempt {
                bytes: Reading::of(&unpacked, self.file, self.now).mended(&mends, &[])?,
                mends,
                unpacked: true,
            });
        }
        let issuers = if mends.contains(&Mend::Root) {
            let chain = self.chain();
            let found = chain.missing_issuers(&self.session, &self.file.anchors, self.now);
            found.map_err(|why| format!("the root was not appended: {why}"))?
        } else {
            Vec::new()
        };
        Ok(Attempt {
            bytes: self.mended(mends, &issuers)?,
            mends: mends.to_owned(),
            unpacked: false,
        })
    }

    fn mended(&self, mends: &[Mend], issuers: &[Arc<Certificate>]) -> Result<Vec<u8>, String> {
        let wish = Wish {
            mends,
            issuers,
            is_chain_file: input::may_hold_a_chain(Path::new(self.file.display())),
        };
        mend::mend(self.bytes, self.chain(), wish).map_err(|why| why.to_string())
    }
}
