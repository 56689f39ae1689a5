//! Of the library as a whole: statuses, version, features, log levels.

use super::{Number, constants};
use ppo_risk::ffi::status::{STATUSES, ppo_status};

pub(super) fn numbers() -> Vec<Number> {
    let mut numbers: Vec<Number> = STATUSES
        .iter()
        .map(|(number, name)| (name.to_str().unwrap().to_string(), i64::from(*number)))
        .collect();
    numbers.push(("sizeof(ppo_status)".to_string(), size_of::<ppo_status>() as i64));
    numbers.extend(constants!(ppo_risk::ffi::library:
        PPO_VERSION_MAJOR, PPO_VERSION_MINOR, PPO_VERSION_PATCH, PPO_VERSION_NUMBER, PPO_FEATURE_TRAIN));
    numbers.extend(constants!(ppo_risk::ffi::log:
        PPO_LOG_OFF, PPO_LOG_ERROR, PPO_LOG_WARN, PPO_LOG_INFO, PPO_LOG_DEBUG));
    numbers.extend(constants!(ppo_risk::ffi::agent: PPO_PRECISION_F32, PPO_PRECISION_BF16));
    numbers
}
