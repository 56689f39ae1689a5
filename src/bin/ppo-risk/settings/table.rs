//! The table: where each setting is in the configuration, what its option is called, what help says.

/// One leaf of the configuration.
pub(super) struct Setting {
    /// Place in the configuration's JSON, with dots.
    pub(super) path: &'static str,
    /// Name of the option.
    pub(super) option: &'static str,
    pub(super) value_name: &'static str,
    pub(super) kind: Kind,
    pub(super) help: &'static str,
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// JSON, else a plain word.
    Plain,
    /// Text as it is.
    Text,
    /// Names separated by commas.
    List,
    /// A variant's name, with or without changes.
    Variant,
    /// The name of a file that holds the value as JSON.
    File,
}

use Kind::{File, List, Plain, Text, Variant};

/// The settings under the heading that help shows them under.
pub(super) const GROUPS: [(&str, &[Setting]); 8] = [
    (
        "Start here",
        &[
            setting(
                "preset",
                "preset",
                "PRESET",
                Plain,
                "Settings that the rest starts from: standard (a policy that corrects a volatility-targeted equal weight) or classic (shaped reward, always fully invested, 2x256 units)",
            ),
            setting(
                "market.source",
                "market",
                "MARKET",
                Plain,
                "Where prices come from: prices (a file) or simulated (no data needed)",
            ),
            setting(
                "market.prices",
                "prices",
                "FILE",
                Text,
                "CSV file of prices: a date column and a close per asset, or the columns date, symbol, close. Without it, data/sp500_20_stocks.csv, which `make train` fetches",
            ),
            setting(
                "train.total_steps",
                "steps",
                "N",
                Plain,
                "Decisions to train each seed for",
            ),
            setting(
                "seeds",
                "seeds",
                "K",
                Plain,
                "Seeds to train, one after another; the first one's policy is the run's, the others show the spread",
            ),
            setting("train.seed", "seed", "SEED", Plain, "The first seed"),
            setting(
                "train.device",
                "device",
                "DEVICE",
                Plain,
                "Where the network is trained: auto, cpu or cuda",
            ),
            setting(
                "train.threads",
                "threads",
                "N",
                Plain,
                "Threads; the numbers do not depend on it",
            ),
        ],
    ),
    (
        "Periods (prices from a file; training and test may not share a return)",
        &[
            setting(
                "periods.train_from",
                "train-from",
                "DATE",
                Plain,
                "First date of training; null: as early as the prices go",
            ),
            setting(
                "periods.train_until",
                "train-until",
                "DATE",
                Plain,
                "Last date of training",
            ),
            setting(
                "periods.test_from",
                "test-from",
                "DATE",
                Plain,
                "First date of the test; 252 returns have to come before it",
            ),
            setting(
                "periods.test_until",
                "test-until",
                "DATE",
                Plain,
                "Last date of the test; null: as late as the prices go",
            ),
        ],
    ),
    (
        "Price file",
        &[
            setting(
                "market.layout",
                "layout",
                "LAYOUT",
                Plain,
                "How the file is laid out: detect, wide or long",
            ),
            setting(
                "market.fill",
                "fill",
                "FILL",
                Plain,
                "What becomes of gaps: refuse, or forward (the date before's value)",
            ),
            setting(
                "market.signals",
                "signals",
                "COLUMN,...",
                List,
                "Columns that are shown to the policy instead of being prices",
            ),
            setting(
                "market.prior_columns",
                "prior-columns",
                "COLUMN,...",
                List,
                "Columns with prior weights, each asset's and then cash's (for --prior supplied)",
            ),
            setting(
                "market.ignore",
                "ignore",
                "COLUMN,...",
                List,
                "Columns to leave out",
            ),
            setting(
                "market.cash_rate_column",
                "cash-rate-column",
                "COLUMN",
                Text,
                "Column with the annual rate of cash",
            ),
            setting(
                "market.cash_rate",
                "cash-rate",
                "RATE",
                Plain,
                "Annual rate of cash where there is no such column; 0.02 is 2%",
            ),
        ],
    ),
    (
        "Simulated market",
        &[
            setting(
                "market.model",
                "model",
                "MODEL",
                Plain,
                "gbm (correlated geometric Brownian motion) or regimes (calm and stress take turns)",
            ),
            setting(
                "market.asset_count",
                "asset-count",
                "N",
                Plain,
                "Number of assets",
            ),
            setting(
                "market.test_bars",
                "test-bars",
                "BARS",
                Plain,
                "Length of the simulated test, the history before it included",
            ),
        ],
    ),
    (
        "Trading",
        &[
            setting(
                "train.env.balance",
                "balance",
                "MONEY",
                Plain,
                "Money at the start of an episode",
            ),
            setting(
                "train.env.cost_rate",
                "cost-rate",
                "FRACTION",
                Plain,
                "Cost per traded notional, in training and test; 0.001 is 0.1%",
            ),
            setting(
                "train.env.episode_len",
                "episode-len",
                "BARS",
                Plain,
                "Decisions in a training episode",
            ),
            setting(
                "risk",
                "risk",
                "FILE",
                File,
                "JSON file with the settings of the risk manager that the report shows beside the policy; without it, the defaults of every part and no borrowed money",
            ),
            setting(
                "train.env.reward",
                "reward",
                "REWARD",
                Variant,
                "What is rewarded: log_return, shaped, crra (a=2), mean_variance (a=2) or differential_sharpe (eta=1/252); with settings as in crra:a=4",
            ),
            setting(
                "train.env.control_variate",
                "control-variate",
                "WHICH",
                Plain,
                "Market noise taken out of the reward: none, prior_path (the prior's own reward) or self_critical",
            ),
        ],
    ),
    (
        "What the policy sees and does",
        &[
            setting(
                "state.window",
                "window",
                "BARS",
                Plain,
                "Bars in the rolling volatility",
            ),
            setting(
                "state.account",
                "account",
                "BOOL",
                Plain,
                "Whether it sees its own drawdown and volatility: true or false",
            ),
            setting(
                "action.cash",
                "cash",
                "BOOL",
                Plain,
                "Whether it may hold cash; false: always fully invested",
            ),
            setting(
                "action.prior",
                "prior",
                "PRIOR",
                Variant,
                "The weights it corrects: none, equal_weight, inverse_volatility (lookback=252), vol_target (target=0.15,half_life=20,lookback=252) or supplied; with settings as in vol_target:target=0.1",
            ),
            setting(
                "action.distribution",
                "distribution",
                "WHICH",
                Plain,
                "What is sampled in training: gaussian (scores) or dirichlet (weights)",
            ),
            setting(
                "action.weight_cap",
                "weight-cap",
                "WEIGHT",
                Plain,
                "Largest weight of one asset",
            ),
            setting(
                "action.weight_floor",
                "weight-floor",
                "WEIGHT",
                Plain,
                "Smallest weight of one asset",
            ),
            setting(
                "action.trade_band",
                "trade-band",
                "TURNOVER",
                Plain,
                "No trade while one-way turnover to the target is below this",
            ),
            setting(
                "network",
                "network",
                "NETWORK",
                Variant,
                "scorer (hidden=[32,32]; one small network scores each asset) or mlp (hidden=[256,256],activation=tanh|relu,shared_trunk=true|false); with settings as in mlp:hidden=[64,64]",
            ),
        ],
    ),
    (
        "PPO (Stable-Baselines3's names)",
        &[
            setting(
                "train.ppo.n_envs",
                "n-envs",
                "N",
                Plain,
                "Environments side by side",
            ),
            setting(
                "train.ppo.n_steps",
                "n-steps",
                "N",
                Plain,
                "Steps of each environment between updates",
            ),
            setting(
                "train.ppo.batch_size",
                "batch-size",
                "N",
                Plain,
                "Samples in a minibatch",
            ),
            setting(
                "train.ppo.n_epochs",
                "n-epochs",
                "N",
                Plain,
                "Passes over the samples in an update",
            ),
            setting(
                "train.ppo.learning_rate",
                "learning-rate",
                "RATE",
                Plain,
                "Adam's step size",
            ),
            setting(
                "train.ppo.learning_rate_schedule",
                "learning-rate-schedule",
                "SCHEDULE",
                Plain,
                "constant, or linear (falls to 0)",
            ),
            setting("train.ppo.gamma", "gamma", "FRACTION", Plain, "Discount per step"),
            setting(
                "train.ppo.gae_lambda",
                "gae-lambda",
                "FRACTION",
                Plain,
                "Lambda of generalised advantage estimation",
            ),
            setting(
                "train.ppo.clip_range",
                "clip-range",
                "RANGE",
                Plain,
                "How far the probability ratio may move from 1",
            ),
            setting(
                "train.ppo.clip_range_schedule",
                "clip-range-schedule",
                "SCHEDULE",
                Plain,
                "constant, or linear (falls to 0)",
            ),
            setting(
                "train.ppo.clip_range_vf",
                "clip-range-vf",
                "RANGE",
                Plain,
                "How far the value may move in an update; null: as far as it likes",
            ),
            setting(
                "train.ppo.ent_coef",
                "ent-coef",
                "WEIGHT",
                Plain,
                "Weight of the entropy in the loss",
            ),
            setting(
                "train.ppo.vf_coef",
                "vf-coef",
                "WEIGHT",
                Plain,
                "Weight of the value in the loss",
            ),
            setting(
                "train.ppo.max_grad_norm",
                "max-grad-norm",
                "NORM",
                Plain,
                "Largest norm of the gradient",
            ),
            setting(
                "train.ppo.target_kl",
                "target-kl",
                "KL",
                Plain,
                "An update ends early beyond 1.5 times this divergence; null: never",
            ),
            setting(
                "train.ppo.normalize_advantage",
                "normalize-advantage",
                "BOOL",
                Plain,
                "Whether advantages are normalised in each minibatch",
            ),
            setting(
                "train.ppo.normalize_observation",
                "normalize-observation",
                "BOOL",
                Plain,
                "Whether states are normalised; the statistics are saved in the policy",
            ),
            setting(
                "train.ppo.normalize_reward",
                "normalize-reward",
                "BOOL",
                Plain,
                "Whether rewards are scaled by the spread of the discounted return",
            ),
        ],
    ),
    (
        "Where training starts",
        &[
            setting(
                "train.ppo.log_std_init",
                "log-std-init",
                "LOG_STD",
                Plain,
                "Log standard deviation of the gaussian policy's scores",
            ),
            setting(
                "train.ppo.kappa_init",
                "kappa-init",
                "KAPPA",
                Plain,
                "Concentration of the dirichlet policy: the larger, the less noise",
            ),
            setting("train.ppo.adam_eps", "adam-eps", "EPS", Plain, "Adam's epsilon"),
        ],
    ),
];

const fn setting(
    path: &'static str,
    option: &'static str,
    value_name: &'static str,
    kind: Kind,
    help: &'static str,
) -> Setting {
    Setting {
        path,
        option,
        value_name,
        kind,
        help,
    }
}
