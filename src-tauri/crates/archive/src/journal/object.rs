//! The objects of a journal file, and which of their bytes a seal covers.

/// Bytes of an object's header.
pub(super) const HEAD_BYTES: u64 = 16;
/// Bytes of a tag.
pub(super) const TAG_BYTES: u64 = 64;
/// Where the items of an entry begin.
pub(super) const ENTRY_ITEMS: u64 = 64;

/// What an object is, by its number in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One field with its value.
    Data,
    /// The name of a field.
    Field,
    /// A log entry: offsets of its data.
    Entry,
    /// Index over data.
    DataHashTable,
    /// Index over names of fields.
    FieldHashTable,
    /// Index over entries.
    EntryArray,
    /// A seal over everything since the one before.
    Tag,
}

/// Which of the two layouts the file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Offsets take four bytes instead of eight, and items no hash.
    pub(super) is_compact: bool,
}

impl Layout {
    /// Where the payload of a data object begins.
    pub(super) const fn payload(self) -> u64 {
        if self.is_compact { 72 } else { 64 }
    }

    /// Bytes of one item of an entry.
    pub(super) const fn entry_item(self) -> u64 {
        if self.is_compact { 4 } else { 16 }
    }

    /// Bytes of one item of an entry array.
    pub(super) const fn array_item(self) -> u64 {
        if self.is_compact { 4 } else { 8 }
    }
}

/// The header of an object, as far as it makes sense by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) kind: Kind,
    pub(super) flags: u8,
    /// Bytes of the object, its header counted, padding not.
    pub(super) size: u64,
}

impl Head {
    /// Reads a header; the reason where it is none.
    pub(super) fn parse(bytes: &[u8], layout: Layout) -> Result<Self, &'static str> {
        let number = bytes.first().copied().unwrap_or(0);
        let kind = match number {
            1 => Kind::Data,
            2 => Kind::Field,
            3 => Kind::Entry,
            4 => Kind::DataHashTable,
            5 => Kind::FieldHashTable,
            6 => Kind::EntryArray,
            7 => Kind::Tag,
            _ => return Err("there is no object of a known kind"),
        };
        let size = u64_at(bytes, 8);
        // Larger ones fit no file, and sums with this never overflow.
        let fits = size < 1 << 56
            && match kind {
                Kind::Data => size >= layout.payload(),
                Kind::Field => size >= 40,
                Kind::Entry => {
                    size >= ENTRY_ITEMS && (size - ENTRY_ITEMS).is_multiple_of(layout.entry_item())
                }
                Kind::DataHashTable | Kind::FieldHashTable => {
                    size >= HEAD_BYTES && (size - HEAD_BYTES).is_multiple_of(16)
                }
                Kind::EntryArray => size >= 24 && (size - 24).is_multiple_of(layout.array_item()),
                Kind::Tag => size == TAG_BYTES,
            };
        if !fits {
            return Err("an object states a size that it cannot have");
        }
        let flags = bytes.get(1).copied().unwrap_or(0);
        Ok(Self { kind, flags, size })
    }

    /// Whether flags and reserved bytes are those that writers leave.
    pub(super) fn is_usual(&self, bytes: &[u8]) -> bool {
        let reserved = bytes
            .get(2..8)
            .is_some_and(|six| six.iter().all(|b| *b == 0));
        let flags = match self.kind {
            Kind::Data => matches!(self.flags, 0 | 1 | 2 | 4),
            _ => self.flags == 0,
        };
        reserved && flags
    }

    /// Where the next object begins.
    pub(super) const fn next(&self, offset: u64) -> u64 {
        (offset + self.size + 7) & !7
    }

    /// The bytes of the object that a seal covers: from its beginning to the first number, and
    /// from the second to its end. What lies between are pointers that change while the file
    /// grows.
    pub(super) const fn covered(&self, layout: Layout) -> (u64, u64) {
        match self.kind {
            Kind::Data => (24, layout.payload()),
            Kind::Field => (24, 40),
            Kind::Entry => (self.size, self.size),
            Kind::DataHashTable | Kind::FieldHashTable | Kind::EntryArray => {
                (HEAD_BYTES, self.size)
            }
            Kind::Tag => (32, self.size),
        }
    }
}

/// A little-endian number; 0 where the bytes end.
pub(super) fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    let eight = bytes.get(offset..offset + 8);
    eight
        .and_then(|eight| eight.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

/// A little-endian number; 0 where the bytes end.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    let four = bytes.get(offset..offset + 4);
    four.and_then(|four| four.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

/// Sixteen bytes; zeros where they end.
pub(super) fn id_at(bytes: &[u8], offset: usize) -> [u8; 16] {
    let sixteen = bytes.get(offset..offset + 16);
    sixteen
        .and_then(|sixteen| sixteen.try_into().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_no_object_can_have_are_refused() {
        let head = |kind: u8, size: u64| {
            let mut bytes = [0; 16];
            bytes[0] = kind;
            bytes[8..].copy_from_slice(&size.to_le_bytes());
            bytes
        };
        let regular = Layout { is_compact: false };
        let compact = Layout { is_compact: true };
        for (kind, size, in_regular, in_compact) in [
            (1, 64, true, false),
            (1, 72, true, true),
            (1, u64::MAX, false, false),
            (2, 39, false, false),
            (3, 68, false, true),
            (3, 80, true, true),
            (6, 28, false, true),
            (7, 64, true, true),
            (7, 72, false, false),
            (8, 64, false, false),
            (0, 0, false, false),
        ] {
            let bytes = head(kind, size);
            assert_eq!(
                Head::parse(&bytes, regular).is_ok(),
                in_regular,
                "{kind} {size}"
            );
            assert_eq!(
                Head::parse(&bytes, compact).is_ok(),
                in_compact,
                "{kind} {size}"
            );
        }
    }
}
