//! The pages that people read: every link leads somewhere, the README's program does what it says, the site is built.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/tools.rs"]
mod tools;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tools::{has, library, root, skipped, succeeded, text};

/// Every page in Markdown, but for those below folders that are made.
fn pages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let made = ["target", "runs", "data"].contains(&name.as_str());
            // Not followed: what links lead to is no part of the checkout.
            if path.is_dir() && !path.is_symlink() && !made && (!name.starts_with('.') || name == ".setup") {
                folders.push(path);
            } else if name.ends_with(".md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What a page links to, and the names of its headings, as GitHub and mdBook make them.
fn links_and_names(page: &Path) -> (Vec<String>, Vec<String>) {
    let text = fs::read_to_string(page).unwrap();
    let (mut links, mut names) = (Vec::new(), Vec::new());
    let mut heading: Option<String> = None;
    let mut seen = BTreeMap::new();
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(dest_url.to_string())
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let name = heading.take().unwrap();
                let again = seen
                    .entry(name.clone())
                    .and_modify(|count| *count += 1)
                    .or_insert(0);
                names.push(if *again == 0 {
                    name
                } else {
                    format!("{name}-{again}")
                });
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(name) = &mut heading {
                    let kept = words.to_lowercase();
                    let kept = kept.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
                    name.extend(kept.map(|c| if c == ' ' { '-' } else { c }));
                }
            }
            _ => (),
        }
    }
    (links, names)
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let pages = pages();
    let mut followed = 0;
    let mut broken = Vec::new();
    for page in &pages {
        let (links, own) = links_and_names(page);
        for link in links
            .iter()
            .filter(|link| !link.contains("://") && !link.starts_with("mailto:"))
        {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match path {
                "" => page.clone(),
                _ => page.parent().unwrap().join(path),
            };
            let named = || match path {
                "" => own.contains(&anchor.to_string()),
                _ => links_and_names(&target).1.contains(&anchor.to_string()),
            };
            if !target.exists() || !anchor.is_empty() && !named() {
                broken.push(format!("{}: {link}", page.display()));
            }
            followed += 1;
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(
        followed > 80 && pages.len() > 25,
        "{followed} links on {} pages",
        pages.len()
    );
}

/// On the prices that it fetches, and where the options leave it open.
#[test]
fn make_train_departs_by_evidence() {
    if !has("make", "what make train starts") {
        return;
    }
    let started = |options: &str| {
        let options = format!("ARGS={options}");
        let output = Command::new("make")
            .args(["-n", "train", &options])
            .current_dir(root())
            .output();
        let lines = text(&output.unwrap().stdout);
        lines
            .lines()
            .find(|line| line.contains(" -- train"))
            .unwrap()
            .trim_end()
            .to_string()
    };
    for (options, departure) in [
        ("", " --departure evidence --steps 1000000"),
        ("--seeds 1", " --departure evidence --steps 1000000 --seeds 1"),
        ("--steps 100000", " --departure evidence --steps 100000"),
        ("--market simulated", " --market simulated"),
        ("--prices my.csv", " --prices my.csv"),
        ("--preset classic", " --preset classic"),
        ("--departure full", " --departure full"),
    ] {
        let started = started(options);
        assert!(started.ends_with(&format!(" -- train{departure}")), "{started}");
    }
}

/// Turns of phrase that a reader has to guess at, and that have been in the documentation of the interface.
const FIGURES_OF_SPEECH: [&str; 5] = [
    "hears of",
    "neither throw nor",
    "words of the last failed call",
    "words of this thread",
    "turns wishes",
];

#[test]
fn the_interface_is_described_without_figures_of_speech() {
    let mut folders: Vec<PathBuf> = ["include", "docs", "bindings", "src"]
        .map(|name| root().join(name))
        .into();
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                read += 1;
                let text = text.to_lowercase();
                let found = FIGURES_OF_SPEECH.iter().find(|words| text.contains(**words));
                assert_eq!(found, None, "{}", path.display());
            }
        }
    }
    assert!(read > 400, "{read} files");
}

#[test]
fn every_page_of_docs_is_on_the_site() {
    let docs = root().join("docs");
    let (listed, _) = links_and_names(&docs.join("SUMMARY.md"));
    for folder in [docs.clone(), docs.join("site")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&docs).unwrap().to_str().unwrap().to_string();
            let is_page = name.ends_with(".md") && name != "SUMMARY.md";
            assert!(
                !is_page || listed.contains(&name),
                "{name} is not in docs/SUMMARY.md"
            );
        }
    }
}

#[test]
fn the_site_is_built_and_its_links_lead_somewhere() {
    let gate = "the documentation site";
    if !has("python3", gate) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new("python3")
        .arg(root().join(".setup/site.py"))
        .arg(folder.path())
        .output()
        .unwrap();
    let said = text(&output.stderr);
    if said.contains("could not download") || said.contains("no pinned mdBook") {
        skipped(gate, said.lines().next().unwrap_or_default());
        return;
    }
    succeeded("site.py", &output);
    let page = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(page("index.html").contains("ppo_book_decide"));
    // What is included is there, and no line that only says where it begins.
    let tutorial = page("site/tutorial.html");
    for part in [
        "ppo_train(",
        "book_.decide(",
        "book_.orders(",
        "restore_state(",
        "set_agent(",
    ] {
        assert!(tutorial.contains(part), "{part} is not in the tutorial");
    }
    assert!(
        !tutorial.contains("ANCHOR") && !tutorial.contains("{{#"),
        "{tutorial}"
    );
    assert!(page("site/benchmarks.html").contains("select_action_p50_ns"));
}

/// The first program of the README, which is what a visitor copies.
fn program() -> String {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("```c\n").unwrap();
    rest.split_once("```").unwrap().0.to_string()
}

#[test]
fn the_readme_opens_with_a_program_that_compiles_and_decides() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let program = program();
    let before = readme.split("```c\n").next().unwrap().lines().count();
    assert!(before < 10, "the program begins in line {before}");
    assert!(program.lines().count() < 36, "{} lines", program.lines().count());
    assert!(program.lines().all(|line| line.len() <= 80), "{program}");
    if !has("cc", "the README's program") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (source, built) = (folder.path().join("first.c"), folder.path().join("first"));
    fs::write(&source, program).unwrap();
    let soname = concat!(
        "libppo_risk.so.",
        env!("CARGO_PKG_VERSION_MAJOR"),
        ".",
        env!("CARGO_PKG_VERSION_MINOR")
    );
    std::os::unix::fs::symlink(library(), folder.path().join(soname)).unwrap();
    let compiled = Command::new("cc")
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"])
        .arg(format!("-I{}", root().join("include").display()))
        .arg(&source)
        .arg(library())
        .arg(format!("-Wl,-rpath,{}", folder.path().display()))
        .args(["-o".as_ref(), built.as_os_str()])
        .output()
        .unwrap();
    succeeded("cc", &compiled);
    let output = Command::new(built).current_dir(root()).output().unwrap();
    succeeded("the README's program", &output);
    let said = text(&output.stdout);
    let shares: Vec<f64> = said
        .split_whitespace()
        .filter_map(|word| word.strip_suffix('%')?.parse().ok())
        .collect();
    assert_eq!(shares.len(), 2, "{said}");
    assert!(
        shares.iter().all(|share| (0.0..=100.0).contains(share)) && shares[0] > 0.0,
        "{said}"
    );
}

/// Where the name under which programs look for the library is written out, it is this version's.
#[test]
fn pages_and_examples_name_the_library_of_this_version() {
    let mut files = pages();
    for language in ["c", "cpp", "python", "csharp"] {
        let examples = fs::read_dir(root().join("examples").join(language)).unwrap();
        files.extend(examples.map(|entry| entry.unwrap().path()));
    }
    let version = concat!(
        env!("CARGO_PKG_VERSION_MAJOR"),
        ".",
        env!("CARGO_PKG_VERSION_MINOR")
    );
    for file in files.iter().filter(|file| !file.ends_with("CHANGELOG.md")) {
        let text = fs::read_to_string(file).unwrap();
        for (at, name) in text.match_indices("libppo_risk.so.") {
            let number = &text[at + name.len()..];
            let numbered = number.starts_with(|c: char| c.is_ascii_digit());
            assert!(
                !numbered || number.starts_with(version),
                "{}: {name}{}",
                file.display(),
                &number[..3]
            );
        }
    }
}
