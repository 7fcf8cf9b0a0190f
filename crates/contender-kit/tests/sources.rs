//! Contenders stay short: what a reader must check before a comparison is
//! believed is the code of two servers.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use std::{fs, path::Path};

/// Lines of code that the main file of a contender may have; most have 20 to 50.
const MOST_LINES: usize = 62;

/// Lines of code without comments, empty lines and imports.
fn lines_of_code(text: &str) -> usize {
    let mut count = 0;
    let mut import_ends_with = None;
    for line in text.lines() {
        let line = line.trim_end();
        if let Some(end) = import_ends_with {
            if line.ends_with(end) {
                import_ends_with = None;
            }
            continue;
        }
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with("//") {
            continue;
        }
        if line.starts_with("use ") || line.starts_with("import ") {
            let end = if line.ends_with('(') { ")" } else { ";" };
            let is_whole = line.ends_with(end) || line.ends_with('"');
            import_ends_with = (!is_whole).then_some(end);
            continue;
        }
        count += 1;
    }
    count
}

#[test]
fn main_files_of_contenders_are_short() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut seen = 0;
    for (folder, file) in [("contenders", "src/main.rs"), ("contenders-go", "main.go")] {
        for entry in fs::read_dir(crates.join(folder)).unwrap() {
            let path = entry.unwrap().path().join(file);
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            seen += 1;
            let lines = lines_of_code(&text);
            let name = path.display();
            assert!(lines >= 5, "{name}: {lines} lines of code are no server");
            assert!(
                lines <= MOST_LINES,
                "{name} has {lines} lines of code, and may have {MOST_LINES}: what other \
                 contenders need as well belongs into contender-kit, and a loop of its own for \
                 one variant into a file beside it"
            );
        }
    }
    assert!(seen >= 27, "only {seen} contenders were found");
}

#[test]
fn imports_comments_and_empty_lines_do_not_count() {
    let rust = "//! A server.\n\nuse std::{\n    fmt,\n    io,\n};\nuse a::B;\n\n// Why.\nfn main() {\n    use_it();\n}\n";
    assert_eq!(lines_of_code(rust), 3);
    let go = "// A server.\npackage main\n\nimport (\n\t\"net\"\n)\nimport \"io\"\n\nfunc main() {\n\tx()\n}\n";
    assert_eq!(lines_of_code(go), 4);
}
