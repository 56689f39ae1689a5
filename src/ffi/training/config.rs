//! How a policy is made and trained: a struct that grows, and the same as JSON.

use crate::env::reward::{RewardMode, ShapedReward};
use crate::env::{ControlVariate, Costs, EnvConfig, Start};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::flag::flag;
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::border::{json, text};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::rl::config::{PpoConfig, Schedule};
use crate::train::{DeviceChoice, TrainConfig};
use std::ffi::c_char;

/// Device: CUDA where the library finds it, else the processor.
pub const PPO_DEVICE_AUTO: u32 = 0;
/// Device: the processor.
pub const PPO_DEVICE_CPU: u32 = 1;
/// Device: the first CUDA device; training is refused where there is none.
pub const PPO_DEVICE_CUDA: u32 = 2;

/// Schedule: the setting stays.
pub const PPO_SCHEDULE_CONSTANT: u32 = 0;
/// Schedule: the setting falls linearly to 0 at the last decision.
pub const PPO_SCHEDULE_LINEAR: u32 = 1;

/// Reward: the net return less charges for volatility, drawdown and costs. With cash among the choices its best policy
/// is almost always all cash.
pub const PPO_REWARD_SHAPED: u32 = 0;
/// Reward: ln(1 + net return).
pub const PPO_REWARD_LOG_RETURN: u32 = 1;
/// Reward: constant relative risk aversion `reward_parameter`.
pub const PPO_REWARD_CRRA: u32 = 2;
/// Reward: net return less half of `reward_parameter` times its square.
pub const PPO_REWARD_MEAN_VARIANCE: u32 = 3;
/// Reward: the differential Sharpe ratio with the adaptation rate `reward_parameter`.
pub const PPO_REWARD_DIFFERENTIAL_SHARPE: u32 = 4;
/// Reward: what the bar added to the CRRA utility of the value since the episode began, with the risk aversion
/// `reward_parameter`. At gamma 1 an episode's rewards add up to the utility of its last value.
pub const PPO_REWARD_TERMINAL_CRRA: u32 = 5;

/// Start of an episode: all in cash.
pub const PPO_START_CASH: u32 = 0;
/// Start of an episode: random weights of the assets, and of cash where the policy may hold it, all as likely. A policy then meets
/// holdings that it would not come to by itself, and learns from which of them not to trade.
pub const PPO_START_RANDOM: u32 = 1;

/// Control variate: nothing is taken out of the reward.
pub const PPO_CONTROL_VARIATE_NONE: u32 = 0;
/// Control variate: the reward of the prior's own portfolio on the same returns is taken out.
pub const PPO_CONTROL_VARIATE_PRIOR_PATH: u32 = 1;
/// Control variate: the reward that the deterministic action would have had is taken out. In a host's own
/// environment by its `counterfactual`.
pub const PPO_CONTROL_VARIATE_SELF_CRITICAL: u32 = 2;
/// Control variate: what the deterministic policy would have earned from the same state to the end of the rollout is taken out.
/// In a host's own environment by its `remember` and `go_back`; not in environments by themselves.
pub const PPO_CONTROL_VARIATE_POLICY_PATH: u32 = 3;

/// How a policy is made and trained. Fill it with ppo_config_init, then change what should differ. Later versions of
/// the library add fields at the end and keep taking the struct as it is here. Names and meanings are those of
/// Stable-Baselines3 where it has them. A decision is one environment's step.
// A field that is a setting has the setting's words, range and default, by `abi/generate/settings.py`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_config {
    /// Size of the caller's struct in bytes: `sizeof(ppo_config)`. ppo_config_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// [`TrainConfig::seed`] The same seed gives the same numbers on any number of threads.
    pub seed: u64,
    /// [`PpoConfig::log_std_init`]
    pub log_std_init: f64,
    /// [`PpoConfig::kappa_init`]
    pub kappa_init: f64,
    /// [`TrainConfig::total_steps`]
    pub total_steps: u64,
    /// [`PpoConfig::n_envs`]
    pub n_envs: u64,
    /// [`PpoConfig::n_steps`] n_envs * n_steps is below 2^32.
    pub n_steps: u64,
    /// [`PpoConfig::batch_size`]
    pub batch_size: u64,
    /// [`PpoConfig::n_epochs`]
    pub n_epochs: u64,
    /// [`TrainConfig::threads`]; default 1.
    pub threads: u32,
    /// [`TrainConfig::device`], a PPO_DEVICE_ number.
    pub device: u32,
    /// [`PpoConfig::learning_rate`]
    pub learning_rate: f64,
    /// [`PpoConfig::gamma`]
    pub gamma: f64,
    /// [`PpoConfig::gae_lambda`]
    pub gae_lambda: f64,
    /// [`PpoConfig::clip_range`]
    pub clip_range: f64,
    /// [`PpoConfig::clip_range_vf`]
    pub clip_range_vf: f64,
    /// [`PpoConfig::ent_coef`]
    pub ent_coef: f64,
    /// [`PpoConfig::vf_coef`]
    pub vf_coef: f64,
    /// [`PpoConfig::max_grad_norm`]
    pub max_grad_norm: f64,
    /// [`PpoConfig::target_kl`]
    pub target_kl: f64,
    /// [`PpoConfig::adam_eps`]
    pub adam_eps: f64,
    /// [`PpoConfig::learning_rate_schedule`], a PPO_SCHEDULE_ number.
    pub learning_rate_schedule: u32,
    /// [`PpoConfig::clip_range_schedule`], a PPO_SCHEDULE_ number.
    pub clip_range_schedule: u32,
    /// [`PpoConfig::normalize_advantage`]
    pub normalize_advantage: u32,
    /// [`PpoConfig::normalize_observation`]
    pub normalize_observation: u32,
    /// [`PpoConfig::normalize_reward`]
    pub normalize_reward: u32,
    /// [`EnvConfig::reward`], a PPO_REWARD_ number; default PPO_REWARD_SHAPED. Not for a host's own environment.
    pub reward: u32,
    /// [`EnvConfig::control_variate`], a PPO_CONTROL_VARIATE_ number.
    pub control_variate: u32,
    /// [`EnvConfig::start`], a PPO_START_ number. Not for a host's own environment.
    pub start: u32,
    /// The reward's own number: risk aversion, at least 0 (PPO_REWARD_CRRA, PPO_REWARD_MEAN_VARIANCE,
    /// PPO_REWARD_TERMINAL_CRRA; default 2), or adaptation rate per bar, in (0, 1], or 0: 1/(a year of the market's bars) (PPO_REWARD_DIFFERENTIAL_SHARPE). Others
    /// do not read it.
    pub reward_parameter: f64,
    /// Shaped reward: charge per unit of volatility (of the last 20 net returns, per bar), at least 0; default 0.1.
    pub shaped_volatility: f64,
    /// Shaped reward: charge per unit of drawdown, where that is beyond the threshold, at least 0; default 2.
    pub shaped_drawdown: f64,
    /// Shaped reward: drawdown (1 - value/peak) up to which nothing is charged, in [0, 1]; default 0.05.
    pub shaped_drawdown_threshold: f64,
    /// Shaped reward: charge per unit of cost over value, at least 0; default 10.
    pub shaped_cost: f64,
    /// [`EnvConfig::balance`] In the currency of the prices.
    pub balance: f64,
    /// [`Costs::cost_rate`]
    pub cost_rate: f64,
    /// [`EnvConfig::episode_len`]
    pub episode_len: u64,
    /// [`Costs::borrow_rate`]
    pub borrow_rate: f64,
    /// [`Costs::margin_rate`]
    pub margin_rate: f64,
    /// [`Costs::maintenance`]
    pub maintenance: f64,
    /// [`Costs::minimum_fee`]
    pub minimum_fee: f64,
    /// [`Costs::impact`]
    pub impact: f64,
    /// [`Costs::impact_exponent`]
    pub impact_exponent: f64,
    /// [`Costs::lot`]
    pub lot: f64,
    /// [`PpoConfig::priority_alpha`]
    pub priority_alpha: f64,
    /// [`PpoConfig::priority_beta`]
    pub priority_beta: f64,
    /// [`PpoConfig::log_std_final`]; default infinity.
    pub log_std_final: f64,
    /// [`PpoConfig::kappa_final`]
    pub kappa_final: f64,
}

versioned!(
    ppo_config,
    [32, 256, 280, 312, 344],
    from_train_config(&default_train_config())
);

/// Fills a configuration with the defaults.
///
/// \param config  the struct to fill
/// \param size    `sizeof(ppo_config)` as the caller was compiled: what the library knows beyond is not written, and
///                what it does not know is set to zero
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_config_init(config: *mut ppo_config, size: usize) -> ppo_status {
    boundary!(ppo_config_init, [], |call| {
        versioned::init(call, config, size, "config")?;
        Ok(PPO_OK)
    })
}

/// Reads a configuration from JSON, as ppo_config_to_json writes it. Keys that are missing take their defaults;
/// unknown ones are refused.
///
/// \param json    the text: an object with `seed`, `total_steps`, `threads`, `device`, `ppo` and `env`
/// \param config  gets the configuration; its `struct_size` has to be set (ppo_config_init does)
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_config_from_json(json: *const c_char, config: *mut ppo_config) -> ppo_status {
    boundary!(ppo_config_from_json, [], |call| {
        let json = text::input(call, json, "json")?;
        let config = OutputStruct::new(call, config, "config")?;
        let read: GivenConfig = json::parse(json, "json", "a training configuration")?;
        let taken = read.over_defaults();
        taken.validate().map_err(|error| error.within("json: "))?;
        config.write(&from_train_config(&taken));
        Ok(PPO_OK)
    })
}

/// Copies out a configuration as JSON.
///
/// \param config    the configuration; NULL for the defaults
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the field that cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_config_to_json(
    config: *const ppo_config,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_config_to_json, [], |call| {
        let config = read(call, config)?;
        let json = serde_json::to_string(&config).expect("a configuration is plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// The host's configuration over the defaults, checked; NULL for the defaults.
pub(in crate::ffi) fn read(call: Call<'_>, config: *const ppo_config) -> Outcome<TrainConfig> {
    let taken = to_train_config(&versioned::read(call, config, "config")?)?;
    taken.validate().map_err(|error| error.within("config: "))?;
    Ok(taken)
}

/// The library's defaults, on one thread: a host has to ask for more.
fn default_train_config() -> TrainConfig {
    TrainConfig {
        threads: 1,
        ..TrainConfig::default()
    }
}

/// A configuration in JSON: one thread unless it says otherwise.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenConfig {
    seed: Option<u64>,
    total_steps: Option<u64>,
    threads: Option<usize>,
    device: Option<DeviceChoice>,
    #[serde(default)]
    ppo: PpoConfig,
    #[serde(default)]
    env: EnvConfig,
}

impl GivenConfig {
    fn over_defaults(self) -> TrainConfig {
        let defaults = default_train_config();
        TrainConfig {
            seed: self.seed.unwrap_or(defaults.seed),
            total_steps: self.total_steps.unwrap_or(defaults.total_steps),
            threads: self.threads.unwrap_or(defaults.threads),
            device: self.device.unwrap_or(defaults.device),
            ppo: self.ppo,
            env: self.env,
        }
    }
}

fn from_train_config(config: &TrainConfig) -> ppo_config {
    let TrainConfig { ppo, env, .. } = config;
    let shaped = match env.reward {
        RewardMode::Shaped(shaped) => shaped,
        _ => ShapedReward::default(),
    };
    let (reward, reward_parameter) = match env.reward {
        RewardMode::Shaped(_) => (PPO_REWARD_SHAPED, 2.0),
        RewardMode::LogReturn => (PPO_REWARD_LOG_RETURN, 2.0),
        RewardMode::Crra { a } => (PPO_REWARD_CRRA, a),
        RewardMode::TerminalCrra { a } => (PPO_REWARD_TERMINAL_CRRA, a),
        RewardMode::MeanVariance { a } => (PPO_REWARD_MEAN_VARIANCE, a),
        RewardMode::DifferentialSharpe { eta } => (PPO_REWARD_DIFFERENTIAL_SHARPE, eta.unwrap_or(0.0)),
    };
    let schedule = |schedule| match schedule {
        Schedule::Constant => PPO_SCHEDULE_CONSTANT,
        Schedule::Linear => PPO_SCHEDULE_LINEAR,
    };
    ppo_config {
        struct_size: size_of::<ppo_config>() as u32,
        reserved: 0,
        seed: config.seed,
        log_std_init: ppo.log_std_init,
        kappa_init: ppo.kappa_init,
        total_steps: config.total_steps,
        n_envs: ppo.n_envs as u64,
        n_steps: ppo.n_steps as u64,
        batch_size: ppo.batch_size as u64,
        n_epochs: ppo.n_epochs as u64,
        threads: config.threads as u32,
        device: match config.device {
            DeviceChoice::Auto => PPO_DEVICE_AUTO,
            DeviceChoice::Cpu => PPO_DEVICE_CPU,
            DeviceChoice::Cuda => PPO_DEVICE_CUDA,
        },
        learning_rate: ppo.learning_rate,
        gamma: ppo.gamma,
        gae_lambda: ppo.gae_lambda,
        clip_range: ppo.clip_range,
        clip_range_vf: ppo.clip_range_vf.unwrap_or(0.0),
        ent_coef: ppo.ent_coef,
        vf_coef: ppo.vf_coef,
        max_grad_norm: ppo.max_grad_norm,
        target_kl: ppo.target_kl.unwrap_or(0.0),
        adam_eps: ppo.adam_eps,
        learning_rate_schedule: schedule(ppo.learning_rate_schedule),
        clip_range_schedule: schedule(ppo.clip_range_schedule),
        normalize_advantage: u32::from(ppo.normalize_advantage),
        normalize_observation: u32::from(ppo.normalize_observation),
        normalize_reward: u32::from(ppo.normalize_reward),
        reward,
        control_variate: match env.control_variate {
            ControlVariate::None => PPO_CONTROL_VARIATE_NONE,
            ControlVariate::PriorPath => PPO_CONTROL_VARIATE_PRIOR_PATH,
            ControlVariate::SelfCritical => PPO_CONTROL_VARIATE_SELF_CRITICAL,
            ControlVariate::PolicyPath => PPO_CONTROL_VARIATE_POLICY_PATH,
        },
        start: match env.start {
            Start::Cash => PPO_START_CASH,
            Start::Random => PPO_START_RANDOM,
        },
        reward_parameter,
        shaped_volatility: shaped.volatility,
        shaped_drawdown: shaped.drawdown,
        shaped_drawdown_threshold: shaped.drawdown_threshold,
        shaped_cost: shaped.cost,
        balance: env.balance,
        cost_rate: env.costs.cost_rate,
        episode_len: env.episode_len as u64,
        borrow_rate: env.costs.borrow_rate,
        margin_rate: env.costs.margin_rate,
        maintenance: env.costs.maintenance,
        minimum_fee: env.costs.minimum_fee,
        impact: env.costs.impact,
        impact_exponent: env.costs.impact_exponent,
        lot: env.costs.lot,
        priority_alpha: ppo.priority_alpha,
        priority_beta: ppo.priority_beta,
        log_std_final: ppo.log_std_final.unwrap_or(f64::INFINITY),
        kappa_final: ppo.kappa_final.unwrap_or(0.0),
    }
}

fn to_train_config(config: &ppo_config) -> Outcome<TrainConfig> {
    let size = |name: &str, value: u64| {
        let input = format!("config.{name}");
        usize::try_from(value).map_err(|_| Failure::invalid(&input, value, "what fits into memory"))
    };
    let schedule = |name: &str, value: u32| match value {
        PPO_SCHEDULE_CONSTANT => Ok(Schedule::Constant),
        PPO_SCHEDULE_LINEAR => Ok(Schedule::Linear),
        _ => {
            let expected = "a PPO_SCHEDULE_ number (0 or 1)";
            Err(Failure::invalid(format!("config.{name}"), value, expected))
        }
    };
    // NaN is not 0: it goes on, and is refused by name.
    let unless_zero = |value: f64| (value != 0.0).then_some(value);
    let a = config.reward_parameter;
    let reward = match config.reward {
        PPO_REWARD_SHAPED => RewardMode::Shaped(ShapedReward {
            volatility: config.shaped_volatility,
            drawdown: config.shaped_drawdown,
            drawdown_threshold: config.shaped_drawdown_threshold,
            cost: config.shaped_cost,
        }),
        PPO_REWARD_LOG_RETURN => RewardMode::LogReturn,
        PPO_REWARD_CRRA => RewardMode::Crra { a },
        PPO_REWARD_TERMINAL_CRRA => RewardMode::TerminalCrra { a },
        PPO_REWARD_MEAN_VARIANCE => RewardMode::MeanVariance { a },
        PPO_REWARD_DIFFERENTIAL_SHARPE => RewardMode::DifferentialSharpe { eta: unless_zero(a) },
        other => {
            let expected = "a PPO_REWARD_ number (0 to 5)";
            return Err(Failure::invalid("config.reward", other, expected));
        }
    };
    Ok(TrainConfig {
        seed: config.seed,
        total_steps: config.total_steps,
        threads: config.threads as usize,
        device: match config.device {
            PPO_DEVICE_AUTO => DeviceChoice::Auto,
            PPO_DEVICE_CPU => DeviceChoice::Cpu,
            PPO_DEVICE_CUDA => DeviceChoice::Cuda,
            other => {
                let expected = "a PPO_DEVICE_ number (0 to 3)";
                return Err(Failure::invalid("config.device", other, expected));
            }
        },
        ppo: PpoConfig {
            n_envs: size("n_envs", config.n_envs)?,
            n_steps: size("n_steps", config.n_steps)?,
            batch_size: size("batch_size", config.batch_size)?,
            n_epochs: size("n_epochs", config.n_epochs)?,
            learning_rate: config.learning_rate,
            learning_rate_schedule: schedule("learning_rate_schedule", config.learning_rate_schedule)?,
            gamma: config.gamma,
            gae_lambda: config.gae_lambda,
            clip_range: config.clip_range,
            clip_range_schedule: schedule("clip_range_schedule", config.clip_range_schedule)?,
            clip_range_vf: unless_zero(config.clip_range_vf),
            ent_coef: config.ent_coef,
            vf_coef: config.vf_coef,
            max_grad_norm: config.max_grad_norm,
            target_kl: unless_zero(config.target_kl),
            normalize_advantage: flag("config.normalize_advantage", config.normalize_advantage)?,
            normalize_observation: flag("config.normalize_observation", config.normalize_observation)?,
            normalize_reward: flag("config.normalize_reward", config.normalize_reward)?,
            log_std_init: config.log_std_init,
            priority_alpha: config.priority_alpha,
            priority_beta: config.priority_beta,
            log_std_final: (config.log_std_final != f64::INFINITY).then_some(config.log_std_final),
            kappa_final: unless_zero(config.kappa_final),
            kappa_init: config.kappa_init,
            adam_eps: config.adam_eps,
        },
        env: EnvConfig {
            balance: config.balance,
            costs: Costs {
                cost_rate: config.cost_rate,
                minimum_fee: config.minimum_fee,
                impact: config.impact,
                impact_exponent: config.impact_exponent,
                lot: config.lot,
                borrow_rate: config.borrow_rate,
                margin_rate: config.margin_rate,
                maintenance: config.maintenance,
            },
            episode_len: size("episode_len", config.episode_len)?,
            start: match config.start {
                PPO_START_CASH => Start::Cash,
                PPO_START_RANDOM => Start::Random,
                other => {
                    let expected = "a PPO_START_ number (0 or 1)";
                    return Err(Failure::invalid("config.start", other, expected));
                }
            },
            reward,
            control_variate: match config.control_variate {
                PPO_CONTROL_VARIATE_NONE => ControlVariate::None,
                PPO_CONTROL_VARIATE_PRIOR_PATH => ControlVariate::PriorPath,
                PPO_CONTROL_VARIATE_SELF_CRITICAL => ControlVariate::SelfCritical,
                PPO_CONTROL_VARIATE_POLICY_PATH => ControlVariate::PolicyPath,
                other => {
                    let expected = "a PPO_CONTROL_VARIATE_ number (0 to 3)";
                    return Err(Failure::invalid("config.control_variate", other, expected));
                }
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::border::versioned::Versioned;

    #[test]
    fn the_struct_and_the_trainers_configuration_say_the_same() {
        let mut config = default_train_config();
        config.seed = 7;
        config.device = DeviceChoice::Cpu;
        config.ppo.target_kl = Some(0.02);
        config.ppo.clip_range_schedule = Schedule::Linear;
        config.ppo.normalize_reward = false;
        config.env.control_variate = ControlVariate::PriorPath;
        config.env.start = Start::Random;
        config.ppo.log_std_final = Some(-2.0);
        for reward in [
            RewardMode::Shaped(ShapedReward {
                cost: 3.0,
                ..ShapedReward::default()
            }),
            RewardMode::LogReturn,
            RewardMode::Crra { a: 3.0 },
            RewardMode::MeanVariance { a: 0.5 },
            RewardMode::DifferentialSharpe { eta: Some(0.01) },
            RewardMode::DifferentialSharpe { eta: None },
        ] {
            config.env.reward = reward;
            assert_eq!(to_train_config(&from_train_config(&config)).unwrap(), config);
        }
        let defaults = default_train_config();
        assert_eq!(to_train_config(&ppo_config::defaults()).unwrap(), defaults);
    }
}
