//! Values of bytes that may come from anywhere.

use serde_json::{Map, Number, Value};

/// Objects and lists in each other.
const DEEPEST: usize = 64;

/// The one value that the bytes are; none where they are none, or more.
pub(super) fn read(bytes: &[u8]) -> Option<Value> {
    let mut reader = Reader {
        bytes,
        lists: Vec::new(),
        spare: 0,
    };
    reader.value(0).filter(|_| reader.bytes.is_empty())
}

struct Reader<'b> {
    /// What is left.
    bytes: &'b [u8],
    lists: Vec<&'b [[u8; 8]]>,
    spare: usize,
}

impl<'b> Reader<'b> {
    /// The next value, inside so many others; none where the bytes are no value.
    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        Some(match self.take(1)?[0] {
            b'0' => Value::Null,
            b'f' => false.into(),
            b't' => true.into(),
            b'u' => self.number()?.into(),
            b'i' => (!i64::try_from(self.number()?).ok()?).into(),
            b'd' => read_number(self.take(8)?.first_chunk()?)?,
            b's' => self.text()?.into(),
            b'[' => {
                // Not with room for all: each list inside another could ask for as much.
                let mut list = Vec::new();
                for _ in 0..self.len(1)? {
                    list.push(self.value(depth + 1)?);
                }
                list.into()
            }
            b'{' => {
                let mut object = Map::new();
                for _ in 0..self.len(2)? {
                    let key = self.text()?.to_string();
                    let value = self.value(depth + 1)?;
                    if object.insert(key, value).is_some() {
                        return None;
                    }
                }
                object.into()
            }
            b'n' => {
                let len = self.len(8)?;
                let list = self.take(8 * len)?.as_chunks().0;
                self.lists.push(list);
                self.spare += len;
                read_numbers(list)?
            }
            b'r' => {
                let which = usize::try_from(self.number()?).ok()?;
                let len = usize::try_from(self.number()?).ok()?;
                self.spare = self.spare.checked_sub(len)?;
                let list = self.lists.get(which)?;
                read_numbers(&list[list.len().checked_sub(len)?..])?
            }
            _ => return None,
        })
    }

    fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            let group = u64::from(byte & 0x7f);
            number |= group.checked_shl(shift).filter(|moved| moved >> shift == group)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A length of values of at least so many bytes each, which are there.
    fn len(&mut self, each: usize) -> Option<usize> {
        let len = usize::try_from(self.number()?).ok()?;
        (len.checked_mul(each)? <= self.bytes.len()).then_some(len)
    }

    fn text(&mut self) -> Option<&'b str> {
        let len = self.len(1)?;
        str::from_utf8(self.take(len)?).ok()
    }
}

fn read_numbers(list: &[[u8; 8]]) -> Option<Value> {
    list.iter().map(read_number).collect()
}

/// A number; none for one that is not finite, which no document has.
fn read_number(bytes: &[u8; 8]) -> Option<Value> {
    Number::from_f64(f64::from_le_bytes(*bytes)).map(Value::Number)
}
