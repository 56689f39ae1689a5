//! Several ranks that train one policy: whether it is the same to the bit, and what ranks cost.

use crate::installed;
use crate::python;
use crate::tools::{has, root, succeeded, text};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Prints, of the work of `train_env_steps_per_s`, through the installed library:
/// * `ranks_bits_equal`: 1 where the policy files of 1, 2 and 4 ranks are equal bytes, 0 where any differs: of 1 to 4 threads each
///   where ranks are threads that gather through memory; and over MPI where `mpirun` is there, and over Gloo where the
///   environment variable TORCH_PYTHON names a Python with PyTorch of the library's version.
/// * `ranks_2_efficiency`: decisions a second of two ranks with one thread each, together, over those of two processes with one
///   thread each that share nothing; ranks are threads that gather through memory. `ranks_2_efficiency_mpi`,
///   `ranks_2_efficiency_gloo`: the same of two processes over MPI and Gloo, where these are there.
/// * `ranks_2_env_steps_per_s`: the rate of those two ranks.
/// * `ranks_N_update_ms`, `ranks_N_rollout_ms`, `ranks_N_gather_ms`: an update of N = 1, 2, 4 ranks through memory; of that
///   collecting its rollout; and gathers, waiting for the other ranks counted.
/// * `ranks_decision_us`, `ranks_row_us`, `ranks_step_us`, `ranks_partial_us`, `ranks_rest_us`: what a rank's work costs, from
///   which docs/scale.py computes more ranks and other links; it says what they are.
pub(crate) fn figures() {
    let folder = tempfile::tempdir().expect("a folder for policies");
    let out = folder.path().display().to_string();
    let full = installed::full();
    installed::run(&full, "ranks", &["policies", &out]);
    let mpi = has("mpicc", "ranks over MPI") && has("mpirun", "ranks over MPI");
    let mpi = mpi.then(|| installed::compile("mpicc", &full, "ranks_mpi"));
    let gloo = python::with_torch("ranks over Gloo");
    for ranks in [1, 2, 4] {
        if let Some(program) = &mpi {
            by_mpi(program, ranks, &["policies", &out]);
        }
        if let Some(python) = &gloo {
            by_gloo(python, ranks, &["policies", &out]);
        }
    }
    println!("ranks_bits_equal {}", u32::from(all_equal(folder.path())));
    print!("{}", installed::run(&full, "ranks", &["efficiency"]));
    if let Some(program) = &mpi {
        print!("{}", by_mpi(program, 2, &["efficiency"]));
    }
    if let Some(python) = &gloo {
        print!("{}", by_gloo(python, 2, &["efficiency"]));
    }
    print!("{}", installed::run(&full, "ranks", &["parts"]));
    installed::print("ranks_costs");
}

/// What tests/bench/c/ranks_mpi.c prints on so many ranks.
fn by_mpi(program: &Path, ranks: usize, arguments: &[&str]) -> String {
    let mut run = installed::command("mpirun");
    run.args(["--allow-run-as-root", "--oversubscribe", "-n", &ranks.to_string()])
        .arg(program);
    printed("mpirun", with_inputs(&mut run, arguments))
}

/// What tests/bench/ranks_gloo.py prints on so many ranks.
fn by_gloo(python: &Path, ranks: usize, arguments: &[&str]) -> String {
    let mut run = installed::command(python);
    run.args(["-m", "torch.distributed.run", "--standalone", "--nproc-per-node"])
        .arg(ranks.to_string())
        .arg(root().join("tests/bench/ranks_gloo.py"))
        .env("PYTHONPATH", python::package())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("OMP_NUM_THREADS", "1")
        .env("PPO_RISK_LIBRARY", installed::library(&installed::full()));
    printed("torchrun", with_inputs(&mut run, arguments))
}

fn with_inputs<'a>(run: &'a mut Command, arguments: &[&str]) -> &'a mut Command {
    run.arg(installed::inputs()).args(arguments)
}

fn printed(what: &str, run: &mut Command) -> String {
    let output = run.output().expect("it answered before");
    succeeded(what, &output);
    text(&output.stdout)
}

/// Whether all files of the folder hold the same bytes; says which do not.
fn all_equal(folder: &Path) -> bool {
    let expected = fs::read(folder.join("1-1-0")).expect("the policy of one rank of one thread");
    let mut equal = true;
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder is there").path();
        if fs::read(&path).expect("it was just written") != expected {
            eprintln!("{} is another policy than that of one rank", path.display());
            equal = false;
        }
    }
    equal
}
