//! An ensemble: policies made one that decides by all of theirs.

use super::Policy;
use super::checks::check_finite;
use super::weights::Around;
use super::workspace::{Ruled, Workspace, share_out};
use crate::error::{Error, Result, words};
use crate::market::prior::Prior;
use crate::policy::ensemble::{self, Consensus, MOST_MEMBERS, Member};
use serde_json::{Map, Value};

impl Policy {
    /// Policies of one spec that decide together: deterministic weights are the mean of theirs. From the same holdings a step's
    /// log growth before costs is then at least the mean of theirs, and its turnover at most the mean of theirs.
    ///
    /// Its provenance holds theirs, in order, as `members`. One policy alone is itself.
    ///
    /// Errors: none, more than 64, specs that differ, members that are ensembles or that depart from their prior in part (the
    /// ensemble itself may: [`set_departure`](Self::set_departure)).
    pub fn ensemble(members: Vec<Self>) -> Result<Self> {
        if !(1..=MOST_MEMBERS).contains(&members.len()) {
            let expected = format!("1 to {MOST_MEMBERS} policies");
            return Err(Error::invalid("members", members.len(), expected));
        }
        let mut provenance = Map::new();
        let each = members
            .iter()
            .map(|member| Value::Object(member.provenance.clone()));
        provenance.insert("members".to_string(), each.collect());
        for (i, member) in members.iter().enumerate() {
            let refuse =
                |found: &str, expected: &str| Err(Error::invalid(words!("members[{i}]"), found, expected));
            if !member.spec().is_alike(members[0].spec()) {
                return refuse("of another spec", "the spec of members[0]");
            }
            if member.member_count() > 1 {
                return refuse("an ensemble", "a single policy");
            }
            if member.departure().is_some() {
                return refuse("departing from its prior in part", "one that goes all the way");
            }
        }
        let mut members = members.into_iter();
        let first = members.next().expect("at least one");
        if members.len() == 0 {
            return Ok(first);
        }
        let others = members.map(Self::into_member).collect();
        Ok(first.with_others(others, provenance))
    }

    /// Single policies again, in the order of the members.
    pub fn into_members(self) -> Vec<Self> {
        let provenance = match self.provenance.get("members") {
            Some(Value::Array(each)) => each.clone(),
            _ => Vec::new(),
        };
        let own = |k: usize| match provenance.get(k) {
            Some(Value::Object(own)) => own.clone(),
            _ => Map::new(),
        };
        (0..self.member_count()).map(|k| self.alone(k, own(k))).collect()
    }

    /// Number of members: 1 of a policy that is no ensemble.
    pub fn member_count(&self) -> usize {
        1 + self.others.len()
    }

    /// The members, at least one.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &Member> {
        // As many as there are, where a chain does not know how many.
        (0..self.member_count()).map(|k| self.member(k))
    }

    fn member(&self, k: usize) -> &Member {
        match k {
            0 => &self.first,
            _ => &self.others[k - 1],
        }
    }

    pub(in crate::policy) fn into_member(self) -> Member {
        self.first
    }

    pub(in crate::policy) fn with_others(self, others: Vec<Member>, provenance: Map<String, Value>) -> Self {
        Self {
            others,
            provenance,
            ..self
        }
    }

    /// Member `k` as a policy by itself.
    pub(in crate::policy) fn alone(&self, k: usize, provenance: Map<String, Value>) -> Self {
        Self {
            spec: self.spec.clone(),
            first: self.member(k).clone(),
            others: Vec::new(),
            consensus: None,
            departure: None,
            provenance,
        }
    }

    /// How members that disagree stay nearer to the prior; none: they do not.
    pub fn consensus(&self) -> Option<&Consensus> {
        self.consensus.as_ref()
    }

    /// Errors: a policy without a prior, bounds out of order.
    pub fn set_consensus(&mut self, consensus: Option<Consensus>) -> Result<()> {
        if let Some(consensus) = &consensus {
            consensus.validate()?;
            if self.spec.action.prior == Prior::None {
                let expected = "a policy with a prior to stay at";
                return Err(Error::invalid(
                    "consensus",
                    "that of a policy without a prior",
                    expected,
                ));
            }
        }
        self.consensus = consensus;
        Ok(())
    }

    /// How far the members disagree in a state: u, the mean over them of the one-way turnover from their weights to the mean of
    /// all, in [0, 1] where nothing is short or levered; 0 of a policy that is no ensemble. Fails as
    /// [`weights`](Self::weights) does.
    pub fn disagreement(
        &self,
        state: &[f32],
        prior: Option<&[f64]>,
        workspace: &mut Workspace,
    ) -> Result<f64> {
        self.write_each(state, prior, workspace)?;
        let Workspace { ruled, each, .. } = workspace;
        let each = &each[..self.member_count() * ruled.weights.len()];
        ensemble::write_mean(each, &mut ruled.weights);
        Ok(ensemble::disagreement(each, &ruled.weights))
    }

    /// Writes every member's own weights [M, A] in a state.
    pub(super) fn write_each(
        &self,
        state: &[f32],
        prior: Option<&[f64]>,
        workspace: &mut Workspace,
    ) -> Result<()> {
        let actions = self.spec.action_len();
        self.check_prior("prior", prior, actions, |i| words!("prior[{i}]"))?;
        self.check_state(state, workspace)?;
        workspace.make_room(self.member_count() * actions);
        let Workspace {
            parts,
            scores,
            log_prior,
            shares,
            each,
            fixed,
            ..
        } = workspace;
        self.around(state, prior, fixed, log_prior);
        let scores = &mut scores[..self.spec.score_len()];
        for (k, (member, own)) in self.members().zip(each.chunks_exact_mut(actions)).enumerate() {
            parts[0].scores(member, state, scores);
            check_finite(scores, |i| words!("scores[{i}] of network {k}"))?;
            self.all_the_way((prior, fixed, log_prior), scores, shares, own);
        }
        Ok(())
    }

    /// As [`to_weights`](Self::to_weights), from the weights of every member: [M, A].
    pub(super) fn to_joint_weights(
        &self,
        around: Around<'_>,
        each: &[f64],
        shares: &mut [f64],
        ruled: &mut Ruled,
        out: &mut [f64],
    ) {
        ensemble::write_mean(each, out);
        let part = self
            .consensus
            .map_or(1.0, |consensus| consensus.part(ensemble::disagreement(each, out)));
        self.go_in_part(self.lambda() * part, around, shares, ruled, out);
    }

    /// [`weights_batch`](Self::weights_batch) of an ensemble, whose input has been checked.
    pub(super) fn joint_batch(
        &self,
        states: &[f32],
        priors: Option<&[f64]>,
        pool: Option<&rayon::ThreadPool>,
        workspace: &mut Workspace,
        out: &mut [f64],
    ) -> Result<()> {
        let (inputs, len) = (self.first.network.state_len(), self.spec.score_len());
        let (actions, members) = (self.spec.action_len(), self.member_count());
        let count = states.len() / inputs;
        workspace.make_room(count * members * actions);
        let Workspace {
            parts,
            scores,
            log_prior,
            shares,
            ruled,
            each,
            fixed,
            ..
        } = workspace;
        let scores = &mut scores[..count * len];
        let prior_of = |row: usize| priors.map(|priors| &priors[row * actions..][..actions]);
        for (k, member) in self.members().enumerate() {
            share_out(parts, member, states, scores, pool);
            check_finite(scores, |i| {
                words!("scores[{}][{}] of network {k}", i / len, i % len)
            })?;
            let rows = scores.chunks(len).zip(states.chunks(inputs));
            for (row, (scores, state)) in rows.enumerate() {
                self.around(state, prior_of(row), fixed, log_prior);
                let own = &mut each[(row * members + k) * actions..][..actions];
                self.all_the_way((prior_of(row), fixed, log_prior), scores, shares, own);
            }
        }
        let rows = out.chunks_mut(actions).zip(each.chunks(members * actions));
        for (row, ((out, each), state)) in rows.zip(states.chunks(inputs)).enumerate() {
            self.around(state, prior_of(row), fixed, log_prior);
            self.to_joint_weights((prior_of(row), fixed, log_prior), each, shares, ruled, out);
        }
        Ok(())
    }
}
