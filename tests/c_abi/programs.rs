//! The programs of tests/c.

use crate::surface::surface;
use crate::toolchain::{Host, demo_policy, has, left_out, succeeded, text};
use std::fs;
use std::process::Command;

/// The programs that hand every export what it has to refuse.
pub(crate) const ARGUMENTS: [&str; 13] = [
    "arguments",
    "arguments_arrow",
    "arguments_backtest",
    "arguments_environment",
    "arguments_inference",
    "arguments_book",
    "arguments_market",
    "arguments_portfolio",
    "arguments_risk",
    "arguments_risk_measures",
    "arguments_risk_parts",
    "arguments_risk_sizes",
    "arguments_training",
];

/// The demo policy and a folder to write to, as arguments.
pub(crate) fn model_and_folder(host: &Host) -> [String; 2] {
    [demo_policy(), host.folder.path().to_path_buf()].map(|path| path.display().to_string())
}

#[test]
fn every_export_refuses_what_it_cannot_use() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, folder] = model_and_folder(&host);
        let words = host.path("refusals");
        for name in ARGUMENTS {
            let program = host.compile(name, &[&format!("{name}.c")]);
            let output = Command::new(program)
                .args([&model, &folder])
                .env("REFUSALS", &words)
                .output()
                .unwrap();
            succeeded(name, &output);
            assert_eq!(text(&output.stderr), "", "{name} on standard error");
            assert_eq!(text(&output.stdout), format!("{name}: ok\n"));
        }
        check_words(&String::from_utf8_lossy(&fs::read(words).unwrap()));
    }
}

/// That each refusal names a parameter of the function as the header does, or the file.
fn check_words(refusals: &str) {
    let surface = surface();
    let declared = surface.functions();
    let (mut seen, mut strange) = (0, Vec::new());
    for line in refusals.lines() {
        let Some((_, message)) = line.split_once('\t') else {
            continue; // a file's name may hold a line end
        };
        seen += 1;
        let (function, words) = message.split_once(": ").unwrap_or_default();
        let parameters = declared.get(function);
        let of_a_table = words.contains(", line ") || words.starts_with("stream, ");
        let of_a_file = words.starts_with("cannot ") || words.starts_with("policy file ") || of_a_table;
        let input = words.strip_prefix('`').unwrap_or_default();
        let name = input
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default();
        let known = parameters.is_some_and(|parameters| parameters.iter().any(|parameter| parameter == name));
        let named = known || of_a_file || input.starts_with("this library`");
        if !named {
            strange.push(line);
        }
    }
    assert!(seen > 1000, "only {seen} refusals");
    assert!(
        strange.is_empty(),
        "not in the caller's words:\n{}",
        strange.join("\n")
    );
}

#[test]
fn a_defect_is_a_status_and_poisons_the_handle() {
    // Without debug assertions there is no defect to meet.
    if cfg!(debug_assertions) && has("cc", "C programs") {
        let host = Host::new();
        let [model, _] = model_and_folder(&host);
        assert_eq!(host.run("panic", &[&model]), "panic: ok\n");
    }
}

#[test]
fn threads_share_an_agent() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, _] = model_and_folder(&host);
        print!("{}", host.run("threads", &[&model, "1000"]));
    }
}

/// While portfolios decide, other threads give them other policies and throw the kill switch: no call fails for it.
#[test]
fn policies_are_swapped_and_books_halted_while_others_decide() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, _] = model_and_folder(&host);
        assert_eq!(host.run("swap", &[&model, "20000"]), "swap: ok\n");
    }
}

#[test]
fn training_learns_what_is_known_and_answers_what_goes_wrong() {
    if cfg!(feature = "train") && has("cc", "C programs") {
        let host = Host::new();
        let [model, folder] = model_and_folder(&host);
        assert_eq!(host.run("training", &[&model, &folder]), "training: ok\n");
    }
}

/// The policy of two and of four ranks is that of one, to the byte.
#[test]
fn ranks_train_one_policy() {
    if cfg!(feature = "train") && has("cc", "C programs") {
        let host = Host::new();
        let [_, folder] = model_and_folder(&host);
        assert_eq!(host.run("ranks", &[&folder]), "ranks: ok\n");
    }
}

#[test]
fn costs_of_each_asset_and_bar() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, folder] = model_and_folder(&host);
        assert_eq!(host.run("costs", &[&model, &folder]), "costs: ok\n");
    }
}

#[test]
fn bars_of_any_length_and_columns_of_each_asset() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, folder] = model_and_folder(&host);
        assert_eq!(host.run("hourly", &[&model, &folder]), "hourly: ok\n");
    }
}

#[test]
fn a_million_decisions_allocate_nothing() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, _] = model_and_folder(&host);
        let said = host.run("allocations", &[&model, "1000000"]);
        assert!(
            said.contains("0 allocations in 1000000 decisions")
                && said.contains("100000 steps of environments"),
            "the program did not count: {said}"
        );
    }
}

#[test]
fn no_decision_calls_exp_or_log_of_the_c_library() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, _] = model_and_folder(&host);
        let said = host.run("own_functions", &[&model, "1000"]);
        assert!(said.ends_with("own_functions: ok\n"), "{said}");
    }
}

#[test]
fn a_forked_child_goes_on() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, _] = model_and_folder(&host);
        assert_eq!(host.run("fork", &[&model]), "the child of fork: ok\nfork: ok\n");
    }
}

#[test]
fn valgrind_finds_nothing() {
    if !(has("cc", "C programs") && has("valgrind", "memory errors and leaks")) {
        return;
    }
    // libtorch's own initialisers are not ours to judge.
    if cfg!(feature = "train") {
        left_out("memory errors and leaks", "built with libtorch");
        return;
    }
    let host = Host::new();
    let [model, folder] = model_and_folder(&host);
    let bytes = host.path("results.bin").display().to_string();
    let mut programs = vec![("results", vec![model.as_str(), &bytes, "3"])];
    let portfolio = host.path("portfolio.bin").display().to_string();
    programs.push(("portfolio", vec![model.as_str(), &portfolio, "320"]));
    let steps = host.path("environment.bin").display().to_string();
    programs.push(("environment", vec![steps.as_str(), &folder, "20"]));
    programs.extend(ARGUMENTS.map(|name| (name, vec![model.as_str(), &folder])));
    if cfg!(debug_assertions) {
        programs.push(("panic", vec![&model]));
    }
    for (name, arguments) in programs {
        let program = host.compile(name, &[&format!("{name}.c")]);
        let output = Command::new("valgrind")
            .args([
                "--quiet",
                "--error-exitcode=9",
                "--leak-check=full",
                "--errors-for-leak-kinds=definite",
            ])
            .arg(program)
            .args(arguments)
            .output()
            .unwrap();
        succeeded(&format!("{name} under valgrind"), &output);
    }
}
