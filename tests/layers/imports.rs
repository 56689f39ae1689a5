//! Which file of the crate imports from which, through re-exports, and the circles among them.

use crate::source::{Path, Source};
use std::collections::{BTreeMap, BTreeSet};

/// The files of the crate by their modules.
pub(crate) struct Files(BTreeMap<Path, Source>);

impl Files {
    pub(crate) fn new(sources: impl IntoIterator<Item = Source>) -> Self {
        Self(
            sources
                .into_iter()
                .map(|source| (source.module.clone(), source))
                .collect(),
        )
    }

    /// Groups of files each of which imports, by way of the others, from itself; one line each, sorted.
    pub(crate) fn circles(&self) -> Vec<String> {
        let direct: BTreeMap<&Path, BTreeSet<Path>> = self
            .0
            .iter()
            .map(|(module, source)| (module, self.imports(source)))
            .collect();
        let reached: BTreeMap<&Path, BTreeSet<&Path>> = direct
            .keys()
            .map(|module| (*module, everything_below(module, &direct)))
            .collect();
        let mut circles = BTreeSet::new();
        for (module, below) in &reached {
            if below.contains(*module) {
                let members = below.iter().filter(|other| reached[*other].contains(*module));
                let names = members.map(|other| self.0[*other].file.as_str());
                circles.insert(names.collect::<Vec<_>>().join(", "));
            }
        }
        circles.into_iter().collect()
    }

    /// Modules of the other files that a file imports from.
    fn imports(&self, source: &Source) -> BTreeSet<Path> {
        source
            .paths
            .iter()
            .filter_map(|(inside, path)| self.file_of(inside, path, 0))
            .filter(|module| *module != source.module)
            .collect()
    }

    /// The module of the file that defines what `path`, written inside a module, stands for; none where that is not in
    /// this crate.
    fn file_of(&self, inside: &Path, path: &Path, depth: usize) -> Option<Path> {
        // Two aliases that stand for each other do not compile, but a glob may lead back to where it stands.
        if depth > 8 {
            return None;
        }
        let (mut module, mut rest) = match absolute(inside, path) {
            Some(path) => (Path::new(), path),
            None => (inside.clone(), path.clone()),
        };
        let relative = module == *inside && !inside.is_empty();
        if relative && rest.len() == 1 && self.0.contains_key(&[module.as_slice(), &rest].concat()) {
            // A variable, a field or a method with the name of a module: a module itself is no value.
            return None;
        }
        loop {
            let Some(name) = rest.first().cloned() else {
                return self.0.contains_key(&module).then_some(module);
            };
            let child = [module.as_slice(), std::slice::from_ref(&name)].concat();
            if self.0.contains_key(&child) {
                (module, rest) = (child, rest[1..].to_vec());
                continue;
            }
            let source = self.0.get(&module)?;
            if source.defined.contains(&name) {
                return Some(module);
            }
            if let Some((place, alias)) = source.aliases.get(&name) {
                let whole = [alias.as_slice(), &rest[1..]].concat();
                return self.file_of(place, &whole, depth + 1);
            }
            for (place, glob) in &source.globs {
                let whole = [glob.as_slice(), &rest].concat();
                let found = self.file_of(place, &whole, depth + 1);
                if found.as_ref().is_some_and(|found| {
                    *found != module && self.0.get(found).is_some_and(|file| file.defined.contains(&name))
                }) {
                    return found;
                }
            }
            // A macro's item, or a name from the prelude, a parameter, another crate.
            return (!relative).then_some(module);
        }
    }
}

/// A path that starts at `crate`, `self` or `super`, from the crate's root.
pub(crate) fn absolute(inside: &Path, path: &Path) -> Option<Path> {
    let mut base = match path.first()?.as_str() {
        "crate" => Path::new(),
        "self" | "super" => inside.clone(),
        _ => return None,
    };
    let mut rest = &path[..];
    while let Some(first) = rest.first() {
        match first.as_str() {
            "crate" | "self" => (),
            "super" => _ = base.pop(),
            _ => break,
        }
        rest = &rest[1..];
    }
    base.extend_from_slice(rest);
    Some(base)
}

fn everything_below<'a>(start: &Path, direct: &'a BTreeMap<&'a Path, BTreeSet<Path>>) -> BTreeSet<&'a Path> {
    let mut found = BTreeSet::new();
    let mut next: Vec<&Path> = direct[start].iter().collect();
    while let Some(module) = next.pop() {
        if found.insert(module)
            && let Some(imports) = direct.get(module)
        {
            next.extend(imports);
        }
    }
    found
}
