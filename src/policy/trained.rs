//! A policy ready to act: from a state to target weights, a sample, its log-probability, a value.

mod checks;
mod joint;
mod sample;
mod weights;
mod workspace;

pub use workspace::Workspace;

use crate::error::{Error, Result};
use crate::market::prior::Prior;
use crate::policy::departure::Departure;
use crate::policy::ensemble::{Consensus, Member};
use crate::policy::forward::Network;
use crate::policy::kernels::{InstructionSet, Precision};
use crate::policy::normalizer::ObservationNormalizer;
use crate::policy::spec::PolicySpec;

/// Everything a policy file holds. Acting needs no libtorch, allocates nothing, and never changes the policy.
///
/// Every call takes the state as the state builder writes it ([S], not normalised) and, where the spec has a prior,
/// the prior's weights at this close ([A], assets and then cash where the action has cash).
#[derive(Debug, Clone)]
pub struct Policy {
    spec: PolicySpec,
    first: Member,
    /// Of an ensemble, its further members.
    others: Vec<Member>,
    consensus: Option<Consensus>,
    departure: Option<Departure>,
    /// How the policy came to be: the training configuration, data, seed, figures; whatever the trainer writes.
    pub provenance: serde_json::Map<String, serde_json::Value>,
}

impl Policy {
    /// A policy from its parts; `parameters` are the tensors of [`layout`](crate::policy::layout::layout) in order.
    ///
    /// Fails where the spec is invalid, or the parameters are not the layout's or not finite.
    pub fn new(
        spec: PolicySpec,
        normalizer: ObservationNormalizer,
        parameters: Vec<f32>,
        provenance: serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self> {
        spec.validate()?;
        // Not the length alone: an mlp's normaliser of the same state has groups of its own.
        let normalizer = ObservationNormalizer::with_statistics(&spec, normalizer.statistics().clone())?;
        Ok(Self {
            first: Member {
                network: Network::new(&spec, parameters)?,
                normalizer,
            },
            others: Vec::new(),
            consensus: None,
            departure: None,
            spec,
            provenance,
        })
    }

    /// Takes over what training has come to, in place, and departs from its prior all the way again: allocates nothing, but for
    /// an attention. For a policy of one member, as [`new`](Self::new) makes it, and a normaliser of its spec; fails as that does, and then changes nothing.
    #[cfg_attr(
        not(feature = "train"),
        allow(dead_code, reason = "only training comes to anything")
    )]
    pub(crate) fn retrain(&mut self, normalizer: &ObservationNormalizer, parameters: &[f32]) -> Result<()> {
        self.first.network.refill(parameters)?;
        self.first.normalizer.learn_from(normalizer);
        self.departure = None;
        Ok(())
    }

    /// How far the policy departs from its prior, and by which evidence; none: all the way.
    pub fn departure(&self) -> Option<&Departure> {
        self.departure.as_ref()
    }

    /// From now on deterministic weights are prior + λ (weights - prior), with the prior's weights those of a policy that
    /// has learnt nothing, within the same caps and floors: at λ = 0 the prior to the bit, at λ = 1 as without. What is
    /// sampled, and its log-probability, are of the policy as it was learnt.
    ///
    /// Errors: a policy without a prior; numbers that no evidence has.
    pub fn set_departure(&mut self, departure: Option<Departure>) -> Result<()> {
        if let Some(departure) = &departure {
            departure.validate()?;
            if self.spec.action.prior == Prior::None {
                let expected = "a policy with a prior to depart from";
                return Err(Error::invalid(
                    "departure",
                    "that of a policy without a prior",
                    expected,
                ));
            }
        }
        self.departure = departure;
        Ok(())
    }

    /// What the policy is.
    pub fn spec(&self) -> &PolicySpec {
        &self.spec
    }

    /// How states are normalised; of an ensemble, by its first member.
    pub fn normalizer(&self) -> &ObservationNormalizer {
        &self.first.normalizer
    }

    /// The network with its parameters; of an ensemble, that of its first member.
    pub fn network(&self) -> &Network {
        &self.first.network
    }

    fn networks_mut(&mut self) -> impl Iterator<Item = &mut Network> {
        let members = std::iter::once(&mut self.first).chain(&mut self.others);
        members.map(|member| &mut member.network)
    }

    /// Runs the network on other instructions than the best of this processor: for comparisons.
    pub fn set_instructions(&mut self, instructions: InstructionSet) {
        self.networks_mut()
            .for_each(|network| network.set_instructions(instructions));
    }

    /// How exactly the network keeps its weights.
    pub fn precision(&self) -> Precision {
        self.first.network.precision()
    }

    /// Keeps the network's weights in this precision from now on, to decide faster; what is saved stays as it was
    /// trained.
    pub fn set_precision(&mut self, precision: Precision) {
        self.networks_mut()
            .for_each(|network| network.set_precision(precision));
    }
}
