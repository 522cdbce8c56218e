//! From the signer's certificate to a root that the examiner trusts, judged at the time that the
//! token states (RFC 5280 §6.1, without revocation).

use super::certificate::Certificate;
use super::name;
use super::signature::SignatureAlgorithm;

/// Certificates between the signer and the root.
const DEPTH_MAX: usize = 8;
/// Signatures that one token may make us check: certificates in a circle end here.
const CHECKS_MAX: usize = 64;

/// How the search for a root ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chain {
    /// It reaches a trusted root, whose name this is.
    Trusted { root: String },
    /// Nobody trusted vouches for the signer.
    Untrusted { why: String },
    /// A chain reaches a trusted root, but does not keep the rules.
    Faulty { why: String },
}

struct Search<'c> {
    others: &'c [Certificate<'c>],
    roots: &'c [Certificate<'c>],
    at_ns: i64,
    checks_left: usize,
    /// The first rule that a chain to a trusted root does not keep.
    fault: Option<String>,
    /// The last certificate whose issuer was not found.
    end: Option<String>,
}

/// Looks for a chain. The signer's own validity was checked before.
pub(crate) fn find<'c>(
    signer: &Certificate<'c>,
    others: &'c [Certificate<'c>],
    roots: &'c [Certificate<'c>],
    at_ns: i64,
) -> Chain {
    // A certificate that the examiner pinned needs nobody to vouch for it.
    if roots.iter().any(|root| root.raw == signer.raw) {
        return Chain::Trusted {
            root: name::display(signer.subject),
        };
    }
    let mut search = Search {
        others,
        roots,
        at_ns,
        checks_left: CHECKS_MAX,
        fault: None,
        end: None,
    };
    match search.climb(signer, 0) {
        Some(root) => Chain::Trusted { root },
        None => match (search.fault, search.end) {
            (Some(why), _) => Chain::Faulty { why },
            (None, end) => {
                let end = end.unwrap_or_else(|| name::display(signer.issuer));
                let why = format!("no trusted root vouches for {end}");
                Chain::Untrusted { why }
            }
        },
    }
}

impl<'c> Search<'c> {
    /// The name of a trusted root above `below`, which has `depth` authorities under it.
    fn climb(&mut self, below: &Certificate<'_>, depth: usize) -> Option<String> {
        let (others, roots) = (self.others, self.roots);
        for root in roots.iter().filter(|root| root.subject == below.issuer) {
            if !self.signed_by(below, root) {
                continue;
            }
            match self.fault_of(root, depth) {
                None => return Some(name::display(root.subject)),
                Some(why) => self.blame(root, &why),
            }
        }
        if depth == DEPTH_MAX {
            return None;
        }
        let is_above = |one: &&Certificate<'c>| {
            one.subject == below.issuer && one.raw != below.raw && one.subject != one.issuer
        };
        let mut is_end = true;
        for issuer in others.iter().filter(is_above) {
            if !self.signed_by(below, issuer) {
                continue;
            }
            is_end = false;
            let fault = self.fault_of(issuer, depth);
            let before = self.fault.clone();
            let found = self.climb(issuer, depth + 1);
            match (found, fault) {
                (Some(root), None) => return Some(root),
                (Some(_), Some(why)) => {
                    self.fault = before;
                    self.blame(issuer, &why);
                }
                (None, _) => {}
            }
        }
        if is_end {
            self.end.get_or_insert_with(|| name::display(below.issuer));
        }
        None
    }

    fn blame(&mut self, who: &Certificate<'_>, why: &str) {
        let who = name::display(who.subject);
        self.fault
            .get_or_insert_with(|| format!("of the certificate of {who}: {why}"));
    }

    fn fault_of(&self, authority: &Certificate<'_>, below: usize) -> Option<String> {
        if !authority.is_valid_at(self.at_ns) {
            return Some("it was not valid at the time stated".to_owned());
        }
        authority.fault_as_authority(below as u64)
    }

    fn signed_by(&mut self, below: &Certificate<'_>, issuer: &Certificate<'_>) -> bool {
        if self.checks_left == 0 {
            return false;
        }
        self.checks_left -= 1;
        let Ok(key) = issuer.public_key() else {
            return false;
        };
        SignatureAlgorithm::parse(below.algorithm, None)
            .is_ok_and(|algorithm| key.verifies(algorithm, below.signed, below.signature))
    }
}
