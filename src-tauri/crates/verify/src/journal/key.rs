//! The verification key of a journal as `journalctl --setup-keys` prints it.

use std::sync::{Arc, Mutex, PoisonError};

use super::fsprg::{Fsprg, KEY_BYTES, SEED_BYTES, State};

/// Bytes of a key file that are looked at: the key is a line of some fifty characters.
const KEY_TEXT_MAX: usize = 4096;
/// Keys that are kept ready.
const READY_MAX: usize = 16;
/// Epochs ahead that are near: stepping there is quicker than a jump.
const NEAR: u64 = 100;
/// Epochs that are stepped through before a check begins: some seconds.
const STEPS_MAX: u64 = 2_000_000;

/// A verification key: the seed, and when its epochs begin and how long they are.
///
/// Its text is `c262bd-85187f-0b1b04-877cc5/1c7af8-35a4e900`: 24 hex digits of seed, hyphens at
/// will, then number of the first interval and microseconds of an interval, both in hex.
#[derive(Debug, Clone)]
pub struct SealKey {
    generator: Box<Fsprg>,
    times: SealTimes,
}

/// What a verification key says of time; reading it costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SealTimes {
    seed: [u8; SEED_BYTES],
    start_usec: u64,
    interval_usec: u64,
}

/// Why a text is no verification key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealKeyError {
    /// It has another form.
    #[error("a journal's verification key is 24 hex digits, `/`, and two hex numbers with `-`")]
    Form,
    /// Its epochs would begin or end at no time that can be written.
    #[error("the key names a start or an interval that is 0 or too large")]
    Time,
}

impl SealTimes {
    /// Reads a key's text, with white space around it.
    pub(super) fn parse(text: &[u8]) -> Result<Self, SealKeyError> {
        let text = text.get(..KEY_TEXT_MAX).unwrap_or(text).trim_ascii();
        let slash = text.iter().position(|byte| *byte == b'/');
        let (seed, times) = slash
            .and_then(|place| text.split_at_checked(place))
            .ok_or(SealKeyError::Form)?;
        let seed = parse_seed(seed).ok_or(SealKeyError::Form)?;
        let times = times.get(1..).unwrap_or_default();
        let mut parts = times.split(|byte| *byte == b'-');
        let (Some(start), Some(interval), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(SealKeyError::Form);
        };
        let start = parse_hex(start)?;
        let interval_usec = parse_hex(interval)?;
        Ok(Self {
            seed,
            start_usec: start.checked_mul(interval_usec).ok_or(SealKeyError::Time)?,
            interval_usec,
        })
    }

    /// See [`SealKey::epoch_start_usec`].
    pub(super) fn epoch_start_usec(&self, epoch: u64) -> Option<u64> {
        epoch
            .checked_mul(self.interval_usec)?
            .checked_add(self.start_usec)
    }

    /// Eight hex digits that tell keys apart and give nothing of them away.
    pub(super) fn id(&self) -> String {
        let digest = sealscope_proof::sha256(&self.seed);
        digest.to_hex().chars().take(8).collect()
    }
}

impl SealKey {
    /// Reads a key's text, with white space around it, and makes its generator ready, which takes
    /// some milliseconds.
    ///
    /// # Errors
    /// See [`SealKeyError`].
    pub fn parse(text: &[u8]) -> Result<Self, SealKeyError> {
        let times = SealTimes::parse(text)?;
        let generator = Fsprg::new(&times.seed).ok_or(SealKeyError::Form)?;
        Ok(Self {
            generator: Box::new(generator),
            times,
        })
    }

    /// When an epoch begins, in microseconds since 1970; `None` beyond what can be written.
    #[must_use]
    pub fn epoch_start_usec(&self, epoch: u64) -> Option<u64> {
        self.times.epoch_start_usec(epoch)
    }

    /// The epoch of a moment, in microseconds since 1970; `None` before the first one.
    #[must_use]
    pub fn epoch_of(&self, usec: u64) -> Option<u64> {
        usec.checked_sub(self.times.start_usec)?
            .checked_div(self.times.interval_usec)
    }

    /// The key with which the tags of an epoch are made: 32 bytes for HMAC-SHA256.
    #[must_use]
    pub fn key_of_epoch(&self, epoch: u64) -> [u8; KEY_BYTES] {
        self.generator.key(&self.generator.jump(epoch))
    }

    /// The keys of many epochs, in their order; near ones cost next to nothing. Beyond `jumps_max`
    /// far ones, or [`STEPS_MAX`] epochs passed, the rest is left out.
    #[must_use]
    pub(super) fn keys_of_epochs(&self, epochs: &[u64], jumps_max: usize) -> Vec<[u8; KEY_BYTES]> {
        let mut keys: Vec<[u8; KEY_BYTES]> = Vec::with_capacity(epochs.len());
        let mut state: State = self.generator.first();
        let (mut before, mut jumps, mut steps) = (0, 0, 0);
        for epoch in epochs {
            match epoch.checked_sub(before) {
                Some(near @ ..NEAR) => steps += near,
                _ => jumps += 1,
            }
            if jumps > jumps_max || steps > STEPS_MAX {
                break;
            }
            state = self.generator.go_to(*epoch, state);
            keys.push(self.generator.key(&state));
            before = *epoch;
        }
        keys
    }
}

/// Keys that were made ready, shared by the clones of a trust store: the same key often opens many
/// archives, and each entry that is looked at later.
#[derive(Clone, Default)]
pub(crate) struct ReadyKeys(Arc<Mutex<Vec<SealKey>>>);

impl ReadyKeys {
    /// The key of a text, made ready at the first time.
    pub(super) fn get(&self, text: &[u8]) -> Option<SealKey> {
        let times = SealTimes::parse(text).ok()?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = known.iter().find(|key| key.times == times) {
            return Some(key.clone());
        }
        let key = SealKey::parse(text).ok()?;
        if known.len() == READY_MAX {
            known.remove(0);
        }
        known.push(key.clone());
        Some(key)
    }
}

impl PartialEq for ReadyKeys {
    /// What was made ready follows from the keys, and is no part of what was given.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ReadyKeys {}

impl std::fmt::Debug for ReadyKeys {
    // Keys never get into a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReadyKeys")
    }
}

fn parse_seed(text: &[u8]) -> Option<[u8; SEED_BYTES]> {
    let mut seed = [0; SEED_BYTES];
    let mut rest = text;
    for (number, byte) in seed.iter_mut().enumerate() {
        while let Some(after) = rest.strip_prefix(b"-").filter(|_| number > 0) {
            rest = after;
        }
        let (pair, after) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(pair).ok()?;
        if !pair.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        *byte = u8::from_str_radix(digits, 16).ok()?;
        rest = after;
    }
    rest.is_empty().then_some(seed)
}

fn parse_hex(text: &[u8]) -> Result<u64, SealKeyError> {
    if text.is_empty() || text.len() > 16 || !text.iter().all(u8::is_ascii_hexdigit) {
        return Err(SealKeyError::Form);
    }
    let digits = std::str::from_utf8(text).map_err(|_| SealKeyError::Form)?;
    let value = u64::from_str_radix(digits, 16).map_err(|_| SealKeyError::Form)?;
    if value == 0 {
        return Err(SealKeyError::Time);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_when_its_epochs_begin() {
        let key = SealKey::parse(b" c262bd-85187f-0b1b04-877cc5/1c7af8-35a4e900\n").expect("a key");
        let start = 0x1c_7af8 * 0x35a4_e900;
        assert_eq!(key.epoch_start_usec(0), Some(start));
        assert_eq!(key.epoch_of(start - 1), None);
        assert_eq!(key.epoch_of(start + 0x35a4_e900), Some(1));
        assert_eq!(key.epoch_start_usec(u64::MAX), None);
        let same = SealKey::parse(b"c262bd85187f0b1b04877cc5/1c7af8-35a4e900").expect("a key");
        assert_eq!(key.key_of_epoch(7), same.key_of_epoch(7));
        let many = key.keys_of_epochs(&[0, 1, 1, 7, 90_000, 90_001, 3], 10);
        let single: Vec<_> = [0, 1, 1, 7, 90_000, 90_001, 3]
            .map(|epoch| key.key_of_epoch(epoch))
            .into();
        assert_eq!(many, single);
        assert_eq!(key.keys_of_epochs(&[0, 1, 90_000], 0).len(), 2);
    }

    #[test]
    fn a_key_made_ready_is_the_one_of_its_text() {
        let ready = ReadyKeys::default();
        let text = |number: usize| format!("c262bd85187f0b1b0487{number:04x}/1c7af8-35a4e900");
        for number in (0..2 * READY_MAX).chain(0..3) {
            let text = text(number);
            let own = SealKey::parse(text.as_bytes()).expect("a key");
            for ready in [&ready, &ready.clone()] {
                let key = ready.get(text.as_bytes()).expect("a key");
                assert_eq!(key.key_of_epoch(5), own.key_of_epoch(5), "{text}");
            }
        }
        assert_eq!(ready.0.lock().expect("not poisoned").len(), READY_MAX);
        assert!(ready.get(b"no key").is_none());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        use SealKeyError::{Form, Time};
        for (text, error) in [
            ("", Form),
            ("c262bd85187f0b1b04877cc5", Form),
            ("c262bd85187f0b1b04877cc5/1", Form),
            ("c262bd85187f0b1b04877cc/1-1", Form),
            ("c262bd85187f0b1b04877cc5a/1-1", Form),
            ("c262bd85187f0b1b04877cg5/1-1", Form),
            ("c262bd85187f0b1b04877cc5/1-1-1", Form),
            ("c262bd85187f0b1b04877cc5/+1-1", Form),
            ("c262bd85187f0b1b04877cc5/0-1", Time),
            ("c262bd85187f0b1b04877cc5/1-0", Time),
            ("c262bd85187f0b1b04877cc5/ffffffffffffffff-ff", Time),
        ] {
            assert_eq!(SealKey::parse(text.as_bytes()).err(), Some(error), "{text}");
        }
    }
}
