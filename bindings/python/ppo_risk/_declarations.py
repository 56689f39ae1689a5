"""The C header as ctypes sees it. Made from include/ppo_risk.h by declare.py: do not edit."""

from ctypes import (CFUNCTYPE, POINTER, Structure, c_char_p, c_double, c_float, c_int32, c_int64, c_size_t,
                    c_uint8, c_uint32, c_uint64, c_void_p)

PPO_VERSION_MAJOR = 0
PPO_VERSION_MINOR = 1
PPO_VERSION_PATCH = 0
PPO_VERSION_NUMBER = 1000
PPO_FEATURE_TRAIN = 1
PPO_LOG_OFF = 0
PPO_LOG_ERROR = 1
PPO_LOG_WARN = 2
PPO_LOG_INFO = 3
PPO_LOG_DEBUG = 4
PPO_OK = 0
PPO_ERR_NULL_POINTER = -1
PPO_ERR_INVALID_ARGUMENT = -2
PPO_ERR_LENGTH = -3
PPO_ERR_NOT_FINITE = -4
PPO_ERR_BUFFER_TOO_SMALL = -5
PPO_ERR_WRONG_HANDLE = -6
PPO_ERR_POISONED = -7
PPO_ERR_PANIC = -8
PPO_ERR_BUSY = -9
PPO_ERR_IO = -10
PPO_ERR_FILE = -11
PPO_ERR_TABLE = -12
PPO_ERR_TORCH = -13
PPO_ERR_TRAINING = -14
PPO_ERR_NOT_BUILT = -15
PPO_ERR_FORKED = -16
PPO_ERR_CANCELLED = -17
PPO_ERR_VERSION = -18
PPO_ERR_TIMEOUT = -19
PPO_ERR_CALLBACK = -20
PPO_ERR_NOT_READY = -21
PPO_DEVICE_AUTO = 0
PPO_DEVICE_CPU = 1
PPO_DEVICE_CUDA = 2
PPO_SCHEDULE_CONSTANT = 0
PPO_SCHEDULE_LINEAR = 1
PPO_REWARD_SHAPED = 0
PPO_REWARD_LOG_RETURN = 1
PPO_REWARD_CRRA = 2
PPO_REWARD_MEAN_VARIANCE = 3
PPO_REWARD_DIFFERENTIAL_SHARPE = 4
PPO_CONTROL_VARIATE_NONE = 0
PPO_CONTROL_VARIATE_PRIOR_PATH = 1
PPO_CONTROL_VARIATE_SELF_CRITICAL = 2
PPO_JOB_RUNNING = 0
PPO_JOB_FINISHED = 1
PPO_JOB_CANCELLED = 2
PPO_JOB_FAILED = 3
PPO_WAIT_FOREVER = 4294967295


class ppo_config(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("seed", c_uint64),
        ("log_std_init", c_double),
        ("kappa_init", c_double),
        ("total_steps", c_uint64),
        ("n_envs", c_uint64),
        ("n_steps", c_uint64),
        ("batch_size", c_uint64),
        ("n_epochs", c_uint64),
        ("threads", c_uint32),
        ("device", c_uint32),
        ("learning_rate", c_double),
        ("gamma", c_double),
        ("gae_lambda", c_double),
        ("clip_range", c_double),
        ("clip_range_vf", c_double),
        ("ent_coef", c_double),
        ("vf_coef", c_double),
        ("max_grad_norm", c_double),
        ("target_kl", c_double),
        ("adam_eps", c_double),
        ("learning_rate_schedule", c_uint32),
        ("clip_range_schedule", c_uint32),
        ("normalize_advantage", c_uint32),
        ("normalize_observation", c_uint32),
        ("normalize_reward", c_uint32),
        ("reward", c_uint32),
        ("control_variate", c_uint32),
        ("reserved_2", c_uint32),
        ("reward_parameter", c_double),
        ("shaped_volatility", c_double),
        ("shaped_drawdown", c_double),
        ("shaped_drawdown_threshold", c_double),
        ("shaped_cost", c_double),
        ("balance", c_double),
        ("cost_rate", c_double),
        ("episode_len", c_uint64),
    ]


ppo_log_callback = CFUNCTYPE(None, c_uint32, c_char_p, c_void_p)


ppo_host_reset = CFUNCTYPE(c_int32, c_void_p, c_size_t, c_uint64, c_void_p, c_size_t, c_void_p, c_size_t)


class ppo_host_result(Structure):
    _fields_ = [
        ("reward", c_double),
        ("terminated", c_uint32),
        ("truncated", c_uint32),
    ]


ppo_host_step = CFUNCTYPE(c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, POINTER(ppo_host_result))


class ppo_host_environment(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("user", c_void_p),
        ("reset", ppo_host_reset),
        ("step", ppo_host_step),
    ]


class ppo_metrics(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("update", c_uint64),
        ("env_steps", c_uint64),
        ("episodes", c_uint64),
        ("skipped_minibatches", c_uint64),
        ("env_steps_per_s", c_double),
        ("episode_reward", c_double),
        ("episode_log_growth", c_double),
        ("episode_turnover", c_double),
        ("learning_rate", c_double),
        ("policy_gradient_loss", c_double),
        ("value_loss", c_double),
        ("entropy_loss", c_double),
        ("approx_kl", c_double),
        ("clip_fraction", c_double),
        ("explained_variance", c_double),
        ("std", c_double),
        ("grad_norm", c_double),
    ]


ppo_progress_callback = CFUNCTYPE(c_int32, POINTER(ppo_metrics), c_void_p)


class ppo_train_options(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("progress", ppo_progress_callback),
        ("user", c_void_p),
        ("checkpoint_path", c_char_p),
        ("checkpoint_interval", c_uint64),
        ("most_updates", c_uint64),
    ]


class ppo_transition(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("env", c_uint64),
        ("state", c_void_p),
        ("state_len", c_size_t),
        ("prior", c_void_p),
        ("prior_len", c_size_t),
        ("action", c_void_p),
        ("action_len", c_size_t),
        ("next_state", c_void_p),
        ("next_state_len", c_size_t),
        ("log_prob", c_double),
        ("reward", c_double),
        ("terminated", c_uint32),
        ("truncated", c_uint32),
    ]


# What each function answers and takes.
FUNCTIONS = {
    "ppo_agent_new": (c_int32, [c_char_p, POINTER(ppo_config), c_void_p]),
    "ppo_load": (c_int32, [c_char_p, c_void_p]),
    "ppo_load_bytes": (c_int32, [c_void_p, c_size_t, c_void_p]),
    "ppo_save": (c_int32, [c_void_p, c_char_p]),
    "ppo_save_bytes": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_agent_clone": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_free": (None, [c_void_p]),
    "ppo_agent_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_agent_asset_count": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_action_len": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_state_len": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_prior_len": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_asset_name": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_agent_spec_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_agent_provenance_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_select_action": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t]),
    "ppo_select_actions": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t]),
    "ppo_sample_action": (c_int32, [c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_evaluate_action": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_void_p, c_void_p]),
    "ppo_value": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_version": (c_char_p, []),
    "ppo_version_number": (c_uint32, []),
    "ppo_features": (c_uint32, []),
    "ppo_last_error": (c_int32, [c_void_p, c_size_t, c_void_p]),
    "ppo_set_log": (c_int32, [c_uint32, ppo_log_callback, c_void_p]),
    "ppo_random_new": (c_int32, [c_uint64, c_uint64, c_void_p]),
    "ppo_random_clone": (c_int32, [c_void_p, c_void_p]),
    "ppo_random_free": (None, [c_void_p]),
    "ppo_random_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_status_name": (c_char_p, [c_int32]),
    "ppo_config_init": (c_int32, [POINTER(ppo_config), c_size_t]),
    "ppo_config_from_json": (c_int32, [c_char_p, POINTER(ppo_config)]),
    "ppo_config_to_json": (c_int32, [POINTER(ppo_config), c_void_p, c_size_t, c_void_p]),
    "ppo_host_environment_init": (c_int32, [POINTER(ppo_host_environment), c_size_t]),
    "ppo_job_start": (c_int32, [c_void_p, POINTER(ppo_train_options), c_void_p]),
    "ppo_job_poll": (c_int32, [c_void_p, c_void_p, POINTER(ppo_metrics)]),
    "ppo_job_wait": (c_int32, [c_void_p, c_uint32]),
    "ppo_job_cancel": (c_int32, [c_void_p]),
    "ppo_job_free": (None, [c_void_p]),
    "ppo_job_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_metrics_init": (c_int32, [POINTER(ppo_metrics), c_size_t]),
    "ppo_transition_init": (c_int32, [POINTER(ppo_transition), c_size_t]),
    "ppo_observe": (c_int32, [c_void_p, POINTER(ppo_transition), c_uint32, c_void_p]),
    "ppo_train_options_init": (c_int32, [POINTER(ppo_train_options), c_size_t]),
    "ppo_train": (c_int32, [c_void_p, POINTER(ppo_train_options), POINTER(ppo_metrics)]),
    "ppo_update": (c_int32, [c_void_p, POINTER(ppo_metrics)]),
    "ppo_torch_threads": (c_int32, [c_void_p]),
    "ppo_torch_set_threads": (c_int32, [c_uint32]),
    "ppo_trainer_new": (c_int32, [c_void_p, c_void_p, POINTER(ppo_config), c_void_p]),
    "ppo_trainer_new_host": (c_int32, [c_void_p, POINTER(ppo_host_environment), POINTER(ppo_config), c_void_p]),
    "ppo_trainer_new_online": (c_int32, [c_void_p, POINTER(ppo_config), c_void_p]),
    "ppo_trainer_resume": (c_int32, [c_char_p, c_void_p, c_void_p, c_void_p]),
    "ppo_trainer_resume_host": (c_int32, [c_char_p, POINTER(ppo_host_environment), c_void_p, c_void_p]),
    "ppo_trainer_resume_online": (c_int32, [c_char_p, c_void_p, c_void_p]),
    "ppo_trainer_free": (None, [c_void_p]),
    "ppo_trainer_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_trainer_save": (c_int32, [c_void_p, c_char_p]),
    "ppo_trainer_progress": (c_int32, [c_void_p, POINTER(ppo_metrics), c_void_p]),
    "ppo_trainer_config_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_trainer_agent": (c_int32, [c_void_p, c_void_p]),
}
