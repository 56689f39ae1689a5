//! Event files against the bytes that TensorBoard's own classes write (tests/golden/make_events.py).
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use ppo_risk::rl::event_file::{EventFile, record, scalar_event, version_event};
use std::time::{Duration, UNIX_EPOCH};

/// The golden file was written by TensorBoard's own protobuf and record classes and read back by its
/// `EventAccumulator`.
#[test]
fn bytes_are_those_that_tensorboard_writes() {
    let time = UNIX_EPOCH + Duration::from_millis(1_700_000_000_500);
    let bytes: Vec<u8> = [
        version_event(time),
        scalar_event(
            time,
            4096,
            &[("train/approx_kl", 0.015625), ("rollout/episode_return", -2.5)],
        ),
        scalar_event(time, 3_000_000_000, &[("train/approx_kl", f64::NAN)]),
    ]
    .iter()
    .flat_map(|event| record(event))
    .collect();
    let golden = include_bytes!("golden/events.out.tfevents.golden");
    assert!(bytes == golden, "{} bytes, golden {}", bytes.len(), golden.len());
}

#[test]
fn every_file_is_a_new_one_and_starts_with_the_version() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for _ in 0..3 {
        let mut events = EventFile::create(folder.path()).unwrap();
        events.scalars(64, &[("train/std", 0.3)]).unwrap();
        events.flush().unwrap();
        paths.push(events.path().to_path_buf());
        let bytes = std::fs::read(events.path()).unwrap();
        let version = record(&version_event(UNIX_EPOCH)).len();
        // Version, then one event: tag (9 + 2 bytes), value 5, wall time 9, step 2, keys and lengths 4, frame 16.
        assert_eq!(bytes.len(), version + 47);
        assert!(bytes.windows(13).any(|text| text == b"brain.Event:2"));
    }
    paths.dedup();
    assert_eq!(paths.len(), 3);
}

/// A process that was killed has told of steps that come again, the last of them perhaps in part.
#[test]
fn a_resumed_training_cuts_off_what_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let written = |steps: &[u64]| {
        let mut events = EventFile::create(folder.path()).unwrap();
        for &step in steps {
            events.scalars(step, &[("train/std", 0.3)]).unwrap();
        }
        events.path().to_path_buf()
    };
    let (first, second) = (written(&[1000, 1100]), written(&[1200, 1300, 1400]));
    let event = record(&scalar_event(UNIX_EPOCH, 1000, &[("train/std", 0.3)])).len();
    let len = |path: &std::path::Path| std::fs::metadata(path).unwrap().len() as usize;
    let version = len(&first) - 2 * event;
    let other = folder.path().join("other");
    std::fs::write(&other, "kept").unwrap();

    EventFile::resume(folder.path(), 1200).unwrap();
    assert_eq!(
        (len(&first), len(&second)),
        (version + 2 * event, version + event)
    );
    let half = [&std::fs::read(&first).unwrap()[..], &[47, 0, 0, 0]].concat();
    std::fs::write(&first, half).unwrap();
    EventFile::resume(folder.path(), 1200).unwrap();
    assert_eq!(
        (len(&first), len(&second)),
        (version + 2 * event, version + event)
    );
    EventFile::resume(folder.path(), 1000).unwrap();
    assert_eq!(
        (len(&first), len(&second), len(&other)),
        (version + event, version, 4)
    );
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = EventFile::create(std::path::Path::new("/nowhere/at/all")).unwrap_err();
    assert!(
        error.to_string().contains("cannot create /nowhere/at/all"),
        "{error}"
    );
}
