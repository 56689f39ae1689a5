//! The C surface as abi/generate lists it in a `surface.txt`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The lines of a list, in words.
pub(crate) struct Surface(Vec<Vec<String>>);

impl Surface {
    /// Reads a list, by its path in the checkout.
    pub(crate) fn read(path: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let words = |line: &str| line.split(' ').map(str::to_string).collect();
        Self(text.lines().map(words).collect())
    }

    /// The lines of a kind, such as "struct", without that word.
    pub(crate) fn of(&self, kind: &str) -> impl Iterator<Item = &[String]> {
        let lines = self.0.iter().filter(move |line| line[0] == kind);
        lines.map(|line| &line[1..])
    }

    /// Every function's parameters, by its name.
    pub(crate) fn functions(&self) -> BTreeMap<&str, &[String]> {
        self.of("function")
            .map(|line| (line[0].as_str(), &line[1..]))
            .collect()
    }
}

/// Today's.
pub(crate) fn surface() -> Surface {
    Surface::read("abi/surface.txt")
}
