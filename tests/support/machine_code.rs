//! The machine code of the kernels in a library: what `objdump` makes of the functions that `nm` finds.

use crate::tools::{succeeded, text};
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::Command;

/// What the kernels of one instruction set look like.
pub(crate) struct Set {
    /// How the functions of the set end.
    pub(crate) name: &'static str,
    /// How a product is added: one of these in each instruction.
    products: &'static [&'static str],
    /// How one of a single lane is.
    scalar: &'static [&'static str],
    /// How registers of vectors are called.
    vector: &'static [&'static str],
    /// Products of a turn of the widest tile's loop, rows times vectors.
    pub(crate) most: usize,
}

/// Sets that the library of this processor's kind is built with.
pub(crate) const SETS: &[Set] = if cfg!(target_arch = "aarch64") {
    &[NEON]
} else if cfg!(target_arch = "x86_64") {
    &[PORTABLE, AVX2, AVX512]
} else {
    &[]
};

const PORTABLE: Set = Set {
    name: "portable",
    products: &["mulps"],
    scalar: &["mulss"],
    vector: &["%xmm"],
    most: 8,
};
const AVX2: Set = Set {
    name: "avx2",
    products: &["vfmadd132ps", "vfmadd213ps", "vfmadd231ps"],
    scalar: &["vfmadd132ss", "vfmadd213ss", "vfmadd231ss"],
    vector: &["%ymm"],
    most: 12,
};
const AVX512: Set = Set {
    name: "avx512",
    vector: &["%zmm"],
    most: 24,
    ..AVX2
};
const NEON: Set = Set {
    name: "neon",
    products: &["fmla"],
    scalar: &["fmadd"],
    vector: &["v", "q"],
    most: 24,
};

/// A function of the library, one instruction a line.
pub(crate) struct Function {
    name: String,
    /// (address, instruction with its operands)
    code: Vec<(u64, String)>,
}

/// A loop without a loop inside it.
pub(crate) struct Loop<'a> {
    code: &'a [(u64, String)],
}

/// The kernels of a library, as their functions begin: layers that act, and with the trainer products of matrices.
pub(crate) fn kernels(with_trainer: bool) -> &'static [&'static str] {
    if with_trainer {
        &["tile", "narrow", "product"]
    } else {
        &["tile", "narrow"]
    }
}

/// What is wrong with a kernel of a set in a library, a line each; none where the innermost loops multiply whole
/// vectors, leave the stack alone, and one of them is the widest tile's.
pub(crate) fn faults(library: &Path, kernel: &str, set: &Set) -> Vec<String> {
    let function = format!("{kernel}_{}", set.name);
    let tiles = functions(library, &function);
    let mut found = Vec::new();
    let mut widest = 0;
    for tile in &tiles {
        let mut multiplies = false;
        for inner in tile.innermost_loops() {
            let products = inner.count(set.products);
            let scalar = inner.count(set.scalar);
            if products + scalar == 0 {
                continue;
            }
            multiplies = true;
            widest = widest.max(products);
            if scalar > 0 {
                found.push(format!("{}: {scalar} products of single values", tile.name));
            }
            found.extend(inner.on_stack(set).map(|line| format!("{}: {line}", tile.name)));
        }
        if !multiplies {
            found.push(format!("{}: no loop multiplies", tile.name));
        }
    }
    // The compiler may unroll a loop, but no tile does less in a turn than its rows times its vectors.
    if widest < set.most {
        found.push(format!(
            "{} functions of {function}, the widest with {widest} products a turn, expected {}",
            tiles.len(),
            set.most
        ));
    }
    found
}

/// Functions of a library that plain loops are compiled into for a set, and that leave them to another function of ours, which
/// is compiled for any processor: a line each. (Panics are not ours.)
pub(crate) fn loops_elsewhere(library: &Path, set: &Set) -> (usize, Vec<String>) {
    let all = functions(library, &format!("loops_{}", set.name));
    let mut found = Vec::new();
    for function in &all {
        let elsewhere = |line: &str| {
            let leaves = line.starts_with("call") || line.starts_with('j');
            leaves && line.contains("ppo_risk") && !line.contains(&function.name)
        };
        let lines = function.code.iter().map(|(_, line)| line);
        found.extend(
            lines
                .filter(|line| elsewhere(line))
                .map(|line| format!("{}: {line}", function.name)),
        );
    }
    (all.len(), found)
}

/// The functions whose names hold `word`, taken apart.
fn functions(library: &Path, word: &str) -> Vec<Function> {
    let output = Command::new("nm").arg("--print-size").arg(library).output();
    let output = output.expect("nm was asked for before");
    succeeded("nm", &output);
    // Lines of: address, size, kind, name.
    text(&output.stdout)
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|parts| parts.len() == 4 && parts[3].contains("kernels") && parts[3].contains(word))
        .map(|parts| {
            let number = |text| u64::from_str_radix(text, 16).expect("nm prints numbers in hex");
            disassemble(library, parts[3], number(parts[0]), number(parts[1]))
        })
        .collect()
}

fn disassemble(library: &Path, name: &str, start: u64, size: u64) -> Function {
    let output = Command::new("objdump")
        .args(["--disassemble", "--no-show-raw-insn"])
        .arg(format!("--start-address={start}"))
        .arg(format!("--stop-address={}", start + size))
        .arg(library)
        .output()
        .expect("objdump was asked for before");
    succeeded("objdump", &output);
    let code = text(&output.stdout)
        .lines()
        .filter_map(|line| {
            // As in `  1b2c3f:	vmovups (%rax),%zmm0`.
            let (address, instruction) = line.split_once(":\t")?;
            let address = u64::from_str_radix(address.trim(), 16).ok()?;
            Some((address, instruction.trim().to_string()))
        })
        .collect();
    Function {
        name: name.to_string(),
        code,
    }
}

impl Function {
    fn innermost_loops(&self) -> impl Iterator<Item = Loop<'_>> {
        let all: Vec<RangeInclusive<u64>> = self.code.iter().filter_map(loop_closed_by).collect();
        let has_inner = |outer: &RangeInclusive<u64>| {
            let inside = |inner: &RangeInclusive<u64>| {
                inner != outer && outer.contains(inner.start()) && outer.contains(inner.end())
            };
            all.iter().any(inside)
        };
        let innermost: Vec<_> = all.iter().filter(|found| !has_inner(found)).cloned().collect();
        innermost.into_iter().map(|addresses| {
            let first = self
                .code
                .partition_point(|(address, _)| address < addresses.start());
            let end = self
                .code
                .partition_point(|(address, _)| address <= addresses.end());
            Loop {
                code: &self.code[first..end],
            }
        })
    }
}

/// The addresses of the loop that this instruction, a jump back, is the end of.
fn loop_closed_by((address, instruction): &(u64, String)) -> Option<RangeInclusive<u64>> {
    let mut words = instruction.split_whitespace();
    let jump = words.next()?;
    // x86: jmp, jne, ...; Arm: b, b.ne, cbnz x1, target, tbnz w2, #3, target
    if !(jump.starts_with('j')
        || jump == "b"
        || ["b.", "cb", "tb"].iter().any(|start| jump.starts_with(start)))
    {
        return None;
    }
    let target = words.find_map(|word| {
        let number = word.trim_start_matches("0x").trim_end_matches(',');
        (!word.starts_with('#')).then(|| u64::from_str_radix(number, 16).ok())?
    })?;
    (target <= *address).then_some(target..=*address)
}

impl Loop<'_> {
    fn count(&self, instructions: &[&str]) -> usize {
        let names = self
            .code
            .iter()
            .filter_map(|(_, line)| line.split_whitespace().next());
        names.filter(|name| instructions.contains(name)).count()
    }

    /// Instructions that move a vector from or to the stack.
    fn on_stack(&self, set: &Set) -> impl Iterator<Item = &str> {
        let on_stack = |line: &str| ["(%rsp", "[sp", "[x29"].iter().any(|place| line.contains(place));
        let vector = |line: &str| set.vector.iter().any(|name| line.contains(name));
        self.code
            .iter()
            .map(|(_, line)| line.as_str())
            .filter(move |line| on_stack(line) && vector(line))
    }
}
