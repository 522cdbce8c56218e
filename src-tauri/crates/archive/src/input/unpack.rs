//! gzip and zstd, unpacked as far as they go: what comes before a fault is kept, and the fault is
//! told with its place.

use std::io::{self, BufRead, Read};

use sealscope_model::{Computed, Damage, Digest};
use sealscope_proof::Sha256Stream;

use crate::limits;

const BUFFER_BYTES: usize = 256 << 10;

/// How a file is packed, told from its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip (RFC 1952), one member or several.
    Gzip,
    /// zstd (RFC 8878), one frame or several.
    Zstd,
}

impl Packing {
    /// Tells the packing from a file's first bytes.
    #[must_use]
    pub fn of(first: &[u8]) -> Self {
        match first {
            [0x1F, 0x8B, 0x08, ..] => Self::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Self::Zstd,
            // A frame to be skipped may come first (pzstd does so); a sealog archive is no packed
            // log.
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, rest @ ..] if rest.get(4..8) != Some(b"SLID") => {
                Self::Zstd
            }
            _ => Self::Plain,
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// Why unpacking ended early, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpackFault {
    /// Place in the file as stored, in bytes from 0.
    pub offset_bytes: u64,
    /// What was found, in a sentence.
    pub reason: String,
}

impl From<UnpackFault> for Damage {
    fn from(fault: UnpackFault) -> Self {
        Damage::at(fault.offset_bytes, fault.reason)
    }
}

/// A reader that remembers what the bytes were as found: how many, and their digest.
#[derive(Debug)]
pub struct AsFound<R> {
    inner: R,
    buffer: Vec<u8>,
    begin: usize,
    end: usize,
    /// Bytes read from `inner`.
    bytes: u64,
    /// `None` where nobody asks for the digest.
    hash: Option<Sha256Stream>,
    /// The medium's own error, which is no fault of the packing.
    failed: Option<io::Error>,
}

impl<R: Read> AsFound<R> {
    /// Reads and hashes.
    pub fn hashing(inner: R) -> Self {
        Self::new(inner, Some(Sha256Stream::default()))
    }

    /// Reads and only counts.
    pub fn counting(inner: R) -> Self {
        Self::new(inner, None)
    }

    fn new(inner: R, hash: Option<Sha256Stream>) -> Self {
        Self {
            inner,
            buffer: vec![0; BUFFER_BYTES],
            begin: 0,
            end: 0,
            bytes: 0,
            hash,
            failed: None,
        }
    }

    /// Place of the next byte to be taken, from 0.
    #[must_use]
    pub const fn offset_bytes(&self) -> u64 {
        self.bytes - (self.end - self.begin) as u64
    }

    /// Reads to the end, so that all bytes are counted and hashed.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn read_to_end(&mut self) -> io::Result<()> {
        loop {
            let held = self.fill_buf()?.len();
            if held == 0 {
                return Ok(());
            }
            self.consume(held);
        }
    }

    /// Count and, where it was asked for, digest of the bytes read so far.
    #[must_use]
    pub fn so_far(self) -> (u64, Option<Computed<Digest>>) {
        (self.bytes, self.hash.map(Sha256Stream::finish))
    }

    /// Takes the medium's error, if there was one.
    pub fn take_failure(&mut self) -> Option<io::Error> {
        self.failed.take()
    }
}

impl<R: Read> Read for AsFound<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for AsFound<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.begin == self.end {
            match self.inner.read(&mut self.buffer) {
                Ok(count) => {
                    let count = count.min(self.buffer.len());
                    (self.begin, self.end) = (0, count);
                    self.bytes += count as u64;
                    let read = self.buffer.get(..count).unwrap_or_default();
                    if let Some(hash) = &mut self.hash {
                        hash.update(read);
                    }
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let copy = io::Error::new(error.kind(), error.to_string());
                    self.failed = Some(error);
                    return Err(copy);
                }
            }
        }
        Ok(self.buffer.get(self.begin..self.end).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.begin = (self.begin + count).min(self.end);
    }
}

/// Gives the unpacked bytes of a stream, up to its end or its first fault.
pub struct Unpacker<R: Read> {
    state: State<R>,
    fault: Option<UnpackFault>,
    /// Whether a gzip member before this one was whole.
    is_later_member: bool,
}

enum State<R: Read> {
    Plain(AsFound<R>),
    Gzip(Box<flate2::bufread::GzDecoder<AsFound<R>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, AsFound<R>>>),
    Done(AsFound<R>),
    /// Only while one state becomes another.
    Between,
}

impl<R: Read> std::fmt::Debug for Unpacker<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unpacker")
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

impl<R: Read> Unpacker<R> {
    /// Unpacks a stream that is packed so.
    ///
    /// # Errors
    /// When there is no memory to unpack with.
    pub fn new(found: AsFound<R>, packing: Packing) -> io::Result<Self> {
        let state = match packing {
            Packing::Plain => State::Plain(found),
            Packing::Gzip => State::Gzip(Box::new(flate2::bufread::GzDecoder::new(found))),
            Packing::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(found)?;
                decoder.window_log_max(limits::UNPACK_WINDOW_LOG_MAX)?;
                State::Zstd(Box::new(decoder))
            }
        };
        Ok(Self {
            state,
            fault: None,
            is_later_member: false,
        })
    }

    /// Why the stream ended before its end; known once [`Unpacker::read`] gave 0.
    #[must_use]
    pub const fn fault(&self) -> Option<&UnpackFault> {
        self.fault.as_ref()
    }

    /// Place in the file as stored up to which bytes were taken.
    #[must_use]
    pub fn offset_bytes(&self) -> u64 {
        self.found().map_or(0, AsFound::offset_bytes)
    }

    /// Gives back the reader, for what it knows of the bytes as found.
    #[must_use]
    pub fn into_found(self) -> Option<AsFound<R>> {
        match self.state {
            State::Plain(found) | State::Done(found) => Some(found),
            State::Gzip(decoder) => Some(decoder.into_inner()),
            State::Zstd(decoder) => Some(decoder.finish()),
            State::Between => None,
        }
    }

    /// Unpacks into `buffer`; 0 at the end, or where a fault ends the stream.
    ///
    /// # Errors
    /// When the medium fails. Faults of the packing are no errors.
    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match &mut self.state {
                State::Plain(found) => return found.read(buffer),
                State::Done(_) | State::Between => return Ok(0),
                State::Gzip(decoder) => decoder.read(buffer),
                State::Zstd(decoder) => decoder.read(buffer),
            };
            match read {
                Ok(0) => self.end_member()?,
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.end_in_fault(&error).map(|()| 0),
            }
        }
    }

    fn found(&self) -> Option<&AsFound<R>> {
        match &self.state {
            State::Plain(found) | State::Done(found) => Some(found),
            State::Gzip(decoder) => Some(decoder.get_ref()),
            State::Zstd(decoder) => Some(decoder.get_ref()),
            State::Between => None,
        }
    }

    /// After a whole gzip member: another one, zeros that pad the file, or the end.
    fn end_member(&mut self) -> io::Result<()> {
        self.state = match std::mem::replace(&mut self.state, State::Between) {
            State::Gzip(decoder) => {
                let mut found = decoder.into_inner();
                skip_zeros(&mut found)?;
                if found.fill_buf()?.first() == Some(&0x1F) {
                    self.is_later_member = true;
                    State::Gzip(Box::new(flate2::bufread::GzDecoder::new(found)))
                } else {
                    if !found.fill_buf()?.is_empty() {
                        self.fault = Some(UnpackFault {
                            offset_bytes: found.offset_bytes(),
                            reason:
                                "bytes follow the end of the gzip stream that are no part of it"
                                    .to_owned(),
                        });
                    }
                    State::Done(found)
                }
            }
            State::Zstd(decoder) => State::Done(decoder.finish()),
            other => other,
        };
        Ok(())
    }

    fn end_in_fault(&mut self, error: &io::Error) -> io::Result<()> {
        let (mut found, packing) = match std::mem::replace(&mut self.state, State::Between) {
            State::Gzip(decoder) => (decoder.into_inner(), Packing::Gzip),
            State::Zstd(decoder) => (decoder.finish(), Packing::Zstd),
            State::Plain(found) | State::Done(found) => (found, Packing::Plain),
            State::Between => return Ok(()),
        };
        let failure = found.take_failure();
        self.fault = Some(UnpackFault {
            offset_bytes: found.offset_bytes(),
            reason: reason_of(error, packing, self.is_later_member),
        });
        self.state = State::Done(found);
        failure.map_or(Ok(()), Err)
    }
}

/// Zeros that fill up a block, as tapes and some devices leave them, are no content.
fn skip_zeros<R: Read>(found: &mut AsFound<R>) -> io::Result<()> {
    loop {
        let held = found.fill_buf()?;
        let zeros = held.iter().take_while(|byte| **byte == 0).count();
        let ends_here = held.is_empty() || zeros < held.len();
        found.consume(zeros);
        if ends_here {
            return Ok(());
        }
    }
}

fn reason_of(error: &io::Error, packing: Packing, is_later_member: bool) -> String {
    let what = packing.word();
    let text = error.to_string();
    if error.kind() == io::ErrorKind::UnexpectedEof {
        format!("the {what} stream is cut off: the file ends before it does")
    } else if text.contains("checksum") {
        format!("the {what} stream states another checksum than its bytes have")
    } else if is_later_member && text.contains("header") || text.contains("Unknown frame") {
        format!("bytes follow the end of the {what} stream that are no part of it")
    } else {
        format!("the {what} stream does not unpack any further: {text}")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).expect("memory takes all bytes");
        encoder.finish().expect("memory takes all bytes")
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("it begins");
        encoder.include_checksum(true).expect("it is set");
        encoder.write_all(bytes).expect("memory takes all bytes");
        encoder.finish().expect("memory takes all bytes")
    }

    fn unpack(stored: &[u8]) -> (Vec<u8>, Option<UnpackFault>) {
        let found = AsFound::hashing(stored);
        let mut unpacker = Unpacker::new(found, Packing::of(stored)).expect("it begins");
        let (mut bytes, mut buffer) = (Vec::new(), [0; 1000]);
        loop {
            match unpacker.read(&mut buffer).expect("memory does not fail") {
                0 => break,
                count => bytes.extend_from_slice(&buffer[..count]),
            }
        }
        let fault = unpacker.fault().cloned();
        let mut found = unpacker.into_found().expect("it was not given away");
        found.read_to_end().expect("memory does not fail");
        let (count, hash) = found.so_far();
        assert_eq!(count, stored.len() as u64, "all bytes are counted");
        assert_eq!(
            hash.map(|hash| *hash.get()),
            Some(sealscope_proof::sha256(stored)),
            "all bytes are hashed"
        );
        (bytes, fault)
    }

    #[test]
    fn members_one_after_another_are_one_stream() {
        for pack in [gzip, zstd] {
            let two = [pack(b"one\n"), pack(b"two\n")].concat();
            assert_eq!(unpack(&two), (b"one\ntwo\n".to_vec(), None));
        }
    }

    #[test]
    fn zeros_behind_gzip_are_padding_and_other_bytes_are_a_fault() {
        let mut padded = gzip(b"one\n");
        let end = padded.len() as u64;
        padded.extend_from_slice(&[0; 512]);
        assert_eq!(unpack(&padded), (b"one\n".to_vec(), None));
        for pack in [gzip, zstd] {
            let mut trailing = pack(b"one\n");
            trailing.extend_from_slice(b"garbage");
            let (bytes, fault) = unpack(&trailing);
            let fault = fault.expect("the garbage is told");
            assert_eq!(bytes, b"one\n");
            assert!(fault.reason.contains("follow the end"), "{fault:?}");
        }
        let mut trailing = gzip(b"one\n");
        trailing.extend_from_slice(b"\x1Fgarbage!!!!");
        let (bytes, fault) = unpack(&trailing);
        assert_eq!(bytes, b"one\n");
        assert!(fault.is_some_and(|fault| fault.offset_bytes >= end));
    }

    #[test]
    fn a_stream_cut_anywhere_gives_what_came_before_and_the_place() {
        let text: Vec<u8> = (0..2000u32)
            .flat_map(|n| format!("line {n}\n").into_bytes())
            .collect();
        for pack in [gzip, zstd] {
            let whole = pack(&text);
            for length in (20..whole.len()).step_by(97) {
                let (bytes, fault) = unpack(&whole[..length]);
                assert!(text.starts_with(&bytes));
                let fault = fault.expect("the cut is told");
                assert!(fault.offset_bytes <= length as u64);
                assert!(fault.reason.contains("cut off"), "{length}: {fault:?}");
            }
        }
    }

    #[test]
    fn a_wrong_checksum_is_told_and_the_bytes_are_kept() {
        for pack in [gzip, zstd] {
            let mut stored = pack(b"one\ntwo\n");
            let place = stored.len() - if stored[0] == 0x1F { 8 } else { 4 };
            stored[place] ^= 1;
            let (bytes, fault) = unpack(&stored);
            assert!(fault.is_some_and(|fault| fault.reason.contains("checksum")));
            assert!(b"one\ntwo\n".starts_with(&bytes[..]));
        }
    }

    #[test]
    fn a_sealog_archive_is_not_taken_for_a_packed_log() {
        let mut head = vec![0x5A, 0x2A, 0x4D, 0x18, 40, 0, 0, 0];
        assert_eq!(Packing::of(&head), Packing::Zstd);
        head.extend_from_slice(b"SLID");
        assert_eq!(Packing::of(&head), Packing::Plain);
    }

    proptest! {
        #[test]
        fn random_bytes_behind_a_magic_end_in_a_fault_and_never_in_a_panic(
            tail in prop::collection::vec(any::<u8>(), 0..300), gzipped in any::<bool>()) {
            let gzip: &[u8] = &[0x1F, 0x8B, 8];
            let zstd: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];
            let mut stored = if gzipped { gzip } else { zstd }.to_vec();
            stored.extend_from_slice(&tail);
            let _ = unpack(&stored);
        }
    }
}
