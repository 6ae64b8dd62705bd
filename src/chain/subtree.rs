//! Whether one name lies in the subtree of one name constraint (RFC 5280 §4.2.1.10).
//!
//! Which names and constraints meet along a path is a matter of `constraints`.

use std::net::IpAddr;

use crate::x509::GeneralName;

/// How a name stands to a subtree.
pub(super) enum Within {
    /// The constraint is about names of another form.
    OtherForm,
    /// It lies in the subtree.
    Yes,
    /// It does not.
    No,
    /// The name or the constraint cannot be understood.
    Unknown,
}

impl From<bool> for Within {
    fn from(inside: bool) -> Self {
        if inside { Self::Yes } else { Self::No }
    }
}

/// Whether a name lies in a subtree. A wildcard lies in an excluded subtree if any of its hosts may.
pub(super) fn within(name: &GeneralName, base: &GeneralName, excluding: bool) -> Within {
    match (name, base) {
        (GeneralName::Dns(host), GeneralName::Dns(base)) => dns(host, base, excluding),
        (GeneralName::Email(address), GeneralName::Email(base)) => email(address, base),
        (GeneralName::Uri(address), GeneralName::Uri(base)) => uri(address, base),
        (GeneralName::Ip(address), GeneralName::Ip(base)) => ip(address, base),
        (GeneralName::Directory(name), GeneralName::Directory(base)) => {
            name.begins_with(base).into()
        }
        (GeneralName::RegisteredId(_), GeneralName::RegisteredId(_)) => Within::Unknown,
        (GeneralName::Other(form), GeneralName::Other(base)) if form == base => Within::Unknown,
        (
            GeneralName::Dns(_)
            | GeneralName::Email(_)
            | GeneralName::Uri(_)
            | GeneralName::Ip(_)
            | GeneralName::Directory(_)
            | GeneralName::RegisteredId(_)
            | GeneralName::Other(_),
            _,
        ) => Within::OtherForm,
    }
}

/// A host within a domain: the domain itself, or with labels added on the left; a leading dot asks
/// for at least one such label, as it does in other forms.
fn dns(host: &str, base: &str, excluding: bool) -> Within {
    let (host, base) = (host.to_ascii_lowercase(), base.to_ascii_lowercase());
    // A wildcard in a constraint has no meaning (§4.2.1.10), nor has an empty label anywhere, but for
    // a constraint's leading dot; a wildcard is a whole label, the first one (RFC 9525 §6.3).
    let has_empty_label = |name: &str| name.contains("..") || name.ends_with('.');
    let rest = host.strip_prefix("*.").unwrap_or(&host);
    if base.contains('*')
        || has_empty_label(&base)
        || has_empty_label(&host)
        || rest.is_empty()
        || rest.starts_with('.')
        || rest.contains('*')
    {
        return Within::Unknown;
    }
    let below = |host: &str, base: &str| {
        let (domain, itself) = match base.strip_prefix('.') {
            Some(domain) => (domain, false),
            None => (base, true),
        };
        // The empty constraint is every host.
        (itself && (domain.is_empty() || host == domain))
            || host
                .strip_suffix(domain)
                .is_some_and(|labels| labels.ends_with('.') && labels.len() > 1)
    };
    match host.strip_prefix("*.") {
        // Its hosts have one label more than its parent.
        Some(parent) if excluding => {
            let one_of_its = base
                .strip_suffix(parent)
                .and_then(|labels| labels.strip_suffix('.'))
                .is_some_and(|label| !label.is_empty() && !label.contains('.'));
            (below(&host, &base) || one_of_its).into()
        }
        Some(_) | None => below(&host, &base).into(),
    }
}

fn email(address: &str, base: &str) -> Within {
    let Some((local, host)) = address
        .rsplit_once('@')
        .filter(|(local, host)| is_local_part(local) && !host.is_empty())
    else {
        return Within::Unknown;
    };
    let host = host.to_ascii_lowercase();
    match base.rsplit_once('@') {
        // A mailbox: the part before the @ keeps its letter case (RFC 5321 §2.4).
        Some((base_local, base_host)) => {
            (local == base_local && host == base_host.to_ascii_lowercase()).into()
        }
        None => host_within(&host, &base.to_ascii_lowercase()),
    }
}

/// What may stand before the @: one more @ only within quotes (RFC 5321 §4.1.2).
fn is_local_part(local: &str) -> bool {
    !local.is_empty() && (!local.contains('@') || (local.starts_with('"') && local.ends_with('"')))
}

/// A host that is the base, or lies below it where the base begins with a dot.
fn host_within(host: &str, base: &str) -> Within {
    if base.contains('*') || base.contains('/') {
        return Within::Unknown;
    }
    match base.strip_prefix('.') {
        Some(domain) => host
            .strip_suffix(domain)
            .is_some_and(|labels| labels.ends_with('.') && labels.len() > 1)
            .into(),
        None => (base.is_empty() || host == base).into(),
    }
}

fn uri(address: &str, base: &str) -> Within {
    let authority = address.split_once("://").map(|(_, rest)| rest);
    let authority = authority.and_then(|rest| rest.split(['/', '?', '#']).next());
    let host = authority.map(|authority| authority.rsplit('@').next().unwrap_or(authority));
    let host = host.map(|host| host.split(':').next().unwrap_or(host).to_ascii_lowercase());
    match host {
        // Constraints are about hosts by name; a URI without one lies in no subtree (§4.2.1.10).
        Some(host)
            if !host.is_empty() && !host.starts_with('[') && host.parse::<IpAddr>().is_err() =>
        {
            host_within(&host, &base.to_ascii_lowercase())
        }
        Some(_) | None => Within::Unknown,
    }
}

fn ip(address: &[u8], base: &[u8]) -> Within {
    let (network, mask) = base.split_at(base.len() / 2);
    if network.len() != mask.len() || !matches!(mask.len(), 4 | 16) || !is_prefix(mask) {
        return Within::Unknown;
    }
    if address.len() != network.len() {
        return if matches!(address.len(), 4 | 16) {
            Within::No
        } else {
            Within::Unknown
        };
    }
    let octets = address.iter().zip(network).zip(mask);
    octets
        .into_iter()
        .all(|((address, network), mask)| address & mask == network & mask)
        .into()
}

/// Whether a mask is ones followed by zeros.
fn is_prefix(mask: &[u8]) -> bool {
    let ones: u32 = mask
        .iter()
        .take_while(|octet| **octet == 0xFF)
        .map(|_| 8)
        .sum();
    let full = usize::try_from(ones / 8).unwrap_or_default();
    let mut rest = mask.iter().skip(full);
    let first_is_prefix = rest
        .next()
        .is_none_or(|octet| octet.leading_ones() == octet.count_ones());
    first_is_prefix && rest.all(|octet| *octet == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(within: Within) -> Option<bool> {
        match within {
            Within::Yes => Some(true),
            Within::No => Some(false),
            Within::OtherForm | Within::Unknown => None,
        }
    }

    #[test]
    fn hosts_lie_in_a_domain_with_or_without_labels_added() {
        let dns = |host, base| inside(dns(host, base, false));
        assert_eq!(dns("example.com", "example.com"), Some(true));
        assert_eq!(dns("a.B.example.com", "Example.com"), Some(true));
        assert_eq!(dns("badexample.com", "example.com"), Some(false));
        assert_eq!(dns("example.com", ".example.com"), Some(false));
        assert_eq!(dns("a.example.com", ".example.com"), Some(true));
        assert_eq!(dns("anything.org", ""), Some(true));
        assert_eq!(dns("*.example.com", "example.com"), Some(true));
        assert_eq!(dns("a.example.com", "*.example.com"), None);
    }

    #[test]
    fn hosts_and_domains_with_empty_labels_or_odd_wildcards_cannot_be_told() {
        for (host, base) in [
            ("example.com.", "example.com"),
            ("example.com", "example.com."),
            ("example.com", "."),
            (".example.com", "example.com"),
            ("a..example.com", "example.com"),
            ("", "example.com"),
            ("*.", "example.com"),
            ("f*.example.com", "example.com"),
            ("a.*.example.com", "example.com"),
        ] {
            assert_eq!(inside(dns(host, base, true)), None, "{host} in {base}");
        }
    }

    #[test]
    fn a_wildcard_is_excluded_where_one_of_its_hosts_is() {
        assert_eq!(
            inside(dns("*.example.com", "a.example.com", true)),
            Some(true)
        );
        assert_eq!(
            inside(dns("*.example.com", "a.example.com", false)),
            Some(false)
        );
        assert_eq!(
            inside(dns("*.example.com", "a.example.org", true)),
            Some(false)
        );
        // A wildcard stands for one label.
        assert_eq!(
            inside(dns("*.example.com", "b.a.example.com", true)),
            Some(false)
        );
        assert_eq!(
            inside(dns("*.example.com", ".a.example.com", true)),
            Some(false)
        );
        assert_eq!(
            inside(dns("*.example.com", ".example.com", true)),
            Some(true)
        );
    }

    #[test]
    fn addresses_are_held_against_mailboxes_hosts_and_domains() {
        let email = |address, base| inside(email(address, base));
        assert_eq!(email("a@example.com", "a@EXAMPLE.com"), Some(true));
        assert_eq!(email("A@example.com", "a@example.com"), Some(false));
        assert_eq!(email("a@example.com", "example.com"), Some(true));
        assert_eq!(email("a@b.example.com", "example.com"), Some(false));
        assert_eq!(email("a@b.example.com", ".example.com"), Some(true));
        assert_eq!(email("nobody", "example.com"), None);
        assert_eq!(email("a@b@example.com", "example.com"), None);
    }

    #[test]
    fn uris_are_held_against_their_host() {
        let uri = |address, base| inside(uri(address, base));
        assert_eq!(uri("spiffe://Acme.example/a", "acme.example"), Some(true));
        assert_eq!(
            uri("https://user@a.acme.example:8443/x", ".acme.example"),
            Some(true)
        );
        assert_eq!(uri("https://a.acme.example", "acme.example"), Some(false));
        assert_eq!(uri("https://10.0.0.1/", "acme.example"), None);
        assert_eq!(uri("urn:x", "acme.example"), None);
    }

    #[test]
    fn addresses_lie_in_networks_of_their_own_family() {
        let network = [10, 0, 0, 0, 255, 0, 0, 0];
        assert_eq!(inside(ip(&[10, 1, 2, 3], &network)), Some(true));
        assert_eq!(inside(ip(&[11, 1, 2, 3], &network)), Some(false));
        assert_eq!(inside(ip(&[0; 16], &network)), Some(false));
        assert_eq!(
            inside(ip(&[10, 1, 2, 3], &[10, 0, 0, 0, 255, 0, 255, 0])),
            None
        );
        assert_eq!(inside(ip(&[10, 1, 2, 3], &[10, 0, 0])), None);
        assert!(
            is_prefix(&[255, 255, 255, 255]) && is_prefix(&[0; 4]) && is_prefix(&[255, 192, 0, 0])
        );
        assert!(!is_prefix(&[255, 160, 0, 0]));
    }
}
