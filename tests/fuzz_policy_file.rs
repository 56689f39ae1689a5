//! The loader of policy files on files that nobody should write: the corpus of tests/corpus/policy_file, changed by a
//! seeded generator. FUZZ_CASES sets how many (`make fuzz`: ten million), FUZZ_SEED where they start.
//!
//! Half of the cases get a checksum that is right for what they hold, so that what lies behind it is reached. A file is
//! refused in words, or it is a policy that decides; no case panics, and none takes much more memory than it has bytes.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::Error;
use ppo_risk::policy::Workspace;
use ppo_risk::policy::file::{from_bytes, to_bytes};
use rand::rngs::SmallRng;
use rand::{Rng, RngExt, SeedableRng};
use sha2::{Digest, Sha256};
use std::alloc::{GlobalAlloc, Layout, System};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, remembering the largest request.
struct Watching;

static LARGEST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator unchanged; the counter neither allocates nor unwinds.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`, which is the same here.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: `pointer` came from `System` with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static WATCHING: Watching = Watching;

fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/policy_file");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn no_file_does_harm() {
    let corpus = corpus();
    assert!(corpus.len() >= 6, "{} files", corpus.len());
    let (cases, seed) = (number("FUZZ_CASES", 20_000), number("FUZZ_SEED", 1));
    let (mut loaded, mut behind_the_checksum) = (0_u64, 0_u64);
    for case in 0..cases {
        let mut random = SmallRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9).wrapping_add(case));
        let mut bytes = corpus[random.random_range(0..corpus.len())].clone();
        for _ in 0..random.random_range(0..4) {
            change(&mut bytes, &corpus, &mut random);
        }
        if random.random() {
            seal(&mut bytes);
        }
        LARGEST.store(0, Ordering::Relaxed);
        let found = from_bytes("fuzz", &bytes);
        let largest = LARGEST.load(Ordering::Relaxed);
        // JSON as a tree takes some dozens of bytes for each of its own.
        let allowed = 64 * bytes.len() + (1 << 16);
        assert!(
            largest <= allowed,
            "case {case}: {largest} bytes at once for a file of {}",
            bytes.len()
        );
        match found {
            Ok((policy, extras)) => {
                loaded += 1;
                let spec = policy.spec();
                let mut weights = vec![0.0; spec.action_len()];
                let state = vec![0.1; spec.state.len()];
                let decision = policy.weights(&state, None, &mut Workspace::new(spec), &mut weights);
                let sum: f64 = weights.iter().sum();
                // A prior is wanted, or scores overflow: refused. Otherwise it is a portfolio.
                assert!(
                    decision.is_err() || (sum - 1.0).abs() < 1e-9,
                    "case {case}: {weights:?}"
                );
                let again = to_bytes(&policy, &extras).unwrap();
                from_bytes("again", &again).unwrap_or_else(|error| panic!("case {case}: {error}"));
            }
            Err(Error::PolicyFile { part, .. }) => {
                behind_the_checksum += u64::from(!part.contains("sha256") && !part.contains("header"));
            }
            Err(other) => panic!("case {case}: {other}"),
        }
    }
    println!("{cases} files: {loaded} loaded, {behind_the_checksum} refused behind header and checksum");
    assert!(loaded > cases / 50, "only {loaded} of {cases} loaded");
    assert!(
        behind_the_checksum > cases / 50,
        "only {behind_the_checksum} of {cases} got past the checksum"
    );
}

/// One change of the kinds that break readers of lengths, offsets, text and numbers.
fn change(bytes: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut impl Rng) {
    const WORDS: [&str; 12] = [
        "18446744073709551615",
        "-1",
        "0",
        "1e999",
        "null",
        "[]",
        "{}",
        "\"F16\"",
        "[[[[[[",
        "\\u0000",
        "9",
        "true",
    ];
    const NUMBERS: [f32; 5] = [
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MAX,
        f32::MIN_POSITIVE,
    ];
    if bytes.is_empty() {
        return;
    }
    let at = random.random_range(0..bytes.len());
    match random.random_range(0..8) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << random.random_range(0..8_u32),
        2 => bytes[at] = random.random(),
        3 => {
            // Over a number or a word of the header, whose length stays what it says.
            let word = WORDS[random.random_range(0..WORDS.len())].as_bytes();
            let end = bytes.len().min(at + word.len());
            bytes[at..end].copy_from_slice(&word[..end - at]);
        }
        4 => replace_digits(bytes, at, WORDS[random.random_range(0..4)]),
        5 => {
            let value = NUMBERS[random.random_range(0..NUMBERS.len())].to_le_bytes();
            let at = at & !3;
            let end = bytes.len().min(at + 4);
            bytes[at..end].copy_from_slice(&value[..end - at]);
        }
        6 => {
            let other = &corpus[random.random_range(0..corpus.len())];
            let from = random.random_range(0..other.len());
            let piece = &other[from..other.len().min(from + 64)];
            bytes.splice(at..at, piece.iter().copied());
        }
        _ => {
            let length: u64 = [0, 1, 8, u64::MAX, 1 << 24, 1 << 40][random.random_range(0..6)];
            let end = bytes.len().min(8);
            bytes[..end].copy_from_slice(&length.to_le_bytes()[..end]);
        }
    }
}

/// Puts `word` in the place of the next run of digits, and makes the header's length fit again.
fn replace_digits(bytes: &mut Vec<u8>, at: usize, word: &str) {
    let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|i| at + i) else {
        return;
    };
    let len = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if let Some(header) = bytes.first_chunk().map(|len| u64::from_le_bytes(*len)) {
        let grown = header.wrapping_add(word.len() as u64).wrapping_sub(len as u64);
        bytes.splice(start..start + len, word.bytes());
        if start >= 8 && start < header.saturating_add(8) as usize {
            bytes[..8].copy_from_slice(&grown.to_le_bytes());
        }
    }
}

/// Writes the checksum that the file should have, where it has a place for one.
fn seal(bytes: &mut [u8]) {
    const KEY: &[u8] = b"\"sha256\":\"";
    let place = bytes.windows(KEY.len()).position(|window| window == KEY);
    let Some(digits) = place
        .map(|place| place + KEY.len())
        .filter(|digits| digits + 64 <= bytes.len())
    else {
        return;
    };
    bytes[digits..digits + 64].fill(b'0');
    let digest: String = Sha256::digest(&*bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    bytes[digits..digits + 64].copy_from_slice(digest.as_bytes());
}

/// Mutants of what was never a policy would find little.
#[test]
fn the_corpus_is_policies() {
    let readable = corpus()
        .iter()
        .filter(|bytes| from_bytes("corpus", bytes).is_ok())
        .count();
    assert!(readable >= 5, "{readable} of the corpus can be read");
}
