"""The C surface as ctypes sees it. Made by abi/generate from src/ffi: do not edit."""

from ctypes import (CFUNCTYPE, POINTER, Structure, c_char_p, c_double, c_int32, c_int64,
                    c_size_t, c_uint32, c_uint64, c_void_p)

PPO_PRECISION_F32 = 0
PPO_PRECISION_BF16 = 1
PPO_BASELINE_EQUAL_WEIGHT = 0
PPO_BASELINE_BUY_AND_HOLD = 1
PPO_BASELINE_INVERSE_VOLATILITY = 2
PPO_BASELINE_MINIMUM_VARIANCE = 3
PPO_BASELINE_RISK_PARITY = 4
PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT = 5
PPO_VERSION_MAJOR = 0
PPO_VERSION_MINOR = 2
PPO_VERSION_PATCH = 0
PPO_VERSION_NUMBER = 2000
PPO_FEATURE_TRAIN = 1
PPO_LOG_OFF = 0
PPO_LOG_ERROR = 1
PPO_LOG_WARN = 2
PPO_LOG_INFO = 3
PPO_LOG_DEBUG = 4
PPO_BAR_AT_OR_AFTER = 0
PPO_BAR_AT_OR_BEFORE = 1
RISK_STATE_ACTIVE = 0
RISK_STATE_REDUCING = 1
RISK_STATE_HALTED = 2
RISK_HEDGE_NONE = 0
RISK_HEDGE_SELL = 1
RISK_HEDGE_BUY = 2
RISK_NO_INDEX = 4294967295
RISK_REASON_ASSET_MINIMUM = 1
RISK_REASON_ASSET_MAXIMUM = 2
RISK_REASON_GROSS_EXPOSURE = 3
RISK_REASON_NET_MINIMUM = 4
RISK_REASON_NET_MAXIMUM = 5
RISK_REASON_SECTOR_MINIMUM = 6
RISK_REASON_SECTOR_MAXIMUM = 7
RISK_REASON_CASH_FLOOR = 8
RISK_REASON_TURNOVER = 9
RISK_REASON_TURNOVER_EXCEEDED = 10
RISK_REASON_HISTORICAL_VALUE_AT_RISK = 11
RISK_REASON_GAUSSIAN_VALUE_AT_RISK = 12
RISK_REASON_HISTORICAL_CONDITIONAL_VALUE_AT_RISK = 13
RISK_REASON_GAUSSIAN_CONDITIONAL_VALUE_AT_RISK = 14
RISK_REASON_TAIL_RISK_EXCEEDED = 15
RISK_REASON_MINIMUM_RELAXED = 16
RISK_REASON_TRADE_BAND = 17
RISK_REASON_DRAWDOWN_REDUCE = 30
RISK_REASON_DRAWDOWN_STOP = 31
RISK_REASON_REDUCING = 32
RISK_REASON_HALTED = 33
RISK_REASON_ASSET_STOP = 34
RISK_REASON_ASSET_STOPPED = 35
RISK_REASON_EXPOSURE_BOUND = 36
RISK_REASON_OPERATOR_HALT = 37
RISK_REASON_OPERATOR_FLATTEN = 38
RISK_REASON_ASSET_HALTED = 39
RISK_REASON_MARGIN_CALL = 40
RISK_REASON_ASSET_PINNED = 41
RISK_REASON_VOLATILITY_TARGET = 50
RISK_REASON_LEVERAGE_MAXIMUM = 51
RISK_REASON_LEVERAGE_MINIMUM = 52
RISK_REASON_LEVERAGE_DRAWDOWN = 53
RISK_REASON_LEVERAGE_TREND = 54
RISK_REASON_LEVERAGE_REGIME = 55
RISK_REASON_LIMITS_REGIME = 56
RISK_REASON_HEDGE_OPENED = 70
RISK_REASON_HEDGE_KEPT = 71
RISK_REASON_HEDGE_CLOSED = 72
RISK_REASON_POSITION_RISK = 80
RISK_REASON_OPEN_RISK = 81
RISK_REASON_POSITION_MAXIMUM = 82
RISK_REASON_POSITION_MINIMUM = 83
RISK_REASON_SKIPPED_LEVERAGE = 100
RISK_REASON_SKIPPED_TAIL_RISK = 101
RISK_REASON_SKIPPED_POSITION_SIZE = 102
RISK_REASON_CLOSE_ONLY_TRUE_RANGE = 103
RISK_REASON_SKIPPED_REGIME = 104
RISK_REASON_SKIPPED_TREND = 105
RISK_REASON_HEDGE_WITHOUT_BETAS = 106
RISK_REASON_FLAT_TARGET = 107
RISK_REASON_FLAT_PRICE = 108
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
PPO_ERR_OUT_OF_MEMORY = -22
PPO_ERR_COLLECTIVE = -23
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
PPO_REWARD_TERMINAL_CRRA = 5
PPO_START_CASH = 0
PPO_START_RANDOM = 1
PPO_CONTROL_VARIATE_NONE = 0
PPO_CONTROL_VARIATE_PRIOR_PATH = 1
PPO_CONTROL_VARIATE_SELF_CRITICAL = 2
PPO_CONTROL_VARIATE_POLICY_PATH = 3
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
        ("start", c_uint32),
        ("reward_parameter", c_double),
        ("shaped_volatility", c_double),
        ("shaped_drawdown", c_double),
        ("shaped_drawdown_threshold", c_double),
        ("shaped_cost", c_double),
        ("balance", c_double),
        ("cost_rate", c_double),
        ("episode_len", c_uint64),
        ("borrow_rate", c_double),
        ("margin_rate", c_double),
        ("maintenance", c_double),
        ("minimum_fee", c_double),
        ("impact", c_double),
        ("impact_exponent", c_double),
        ("lot", c_double),
        ("priority_alpha", c_double),
        ("priority_beta", c_double),
        ("log_std_final", c_double),
        ("kappa_final", c_double),
    ]


class ppo_backtest_summary(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("bars", c_uint64),
        ("annual_return", c_double),
        ("volatility", c_double),
        ("sharpe", c_double),
        ("sortino", c_double),
        ("max_drawdown", c_double),
        ("calmar", c_double),
        ("value_at_risk", c_double),
        ("conditional_value_at_risk", c_double),
        ("turnover", c_double),
        ("costs_paid", c_double),
    ]


class ppo_bar(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("closes", c_void_p),
        ("closes_len", c_size_t),
        ("highs", c_void_p),
        ("highs_len", c_size_t),
        ("lows", c_void_p),
        ("lows_len", c_size_t),
        ("atr", c_void_p),
        ("atr_len", c_size_t),
        ("betas", c_void_p),
        ("betas_len", c_size_t),
        ("observation", c_void_p),
        ("observation_len", c_size_t),
        ("volatility", c_double),
        ("trend", c_double),
        ("time", c_int64),
        ("cash_return", c_double),
        ("columns", c_void_p),
        ("columns_len", c_size_t),
        ("asset_columns", c_void_p),
        ("asset_columns_len", c_size_t),
        ("prior", c_void_p),
        ("prior_len", c_size_t),
        ("ends", c_void_p),
        ("ends_len", c_size_t),
        ("cost_rates", c_void_p),
        ("cost_rates_len", c_size_t),
        ("half_spreads", c_void_p),
        ("half_spreads_len", c_size_t),
        ("borrow_rates", c_void_p),
        ("borrow_rates_len", c_size_t),
        ("volumes", c_void_p),
        ("volumes_len", c_size_t),
    ]


class risk_reason(Structure):
    _fields_ = [
        ("code", c_uint32),
        ("index", c_uint32),
        ("found", c_double),
        ("allowed", c_double),
    ]


class risk_decision(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("weights", c_void_p),
        ("weights_len", c_size_t),
        ("units", c_void_p),
        ("units_len", c_size_t),
        ("stops", c_void_p),
        ("stops_len", c_size_t),
        ("reasons", POINTER(risk_reason)),
        ("reasons_capacity", c_size_t),
        ("reasons_len", c_size_t),
        ("state", c_uint32),
        ("hedge_active", c_uint32),
        ("hedge_side", c_uint32),
        ("reserved_2", c_uint32),
        ("cash", c_double),
        ("gross", c_double),
        ("net", c_double),
        ("turnover", c_double),
        ("leverage", c_double),
        ("volatility", c_double),
        ("drawdown", c_double),
        ("hedge_notional", c_double),
        ("hedge_net", c_double),
        ("hedge_ratio", c_double),
    ]


class ppo_account(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("value", c_double),
        ("cash", c_double),
        ("drawdown", c_double),
        ("volatility", c_double),
    ]


class ppo_episode(Structure):
    _fields_ = [
        ("reward_sum", c_double),
        ("log_growth", c_double),
        ("turnover", c_double),
        ("cost", c_double),
        ("steps", c_uint64),
    ]


class ppo_env_outputs(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("len", c_uint64),
        ("states_len", c_uint64),
        ("prior_len", c_uint64),
        ("rewards", c_void_p),
        ("raw_rewards", c_void_p),
        ("baseline_rewards", c_void_p),
        ("net_returns", c_void_p),
        ("turnovers", c_void_p),
        ("costs", c_void_p),
        ("terminated", c_void_p),
        ("truncated", c_void_p),
        ("states", c_void_p),
        ("final_states", c_void_p),
        ("prior", c_void_p),
    ]


ppo_log_callback = CFUNCTYPE(None, c_uint32, c_char_p, c_void_p)


class ppo_prices(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("bars", c_uint64),
        ("assets", c_uint64),
        ("columns", c_uint64),
        ("closes", c_void_p),
        ("asset_names", c_void_p),
        ("times", c_void_p),
        ("bars_per_year", c_double),
        ("confirm_cash_rate", c_uint32),
        ("reserved_2", c_uint32),
        ("opens", c_void_p),
        ("highs", c_void_p),
        ("lows", c_void_p),
        ("volumes", c_void_p),
        ("cash_rates", c_void_p),
        ("cash_rate", c_double),
        ("column_names", c_void_p),
        ("signals", c_void_p),
        ("asset_columns", c_uint64),
        ("asset_column_names", c_void_p),
        ("asset_signals", c_void_p),
        ("prior", c_void_p),
        ("ends", c_void_p),
        ("delisting_return", c_double),
        ("max_halted_bars", c_uint32),
        ("gaps", c_uint32),
        ("cost_rates", c_void_p),
        ("cost_rates_len", c_uint64),
        ("half_spreads", c_void_p),
        ("half_spreads_len", c_uint64),
        ("borrow_rates", c_void_p),
        ("borrow_rates_len", c_uint64),
    ]


class risk_benchmark_metrics(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("beta", c_double),
        ("alpha", c_double),
        ("up_beta", c_double),
        ("up_alpha", c_double),
        ("down_beta", c_double),
        ("down_alpha", c_double),
        ("capture", c_double),
        ("up_capture", c_double),
        ("down_capture", c_double),
        ("up_down_capture", c_double),
        ("information_ratio", c_double),
        ("batting", c_double),
        ("up_batting", c_double),
        ("down_batting", c_double),
        ("beta_fragility", c_double),
    ]


class risk_conventions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("bars_per_year", c_double),
        ("risk_free", c_double),
        ("required_return", c_double),
        ("tail", c_double),
    ]


class risk_portfolio(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("target", c_void_p),
        ("target_len", c_size_t),
        ("current", c_void_p),
        ("current_len", c_size_t),
        ("equity", c_double),
        ("drawdown", c_double),
    ]


class risk_hedge_position(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("active", c_uint32),
        ("side", c_uint32),
        ("notional", c_double),
        ("net", c_double),
        ("ratio", c_double),
    ]


class risk_kelly_estimate(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("weights", c_void_p),
        ("weights_len", c_size_t),
        ("standard_errors", c_void_p),
        ("standard_errors_len", c_size_t),
        ("unconstrained", c_void_p),
        ("unconstrained_len", c_size_t),
        ("unconstrained_standard_errors", c_void_p),
        ("unconstrained_standard_errors_len", c_size_t),
        ("excess", c_void_p),
        ("excess_len", c_size_t),
        ("mean_shrinkage", c_double),
        ("covariance_shrinkage", c_double),
    ]


class risk_metrics(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("total_return", c_double),
        ("annual_return", c_double),
        ("annual_volatility", c_double),
        ("sharpe", c_double),
        ("sortino", c_double),
        ("downside_risk", c_double),
        ("max_drawdown", c_double),
        ("calmar", c_double),
        ("omega", c_double),
        ("value_at_risk", c_double),
        ("conditional_value_at_risk", c_double),
        ("stability", c_double),
        ("tail_ratio", c_double),
        ("skewness", c_double),
        ("kurtosis", c_double),
    ]


class risk_drawdown_period(Structure):
    _fields_ = [
        ("depth", c_double),
        ("peak", c_uint64),
        ("valley", c_uint64),
        ("recovery", c_uint64),
    ]


class risk_performance_figures(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("bars", c_uint64),
        ("equity", c_double),
        ("peak", c_double),
        ("drawdown", c_double),
        ("max_drawdown", c_double),
        ("mean", c_double),
        ("total_return", c_double),
        ("annual_return", c_double),
        ("annual_volatility", c_double),
        ("sharpe", c_double),
        ("sortino", c_double),
        ("downside_risk", c_double),
        ("calmar", c_double),
    ]


class risk_tail_risk(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("mean", c_double),
        ("deviation", c_double),
        ("historical_value_at_risk", c_double),
        ("historical_conditional_value_at_risk", c_double),
        ("gaussian_value_at_risk", c_double),
        ("gaussian_conditional_value_at_risk", c_double),
    ]


class risk_garch_fit(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("omega", c_double),
        ("alpha", c_double),
        ("beta", c_double),
        ("mean", c_double),
        ("log_likelihood", c_double),
        ("next_variance", c_double),
    ]


ppo_allgather = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t, c_void_p)


class ppo_collectives(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("rank", c_uint32),
        ("size", c_uint32),
        ("user", c_void_p),
        ("allgather", ppo_allgather),
    ]


ppo_host_reset = CFUNCTYPE(c_int32, c_void_p, c_size_t, c_uint64, c_void_p, c_size_t, c_void_p, c_size_t)


class ppo_host_result(Structure):
    _fields_ = [
        ("reward", c_double),
        ("terminated", c_uint32),
        ("truncated", c_uint32),
        ("prior_reward", c_double),
    ]


ppo_host_step = CFUNCTYPE(c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, POINTER(ppo_host_result))


ppo_host_counterfactual = CFUNCTYPE(c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p)


ppo_host_remember = CFUNCTYPE(c_int32, c_void_p, c_size_t)


ppo_host_go_back = CFUNCTYPE(c_int32, c_void_p, c_size_t)


class ppo_host_environment(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("user", c_void_p),
        ("reset", ppo_host_reset),
        ("step", ppo_host_step),
        ("counterfactual", ppo_host_counterfactual),
        ("remember", ppo_host_remember),
        ("go_back", ppo_host_go_back),
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


# What the header says of fields.
FIELDS = {
    "ppo_config": {
        "seed": (
            "Seed of every random draw. Range: any number; default 0. The same seed gives the same numbers on any "
            "number of threads."
        ),
        "log_std_init": (
            "Noise of decisions at the start, gaussian policy: the logarithm of the scores' standard deviation. "
            "Range: in [-20, 20]; default -1.2."
        ),
        "kappa_init": (
            "Noise of decisions at the start, dirichlet policy: the concentration; the larger, the less noise. "
            "Range: above 0; default 20."
        ),
        "total_steps": (
            "Decisions to train each seed for. Range: at least 1; default 300,000. Over all environments; rounded "
            "up to whole rollouts."
        ),
        "n_envs": (
            "Portfolios that are run side by side to gather decisions (environments). Range: in [1, 16777216]; "
            "default 64."
        ),
        "n_steps": (
            "Decisions that each environment takes between updates. Range: in [1, 16777216]; default 64. n_envs * "
            "n_steps is below 2^32."
        ),
        "batch_size": (
            "Decisions that one step of learning looks at (a minibatch). Range: at least 2; default 1024. At most "
            "`n_envs * n_steps`, and at least 2: advantages are normalised over it."
        ),
        "n_epochs": (
            "How often an update goes over the decisions gathered for it. Range: in [1, 16777216]; default 4."
        ),
        "threads": (
            "Threads for rollouts and gradients; the numbers do not depend on it. Range: in [1, 1024]; default 1."
        ),
        "device": (
            "Where the network is trained, a PPO_DEVICE_ number; default PPO_DEVICE_AUTO."
        ),
        "learning_rate": (
            "Size of a step of learning (of the optimiser Adam). Range: above 0; default 3e-4."
        ),
        "gamma": (
            "What a reward one decision later counts beside one now (the discount). Range: in [0, 1]; default "
            "0.99."
        ),
        "gae_lambda": (
            "How far ahead rewards are looked at to judge a decision: 0 is the next one and then an estimate, 1 "
            "all of them (lambda of generalised advantage estimation, Schulman et al. 2016). Range: in [0, 1]; "
            "default 0.95."
        ),
        "clip_range": (
            "How far an update may move a decision's probability, as a part of it, before the decision counts no "
            "more. Range: above 0; default 0.2."
        ),
        "clip_range_vf": (
            "How far an update may move the estimated value of a state before the state counts no more. Range: "
            "above 0; default 0: any distance. In units of the scaled return."
        ),
        "ent_coef": (
            "Reward for deciding at random (the weight of the entropy, in nats, in the loss). Range: at least 0; "
            "default 0. Above 0 it keeps the noise up where rewards are noisy."
        ),
        "vf_coef": (
            "How much estimating the value of states counts beside deciding (the weight of the value losses). "
            "Range: at least 0; default 0.5."
        ),
        "max_grad_norm": (
            "Longest gradient that a step of learning follows (Euclidean norm); longer ones are scaled down to "
            "it. Range: above 0; default 0.5."
        ),
        "target_kl": (
            "An update ends early once it has moved the policy by 1.5 times this (approximate KL divergence, in "
            "nats). Range: above 0; default 0: never."
        ),
        "adam_eps": (
            "What keeps Adam from dividing by 0 (its epsilon). Range: above 0; default 1e-5."
        ),
        "learning_rate_schedule": (
            "How the step size moves from the first decision to the last, a PPO_SCHEDULE_ number; default "
            "PPO_SCHEDULE_LINEAR."
        ),
        "clip_range_schedule": (
            "How the clip range moves from the first decision to the last, a PPO_SCHEDULE_ number; default "
            "PPO_SCHEDULE_CONSTANT."
        ),
        "normalize_advantage": (
            "Whether what decisions were better than expected by (advantages) is normalised in every minibatch, 0 "
            "or 1; default 1. To mean 0 and standard deviation 1 (ddof 1)."
        ),
        "normalize_observation": (
            "Whether what the policy sees is normalised by running statistics, which become part of the policy, 0 "
            "or 1; default 1. Otherwise its statistics stay at mean 0 and variance 1, and only the clip at 10 "
            "acts."
        ),
        "normalize_reward": (
            "Whether rewards are divided by the running standard deviation of the discounted return, 0 or 1; "
            "default 1."
        ),
        "reward": (
            "What is rewarded, a PPO_REWARD_ number; default PPO_REWARD_SHAPED. Not for a host's own environment."
        ),
        "control_variate": (
            "What is taken out of the reward, a PPO_CONTROL_VARIATE_ number; default PPO_CONTROL_VARIATE_NONE."
        ),
        "start": (
            "What an episode starts with, a PPO_START_ number; default PPO_START_CASH. With random weights a "
            "policy meets holdings that it would not come to by itself: where trading costs, and it is best to "
            "wait, it learns from which holdings not to. Back-tests start in cash. Not for a host's own "
            "environment."
        ),
        "reward_parameter": (
            "The reward's own number: risk aversion, at least 0 (PPO_REWARD_CRRA, PPO_REWARD_MEAN_VARIANCE, "
            "PPO_REWARD_TERMINAL_CRRA; default 2), or adaptation rate per bar, in (0, 1], or 0: 1/(a year of the "
            "market's bars) (PPO_REWARD_DIFFERENTIAL_SHARPE). Others do not read it."
        ),
        "shaped_volatility": (
            "Shaped reward: charge per unit of volatility (of the last 20 net returns, per bar), at least 0; "
            "default 0.1."
        ),
        "shaped_drawdown": (
            "Shaped reward: charge per unit of drawdown, where that is beyond the threshold, at least 0; default "
            "2."
        ),
        "shaped_drawdown_threshold": (
            "Shaped reward: drawdown (1 - value/peak) up to which nothing is charged, in [0, 1]; default 0.05."
        ),
        "shaped_cost": (
            "Shaped reward: charge per unit of cost over value, at least 0; default 10."
        ),
        "balance": (
            "Money at the start of an episode. Range: above 0; default 100,000. In the currency of the prices."
        ),
        "cost_rate": (
            "Commission per traded notional of assets, in training and test; 0.001 is 0.1%. Range: in [0, 1); "
            "default 0.001. Moving cash is free. Where the market has rates of its own, they take its place."
        ),
        "episode_len": (
            "Decisions in a training episode. Range: at least 1; default 252. Fewer where the market is shorter."
        ),
        "borrow_rate": (
            "Annual fee on what is sold short, charged every bar on its value when the bar began. Range: in [0, "
            "10]; default 0. Where the market has fees of its own, they take its place."
        ),
        "margin_rate": (
            "Annual rate that borrowed money (cash below 0) costs on top of what cash earns. Range: in [0, 10]; "
            "default 0."
        ),
        "maintenance": (
            "Smallest value as a part of the gross exposure in money, for actions that may be short or levered. "
            "Range: in (0, 1]; default 0.25. Below it, positions are scaled back to it at that close, at cost. "
            "More than cost_rate, and at most 1/max_gross."
        ),
        "minimum_fee": (
            "Least commission for each order, in money; 0 is none. Range: at least 0; default 0. An asset is an "
            "order where its weight is to change by more than 1e-9."
        ),
        "impact": (
            "Market impact Y: a traded unit costs Y * volatility * (traded money / daily money "
            "volume)^impact_exponent. Range: in [0, 1000]; default 0. As a part of its price; \"daily\" is a bar. "
            "Volatility and mean volume are those of the last `state.window` bars. 0 is none; above 0 the market "
            "must have volumes. Measured on many markets it is about 1."
        ),
        "impact_exponent": (
            "How impact grows with what is traded: 0.5 is the square-root law. Range: in (0, 2]; default 0.5."
        ),
        "lot": (
            "Units that positions are multiples of, rounded towards 0; 0 is any fraction. Range: at least 0; "
            "default 0. Above 0 the market must have prices of units. Margin calls sell fractions."
        ),
        "priority_alpha": (
            "How much more often an epoch looks at what an environment did where more can be learnt from it (the "
            "exponent of prioritised trajectories); 0: everything once. Range: in [0, 4]; default 0. What one "
            "environment did in a rollout is drawn in proportion to the sum of abs(advantage) to this power, with "
            "replacement, and weighted so that the mean stays what it is."
        ),
        "priority_beta": (
            "How much of the bias of drawing by priority is taken out at the start; at the end all of it is "
            "(beta, which rises to 1). Range: in [0, 1]; default 0.4."
        ),
        "log_std_final": (
            "Noise of decisions at the end, gaussian policy, which is come to in equal steps. Range: in [-20, "
            "20]; default infinity: the noise is learnt. Where noise costs something, as where trading does, a "
            "policy that learns its noise may have none left before it has learnt anything else."
        ),
        "kappa_final": (
            "Noise of decisions at the end, dirichlet policy, which is come to in equal parts. Range: above 0; "
            "default 0: the noise is learnt."
        ),
    },
}


# What each function answers and takes.
FUNCTIONS = {
    "ppo_agent_new": (c_int32, [c_char_p, POINTER(ppo_config), c_void_p]),
    "ppo_load": (c_int32, [c_char_p, c_void_p]),
    "ppo_load_bytes": (c_int32, [c_void_p, c_size_t, c_void_p]),
    "ppo_save": (c_int32, [c_void_p, c_char_p]),
    "ppo_save_bytes": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_agent_clone": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_set_precision": (c_int32, [c_void_p, c_uint32]),
    "ppo_agent_precision": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_free": (None, [c_void_p]),
    "ppo_agent_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_agent_asset_count": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_action_len": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_score_len": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_state_len": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_prior_len": (c_int32, [c_void_p, c_void_p]),
    "ppo_agent_asset_name": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_agent_spec_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_agent_provenance_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_select_action": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t]),
    "ppo_select_action_or": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_sample_action": (c_int32, [c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_evaluate_action": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_void_p, c_void_p]),
    "ppo_value": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_select_actions": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t]),
    "ppo_select_actions_threads": (c_int32, [c_void_p, c_uint32, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t]),
    "ppo_agent_with_member": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "ppo_agent_member_count": (c_int32, [c_void_p, c_void_p]),
    "ppo_disagreement": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_explain_action_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_export_onnx": (c_int32, [c_void_p, c_char_p]),
    "ppo_backtest_run": (c_int32, [c_void_p, c_void_p, c_char_p, c_void_p]),
    "ppo_backtest_run_baseline": (c_int32, [c_void_p, c_uint32, c_char_p, c_void_p]),
    "ppo_backtest_free": (None, [c_void_p]),
    "ppo_backtest_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_backtest_summary_init": (c_int32, [POINTER(ppo_backtest_summary), c_size_t]),
    "ppo_backtest_summarize": (c_int32, [c_void_p, POINTER(ppo_backtest_summary)]),
    "ppo_backtest_compare": (c_int32, [c_void_p, c_void_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "ppo_backtest_reasons_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_backtest_size": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "ppo_backtest_times": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_backtest_returns": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_backtest_equity": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_backtest_weights": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_backtest_turnover": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_backtest_costs": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_backtest_risk": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t]),
    "ppo_backtest_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_backtest_restore": (c_int32, [c_char_p, c_void_p]),
    "ppo_book_new": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p]),
    "ppo_book_restore": (c_int32, [c_void_p, c_char_p, c_char_p, c_char_p, c_void_p]),
    "ppo_book_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_book_save_state": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_book_restore_state": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p, c_size_t, c_void_p]),
    "ppo_book_free": (None, [c_void_p]),
    "ppo_book_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_book_ready": (c_int32, [c_void_p, c_void_p]),
    "ppo_book_observe": (c_int32, [c_void_p, POINTER(ppo_bar)]),
    "ppo_book_decide": (c_int32, [c_void_p, POINTER(ppo_bar), POINTER(risk_decision)]),
    "ppo_book_account": (c_int32, [c_void_p, POINTER(ppo_account), c_void_p, c_size_t]),
    "ppo_book_traded": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_void_p]),
    "ppo_book_record_trade": (c_int32, [c_void_p, c_void_p, c_size_t, c_double]),
    "ppo_book_set_position": (c_int32, [c_void_p, c_void_p, c_size_t, c_double]),
    "ppo_book_deposit": (c_int32, [c_void_p, c_double]),
    "ppo_book_reset": (c_int32, [c_void_p]),
    "ppo_book_pin": (c_int32, [c_void_p, c_size_t, c_uint32]),
    "ppo_book_reset_stop": (c_int32, [c_void_p, c_size_t]),
    "ppo_book_set_agent": (c_int32, [c_void_p, c_void_p]),
    "ppo_book_halt": (c_int32, [c_void_p]),
    "ppo_book_flatten": (c_int32, [c_void_p]),
    "ppo_book_resume": (c_int32, [c_void_p]),
    "ppo_book_orders": (c_int32, [c_void_p, c_void_p, c_size_t, c_double, c_void_p, c_size_t, c_void_p, c_size_t, c_double, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_env_new": (c_int32, [c_void_p, c_void_p, POINTER(ppo_config), c_uint64, c_size_t, c_void_p]),
    "ppo_env_new_from_spec": (c_int32, [c_char_p, c_void_p, POINTER(ppo_config), c_uint64, c_size_t, c_void_p]),
    "ppo_env_reset": (c_int32, [c_void_p]),
    "ppo_env_snapshot": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_env_restore": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_env_free": (None, [c_void_p]),
    "ppo_env_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_env_count": (c_int32, [c_void_p, c_void_p]),
    "ppo_env_asset_count": (c_int32, [c_void_p, c_void_p]),
    "ppo_env_action_len": (c_int32, [c_void_p, c_void_p]),
    "ppo_env_score_len": (c_int32, [c_void_p, c_void_p]),
    "ppo_env_state_len": (c_int32, [c_void_p, c_void_p]),
    "ppo_env_states": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_env_prior_weights": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_env_portfolios": (c_int32, [c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t]),
    "ppo_env_take_episodes": (c_int32, [c_void_p, POINTER(ppo_episode), c_size_t, c_void_p]),
    "ppo_env_outputs_init": (c_int32, [POINTER(ppo_env_outputs), c_size_t]),
    "ppo_env_step": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, POINTER(ppo_env_outputs)]),
    "ppo_env_step_weights": (c_int32, [c_void_p, c_void_p, c_size_t, POINTER(ppo_env_outputs)]),
    "ppo_version": (c_char_p, []),
    "ppo_version_number": (c_uint32, []),
    "ppo_features": (c_uint32, []),
    "ppo_last_error": (c_int32, [c_void_p, c_size_t, c_void_p]),
    "ppo_set_log": (c_int32, [c_uint32, ppo_log_callback, c_void_p]),
    "ppo_market_clone": (c_int32, [c_void_p, c_void_p]),
    "ppo_market_select": (c_int32, [c_void_p, c_size_t, c_size_t, c_void_p]),
    "ppo_market_free": (None, [c_void_p]),
    "ppo_market_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_market_from_arrow": (c_int32, [c_void_p, c_char_p, c_void_p]),
    "ppo_market_save_bytes": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_market_load_bytes": (c_int32, [c_void_p, c_size_t, c_void_p]),
    "ppo_market_from_csv": (c_int32, [c_char_p, c_char_p, c_double, c_void_p]),
    "ppo_market_write_csv": (c_int32, [c_void_p, c_char_p]),
    "ppo_prices_init": (c_int32, [POINTER(ppo_prices), c_size_t]),
    "ppo_market_from_prices": (c_int32, [POINTER(ppo_prices), c_void_p]),
    "ppo_market_bar_count": (c_int32, [c_void_p, c_void_p]),
    "ppo_market_asset_count": (c_int32, [c_void_p, c_void_p]),
    "ppo_market_column_count": (c_int32, [c_void_p, c_void_p]),
    "ppo_market_asset_column_count": (c_int32, [c_void_p, c_void_p]),
    "ppo_market_asset_name": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_market_column_name": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_market_asset_column_name": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "ppo_market_time": (c_int32, [c_void_p, c_size_t, c_void_p]),
    "ppo_market_bar_at": (c_int32, [c_void_p, c_int64, c_uint32, c_void_p]),
    "ppo_market_bars_per_year": (c_int32, [c_void_p, c_void_p]),
    "ppo_market_range": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "ppo_market_closes": (c_int32, [c_void_p, c_size_t, c_size_t, c_void_p, c_size_t]),
    "ppo_market_digest": (c_int32, [c_void_p, c_void_p]),
    "ppo_market_simulated": (c_int32, [c_char_p, c_void_p]),
    "ppo_market_simulate_prices": (c_int32, [c_char_p, c_size_t, c_int64, c_uint64, c_void_p]),
    "ppo_market_fit_gbm": (c_int32, [c_void_p, c_void_p]),
    "ppo_market_fit_regimes": (c_int32, [c_void_p, c_size_t, c_uint64, c_void_p]),
    "ppo_market_parameters_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_portfolio_new": (c_int32, [c_void_p, c_char_p, c_void_p]),
    "ppo_portfolio_set_agent": (c_int32, [c_void_p, c_void_p]),
    "ppo_portfolio_free": (None, [c_void_p]),
    "ppo_portfolio_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_account_init": (c_int32, [POINTER(ppo_account), c_size_t]),
    "ppo_portfolio_account": (c_int32, [c_void_p, POINTER(ppo_account), c_void_p, c_size_t]),
    "ppo_bar_init": (c_int32, [POINTER(ppo_bar), c_size_t]),
    "ppo_portfolio_ready": (c_int32, [c_void_p, c_void_p]),
    "ppo_portfolio_warm_up_bars": (c_int32, [c_void_p, c_void_p]),
    "ppo_portfolio_rebalance": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_portfolio_record_trade": (c_int32, [c_void_p, c_void_p, c_size_t, c_double]),
    "ppo_portfolio_set_position": (c_int32, [c_void_p, c_void_p, c_size_t, c_double]),
    "ppo_portfolio_leverage": (c_int32, [c_void_p, c_double, c_void_p]),
    "ppo_portfolio_kelly": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "ppo_portfolio_seen": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t]),
    "ppo_portfolio_push_prices": (c_int32, [c_void_p, POINTER(ppo_bar), c_void_p]),
    "ppo_portfolio_push_returns": (c_int32, [c_void_p, c_void_p, c_size_t, POINTER(ppo_bar)]),
    "ppo_portfolio_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_portfolio_restore": (c_int32, [c_void_p, c_char_p]),
    "ppo_portfolio_config_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_random_new": (c_int32, [c_uint64, c_uint64, c_void_p]),
    "ppo_random_clone": (c_int32, [c_void_p, c_void_p]),
    "ppo_random_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "ppo_random_restore": (c_int32, [c_char_p, c_void_p]),
    "ppo_random_free": (None, [c_void_p]),
    "ppo_random_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_atr_new": (c_int32, [c_size_t, c_size_t, c_void_p]),
    "risk_atr_restore": (c_int32, [c_size_t, c_size_t, c_char_p, c_void_p]),
    "risk_atr_free": (None, [c_void_p]),
    "risk_atr_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_atr_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_atr_update": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t]),
    "risk_atr_values": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_void_p]),
    "risk_average_true_range": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_size_t, c_size_t, c_size_t, c_void_p, c_size_t]),
    "risk_benchmark_metrics_init": (c_int32, [POINTER(risk_benchmark_metrics), c_size_t]),
    "risk_benchmark_metrics_compute": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, POINTER(risk_conventions), POINTER(risk_benchmark_metrics)]),
    "risk_portfolio_init": (c_int32, [POINTER(risk_portfolio), c_size_t]),
    "risk_decision_init": (c_int32, [POINTER(risk_decision), c_size_t]),
    "risk_drawdown_new": (c_int32, [c_char_p, c_void_p]),
    "risk_drawdown_restore": (c_int32, [c_char_p, c_char_p, c_void_p]),
    "risk_drawdown_free": (None, [c_void_p]),
    "risk_drawdown_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_drawdown_config_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_drawdown_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_drawdown_update": (c_int32, [c_void_p, c_double, c_double, c_void_p, c_void_p, POINTER(risk_reason), c_size_t, c_void_p]),
    "risk_drawdown_reset": (c_int32, [c_void_p]),
    "risk_hedge_position_init": (c_int32, [POINTER(risk_hedge_position), c_size_t]),
    "risk_hedge_new": (c_int32, [c_char_p, c_void_p]),
    "risk_hedge_restore": (c_int32, [c_char_p, c_char_p, c_void_p]),
    "risk_hedge_free": (None, [c_void_p]),
    "risk_hedge_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_hedge_config_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_hedge_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_hedge_decide": (c_int32, [c_void_p, c_double, c_void_p, c_size_t, c_double, c_void_p, c_size_t, POINTER(risk_hedge_position), POINTER(risk_reason), c_size_t, c_void_p]),
    "risk_kelly_estimate_init": (c_int32, [POINTER(risk_kelly_estimate), c_size_t]),
    "risk_kelly_binary": (c_int32, [c_double, c_double, c_double, c_void_p]),
    "risk_kelly_continuous": (c_int32, [c_double, c_double, c_void_p]),
    "risk_kelly_weights": (c_int32, [c_char_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t]),
    "risk_kelly_unconstrained": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t]),
    "risk_kelly_from_returns": (c_int32, [c_char_p, c_void_p, c_size_t, c_size_t, c_size_t, c_double, POINTER(risk_kelly_estimate)]),
    "risk_leverage": (c_int32, [c_char_p, c_double, c_double, c_double, POINTER(risk_reason), c_size_t, c_void_p, c_void_p]),
    "risk_limits_new": (c_int32, [c_char_p, c_size_t, c_void_p]),
    "risk_limits_restore": (c_int32, [c_char_p, c_size_t, c_char_p, c_void_p]),
    "risk_limits_free": (None, [c_void_p]),
    "risk_limits_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_limits_config_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_limits_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_limits_push_returns": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "risk_limits_apply": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_double, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, POINTER(risk_reason), c_size_t, c_void_p]),
    "risk_manage": (c_int32, [c_void_p, POINTER(ppo_bar), POINTER(risk_portfolio), POINTER(risk_decision)]),
    "risk_manager_new": (c_int32, [c_char_p, c_size_t, c_void_p]),
    "risk_manager_restore": (c_int32, [c_char_p, c_size_t, c_char_p, c_void_p]),
    "risk_manager_free": (None, [c_void_p]),
    "risk_manager_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_manager_config_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_manager_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_manager_counts": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "risk_manager_observe": (c_int32, [c_void_p, POINTER(ppo_bar)]),
    "risk_manager_reset": (c_int32, [c_void_p]),
    "risk_manager_reset_stop": (c_int32, [c_void_p, c_size_t]),
    "risk_manager_regimes": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "risk_conventions_init": (c_int32, [POINTER(risk_conventions), c_size_t]),
    "risk_metrics_init": (c_int32, [POINTER(risk_metrics), c_size_t]),
    "risk_metrics_compute": (c_int32, [c_void_p, c_size_t, POINTER(risk_conventions), POINTER(risk_metrics)]),
    "risk_worst_drawdowns": (c_int32, [c_void_p, c_size_t, POINTER(risk_drawdown_period), c_size_t, c_void_p]),
    "risk_performance_figures_init": (c_int32, [POINTER(risk_performance_figures), c_size_t]),
    "risk_performance_new": (c_int32, [POINTER(risk_conventions), c_void_p]),
    "risk_performance_restore": (c_int32, [POINTER(risk_conventions), c_char_p, c_void_p]),
    "risk_performance_free": (None, [c_void_p]),
    "risk_performance_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_performance_push": (c_int32, [c_void_p, c_double]),
    "risk_performance_read": (c_int32, [c_void_p, POINTER(risk_performance_figures)]),
    "risk_performance_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_positions_new": (c_int32, [c_char_p, c_size_t, c_void_p]),
    "risk_positions_free": (None, [c_void_p]),
    "risk_positions_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_positions_config_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_positions_size": (c_int32, [c_void_p, c_double, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, POINTER(risk_reason), c_size_t, c_void_p]),
    "risk_position_units": (c_int32, [c_double, c_double, c_double, c_double, c_double, c_void_p]),
    "risk_reason_name": (c_char_p, [c_uint32]),
    "risk_reason_describe": (c_int32, [POINTER(risk_reason), c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p]),
    "risk_regime_new": (c_int32, [c_char_p, c_void_p]),
    "risk_regime_fit": (c_int32, [c_void_p, c_size_t, c_size_t, c_size_t, c_size_t, c_uint64, c_char_p, c_void_p]),
    "risk_regime_restore": (c_int32, [c_char_p, c_char_p, c_void_p]),
    "risk_regime_free": (None, [c_void_p]),
    "risk_regime_last_error": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_regime_counts": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "risk_regime_update": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "risk_regime_probabilities": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "risk_regime_factors": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "risk_regime_config_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_regime_state_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "risk_tail_risk_init": (c_int32, [POINTER(risk_tail_risk), c_size_t]),
    "risk_tail_risk_compute": (c_int32, [c_void_p, c_size_t, c_size_t, c_void_p, c_size_t, c_double, POINTER(risk_tail_risk)]),
    "risk_covariance": (c_int32, [c_void_p, c_size_t, c_size_t, c_size_t, c_void_p, c_size_t, c_void_p]),
    "risk_garch_fit_init": (c_int32, [POINTER(risk_garch_fit), c_size_t]),
    "risk_volatility": (c_int32, [c_char_p, c_void_p, c_size_t, c_double, c_void_p]),
    "risk_volatility_fit": (c_int32, [c_void_p, c_size_t, POINTER(risk_garch_fit)]),
    "ppo_status_name": (c_char_p, [c_int32]),
    "ppo_collectives_init": (c_int32, [POINTER(ppo_collectives), c_size_t]),
    "ppo_trainer_join": (c_int32, [c_void_p, POINTER(ppo_collectives)]),
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
