//! Unsafe Rust in a library's own source, counted in its syntax trees.
//!
//! Every `.rs` file beside and below the library's root file is read, whatever
//! features are on. Code under `#[cfg(test)]`, files named `test.rs` or
//! `tests.rs` and folders named `tests` are left out, as are examples and
//! benchmarks, which lie elsewhere. Code inside macros has no syntax tree, and
//! neither has a file that can't be parsed: there the word itself is counted.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::Package;
use proc_macro2::{TokenStream, TokenTree};
use record::{Found, UnsafeCounts};
use syn::{
    Attribute, ExprUnsafe, File, ImplItemFn, ItemFn, ItemForeignMod, ItemImpl, ItemMod, ItemTrait,
    Macro, Meta, Signature,
    visit::{self, Visit},
};

/// Counts over all `packages`.
pub(crate) fn count(packages: &[&Package]) -> Found<UnsafeCounts> {
    let mut counts = UnsafeCounts {
        forbidden: true,
        ..UnsafeCounts::default()
    };
    for package in packages {
        let root = package.targets.iter().find(|target| {
            target.is_lib() || target.is_rlib() || target.is_proc_macro() || target.is_dylib()
        });
        let Some(root) = root.map(|target| target.src_path.as_std_path()) else {
            return Found::Unknown(format!("{} has no library", package.name));
        };
        let mut name = format!("{} {}", package.name, package.version);
        match add(root, &mut counts) {
            Ok(unparsed) => name.push_str(&in_brackets(&unparsed)),
            Err(reason) => return Found::Unknown(reason),
        }
        counts.forbidden &= forbids(root, package.manifest_path.as_std_path());
        counts.packages.push(name);
    }
    Found::Known(counts)
}

/// A file that can't be parsed, and how often the word is in it.
#[derive(Debug, PartialEq, Eq)]
struct Unparsed {
    name: String,
    places: u32,
}

/// What is said of files that were read by their words.
fn in_brackets(unparsed: &[Unparsed]) -> String {
    if unparsed.is_empty() {
        return String::new();
    }
    let files = match unparsed.len() {
        1 => "1 file by its words".to_owned(),
        many => format!("{many} files by their words"),
    };
    let each: Vec<String> = unparsed
        .iter()
        .map(|file| format!("{} in {}", file.places, file.name))
        .collect();
    format!(" ({files}: {})", each.join(", "))
}

/// Adds what is in the files of the library with this root, and names those
/// that can't be parsed.
fn add(root: &Path, counts: &mut UnsafeCounts) -> Result<Vec<Unparsed>, String> {
    let folder = root.parent().unwrap_or(root);
    let mut unparsed = Vec::new();
    for path in sources(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let name = path.strip_prefix(folder).unwrap_or(&path).display();
        let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        let file = match syn::parse_file(&text) {
            Ok(file) => file,
            Err(error) => {
                // Syntax that syn doesn't know yet; its words it does.
                let tokens: TokenStream = text
                    .parse()
                    .map_err(|_| format!("{name} can't be parsed: {error}"))?;
                let places = places_in(&tokens);
                counts.files += 1;
                counts.by_words += places;
                let name = name.to_string();
                unparsed.push(Unparsed { name, places });
                continue;
            }
        };
        if !file.attrs.iter().any(is_for_tests) {
            counts.files += 1;
            Counter { counts }.visit_file(&file);
        }
    }
    unparsed.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(unparsed)
}

/// The `.rs` files below `folder` that aren't tests.
fn sources(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default();
            if path.is_dir() {
                if name != "tests" {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|it| it == "rs")
                && name != "tests.rs"
                && name != "test.rs"
            {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// Whether the compiler is told to refuse unsafe code, by the root file or the
/// manifest.
fn forbids(root: &Path, manifest: &Path) -> bool {
    let in_root = fs::read_to_string(root)
        .ok()
        .and_then(|text| syn::parse_file(&text).ok())
        .is_some_and(|file| in_attributes(&file));
    let in_manifest = fs::read_to_string(manifest)
        .ok()
        .and_then(|text| text.parse::<toml::Table>().ok())
        .is_some_and(|table| {
            let lint = table
                .get("lints")
                .and_then(|it| it.get("rust"))
                .and_then(|it| it.get("unsafe_code"));
            let level = lint.and_then(|it| it.get("level").or(Some(it)));
            level.and_then(toml::Value::as_str) == Some("forbid")
        });
    in_root || in_manifest
}

fn in_attributes(file: &File) -> bool {
    file.attrs.iter().any(|attribute| {
        attribute.path().is_ident("forbid")
            && matches!(&attribute.meta, Meta::List(list)
                if words(&list.tokens).iter().any(|word| word == "unsafe_code"))
    })
}

fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("test")
        || attribute.path().is_ident("cfg")
            && matches!(&attribute.meta, Meta::List(list) if list.tokens.to_string() == "test")
}

/// Every identifier and keyword in the tokens.
fn words(tokens: &TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(word) => found.push(word.to_string()),
            TokenTree::Group(group) => found.extend(words(&group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

/// How often the word is among the tokens: comments and texts are none.
fn places_in(tokens: &TokenStream) -> u32 {
    let words = words(tokens);
    let count = words.iter().filter(|word| *word == "unsafe").count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

struct Counter<'a> {
    counts: &'a mut UnsafeCounts,
}

impl<'ast> Visit<'ast> for Counter<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !item.attrs.iter().any(is_for_tests) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !item.attrs.iter().any(is_for_tests) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !item.attrs.iter().any(is_for_tests) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_signature(&mut self, signature: &'ast Signature) {
        self.counts.functions += u32::from(signature.unsafety.is_some());
        visit::visit_signature(self, signature);
    }

    fn visit_expr_unsafe(&mut self, block: &'ast ExprUnsafe) {
        self.counts.blocks += 1;
        visit::visit_expr_unsafe(self, block);
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast ItemForeignMod) {
        self.counts.blocks += u32::from(item.unsafety.is_some());
        visit::visit_item_foreign_mod(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if !item.attrs.iter().any(is_for_tests) {
            self.counts.impls += u32::from(item.unsafety.is_some());
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.counts.traits += u32::from(item.unsafety.is_some());
        visit::visit_item_trait(self, item);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.counts.in_macros += places_in(&call.tokens);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn counted(files: &[(&str, &str)]) -> Result<UnsafeCounts, String> {
        let folder = library(files);
        let mut counts = UnsafeCounts::default();
        add(&folder.path().join("lib.rs"), &mut counts).map(|_| counts)
    }

    #[test]
    fn each_kind_is_counted_where_it_is_compiled_and_nowhere_else() {
        let counts = counted(&[
            (
                "lib.rs",
                "//! unsafe in words\n\
                 pub mod deep;\n\
                 unsafe fn one() { unsafe { two() } }\n\
                 const TEXT: &str = \"unsafe\"; // unsafe { }\n\
                 unsafe impl Send for X {}\n\
                 unsafe trait T { unsafe fn method(); }\n\
                 macro_rules! m { () => { unsafe { \"unsafe\" } } }\n\
                 #[cfg(test)] mod inside { fn f() { unsafe { } } }\n\
                 #[test] fn g() { unsafe { } }\n",
            ),
            ("deep/mod.rs", "impl X { fn h() { let _ = unsafe { 1 }; } }"),
            ("deep/tests.rs", "fn i() { unsafe { } }"),
            ("tests/a.rs", "fn j() { unsafe { } }"),
            ("notes.txt", "unsafe {"),
        ]);
        let expected = UnsafeCounts {
            files: 2,
            blocks: 2,
            functions: 2,
            impls: 1,
            traits: 1,
            in_macros: 1,
            ..UnsafeCounts::default()
        };
        assert_eq!(counts.as_ref().map(UnsafeCounts::total), Ok(7));
        assert_eq!(counts, Ok(expected));
    }

    #[test]
    fn a_file_that_cannot_be_parsed_is_counted_by_its_words() {
        let folder = library(&[
            ("lib.rs", "fn f() { unsafe { } }"),
            (
                "deep/new.rs",
                "/// unsafe\nfn f() where T: M<req(..): Send> {\n\
                 unsafe { \"unsafe\" } // unsafe\n}\nunsafe impl X {}\n",
            ),
            ("other.rs", "impl<T: M<req(..): Send>> X {}"),
        ]);
        let mut counts = UnsafeCounts::default();
        let unparsed = add(&folder.path().join("lib.rs"), &mut counts).unwrap();
        assert_eq!((counts.files, counts.blocks, counts.by_words), (3, 1, 2));
        assert_eq!((counts.total(), counts.impls), (3, 0));
        assert_eq!(
            in_brackets(&unparsed),
            " (2 files by their words: 2 in deep/new.rs, 0 in other.rs)"
        );
        let one = in_brackets(&unparsed[..1]);
        assert_eq!(one, " (1 file by its words: 2 in deep/new.rs)");
        assert_eq!(in_brackets(&[]), "");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_instead_of_passed_over() {
        let error = counted(&[("lib.rs", "fn f() {}"), ("broken.rs", "fn {")]).unwrap_err();
        assert!(error.contains("broken.rs"), "{error}");
    }

    #[test]
    fn a_ban_may_stand_in_the_source_or_in_the_manifest() {
        let plain = ("lib.rs", "#![deny(unsafe_code)]\nfn f() {}");
        let own = "[package]\nname = \"x\"\n";
        for (root, manifest, expected) in [
            (plain, own, false),
            (("lib.rs", "#![forbid(unused, unsafe_code)]"), own, true),
            (plain, "[lints.rust]\nunsafe_code = \"forbid\"", true),
            (plain, "[lints.rust.unsafe_code]\nlevel = \"forbid\"", true),
            (plain, "[lints.rust]\nunsafe_code = \"deny\"", false),
        ] {
            let folder = library(&[root, ("Cargo.toml", manifest)]);
            let forbidden = forbids(
                &folder.path().join("lib.rs"),
                &folder.path().join("Cargo.toml"),
            );
            assert_eq!(forbidden, expected, "{root:?} {manifest}");
        }
    }
}
