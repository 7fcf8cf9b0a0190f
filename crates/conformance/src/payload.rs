//! Bytes of a payload, written down short.

use serde::Deserialize;

/// A payload in the table of cases.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Payload {
    /// All of its bytes.
    Bytes {
        /// In hexadecimal digits.
        hex: Hex,
    },
    /// A pattern over and over, the last time perhaps not whole.
    Repeated {
        /// The pattern, in hexadecimal digits.
        repeat: Hex,
        /// The length in bytes.
        length: usize,
    },
}

/// Bytes that are written as hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Hex(pub Vec<u8>);

/// What is no row of hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no even number of hexadecimal digits")]
pub struct NotHex(String);

impl Payload {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes { hex } => hex.0.clone(),
            Self::Repeated { repeat, length } => {
                repeat.0.iter().copied().cycle().take(*length).collect()
            }
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes { hex } => hex.0.len(),
            Self::Repeated { repeat, length } => usize::from(!repeat.0.is_empty()) * length,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl TryFrom<String> for Hex {
    type Error = NotHex;

    fn try_from(digits: String) -> Result<Self, NotHex> {
        let digit = |byte: u8| char::from(byte).to_digit(16).map(|it| it as u8);
        let (pairs, rest) = digits.as_bytes().as_chunks();
        let bytes = pairs
            .iter()
            .map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?))
            .collect::<Option<Vec<u8>>>();
        match bytes {
            Some(bytes) if rest.is_empty() => Ok(Self(bytes)),
            _ => Err(NotHex(digits)),
        }
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_give_their_bytes() {
        let read = |text| serde_json::from_str::<Payload>(text).unwrap();
        assert_eq!(read(r#"{"hex":"00fF"}"#).bytes(), [0, 255]);
        let repeated = read(r#"{"repeat":"6162","length":5}"#);
        assert_eq!(repeated.bytes(), b"ababa");
        assert_eq!(repeated.len(), 5);
        assert!(read(r#"{"hex":""}"#).is_empty());
        assert_eq!(to_hex(&[0, 0x2a, 255]), "002aff");
    }

    #[test]
    fn what_is_no_hex_is_refused() {
        for digits in ["0", "zz", "0é"] {
            assert!(Hex::try_from(digits.to_owned()).is_err(), "{digits}");
        }
    }
}
