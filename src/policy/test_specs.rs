//! Small specs for unit tests.

use crate::market::prior::Prior;
use crate::market::state::StateSpec;
use crate::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};

/// A gaussian mlp with cash on `assets` assets, no optional state blocks, one hidden layer of 3.
pub(crate) fn mlp(assets: usize) -> PolicySpec {
    PolicySpec {
        assets: (0..assets).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec::base(assets),
        action: ActionSpec::default(),
        network: NetworkSpec::Mlp {
            hidden: vec![3],
            activation: Activation::Tanh,
            shared_trunk: true,
        },
    }
}

/// A Dirichlet scorer with cash, the account block, one column and a prior.
pub(crate) fn scorer(assets: usize) -> PolicySpec {
    let mut spec = mlp(assets);
    spec.state.account = true;
    spec.state.columns = vec!["signal".to_string()];
    spec.action.distribution = Distribution::Dirichlet;
    spec.action.prior = Prior::EqualWeight;
    spec.network = NetworkSpec::Scorer { hidden: vec![4, 3] };
    spec
}
