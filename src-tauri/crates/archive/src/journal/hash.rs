//! The two hashes of data in a journal: neither is made to withstand anybody.

use std::hash::Hasher as _;

use siphasher::sip::SipHasher24;

/// SipHash-2-4 under the file's id: the hash of a payload (`NAME=value`) in newer journals.
#[must_use]
pub fn keyed(file_id: &[u8; 16], payload: &[u8]) -> u64 {
    let mut hasher = SipHasher24::new_with_key(file_id);
    hasher.write(payload);
    hasher.finish()
}

/// Jenkins' lookup3 (`hashlittle2` from 0 and 0), its first word on top: the hash of a payload in
/// older journals, and in all of them what entries are summed up from.
#[must_use]
pub fn jenkins(payload: &[u8]) -> u64 {
    let length = u32::try_from(payload.len() & 0xFFFF_FFFF).unwrap_or(0);
    let begin = 0xDEAD_BEEF_u32.wrapping_add(length);
    let mut state = [begin; 3];
    let mut rest = payload;
    while rest.len() > 12 {
        let (block, after) = rest.split_at(12);
        add(&mut state, block);
        mix(&mut state);
        rest = after;
    }
    if !rest.is_empty() {
        let mut block = [0; 12];
        for (to, from) in block.iter_mut().zip(rest) {
            *to = *from;
        }
        add(&mut state, &block);
        settle(&mut state);
    }
    let [_, b, c] = state;
    u64::from(c) << 32 | u64::from(b)
}

fn add(state: &mut [u32; 3], block: &[u8]) {
    for (word, four) in state.iter_mut().zip(block.chunks_exact(4)) {
        *word = word.wrapping_add(super::object::u32_at(four, 0));
    }
}

fn mix(state: &mut [u32; 3]) {
    let [mut a, mut b, mut c] = *state;
    for (from, bits) in [(0, 4), (1, 6), (2, 8), (0, 16), (1, 19), (2, 4)] {
        let (x, y, z) = match from {
            0 => (&mut a, &mut c, &mut b),
            1 => (&mut b, &mut a, &mut c),
            _ => (&mut c, &mut b, &mut a),
        };
        *x = x.wrapping_sub(*y) ^ y.rotate_left(bits);
        *y = y.wrapping_add(*z);
    }
    *state = [a, b, c];
}

fn settle(state: &mut [u32; 3]) {
    let [mut a, mut b, mut c] = *state;
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    c = (c ^ b).wrapping_sub(b.rotate_left(24));
    *state = [a, b, c];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup3_gives_its_authors_values() {
        // From the driver of lookup3.c: hashlittle2 of these with both seeds 0.
        assert_eq!(jenkins(b""), 0xDEAD_BEEF_DEAD_BEEF);
        assert_eq!(
            jenkins(b"Four score and seven years ago"),
            0x1777_0551_CE72_26E6
        );
    }

    #[test]
    fn siphash_gives_its_authors_value() {
        let key: [u8; 16] = core::array::from_fn(|i| u8::try_from(i).unwrap_or(0));
        let text: Vec<u8> = (0..15).collect();
        assert_eq!(keyed(&key, &text), 0xA129_CA61_49BE_45E5);
    }
}
