//! What a source file of the crate names, read with `syn`: comments and strings count for nothing, code inside macros
//! counts, code that only tests compile does not.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// A path from the crate's root: `["risk", "manager", "Decision"]`.
pub(crate) type Path = Vec<String>;

/// One source file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its place in the repository, as `src/risk/limits.rs`.
    pub(crate) file: String,
    /// Its module, from the crate's root; empty for `src/lib.rs`.
    pub(crate) module: Path,
    /// Every path that it writes, from the crate's root or from another crate's name. What a path means may depend on
    /// the module that it stands in, so that is kept: the module and the path after it.
    pub(crate) paths: BTreeSet<(Path, Path)>,
    /// What a name that a `use` of the file's own module brings in stands for.
    pub(crate) aliases: BTreeMap<String, (Path, Path)>,
    /// Modules whose every name a `use ...::*` brings in.
    pub(crate) globs: Vec<(Path, Path)>,
    /// Names of the items that it defines outside functions and modules inside it.
    pub(crate) defined: BTreeSet<String>,
    /// Identifiers and keywords, attributes included, but for what `deny(...)` names.
    pub(crate) words: BTreeSet<String>,
    /// Whether it has a block, an implementation or a function that is `unsafe`, but for declarations of `unsafe extern`
    /// functions and attributes.
    pub(crate) unsafe_code: bool,
    /// Whether `extern "C"` or `extern "C-unwind"` stands in it.
    pub(crate) extern_c: bool,
    /// Methods of floating-point numbers that it calls, which the system's C library computes.
    pub(crate) system_functions: BTreeSet<String>,
}

/// Those methods, with how many arguments they take.
const SYSTEM_FUNCTIONS: [(&str, usize); 26] = [
    ("exp", 0),
    ("exp2", 0),
    ("exp_m1", 0),
    ("ln", 0),
    ("ln_1p", 0),
    ("log", 1),
    ("log2", 0),
    ("log10", 0),
    ("powf", 1),
    ("cbrt", 0),
    ("hypot", 1),
    ("sin", 0),
    ("cos", 0),
    ("tan", 0),
    ("sin_cos", 0),
    ("asin", 0),
    ("acos", 0),
    ("atan", 0),
    ("atan2", 1),
    ("sinh", 0),
    ("cosh", 0),
    ("tanh", 0),
    ("asinh", 0),
    ("acosh", 0),
    ("atanh", 0),
    ("gamma", 0),
];

impl Source {
    /// Reads the text of `file`. Panics where it is not Rust.
    pub(crate) fn read(file: &str, text: &str) -> Self {
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let module = module(file);
        let mut reader = Reader {
            inside: module.clone(),
            source: Self {
                file: file.to_string(),
                module,
                paths: BTreeSet::new(),
                aliases: BTreeMap::new(),
                globs: Vec::new(),
                defined: BTreeSet::new(),
                words: BTreeSet::new(),
                unsafe_code: false,
                extern_c: false,
                system_functions: BTreeSet::new(),
            },
        };
        reader.visit_file(&parsed);
        reader.words(text.parse().expect("syn has read it"));
        reader.source
    }
}

/// The module of a file below `src`; programs are modules of their own beside the crate's.
fn module(file: &str) -> Path {
    let inside = file.strip_prefix("src/").unwrap_or(file);
    let stem = inside.strip_suffix(".rs").expect("a Rust file");
    let mut parts: Path = stem.split('/').map(str::to_string).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib")) {
        parts.pop();
    }
    parts
}

struct Reader {
    source: Source,
    /// The module that is being read: the file's, or one written inside it.
    inside: Path,
}

impl Reader {
    fn path(&mut self, path: Path) {
        self.source.paths.insert((self.inside.clone(), path));
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &Path) {
        let with = |name: &syn::Ident| [before.as_slice(), &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.use_tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, before);
                }
            }
            syn::UseTree::Name(name) if name.ident == "self" => self.brought(before.clone(), None),
            syn::UseTree::Name(name) => self.brought(with(&name.ident), None),
            syn::UseTree::Rename(rename) => {
                self.brought(with(&rename.ident), Some(rename.rename.to_string()));
            }
            syn::UseTree::Glob(_) => {
                self.path(before.clone());
                if self.inside == self.source.module {
                    self.source.globs.push((self.inside.clone(), before.clone()));
                }
            }
        }
    }

    fn brought(&mut self, path: Path, name: Option<String>) {
        self.path(path.clone());
        if self.inside == self.source.module {
            let name = name.or_else(|| path.last().cloned()).unwrap_or_default();
            let place = (self.inside.clone(), path);
            self.source.aliases.insert(name, place);
        }
    }

    /// Paths in the tokens of a macro, which `syn` does not take apart.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Path::new();
        let mut colons = 0;
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            if matches!(&token, TokenTree::Ident(ident) if ident == "pub") {
                // Who may see an item is no import.
                tokens.next_if(|next| matches!(next, TokenTree::Group(_)));
            }
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 && !path.is_empty() {
                        self.path(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                    continue;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && colons < 2 => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => (),
            }
            colons = 0;
            if !path.is_empty() {
                self.path(std::mem::take(&mut path));
            }
        }
        if !path.is_empty() {
            self.path(path);
        }
    }

    fn words(&mut self, tokens: TokenStream) {
        let mut before = String::new();
        for token in tokens {
            let word = match &token {
                TokenTree::Ident(ident) => ident.to_string(),
                _ => String::new(),
            };
            if before == "unsafe" {
                self.source.unsafe_code |= match &token {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    _ => word != "extern",
                };
            }
            match token {
                TokenTree::Ident(_) => _ = self.source.words.insert(word.clone()),
                TokenTree::Literal(literal) if before == "extern" => {
                    self.source.extern_c |= literal.to_string().starts_with("\"C");
                }
                TokenTree::Group(group) if before != "deny" => self.words(group.stream()),
                _ => (),
            }
            before = word;
        }
    }
}

impl Visit<'_> for Reader {
    fn visit_item_mod(&mut self, module: &syn::ItemMod) {
        if module.content.is_none() || only_tests(&module.attrs) {
            return;
        }
        self.inside.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.inside.pop();
    }

    fn visit_item(&mut self, item: &syn::Item) {
        if self.inside == self.source.module {
            self.source.defined.extend(defined(item));
        }
        visit::visit_item(self, item);
    }

    /// `pub(super)` says who may see an item; nothing is imported.
    fn visit_visibility(&mut self, _: &syn::Visibility) {}

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        if !only_tests(&item.attrs) {
            self.use_tree(&item.tree, &Path::new());
        }
    }

    fn visit_item_fn(&mut self, item: &syn::ItemFn) {
        if !only_tests(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        let called = (call.method.to_string(), call.args.len());
        if SYSTEM_FUNCTIONS.contains(&(called.0.as_str(), called.1)) {
            self.source.system_functions.insert(called.0);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let parts: Path = path.segments.iter().map(|part| part.ident.to_string()).collect();
        if let [kind, name] = parts.as_slice()
            && ["f32", "f64"].contains(&kind.as_str())
            && SYSTEM_FUNCTIONS.iter().any(|(method, _)| method == name)
        {
            self.source.system_functions.insert(name.clone());
        }
        self.path(parts);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &syn::Macro) {
        self.tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }
}

/// The name that an item gives to what it defines.
fn defined(item: &syn::Item) -> Option<String> {
    let name = match item {
        syn::Item::Const(item) => &item.ident,
        syn::Item::Enum(item) => &item.ident,
        syn::Item::Fn(item) => &item.sig.ident,
        syn::Item::Macro(item) => item.ident.as_ref()?,
        syn::Item::Static(item) => &item.ident,
        syn::Item::Struct(item) => &item.ident,
        syn::Item::Trait(item) => &item.ident,
        syn::Item::Type(item) => &item.ident,
        syn::Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// Whether `#[cfg(test)]` is among the attributes.
fn only_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}
