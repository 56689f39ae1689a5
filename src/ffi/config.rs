//! Structs that grow: the first field says how large the caller's is.

use crate::ffi::boundary::boundary;
use crate::ffi::failure::{Failure, Outcome};
use crate::ffi::slice::Output;
use crate::ffi::status::{PPO_ERR_VERSION, PPO_OK, ppo_status};
use crate::rl::config::PpoConfig;
use std::ptr;

/// How a policy is made and trained. Fill it with ppo_config_init, then change what should differ. Later versions of
/// the library add fields at the end and keep taking the struct as it is here.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_config {
    /// Size of the caller's struct in bytes: `sizeof(ppo_config)`. ppo_config_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Seed of every random draw: any number; default 0.
    pub seed: u64,
    /// Starting log standard deviation of a gaussian policy, in [-20, 20]; default -1.2.
    pub log_std_init: f64,
    /// Starting concentration kappa of a dirichlet policy, above 0; default 20.
    pub kappa_init: f64,
}

/// Sizes that the struct has had, the newest last. Never remove one.
const SIZES: [usize; 1] = [32];
const _: () = assert!(
    SIZES[SIZES.len() - 1] == size_of::<ppo_config>(),
    "a new size is added, never changed"
);

/// Largest size that a later version may have: a struct that was never filled holds any number.
const LARGEST_SIZE: usize = 4096;

/// Fills a configuration with the defaults.
///
/// \param config  the struct to fill
/// \param size    `sizeof(ppo_config)` as the caller was compiled: what the library knows beyond is not written, and
///                what it does not know is set to zero
///
/// Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_config_init(config: *mut ppo_config, size: usize) -> ppo_status {
    boundary!(ppo_config_init, [], {
        Output::new(config, "config")?;
        let struct_size = u32::try_from(size).map_err(|_| unknown_size(size))?;
        check_size(size)?;
        let defaults = ppo_config {
            struct_size,
            ..defaults()
        };
        let known = size.min(size_of::<ppo_config>());
        let bytes = config.cast::<u8>();
        // SAFETY: the caller's struct has `size` bytes, by the header's contract.
        unsafe {
            ptr::copy_nonoverlapping((&raw const defaults).cast(), bytes, known);
            bytes.add(known).write_bytes(0, size - known);
        }
        Ok(PPO_OK)
    })
}

/// The caller's configuration over the defaults, as the trainer takes it; NULL for the defaults.
///
/// # Safety
/// A pointer that is not NULL points to as many bytes as its first field says.
pub(super) unsafe fn read(config: *const ppo_config) -> Outcome<(PpoConfig, u64)> {
    let mut taken = defaults();
    if !config.is_null() {
        if !config.is_aligned() {
            return Err(Failure::invalid(
                "config",
                "a misaligned pointer",
                "one aligned to its type",
            ));
        }
        // SAFETY: every version starts with this field.
        let size = unsafe { config.cast::<u32>().read() } as usize;
        check_size(size)?;
        let known = size.min(size_of::<ppo_config>());
        // SAFETY: the caller's struct has `size` bytes; any bytes are numbers.
        unsafe { ptr::copy_nonoverlapping(config.cast::<u8>(), (&raw mut taken).cast(), known) };
        for i in known..size {
            // SAFETY: as above.
            if unsafe { config.cast::<u8>().add(i).read() } != 0 {
                let found = format!("of {size} bytes with content after byte {known}");
                let expected = "what this library knows: it is older than the caller's header";
                return Err(Failure::new(PPO_ERR_VERSION, "config", found, expected));
            }
        }
        if taken.reserved != 0 {
            return Err(Failure::invalid("config.reserved", taken.reserved, "0"));
        }
    }
    let config = PpoConfig {
        log_std_init: taken.log_std_init,
        kappa_init: taken.kappa_init,
        ..PpoConfig::default()
    };
    config.validate()?;
    Ok((config, taken.seed))
}

fn defaults() -> ppo_config {
    let config = PpoConfig::default();
    ppo_config {
        struct_size: size_of::<ppo_config>() as u32,
        reserved: 0,
        seed: 0,
        log_std_init: config.log_std_init,
        kappa_init: config.kappa_init,
    }
}

/// One of the sizes that the struct has had, or a later one.
fn check_size(size: usize) -> Outcome<()> {
    match SIZES.contains(&size) || (size > size_of::<ppo_config>() && size <= LARGEST_SIZE) {
        true => Ok(()),
        false => Err(unknown_size(size)),
    }
}

fn unknown_size(size: usize) -> Failure {
    let expected = format!("{SIZES:?}, or a later version's");
    Failure::new(PPO_ERR_VERSION, "config.struct_size", size, expected)
}
