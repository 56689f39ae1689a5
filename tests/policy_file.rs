//! The policy file: nothing is lost in it, and nothing that was cut, altered or forged is believed.

#![allow(
    clippy::float_cmp,
    clippy::unwrap_used,
    reason = "a test compares exact values and may panic"
)]

use ppo_risk::Error;
use ppo_risk::json::document::FORMAT;
use ppo_risk::market::state::StateSpec;
use ppo_risk::policy::file::{Extras, Tensor, Values, from_bytes, load, save, to_bytes};
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

fn policy(network: NetworkSpec) -> Policy {
    let spec = PolicySpec {
        assets: vec!["AAPL".to_string(), "naïve \"quoted\"".to_string()],
        state: StateSpec {
            account: true,
            columns: vec!["signal".to_string()],
            ..StateSpec::base(2)
        },
        action: ActionSpec {
            distribution: Distribution::Dirichlet,
            weight_cap: 0.7,
            ..ActionSpec::default()
        },
        network,
    };
    let len: usize = layout(&spec).iter().map(|p| p.len()).sum();
    // Exact in binary, so that every machine writes the file that Python read.
    let parameters = (0..len)
        .map(|k| ((37 * k) % 101) as f32 / 128.0 - 0.390625)
        .collect();
    let mut normalizer = ObservationNormalizer::new(&spec);
    let states: Vec<f32> = (0..5 * spec.state.len())
        .map(|k| ((11 * k) % 23) as f32 / 8.0)
        .collect();
    normalizer.update(&states).unwrap();
    // A provenance that tries to imitate the checksum's place.
    let provenance = json!({"\"sha256\":\"": "\"sha256\":\"", "seed": u64::MAX, "third": 1.0 / 3.0});
    let Value::Object(provenance) = provenance else {
        unreachable!()
    };
    Policy::new(spec, normalizer, parameters, provenance).unwrap()
}

fn small() -> Policy {
    policy(NetworkSpec::Mlp {
        hidden: vec![2],
        activation: Activation::Tanh,
        shared_trunk: false,
    })
}

fn extras() -> Extras {
    let tensor = |shape: &[usize], values| Tensor {
        shape: shape.to_vec(),
        values,
    };
    Extras {
        tensors: BTreeMap::from([
            (
                "optimizer.m".to_string(),
                tensor(&[2, 2], Values::F32(vec![1.0, -0.0, 1e-40, 3.0])),
            ),
            ("returns".to_string(), tensor(&[1], Values::F64(vec![0.1 + 0.2]))),
            (
                "environments".to_string(),
                tensor(&[3], Values::U8(b"{ }".to_vec())),
            ),
            ("nothing".to_string(), tensor(&[0], Values::U8(Vec::new()))),
        ]),
        metadata: BTreeMap::from([("update".to_string(), "17".to_string())]),
    }
}

#[test]
fn a_saved_policy_comes_back_bit_identical() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.safetensors");
    for policy in [small(), policy(NetworkSpec::Scorer { hidden: vec![5, 3] })] {
        for extras in [Extras::default(), extras()] {
            save(&path, &policy, &extras).unwrap();
            let (loaded, found) = load(&path).unwrap();
            assert_eq!(found, extras);
            assert_eq!(loaded.spec(), policy.spec());
            assert_eq!(loaded.normalizer(), policy.normalizer());
            assert_eq!(loaded.provenance, policy.provenance);
            let bits = |p: &Policy| {
                p.network()
                    .parameters()
                    .iter()
                    .map(|x| x.to_bits())
                    .collect::<Vec<_>>()
            };
            assert_eq!(bits(&loaded), bits(&policy));
            let state: Vec<f32> = (0..policy.spec().state.len()).map(|i| 0.1 * i as f32).collect();
            let act = |policy: &Policy| {
                let (mut workspace, mut out) = (Workspace::new(policy.spec()), vec![0.0; 3]);
                policy.weights(&state, None, &mut workspace, &mut out).unwrap();
                (out, policy.value(&state, &mut workspace).unwrap())
            };
            assert_eq!(act(&loaded), act(&policy));
            assert_eq!(to_bytes(&loaded, &found).unwrap(), std::fs::read(&path).unwrap());
        }
    }
}

/// golden/policy_file.py wrote the expected values after reading the same file with Python's `safetensors`, and
/// hashed it by the rule in the format's description.
#[test]
fn python_read_the_file() {
    let bytes = to_bytes(&small(), &extras()).unwrap();
    if let Some(path) = std::env::var_os("WRITE_GOLDEN_POLICY") {
        std::fs::write(path, &bytes).unwrap();
    }
    let golden = serde_json::from_str(include_str!("golden/policy_file.json")).unwrap();
    assert_is_what_python_read(&bytes, &golden);
}

/// The same with the `safetensors` of a Python that the environment names.
#[test]
fn python_reads_the_file() {
    let Some(python) = std::env::var_os("SAFETENSORS_PYTHON") else {
        println!(
            "skipped: safetensors live: SAFETENSORS_PYTHON names no Python that has numpy and safetensors"
        );
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.safetensors");
    let bytes = to_bytes(&small(), &extras()).unwrap();
    std::fs::write(&path, &bytes).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/policy_file.py");
    let output = Command::new(python).arg(script).arg(path).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_is_what_python_read(&bytes, &serde_json::from_slice(&output.stdout).unwrap());
}

/// What golden/policy_file.py says of the bytes of `small`.
fn assert_is_what_python_read(bytes: &[u8], said: &Value) {
    let policy = small();
    let mut rest = policy.network().parameters();
    for parameter in layout(policy.spec()) {
        let (values, after) = rest.split_at(parameter.len());
        rest = after;
        let read = &said["tensors"][&parameter.name];
        assert_eq!(read["shape"], json!(parameter.shape));
        let widened: Vec<f64> = values.iter().map(|&x| f64::from(x)).collect();
        assert_eq!(read["values"], json!(widened), "{}", parameter.name);
    }
    let statistics = policy.normalizer().statistics();
    assert_eq!(
        said["tensors"]["normalizer.mean"]["values"],
        json!(statistics.mean)
    );
    assert_eq!(said["tensors"]["environments"]["values"], json!(b"{ }"));
    assert_eq!(said["metadata"]["update"], "17");
    assert_eq!(said["spec"], serde_json::to_value(policy.spec()).unwrap());
    let digest: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(
        said["sha256_of_the_file"], digest,
        "the bytes are those Python read"
    );
    assert_eq!(said["sha256_by_the_rule"], said["metadata"]["sha256"]);
}

#[test]
fn every_cut_and_every_altered_byte_is_found() {
    let bytes = to_bytes(&small(), &extras()).unwrap();
    let refused = |bytes: &[u8], what: &str| match from_bytes("p.safetensors", bytes) {
        Err(Error::PolicyFile { file, .. }) => assert_eq!(file, "p.safetensors"),
        other => panic!("{what}: {other:?}"),
    };
    for len in 0..bytes.len() {
        refused(&bytes[..len], &format!("cut to {len}"));
    }
    let mut altered = bytes.clone();
    for i in 0..bytes.len() {
        // 0x20 changes the case of letters, 0x01 and 0xff any byte.
        for flip in [0x01, 0x20, 0xff] {
            altered[i] ^= flip;
            refused(&altered, &format!("byte {i} altered by {flip:#x}"));
            altered[i] = bytes[i];
        }
    }
    altered.push(0);
    refused(&altered, "a byte more");
}

/// Takes a file apart, lets `forge` change header and data, and puts it together with a checksum that is right.
fn forged(forge: impl FnOnce(&mut Map<String, Value>, &mut Vec<u8>)) -> Vec<u8> {
    forged_text(|text, data| {
        let mut header = serde_json::from_str(text).unwrap();
        forge(&mut header, data);
        *text = Value::Object(header).to_string();
    })
}

fn forged_text(forge: impl FnOnce(&mut String, &mut Vec<u8>)) -> Vec<u8> {
    let bytes = to_bytes(&small(), &Extras::default()).unwrap();
    let end = 8 + u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    let (mut text, mut data) = (
        String::from_utf8(bytes[8..end].to_vec()).unwrap(),
        bytes[end..].to_vec(),
    );
    forge(&mut text, &mut data);
    let key = "\"sha256\":\"";
    let Some(place) = text.find(key).map(|place| place + key.len()) else {
        return [&(text.len() as u64).to_le_bytes(), text.as_bytes(), &data].concat();
    };
    text.replace_range(place..place + 64, &"0".repeat(64));
    let whole = |text: &str| [&(text.len() as u64).to_le_bytes(), text.as_bytes(), &data].concat();
    let digest: String = Sha256::digest(whole(&text))
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    text.replace_range(place..place + 64, &digest);
    whole(&text)
}

/// Every forgery has a right checksum, so that it is the named check that finds it.
#[test]
fn forgeries_with_a_right_checksum_are_refused_by_name() {
    assert!(from_bytes("p", &forged(|_, _| {})).is_ok());
    let metadata = |key: &'static str, value: Value| {
        forged(move |header, _| {
            header["__metadata__"][key] = value;
        })
    };
    let spec = |change: fn(&mut Value)| {
        forged(move |header, _| {
            let text = header["__metadata__"]["spec"].as_str().unwrap();
            let mut spec: Value = serde_json::from_str(text).unwrap();
            change(&mut spec);
            header["__metadata__"]["spec"] = spec.to_string().into();
        })
    };
    let tensor = |name: &'static str, key: &'static str, value: Value| {
        forged(move |header, _| header[name][key] = value)
    };
    let data = |from_end: usize, value: f32| {
        forged(move |_, data| {
            let place = data.len() - from_end;
            data[place..place + 4].copy_from_slice(&value.to_le_bytes());
        })
    };
    let newer = format!("`version` is 999, expected at most {FORMAT}: it was written by a newer version");
    let cases = [
        (metadata("version", json!("999")), newer.as_str()),
        (
            metadata("version", json!("02")),
            "`version` is \"02\", expected a number of a format",
        ),
        (metadata("version", json!("0")), "`version` is 0"),
        (metadata("format", json!("pt")), "`format`"),
        (metadata("format", json!(1)), "a string"),
        (metadata("spec", json!("{")), "`spec`"),
        (metadata("spec", json!("[]")), "`spec`"),
        (
            metadata("spec", json!("{\"assets\":[],\"assets\":[]}")),
            "`assets` is given twice",
        ),
        (metadata("provenance", json!("1")), "`provenance`"),
        (forged(|h, _| drop(h.remove("__metadata__"))), "__metadata__"),
        (
            forged(|h, _| drop(h["__metadata__"].as_object_mut().unwrap().remove("spec"))),
            "`spec` is missing",
        ),
        (
            forged(|h, _| drop(h["__metadata__"].as_object_mut().unwrap().remove("sha256"))),
            "`sha256` is missing",
        ),
        (
            spec(|s| s["colour"] = json!("red")),
            "`colour` is an unknown key, expected one of `assets`, `state`, `action`, `network` (or it was written by a newer version)",
        ),
        (
            spec(|s| s["action"]["colour"] = json!("red")),
            "`action.colour` is an unknown key",
        ),
        (
            spec(|s| drop(s.as_object_mut().unwrap().remove("network"))),
            "without the key `network`",
        ),
        (spec(|s| s["state"]["assets"] = json!(u64::MAX)), "state.assets"),
        (spec(|s| s["state"]["window"] = json!(u64::MAX)), "state.window"),
        (
            spec(|s| s["network"]["mlp"]["hidden"] = json!([65536, 65536, 65536])),
            "parameters, expected at most",
        ),
        (
            spec(|s| s["network"]["mlp"]["hidden"] = json!(vec![1; 100_000])),
            "100000 layers",
        ),
        (
            spec(|s| s["network"]["mlp"]["hidden"] = json!([])),
            "network.hidden",
        ),
        (
            spec(|s| s["network"]["mlp"]["hidden"] = json!([3])),
            "tensor `trunk.0.weight` is F32 [2, 10], expected F32 [3, 10]",
        ),
        (
            spec(|s| s["assets"][1] = json!("\u{1b}[2J")),
            "control characters",
        ),
        (
            spec(|s| s["assets"][1] = s["assets"][0].clone()),
            "a name of its own",
        ),
        (
            tensor("actor.weight", "shape", json!([2, 3])),
            "tensor `actor.weight` is F32 [2, 3], expected F32 [3, 2]",
        ),
        (
            tensor("actor.weight", "dtype", json!("I32")),
            "the type of tensor `actor.weight` is \"I32\"",
        ),
        (tensor("actor.weight", "dtype", json!("F64")), "the tensors"),
        (
            tensor("actor.weight", "shape", json!([u64::MAX, u64::MAX])),
            "the tensors",
        ),
        (
            tensor("actor.weight", "data_offsets", json!([0, 24])),
            "the tensors",
        ),
        (
            tensor("actor.weight", "data_offsets", json!([24, 0])),
            "the tensors",
        ),
        (
            tensor("actor.weight", "data_offsets", json!([0, u64::MAX])),
            "the tensors",
        ),
        (forged(|h, _| drop(h.remove("actor.bias"))), "the tensors"),
        (
            forged(|h, _| {
                let t = h.remove("actor.bias").unwrap();
                h.insert("actor.bios".to_string(), t);
            }),
            "tensor `actor.bias` is missing",
        ),
        (forged(|_, d| d.extend([0; 4])), "the tensors"),
        (
            forged_text(|t, _| *t = t.replacen('{', "{\"critic.bias\":1,", 1)),
            "`critic.bias` is given twice",
        ),
        (
            forged_text(|t, _| *t = t.replacen("{\"__meta", "[{\"__meta", 1) + "]"),
            "not an object",
        ),
        (forged_text(|t, _| *t = "[".repeat(100_000)), "recursion limit"),
        (data(4, f32::NAN), "log_kappa[0]` is NaN"),
        (data(4, f32::INFINITY), "log_kappa[0]` is inf"),
        (data(4, 1000.0), "log_kappa[0]` is 1000"),
        (
            forged(|_, d| d[..8].copy_from_slice(&(-1.0_f64).to_le_bytes())),
            "normalizer.count[0]",
        ),
    ];
    for (i, (bytes, named)) in cases.iter().enumerate() {
        let error = from_bytes("p.safetensors", bytes).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::PolicyFile { .. }), "case {i}: {text}");
        assert!(text.contains(named), "case {i}: `{named}` is not in: {text}");
    }
}

#[test]
fn impossible_files_are_refused_before_memory_is_taken() {
    for (bytes, named) in [
        (Vec::new(), "is 0 bytes, expected at least 8 bytes"),
        (u64::MAX.to_le_bytes().to_vec(), "the length of the header"),
        (
            [&(1_u64 << 24).to_le_bytes()[..], b"{}"].concat(),
            "the length of the header",
        ),
        ([&2_u64.to_le_bytes()[..], b"\xff\xff"].concat(), "UTF-8"),
        ([&2_u64.to_le_bytes()[..], b"{}"].concat(), "__metadata__"),
        (
            b"date,AAPL\n2020-01-02,1.0\n".to_vec(),
            "the length of the header",
        ),
    ] {
        let text = from_bytes("p", &bytes).unwrap_err().to_string();
        assert!(text.contains(named), "`{named}` is not in: {text}");
    }
    let folder = tempfile::tempdir().unwrap();
    let huge = folder.path().join("huge");
    std::fs::File::create(&huge).unwrap().set_len(1 << 40).unwrap();
    for (path, named) in [
        (huge.as_path(), "a file of 1099511627776 bytes"),
        (folder.path(), "a folder"),
        ("/dev/zero".as_ref(), "not a regular file"),
        ("missing/policy".as_ref(), "cannot read missing/policy"),
    ] {
        let text = load(path).unwrap_err().to_string();
        assert!(text.contains(named), "`{named}` is not in: {text}");
    }
}

#[test]
fn what_cannot_be_saved_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.safetensors");
    let tensor = |name: &str, shape: &[usize]| Extras {
        tensors: BTreeMap::from([(
            name.to_string(),
            Tensor {
                shape: shape.to_vec(),
                values: Values::F32(vec![0.0; 2]),
            },
        )]),
        ..Extras::default()
    };
    let entry = |key: &str| Extras {
        metadata: BTreeMap::from([(key.to_string(), String::new())]),
        ..Extras::default()
    };
    for extras in [
        tensor("actor.weight", &[2]),
        tensor("normalizer.mean", &[2]),
        tensor("__metadata__", &[2]),
        tensor("moments", &[3]),
        tensor("moments", &[usize::MAX, 2]),
        entry("spec"),
        entry("\"sha256"),
    ] {
        assert!(matches!(
            save(&path, &small(), &extras),
            Err(Error::Invalid { .. })
        ));
    }
    let error = save("/dev/full", &small(), &Extras::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("cannot write /dev/full: No space left"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// What a file of each format means where it lacks a key of today's spec: written here once, whatever becomes of the
/// defaults of a configuration.
#[test]
fn a_key_that_a_file_lacks_means_what_its_format_meant() {
    for format in ["1", "2"] {
        for (block, key, meant) in [
            ("state", "window", json!(20)),
            ("state", "account", json!(false)),
            ("state", "columns", json!([])),
            ("action", "distribution", json!("gaussian")),
            ("action", "cash", json!(true)),
            ("action", "prior", json!("none")),
            ("action", "weight_cap", json!(1.0)),
            ("action", "weight_floor", json!(0.0)),
            ("action", "trade_band", json!(0.0)),
        ] {
            let written = |lacks: bool| {
                forged(|header, _| {
                    let metadata = &mut header["__metadata__"];
                    metadata["version"] = json!(format);
                    let mut spec: Value = serde_json::from_str(metadata["spec"].as_str().unwrap()).unwrap();
                    match lacks {
                        true => drop(spec[block].as_object_mut().unwrap().remove(key)),
                        false => spec[block][key] = meant.clone(),
                    }
                    metadata["spec"] = json!(spec.to_string());
                })
            };
            // Whether the rest of the file fits what was meant does not matter: both are read alike.
            let read = |lacks| {
                from_bytes("file", &written(lacks))
                    .map(|(policy, _)| policy.spec().clone())
                    .map_err(|error| error.to_string())
            };
            assert_eq!(read(true), read(false), "format {format}, {block}.{key}");
        }
    }
}
