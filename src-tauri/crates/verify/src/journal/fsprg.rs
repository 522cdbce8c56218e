//! The keys of Forward Secure Sealing, made from the seed in the verification key.
//!
//! A journal is sealed with keys that a seekable generator gives, one for each epoch: whoever has
//! the state of an epoch can make the keys of later ones, not of earlier ones (Marson and
//! Poettering, "Practical Secure Logging: Seekable Sequential Key Generators", eprint 2013/397;
//! systemd uses it with a modulus of 1,536 bits and SHA-256). Whoever has the seed can factor the
//! modulus and get at any epoch at once; that is what is done here. Nothing here is secret from
//! the examiner, so nothing needs to take constant time.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{NonZero, Odd, U768, U1536};
use sha2::{Digest as _, Sha256};

/// Bytes of the seed that systemd takes.
pub(super) const SEED_BYTES: usize = 12;
/// Bytes of an epoch's key.
pub(super) const KEY_BYTES: usize = 32;
/// Epochs ahead up to which squaring step by step is quicker than a jump.
const STEPS_MAX: u64 = 400;

const PRIME_BYTES: usize = 96;
const MODULUS_BYTES: usize = 192;
/// Primes below this sieve the candidates before the costly test.
const SIEVE_MAX: u32 = 1 << 14;
/// Bases of the Miller–Rabin test. The candidates come from a hash, so that nobody can choose
/// composites that pass.
const BASES: [u64; 6] = [2, 3, 5, 7, 11, 13];

type Form768 = FixedMontyForm<{ U768::LIMBS }>;
type Form1536 = FixedMontyForm<{ U1536::LIMBS }>;
type Params768 = FixedMontyParams<{ U768::LIMBS }>;
type Params1536 = FixedMontyParams<{ U1536::LIMBS }>;

/// The generator, ready for any epoch.
#[derive(Debug, Clone)]
pub(super) struct Fsprg {
    p: Factor,
    q: Factor,
    /// The inverse of p modulo q.
    p_inverse: U768,
    modulus: Params1536,
    modulus_bytes: [u8; MODULUS_BYTES],
    start: U1536,
}

/// A state: an epoch, and the residue that stands for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    epoch: u64,
    residue: Form1536,
}

/// One of the two primes.
#[derive(Debug, Clone)]
struct Factor {
    prime: Odd<U768>,
    params: Params768,
    /// For exponents: (p - 1) / 2, which is odd since p leaves 3 modulo 4.
    half: Params768,
    start: U768,
}

impl Fsprg {
    /// Makes the generator: finds two primes, which takes some milliseconds.
    pub(super) fn new(seed: &[u8; SEED_BYTES]) -> Option<Self> {
        let (p, q) = std::thread::scope(|scope| {
            let p = scope.spawn(|| prime_from(seed, 1));
            let q = prime_from(seed, 2);
            (p.join().ok().flatten(), q)
        });
        let (p, q) = (p?, q?);
        let modulus = p.as_ref().concatenating_mul(q.as_ref());
        let modulus = Params1536::new_vartime(Option::from(Odd::new(modulus))?);
        let mut start = [0; MODULUS_BYTES];
        fill(&mut start, &[seed], 3);
        if let Some(first) = start.first_mut() {
            *first &= 0x7F;
        }
        let residue = Form1536::new(&reduce(&U1536::from_be_slice(&start), &modulus)?, &modulus);
        let start = residue.square().retrieve();
        let p = Factor::new(p, &start)?;
        let q = Factor::new(q, &start)?;
        // By Fermat: p^(q-2) is the inverse of p modulo q.
        let p_in_q = p.prime.as_ref().rem_vartime(q.prime.as_nz_ref());
        let exponent = q.prime.as_ref().wrapping_sub(&U768::from_u8(2));
        let p_inverse = Form768::new(&p_in_q, &q.params).pow_vartime(&exponent);
        let mut modulus_bytes = [0; MODULUS_BYTES];
        modulus_bytes.copy_from_slice(modulus.modulus().as_ref().to_be_bytes().as_ref());
        Some(Self {
            p_inverse: p_inverse.retrieve(),
            p,
            q,
            modulus,
            modulus_bytes,
            start,
        })
    }

    /// The state of the first epoch.
    pub(super) fn first(&self) -> State {
        State {
            epoch: 0,
            residue: Form1536::new(&self.start, &self.modulus),
        }
    }

    /// The state of an epoch, from an earlier or later one by whichever way is shorter.
    pub(super) fn go_to(&self, epoch: u64, from: State) -> State {
        match epoch.checked_sub(from.epoch) {
            Some(steps @ ..=STEPS_MAX) => {
                let mut residue = from.residue;
                for _ in 0..steps {
                    residue = residue.square();
                }
                State { epoch, residue }
            }
            _ => self.jump(epoch),
        }
    }

    /// The state of an epoch by Chinese remainders: x_e = x_0^(2^e) modulo p and modulo q.
    pub(super) fn jump(&self, epoch: u64) -> State {
        let in_p = self.p.at(epoch);
        let in_q = self.q.at(epoch);
        let q = &self.q.params;
        let in_p_of_q = Form768::new(&in_p.rem_vartime(self.q.prime.as_nz_ref()), q);
        let lift = (Form768::new(&in_q, q) - in_p_of_q) * Form768::new(&self.p_inverse, q);
        let residue: U1536 = self.p.prime.as_ref().concatenating_mul(&lift.retrieve());
        let residue = residue.wrapping_add(&in_p.resize());
        State {
            epoch,
            residue: Form1536::new(&residue, &self.modulus),
        }
    }

    /// The key of a state's epoch.
    pub(super) fn key(&self, state: &State) -> [u8; KEY_BYTES] {
        let residue = state.residue.retrieve().to_be_bytes();
        let epoch = state.epoch.to_be_bytes();
        let mut key = [0; KEY_BYTES];
        fill(
            &mut key,
            &[&self.modulus_bytes, residue.as_ref(), &epoch],
            0,
        );
        key
    }
}

impl Factor {
    fn new(prime: Odd<U768>, start: &U1536) -> Option<Self> {
        let half = prime.as_ref().wrapping_sub(&U768::ONE).shr_vartime(1);
        let wide: Option<NonZero<U1536>> =
            Option::from(NonZero::new(prime.as_ref().resize::<{ U1536::LIMBS }>()));
        Some(Self {
            start: start.rem_vartime(&wide?).resize(),
            params: Params768::new_vartime(prime),
            half: Params768::new_vartime(Option::from(Odd::new(half))?),
            prime,
        })
    }

    /// The start to the power of 2^epoch, modulo the prime.
    fn at(&self, epoch: u64) -> U768 {
        let Some(before) = epoch.checked_sub(1) else {
            return self.start;
        };
        // 2^e mod (p - 1) is twice 2^(e-1) mod (p - 1)/2.
        let two = Form768::new(&U768::from_u8(2), &self.half);
        let exponent = two.pow_vartime(&crypto_bigint::U64::from_u64(before));
        let exponent = exponent.retrieve().shl_vartime(1);
        Form768::new(&self.start, &self.params)
            .pow_vartime(&exponent)
            .retrieve()
    }
}

fn reduce(value: &U1536, modulus: &Params1536) -> Option<U1536> {
    let modulus: Option<NonZero<U1536>> = Option::from(NonZero::new(*modulus.modulus().as_ref()));
    Some(value.rem_vartime(&modulus?))
}

/// Fills the buffer with SHA-256(seed, number, counter) for counters from 0 on.
fn fill(buffer: &mut [u8], seed: &[&[u8]], number: u32) {
    let mut begun = Sha256::new();
    seed.iter().for_each(|part| begun.update(part));
    begun.update(number.to_be_bytes());
    for (piece, counter) in buffer.chunks_mut(32).zip(0u32..) {
        let digest = begun.clone().chain_update(counter.to_be_bytes()).finalize();
        for (to, from) in piece.iter_mut().zip(digest.iter()) {
            *to = *from;
        }
    }
}

/// The first prime that leaves 3 modulo 4 from what the seed gives on.
fn prime_from(seed: &[u8], number: u32) -> Option<Odd<U768>> {
    let mut bytes = [0; PRIME_BYTES];
    fill(&mut bytes, &[seed], number);
    let [first, .., last] = &mut bytes;
    *first |= 0xC0;
    *last |= 0x03;
    let begin = U768::from_be_slice(&bytes);
    let small = small_primes();
    let residues: Vec<(u32, u32)> = small
        .iter()
        .filter_map(|prime| {
            let divisor: Option<NonZero<crypto_bigint::Limb>> =
                Option::from(NonZero::new(crypto_bigint::Limb::from_u32(*prime)));
            let residue = begin.rem_limb(divisor?).0;
            Some((*prime, u32::try_from(residue).ok()?))
        })
        .collect();
    // Primes lie some hundred candidates apart; 2^20 are never used up.
    for step in 0..1u32 << 20 {
        let added = step * 4;
        let is_sieved = residues
            .iter()
            .any(|(prime, residue)| (residue + added % prime) % prime == 0);
        if is_sieved {
            continue;
        }
        let candidate = begin.wrapping_add(&U768::from_u32(added));
        let candidate: Option<Odd<U768>> = Option::from(Odd::new(candidate));
        if candidate.as_ref().is_some_and(is_prime) {
            return candidate;
        }
    }
    None
}

/// The Miller–Rabin test for a number that leaves 3 modulo 4: then n - 1 is twice an odd number,
/// and a prime gives 1 or -1 at once.
fn is_prime(candidate: &Odd<U768>) -> bool {
    let params = Params768::new_vartime(*candidate);
    let less_one = candidate.as_ref().wrapping_sub(&U768::ONE);
    let exponent = less_one.shr_vartime(1);
    BASES.iter().all(|base| {
        let power = Form768::new(&U768::from_u64(*base), &params).pow_vartime(&exponent);
        let power = power.retrieve();
        power == U768::ONE || power == less_one
    })
}

/// The odd primes below [`SIEVE_MAX`].
fn small_primes() -> Vec<u32> {
    let mut primes: Vec<u32> = Vec::with_capacity(2000);
    for number in (3..SIEVE_MAX).step_by(2) {
        let is_prime = primes
            .iter()
            .take_while(|prime| **prime * **prime <= number)
            .all(|prime| !number.is_multiple_of(*prime));
        if is_prime {
            primes.push(number);
        }
    }
    primes
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: [u8; SEED_BYTES] = [
        0xC2, 0x62, 0xBD, 0x85, 0x18, 0x7F, 0x0B, 0x1B, 0x04, 0x87, 0x7C, 0xC5,
    ];

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn keys_are_those_of_an_independent_implementation() {
        let generator = Fsprg::new(&SEED).expect("primes");
        for (epoch, key) in [
            (
                0,
                "ee998a1df99c9105ff7a9ed50bf6b6a20dd22f31712152521327fda74b26b7da",
            ),
            (
                1,
                "126f2d3fd0605be9607325bb05a936bf72d33dbc1b9eb6cea82b849f3fc33c33",
            ),
            (
                1_000_000,
                "e189af1b2bd28aad93d90b2b8d38811c9a17eefc4485e87c713da6056644241d",
            ),
        ] {
            assert_eq!(hex(&generator.key(&generator.jump(epoch))), key, "{epoch}");
        }
    }

    #[test]
    fn step_by_step_and_at_one_go_the_state_is_the_same() {
        let generator = Fsprg::new(&SEED).expect("primes");
        let mut state = generator.first();
        for epoch in 0..70 {
            state = generator.go_to(epoch, state);
            let jumped = generator.jump(epoch);
            assert_eq!(generator.key(&state), generator.key(&jumped), "{epoch}");
        }
        let back = generator.go_to(3, state);
        assert_eq!(generator.key(&back), generator.key(&generator.jump(3)));
        let far = generator.go_to(u64::MAX, back);
        assert_eq!(far.epoch, u64::MAX);
    }
}
