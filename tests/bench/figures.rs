//! The figures of `make bench`: one `name value` a line, each measured in this run.

mod environment;

fn main() {
    environment::figures();
}
