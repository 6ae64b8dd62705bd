//! A chain that nothing is wrong with, to be changed in one place.

use crate::support::certificate::Recipe;
use crate::support::extension::Extension;
use crate::support::keys::{self, Key};
use crate::support::name::Name;
use crate::support::oid;
use crate::support::pem;

/// The certificates of a chain before they are signed.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) leaf: Recipe,
    pub(crate) intermediate: Option<Recipe>,
    pub(crate) root: Recipe,
}

pub(crate) fn leaf_key() -> Key {
    keys::rsa(2048, "leaf")
}

pub(crate) fn root_key() -> Key {
    keys::rsa(2048, "root")
}

pub(crate) fn intermediate_key() -> Key {
    keys::rsa(2048, "intermediate")
}

/// Another CA's or another leaf's.
pub(crate) fn other_key() -> Key {
    keys::rsa(2048, "other")
}

pub(crate) fn leaf_name() -> Name {
    Name::new("acme-payments-prod", "Acme Payments")
}

pub(crate) fn root_name() -> Name {
    Name::new("Acme Payments Root CA", "Acme Payments")
}

/// A leaf of 750 days and the root that signed it.
pub(crate) fn own_chain() -> Draft {
    Draft {
        leaf: Recipe::leaf(leaf_name(), leaf_key()),
        intermediate: None,
        root: Recipe::ca(root_name(), root_key()),
    }
}

/// The same with an intermediate between the two.
pub(crate) fn three_certificates() -> Draft {
    let name = Name::new("Acme Payments Issuing CA", "Acme Payments");
    let intermediate = Recipe::ca(name, intermediate_key()).days(1825);
    Draft {
        intermediate: Some(intermediate),
        ..own_chain()
    }
}

/// A chain that claims a public CA: its leaf of 199 days has a policy of the CA/B Forum.
pub(crate) fn public_chain() -> Draft {
    let draft = own_chain().leaf(|leaf| {
        leaf.with(Extension::policies(&[oid("2.23.140.1.2.2")]))
            .days(199)
    });
    draft.root(|root| Recipe {
        subject: Name::new("Trusty Global Root", "Trusty Inc"),
        ..root
    })
}

impl Draft {
    pub(crate) fn leaf(mut self, change: impl FnOnce(Recipe) -> Recipe) -> Self {
        self.leaf = change(self.leaf);
        self
    }

    /// Changes the intermediate where there is one.
    pub(crate) fn intermediate(mut self, change: impl FnOnce(Recipe) -> Recipe) -> Self {
        self.intermediate = self.intermediate.map(change);
        self
    }

    pub(crate) fn root(mut self, change: impl FnOnce(Recipe) -> Recipe) -> Self {
        self.root = change(self.root);
        self
    }

    /// Leaf first, root last, in DER.
    pub(crate) fn certificates(&self) -> Vec<Vec<u8>> {
        let issuer = self.intermediate.as_ref().unwrap_or(&self.root);
        let mut certificates = vec![self.leaf.sign(issuer)];
        certificates.extend(self.intermediate.as_ref().map(|ca| ca.sign(&self.root)));
        certificates.push(self.root.self_signed());
        certificates
    }

    /// The chain file.
    pub(crate) fn file(&self) -> Vec<u8> {
        pem::chain(&self.certificates()).into_bytes()
    }

    /// These certificates of the chain alone, counted from 1, in this order.
    pub(crate) fn file_of(&self, numbers: &[usize]) -> Vec<u8> {
        let all = self.certificates();
        let chosen: Vec<&Vec<u8>> = numbers.iter().map(|number| &all[number - 1]).collect();
        pem::chain(&chosen).into_bytes()
    }
}
