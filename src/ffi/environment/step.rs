//! Steps of environments, and what they write.

use crate::env::{BatchEnvironment, Step};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle;
use crate::ffi::border::slice::{self, Span};
use crate::ffi::border::versioned::{self, versioned};
use crate::ffi::environment::{Environments, ppo_env};
use crate::ffi::status::{PPO_OK, ppo_status};
use std::ptr;

/// Where a step writes: the caller's arrays, each NULL where it is not wanted. Fill it with ppo_env_outputs_init once,
/// set the arrays and their lengths, and hand it to every step. Outputs must not overlap.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_env_outputs {
    /// Size of the caller's struct in bytes: `sizeof(ppo_env_outputs)`. ppo_env_outputs_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Number of values in each array but the states: E.
    pub len: u64,
    /// Number of values in `states` and in `final_states`: E * S; not read where both are NULL.
    pub states_len: u64,
    /// Number of values in `prior`: E * A; not read where it is NULL.
    pub prior_len: u64,
    /// The rewards to learn from: raw, less the prior's portfolio's with PPO_CONTROL_VARIATE_PRIOR_PATH. [E]
    pub rewards: *mut f64,
    /// The rewards of the mode as they are. [E]
    pub raw_rewards: *mut f64,
    /// With PPO_CONTROL_VARIATE_SELF_CRITICAL the raw rewards of the deterministic actions in the same states on the
    /// same returns; else 0. [E]
    pub baseline_rewards: *mut f64,
    /// Net simple returns of the portfolios. [E]
    pub net_returns: *mut f64,
    /// One-way turnovers of the trades: half the sum of the changes of weight over assets and cash. [E]
    pub turnovers: *mut f64,
    /// Costs of the trades as fractions of the values before them. [E]
    pub costs: *mut f64,
    /// 1 where nothing follows, else 0: a portfolio is ruined, or at an end that its state showed (`horizon`). [E]
    pub terminated: *mut u8,
    /// 1 where an episode or the prices ended, but would have gone on, else 0; never together with `terminated`. [E]
    pub truncated: *mut u8,
    /// What an agent sees next: after the end of an episode the first state of the next one. [E, S]
    pub states: *mut f32,
    /// The states in which episodes ended. Rows of environments whose episode goes on have no meaning. [E, S]
    pub final_states: *mut f32,
    /// The prior's weights beside `states`, as ppo_env_prior_weights gives them. [E, A]
    pub prior: *mut f64,
}

versioned!(
    ppo_env_outputs,
    [120],
    ppo_env_outputs {
        struct_size: size_of::<ppo_env_outputs>() as u32,
        reserved: 0,
        len: 0,
        states_len: 0,
        prior_len: 0,
        rewards: ptr::null_mut(),
        raw_rewards: ptr::null_mut(),
        baseline_rewards: ptr::null_mut(),
        net_returns: ptr::null_mut(),
        turnovers: ptr::null_mut(),
        costs: ptr::null_mut(),
        terminated: ptr::null_mut(),
        truncated: ptr::null_mut(),
        states: ptr::null_mut(),
        final_states: ptr::null_mut(),
        prior: ptr::null_mut(),
    }
);

/// Fills a description of a step's outputs with the defaults: none is wanted.
///
/// \param outputs  the struct to fill
/// \param size     `sizeof(ppo_env_outputs)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_outputs_init(outputs: *mut ppo_env_outputs, size: usize) -> ppo_status {
    boundary!(ppo_env_outputs_init, [], |call| {
        versioned::init(call, outputs, size, "outputs")?;
        Ok(PPO_OK)
    })
}

/// Takes one sampled action in every environment: trades and pays at this close, and holds to the next. An environment
/// whose episode ends begins the next one at once.
///
/// \param env                the environments
/// \param actions            the actions as ppo_sample_action gives them: scores (gaussian) or weights that need not
///                           sum to 1 (dirichlet); [E, L]
/// \param actions_len        number of values in `actions`
/// \param deterministic      scores of the deterministic actions, which PPO_CONTROL_VARIATE_SELF_CRITICAL needs: [E, L];
///                           NULL otherwise
/// \param deterministic_len  number of values in `deterministic`; 0 where it is NULL
/// \param outputs            where to write; NULL for nowhere
///
/// Allocates nothing. PPO_ERR_NOT_FINITE and PPO_ERR_INVALID_ARGUMENT, with the environment whose action cannot be
/// used: nothing has moved then. Prices of a simulation that leave the range of a number are met in the middle of a
/// step: go on with ppo_env_reset or ppo_env_restore.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_step(
    env: *mut ppo_env,
    actions: *const f32,
    actions_len: usize,
    deterministic: *const f32,
    deterministic_len: usize,
    outputs: *const ppo_env_outputs,
) -> ppo_status {
    boundary!(ppo_env_step, [env], |call| {
        let mut env = handle::exclusive(call, env, "env")?;
        let expected = env.batch.len() * env.score_len;
        let actions = slice::input(call, actions, actions_len, expected, "actions")?;
        let deterministic = if deterministic.is_null() && deterministic_len == 0 {
            None
        } else {
            Some(slice::input(
                call,
                deterministic,
                deterministic_len,
                expected,
                "deterministic",
            )?)
        };
        let mut spans = [Span::new(actions.as_ptr(), expected, "actions"); 2];
        if let Some(scores) = deterministic {
            spans[1] = Span::new(scores.as_ptr(), expected, "deterministic");
        }
        let mut places = Places::new(call, outputs, &env, spans)?;
        env.batch.step(actions, deterministic)?;
        places.fill(&env.batch)?;
        Ok(PPO_OK)
    })
}

/// Takes target weights as they are, but for the spec's caps and floors, in every environment: as ppo_env_step.
/// Baseline rewards are 0.
///
/// \param env          the environments
/// \param weights      the weights to trade to, each environment's summing to 1 within 1e-6; each at least 0, or where the
///                     policy may be short or levered with a gross exposure of at most its max_gross: [E, A]
/// \param weights_len  number of values in `weights`
/// \param outputs      where to write; NULL for nowhere
///
/// Allocates nothing. Errors as ppo_env_step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_step_weights(
    env: *mut ppo_env,
    weights: *const f64,
    weights_len: usize,
    outputs: *const ppo_env_outputs,
) -> ppo_status {
    boundary!(ppo_env_step_weights, [env], |call| {
        let mut env = handle::exclusive(call, env, "env")?;
        let expected = env.batch.len() * env.action_len;
        let weights = slice::input(call, weights, weights_len, expected, "weights")?;
        let spans = [Span::new(weights.as_ptr(), expected, "weights"); 2];
        let mut places = Places::new(call, outputs, &env, spans)?;
        env.batch.step_weights(weights)?;
        places.fill(&env.batch)?;
        Ok(PPO_OK)
    })
}

/// The host's arrays, checked before anything moves.
struct Places<'a> {
    rewards: Option<&'a mut [f64]>,
    raw_rewards: Option<&'a mut [f64]>,
    baseline_rewards: Option<&'a mut [f64]>,
    net_returns: Option<&'a mut [f64]>,
    turnovers: Option<&'a mut [f64]>,
    costs: Option<&'a mut [f64]>,
    terminated: Option<&'a mut [u8]>,
    truncated: Option<&'a mut [u8]>,
    states: Option<&'a mut [f32]>,
    final_states: Option<&'a mut [f32]>,
    prior: Option<&'a mut [f64]>,
}

/// The arrays of a call that must lie apart: two inputs and eleven outputs.
struct Arrays {
    spans: [Span; 13],
    known: usize,
}

impl Arrays {
    fn of(inputs: [Span; 2]) -> Self {
        let mut spans = [inputs[0]; 13];
        spans[1] = inputs[1];
        Self { spans, known: 2 }
    }

    /// One more output; none for NULL.
    fn output<'a, T>(
        &mut self,
        call: Call<'a>,
        place: *mut T,
        len: u64,
        expected: usize,
        name: &'static str,
    ) -> Outcome<Option<&'a mut [T]>> {
        // Lengths are shared by several arrays: one that is not there has none. What does not fit is not the length
        // expected.
        let len = match place.is_null() {
            true => 0,
            false => usize::try_from(len).unwrap_or(usize::MAX),
        };
        let output = slice::optional_output(call, place, len, expected, name, &self.spans)?;
        if output.is_some() {
            self.spans[self.known] = Span::new(place, len, name);
            self.known += 1;
        }
        Ok(output)
    }
}

impl<'a> Places<'a> {
    fn new(
        call: Call<'a>,
        outputs: *const ppo_env_outputs,
        env: &Environments,
        inputs: [Span; 2],
    ) -> Outcome<Self> {
        let outputs = versioned::read(call, outputs, "outputs")?;
        let count = env.batch.len();
        let (len, states_len) = (outputs.len, outputs.states_len);
        let (states, actions) = (count * env.state_len, count * env.action_len);
        let mut arrays = Arrays::of(inputs);
        Ok(Self {
            rewards: arrays.output(call, outputs.rewards, len, count, "outputs.rewards")?,
            raw_rewards: arrays.output(call, outputs.raw_rewards, len, count, "outputs.raw_rewards")?,
            baseline_rewards: arrays.output(
                call,
                outputs.baseline_rewards,
                len,
                count,
                "outputs.baseline_rewards",
            )?,
            net_returns: arrays.output(call, outputs.net_returns, len, count, "outputs.net_returns")?,
            turnovers: arrays.output(call, outputs.turnovers, len, count, "outputs.turnovers")?,
            costs: arrays.output(call, outputs.costs, len, count, "outputs.costs")?,
            terminated: arrays.output(call, outputs.terminated, len, count, "outputs.terminated")?,
            truncated: arrays.output(call, outputs.truncated, len, count, "outputs.truncated")?,
            states: arrays.output(call, outputs.states, states_len, states, "outputs.states")?,
            final_states: arrays.output(
                call,
                outputs.final_states,
                states_len,
                states,
                "outputs.final_states",
            )?,
            prior: arrays.output(call, outputs.prior, outputs.prior_len, actions, "outputs.prior")?,
        })
    }

    /// Writes what the last step did.
    fn fill(&mut self, batch: &BatchEnvironment) -> Outcome<()> {
        let step = batch.last_step();
        copy(&mut self.rewards, &step.rewards);
        copy(&mut self.raw_rewards, &step.raw_rewards);
        copy(&mut self.baseline_rewards, &step.baseline_rewards);
        copy(&mut self.states, batch.states());
        copy(&mut self.final_states, &step.final_states);
        each(&mut self.terminated, &step.terminated, |flag| u8::from(*flag));
        each(&mut self.truncated, &step.truncated, |flag| u8::from(*flag));
        let details = batch.details();
        each(&mut self.net_returns, details, |step: &Step| step.net_return);
        each(&mut self.turnovers, details, |step: &Step| step.turnover);
        each(&mut self.costs, details, |step: &Step| step.cost);
        if let Some(prior) = &mut self.prior {
            batch.prior_weights(prior)?;
        }
        Ok(())
    }
}

fn copy<T: Copy>(place: &mut Option<&mut [T]>, values: &[T]) {
    if let Some(place) = place {
        place.copy_from_slice(values);
    }
}

fn each<T, V>(place: &mut Option<&mut [T]>, values: &[V], value: impl Fn(&V) -> T) {
    if let Some(place) = place {
        place
            .iter_mut()
            .zip(values)
            .for_each(|(out, from)| *out = value(from));
    }
}
