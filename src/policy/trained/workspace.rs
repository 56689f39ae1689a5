//! What deciding needs room for, and the networks that write into it.

use crate::policy::ensemble::Member;
use crate::policy::forward::{CHUNK, Scratch};
use crate::policy::spec::PolicySpec;

/// Buffers for one decision, or one batch of them, at a time.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// One for each thread.
    pub(super) parts: Vec<Part>,
    /// [states, L]
    pub(super) scores: Vec<f32>,
    /// [L] each, as what follows.
    pub(super) log_prior: Vec<f32>,
    pub(super) concentration: Vec<f64>,
    /// Logarithms of draws, and shares on their way to weights.
    pub(super) shares: Vec<f64>,
    pub(super) ruled: Ruled,
    /// Weights of every member: [states, M, A], as long as the largest ensemble so far has needed.
    pub(super) each: Vec<f64>,
    /// What cannot be traded: [N], empty where everything can.
    pub(super) fixed: Vec<Option<f64>>,
}

/// What the prior alone is computed with, of a policy that departs from it in part.
#[derive(Debug, Clone)]
pub(super) struct Ruled {
    /// Scores of a policy that has learnt nothing: zeros.
    pub(super) scores: Vec<f32>,
    pub(super) weights: Vec<f64>,
}

/// What one thread needs to run the network.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) network: Scratch,
    /// [states of a chunk, S]
    pub(super) normalized: Vec<f32>,
}

impl Workspace {
    /// Buffers for policies of this spec that decide on one state at a time.
    pub fn new(spec: &PolicySpec) -> Self {
        Self::for_batches(spec, 1, 1)
    }

    /// Buffers for a policy that decides for one portfolio, whose states follow each other bar by bar. Decisions are the same to
    /// the bit, whatever the buffers were used for before; those of an attention take less time.
    pub fn following(spec: &PolicySpec) -> Self {
        let mut workspace = Self::new(spec);
        workspace.parts[0].network = Scratch::following(spec);
        workspace
    }

    /// With room for an ensemble of so many members to decide on one state: without it, the first decision makes it.
    pub fn of_members(mut self, members: usize) -> Self {
        let actions = self.ruled.weights.len();
        self.make_room(members * actions);
        self
    }

    /// Buffers for batches of up to `states` states on up to `threads` threads; both at least 1.
    pub fn for_batches(spec: &PolicySpec, states: usize, threads: usize) -> Self {
        let (states, len) = (states.max(1), spec.score_len());
        let part = Part {
            network: Scratch::for_batches(spec, states),
            normalized: vec![0.0; states.min(CHUNK) * spec.state.len()],
        };
        Self {
            parts: vec![part; threads.clamp(1, states)],
            scores: vec![0.0; states * len],
            log_prior: vec![0.0; len],
            concentration: vec![0.0; len],
            shares: vec![0.0; len],
            ruled: Ruled {
                scores: vec![0.0; len],
                weights: vec![0.0; spec.action_len()],
            },
            each: Vec::new(),
            fixed: Vec::with_capacity(spec.state.assets),
        }
    }
}

impl Workspace {
    /// Room for so many weights of members.
    pub(super) fn make_room(&mut self, len: usize) {
        if self.each.len() < len {
            self.each.resize(len, 0.0);
        }
    }
}

impl Part {
    /// Writes the scores ([B, L]) of states ([B, S], not normalised).
    pub(super) fn scores(&mut self, member: &Member, states: &[f32], scores: &mut [f32]) {
        let Member { normalizer, network } = member;
        let (inputs, actions) = (network.state_len(), network.score_len());
        let chunk = self.normalized.len() / inputs;
        for (states, scores) in states
            .chunks(chunk * inputs)
            .zip(scores.chunks_mut(chunk * actions))
        {
            let normalized = &mut self.normalized[..states.len()];
            for (state, normalized) in states
                .chunks_exact(inputs)
                .zip(normalized.chunks_exact_mut(inputs))
            {
                normalizer.normalize(state, normalized);
            }
            network.scores(normalized, &mut self.network, scores);
        }
    }
}

/// Writes the scores ([B, L]) of states ([B, S]), shared out among the parts where there is a pool.
pub(super) fn share_out(
    parts: &mut [Part],
    member: &Member,
    states: &[f32],
    scores: &mut [f32],
    pool: Option<&rayon::ThreadPool>,
) {
    let (inputs, len) = (member.network.state_len(), member.network.score_len());
    let Some(pool) = pool else {
        return parts[0].scores(member, states, scores);
    };
    pool.scope(|scope| {
        let share = (states.len() / inputs).div_ceil(parts.len()).max(1);
        let shares = states.chunks(share * inputs).zip(scores.chunks_mut(share * len));
        for (part, (states, scores)) in parts.iter_mut().zip(shares) {
            scope.spawn(move |_| part.scores(member, states, scores));
        }
    });
}
