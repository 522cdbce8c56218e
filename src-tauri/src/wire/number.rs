use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
use ts_rs::TS;

/// Largest whole number that the page's numbers hold exactly, plus one: 2^53.
const WHOLE_END: u64 = 1 << 53;

/// A count, an ordinal, a position or a size in bytes, below 2^53.
///
/// A larger value is refused when it is written, never rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, TS)]
#[ts(type = "number")]
pub struct Whole(u64);

impl Whole {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for Whole {
    fn from(value: u64) -> Self {
        Self(value)
    }
}

impl From<u32> for Whole {
    fn from(value: u32) -> Self {
        Self(u64::from(value))
    }
}

impl From<usize> for Whole {
    fn from(value: usize) -> Self {
        Self(value as u64)
    }
}

impl From<Whole> for u64 {
    fn from(value: Whole) -> Self {
        value.0
    }
}

impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 < WHOLE_END {
            serializer.serialize_u64(self.0)
        } else {
            Err(S::Error::custom(
                "a number does not fit the page: 2^53 or more",
            ))
        }
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = u64::deserialize(deserializer)?;
        if value < WHOLE_END {
            Ok(Self(value))
        } else {
            Err(D::Error::custom("2^53 or more"))
        }
    }
}

/// Nanoseconds since 1970-01-01T00:00:00Z as a decimal string, which the page reads as a BigInt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
#[ts(type = "string")]
pub struct Ns(pub i64);

impl Serialize for Ns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Ns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_the_page_would_round_is_refused() {
        assert!(serde_json::to_string(&Whole::from(WHOLE_END)).is_err());
        assert!(serde_json::from_str::<Whole>("9007199254740992").is_err());
        let largest = serde_json::to_string(&Whole::from(WHOLE_END - 1));
        assert_eq!(largest.ok().as_deref(), Some("9007199254740991"));
    }

    #[test]
    fn nanoseconds_cross_as_text_and_come_back_whole() {
        for ns in [i64::MIN, -1, 0, 1_773_479_527_104_221_337, i64::MAX] {
            let text = serde_json::to_string(&Ns(ns)).unwrap_or_default();
            assert_eq!(text, format!("\"{ns}\""));
            assert_eq!(serde_json::from_str::<Ns>(&text).ok(), Some(Ns(ns)));
        }
    }
}
