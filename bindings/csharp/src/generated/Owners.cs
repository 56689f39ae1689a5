// Made by abi/generate from src/ffi: do not edit.
using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    public sealed unsafe partial class Agent : IDisposable
    {
        private AgentHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal AgentHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Agent(IntPtr of)
        {
            Handle = new AgentHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>Copies out the bytes that Agent.Save writes.</summary>
        public byte[] SaveBytes()
        {
            return Text.CopyBytes((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_save_bytes(Handle, buffer, capacity, out needed));
        }

        /// <summary>
        /// Makes a second agent with the policy that the first one has now. Both share the weights in memory;
        /// each is freed by itself, and in either order. Training the one does not change the other.
        /// </summary>
        /// <returns>the new agent</returns>
        public Agent Clone()
        {
            Native.Check(Native.ppo_agent_clone(Handle, out var clone));
            return new Agent(clone);
        }

        /// <summary>
        /// Chooses how exactly an agent keeps its network's weights: the policy that it has now, those that
        /// training gives it, and those of agents cloned from it and portfolios made with it from now on. With
        /// bf16 a decision reads half as much memory, and target weights move a little (docs/c_api.md has
        /// measured how much). Saved files, and training, have the weights as they were trained in either case.
        /// </summary>
        /// <param name="precision">a Precision; new agents have Precision.F32</param>
        public void SetPrecision(Precision precision)
        {
            Native.Check(Native.ppo_agent_set_precision(Handle, precision));
        }

        /// <summary>
        /// How exactly an agent keeps its network's weights: what Agent.SetPrecision chose, for it or for the
        /// agent that it was cloned from.
        /// </summary>
        public Precision Precision
        {
            get
            {
                Native.Check(Native.ppo_agent_precision(Handle, out var precision));
                return precision;
            }
        }

        /// <summary>
        /// Copies the error message of the last failed call on an agent, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_agent_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Number of assets, N.</summary>
        public int AssetCount
        {
            get
            {
                Native.Check(Native.ppo_agent_asset_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>
        /// Number of weights that a decision has, A: one for each asset and then, where the policy may hold
        /// cash, one for it.
        /// </summary>
        public int ActionLength
        {
            get
            {
                Native.Check(Native.ppo_agent_action_len(Handle, out var len));
                return Arrays.Size(len);
            }
        }

        /// <summary>
        /// Number of scores that the network gives, and of values in a sampled action, L: A, and where the
        /// policy may sell short one more for each asset. They are the shares of N long positions, of N short
        /// ones, and of what is not used.
        /// </summary>
        public int ScoreLength
        {
            get
            {
                Native.Check(Native.ppo_agent_score_len(Handle, out var len));
                return Arrays.Size(len);
            }
        }

        /// <summary>
        /// Number of values in a state, S: current weights [N], last simple returns [N], rolling volatility
        /// [N], cash ratio [1], then, where the spec has them, account [2] (drawdown, volatility of the last 20
        /// portfolio returns) and the host's columns [K].
        /// </summary>
        public int StateLength
        {
            get
            {
                Native.Check(Native.ppo_agent_state_len(Handle, out var len));
                return Arrays.Size(len);
            }
        }

        /// <summary>
        /// Number of prior weights that every decision needs: A where the policy corrects a prior, 0 where it
        /// has none.
        /// </summary>
        public int PriorLength
        {
            get
            {
                Native.Check(Native.ppo_agent_prior_len(Handle, out var len));
                return Arrays.Size(len);
            }
        }

        /// <summary>Copies out the name of an asset.</summary>
        /// <param name="index">which, from 0, in the order of the weights</param>
        /// <exception cref="PpoException">Status.InvalidArgument for an index beyond the assets.</exception>
        public string AssetName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_agent_asset_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>
        /// Copies out what the policy is, as JSON: names of the assets, layout of the state, meaning of the
        /// action, shape of the network. Agent takes it back.
        /// </summary>
        public string SpecJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_agent_spec_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Copies out how the policy came to be, as JSON: whatever its trainer wrote (configuration, data,
        /// seed, figures).
        /// </summary>
        public string ProvenanceJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_agent_provenance_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Decides, and has an answer when a feed breaks: as Agent.SelectAction, but where the state or the
        /// prior holds NaN or an infinity, or the network's scores overflow, `weights` gets the host's own
        /// weights, such as all cash or what is held now, and `fellBack` says so.
        /// </summary>
        /// <param name="state">as for Agent.SelectAction, but may hold NaN and infinities: [S]</param>
        /// <param name="prior">as for Agent.SelectAction, but may hold NaN and infinities: [A]</param>
        /// <param name="fallback">
        /// the weights to fall back on, each in [0, 1] (where the policy may be short or levered: within its
        /// gross exposure), summing to 1 to within 1e-6; copied as they are, also beyond the spec's cap and
        /// floor: [A]
        /// </param>
        /// <param name="weights">as for Agent.SelectAction: [A]; shares no memory with the inputs</param>
        /// <returns>whether `weights` holds the fallback</returns>
        /// <exception cref="PpoException">
        /// Status.NotFinite (the fallback), Status.InvalidArgument (a negative prior, a prior that the policy
        /// does not have, a fallback that is no portfolio, memory that is shared).
        /// </exception>
        public bool SelectActionOr(float[] state, double[] prior, double[] fallback, double[] weights)
        {
            fixed (float* stateAt = Arrays.Pinnable(state))
            fixed (double* priorAt = Arrays.Pinnable(prior))
            fixed (double* fallbackAt = Arrays.Pinnable(fallback))
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_select_action_or(
                    Handle,
                    stateAt,
                    Arrays.Length(state),
                    priorAt,
                    Arrays.Length(prior),
                    fallbackAt,
                    Arrays.Length(fallback),
                    weightsAt,
                    Arrays.Length(weights),
                    out var fellBack));
                return fellBack != 0;
            }
        }

        /// <summary>Draws an action, as in training, from the host's stream of random numbers.</summary>
        /// <param name="random">the stream; moves on by what is drawn, and not at all on an error</param>
        /// <param name="state">as for Agent.SelectAction: [S]</param>
        /// <param name="prior">as for Agent.SelectAction: [A]</param>
        /// <param name="action">
        /// gets the action as the policy is trained on it (gaussian: scores; dirichlet: shares): [L]
        /// </param>
        /// <param name="weights">
        /// gets the action's target weights, as Agent.SelectAction's: [A]; may be null
        /// </param>
        /// <returns>the log-probability density of the action</returns>
        public double SampleAction(
            RandomStream random,
            float[] state,
            double[] prior,
            float[] action,
            double[] weights = null)
        {
            var randomHandle = random?.Handle ?? throw new ArgumentNullException(nameof(random));
            fixed (float* stateAt = Arrays.Pinnable(state))
            fixed (double* priorAt = Arrays.Pinnable(prior))
            fixed (float* actionAt = Arrays.Pinnable(action))
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_sample_action(
                    Handle,
                    randomHandle,
                    stateAt,
                    Arrays.Length(state),
                    priorAt,
                    Arrays.Length(prior),
                    actionAt,
                    Arrays.Length(action),
                    weightsAt,
                    Arrays.Length(weights),
                    out var logProb));
                return logProb;
            }
        }

        /// <summary>
        /// Decides in many states at once: row by row what Agent.SelectAction gives, bit for bit, or on an
        /// error in any row nothing at all.
        /// </summary>
        /// <param name="rows">number of states; 0 does nothing, and the arrays may then be null</param>
        /// <param name="states">[rows, S], one state after another</param>
        /// <param name="priors">[rows, A]; null where the policy has no prior</param>
        /// <param name="weights">[rows, A]; shares no memory with the inputs</param>
        public void SelectActions(int rows, float[] states, double[] priors, double[] weights)
        {
            fixed (float* statesAt = Arrays.Pinnable(states))
            fixed (double* priorsAt = Arrays.Pinnable(priors))
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_select_actions(
                    Handle,
                    Arrays.Index(rows),
                    statesAt,
                    Arrays.Length(states),
                    priorsAt,
                    Arrays.Length(priors),
                    weightsAt,
                    Arrays.Length(weights)));
            }
        }

        /// <summary>
        /// Makes an agent that decides by the mean of the weights of an agent's policy and another's: an
        /// ensemble of two, or of one more where an agent is an ensemble already. From the same holdings its
        /// log growth before costs is at least the mean of the members', and its turnover at most theirs.
        /// Agent.SampleAction and Agent.EvaluateAction refuse it, and so does a trainer.
        /// </summary>
        /// <param name="member">the agent whose policy joins; may be `agent`</param>
        /// <returns>the new agent; both others stay as they are</returns>
        /// <exception cref="PpoException">
        /// Status.InvalidArgument (policies of different specs, more than 64 members).
        /// </exception>
        public Agent WithMember(Agent member)
        {
            var memberHandle = member?.Handle ?? throw new ArgumentNullException(nameof(member));
            Native.Check(Native.ppo_agent_with_member(Handle, memberHandle, out var ensemble));
            return new Agent(ensemble);
        }

        /// <summary>Says of how many policies an agent's is made: 1 of one that is no ensemble.</summary>
        public int MemberCount
        {
            get
            {
                Native.Check(Native.ppo_agent_member_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>
        /// How far the members of an ensemble disagree in a state: the mean of the one-way turnovers from their
        /// weights to the mean of all, 0 where they agree or the policy is no ensemble.
        /// </summary>
        /// <param name="state">as for Agent.SelectAction: [S]</param>
        /// <param name="prior">as for Agent.SelectAction: [A]; null where the policy has no prior</param>
        /// <returns>at least 0, and at most 1 where nothing is short or levered</returns>
        /// <exception cref="PpoException">Status.InvalidArgument (as Agent.SelectAction).</exception>
        public double Disagreement(float[] state, double[] prior = null)
        {
            fixed (float* stateAt = Arrays.Pinnable(state))
            fixed (double* priorAt = Arrays.Pinnable(prior))
            {
                Native.Check(Native.ppo_disagreement(
                    Handle,
                    stateAt,
                    Arrays.Length(state),
                    priorAt,
                    Arrays.Length(prior),
                    out var disagreement));
                return disagreement;
            }
        }

        /// <summary>
        /// Copies out why Agent.SelectAction decides as it does in a state, as JSON: `weights` [A]; `at_mean`
        /// [A], the weights at the mean of the states that the policy was trained on, with the same prior;
        /// `parts`, for each block of the state (each bar of its history is one) its name `block` and the
        /// change `moves` [A] that it makes on the way from the mean state (integrated gradients). `at_mean`
        /// and all `moves` add up to `weights`, to 1e-4. Not for the order path: every call takes some hundred
        /// decisions a block.
        /// </summary>
        /// <param name="state">as for Agent.SelectAction: [S]</param>
        /// <param name="prior">as for Agent.SelectAction: [A]; null where the policy has no prior</param>
        /// <exception cref="PpoException">Status.InvalidArgument (as Agent.SelectAction).</exception>
        public string ExplainActionJson(float[] state, double[] prior = null)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
            {
                fixed (float* stateAt = Arrays.Pinnable(state))
                fixed (double* priorAt = Arrays.Pinnable(prior))
                {
                    return Native.ppo_explain_action_json(
                        Handle,
                        stateAt,
                        Arrays.Length(state),
                        priorAt,
                        Arrays.Length(prior),
                        buffer,
                        capacity,
                        out needed);
                }
            });
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Backtest : IDisposable
    {
        private BacktestHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal BacktestHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Backtest(IntPtr of)
        {
            Handle = new BacktestHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a back-test, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_backtest_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Sums a back-test up.</summary>
        /// <returns>the figures</returns>
        public Summary Summarize()
        {
            var summary = PpoRisk.Summary.Blank();
            Native.Check(Native.ppo_backtest_summarize(Handle, ref summary));
            return summary;
        }

        /// <summary>
        /// Copies out on how many bars each reason was among those of the risk manager's decisions, as JSON: an
        /// object of names (Reason.Name) and numbers.
        /// </summary>
        public string ReasonsJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_backtest_reasons_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Copies out all that a back-test came to, as JSON for Backtest.Restore. Exact.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_backtest_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Book : IDisposable
    {
        private BookHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal BookHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Book(IntPtr of)
        {
            Handle = new BookHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>Copies out all that bars and decisions have left behind, as JSON; exact.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_book_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Copies out what Book.StateJson does as bytes, for Book.RestoreState: less than half as many, in a
        /// tenth of the time, for saving at every bar. They have a format and a checksum, and are exact.
        /// </summary>
        public byte[] SaveState()
        {
            return Text.CopyBytes((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_book_save_state(Handle, buffer, capacity, out needed));
        }

        /// <summary>
        /// Copies the error message of the last failed call on a book, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_book_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Whether the next bar is one that can be decided on. Until then bars go to Book.Observe. Always 1
        /// under Book.Halt and Book.Flatten.
        /// </summary>
        public bool Ready
        {
            get
            {
                Native.Check(Native.ppo_book_ready(Handle, out var ready));
                return ready != 0;
            }
        }

        /// <summary>
        /// Copies out how the portfolio stands at this close, before what is traded at it: as
        /// Portfolio.Account.
        /// </summary>
        /// <param name="weights">
        /// gets the weights that are held, assets and then cash: [N + 1]; may be null; not inside `account`
        /// </param>
        /// <returns>the numbers</returns>
        /// <exception cref="PpoException">Status.InvalidArgument (memory that is shared).</exception>
        public Account Account(double[] weights = null)
        {
            var account = PpoRisk.Account.Blank();
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_book_account(Handle, ref account, weightsAt, Arrays.Length(weights)));
                return account;
            }
        }

        /// <summary>Copies out what was traded to at the last close that was decided on.</summary>
        /// <param name="weights">
        /// gets the weights after the trade, assets and then cash: [N + 1]; zeros before the first decision
        /// </param>
        /// <param name="turnover">the one-way turnover of the trade</param>
        /// <param name="cost">its cost as a fraction of the value before it</param>
        public void Traded(double[] weights, out double turnover, out double cost)
        {
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_book_traded(Handle, weightsAt, Arrays.Length(weights), out turnover, out cost));
            }
        }

        /// <summary>
        /// Says what was really traded to at this close, in place of the decision: as Portfolio.RecordTrade.
        /// </summary>
        /// <param name="weights">
        /// weights after the trade, assets and then cash, summing to 1 (within 1e-6), at least 0 but for what
        /// the policy may sell short or borrow; cash may always be down to -0.01, an overdraft of fees: [N + 1]
        /// </param>
        /// <param name="cost">
        /// what the trade cost, as a fraction of the value before it: at least 0, below what was traded; within
        /// 1e-9 of 0 it is rounding and needs no trade
        /// </param>
        public void RecordTrade(double[] weights, double cost)
        {
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_book_record_trade(Handle, weightsAt, Arrays.Length(weights), cost));
            }
        }

        /// <summary>Says what is held at this close and what it is worth: as Portfolio.SetPosition.</summary>
        /// <param name="weights">weights held, assets and then cash, as for Book.RecordTrade: [N + 1]</param>
        /// <param name="equity">money, above 0 and at most 1e90</param>
        public void SetPosition(double[] weights, double equity)
        {
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_book_set_position(Handle, weightsAt, Arrays.Length(weights), equity));
            }
        }

        /// <summary>
        /// Money paid in at the close that the book stands at, or paid out: into or out of cash, and every
        /// weight becomes one of the new value. Drawdown, remembered returns and, in money, what was traded at
        /// this close stay as they are.
        /// </summary>
        /// <param name="amount">
        /// money paid in, or below 0 paid out: no more than the cash that there is, before and after what was
        /// traded at this close, and less than everything. Where the policy may be short or levered no cash is
        /// needed, but what is left has to be at least `maintenance` of the gross exposure
        /// </param>
        /// <exception cref="PpoException">
        /// Status.NotFinite for NaN and infinities, Status.InvalidArgument for what cannot be paid out and for
        /// a value beyond 1e90.
        /// </exception>
        public void Deposit(double amount)
        {
            Native.Check(Native.ppo_book_deposit(Handle, amount));
        }

        /// <summary>
        /// Ends the states HALTED and REDUCING that drawdown led to: from now on it is measured from what the
        /// portfolio is worth now. The kill switch stays as it is.
        /// </summary>
        public void Reset()
        {
            Native.Check(Native.ppo_book_reset(Handle));
        }

        /// <summary>Lets a stopped asset be held again.</summary>
        /// <param name="asset">which, from 0</param>
        /// <exception cref="PpoException">Status.InvalidArgument for an index beyond the assets.</exception>
        public void ResetStop(int asset)
        {
            Native.Check(Native.ppo_book_reset_stop(Handle, Arrays.Index(asset)));
        }

        /// <summary>
        /// Decides with the policy that an agent has now, from the next call on the portfolio on; account,
        /// history and the risk manager's memory stay. Of several that are set between two calls the last
        /// counts.
        /// </summary>
        /// <param name="agent">the agent: of the spec of the one that the portfolio was made with</param>
        /// <exception cref="PpoException">Status.InvalidArgument for another spec.</exception>
        public void SetAgent(Agent agent)
        {
            var agentHandle = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            Native.Check(Native.ppo_book_set_agent(Handle, agentHandle));
        }

        /// <summary>
        /// The kill switch that holds: nothing is opened any more. From the next decision on the target is what
        /// is held: limits, stops and drawdown may leave less of it, nothing may grow, and neither the policy
        /// nor leverage is asked. The state of such decisions is RiskState.Reducing (RiskState.Halted where
        /// drawdown asks for it), with ReasonCode.OperatorHalt among the reasons. It lasts until Book.Resume or
        /// Book.Flatten, is part of Book.StateJson, and needs no history: Book.Ready says 1.
        /// </summary>
        public void Halt()
        {
            Native.Check(Native.ppo_book_halt(Handle));
        }

        /// <summary>
        /// The kill switch that sells: the next decision, and every later one, goes to cash, whatever the
        /// policy and a limit on turnover would have. Its state is RiskState.Halted, with
        /// ReasonCode.OperatorFlatten among the reasons. Otherwise as Book.Halt; it ends by Book.Resume, or by
        /// Book.Halt, which then holds the cash.
        /// </summary>
        public void Flatten()
        {
            Native.Check(Native.ppo_book_flatten(Handle));
        }

        /// <summary>
        /// Ends Book.Halt and Book.Flatten: from the next decision on the policy is asked again. What drawdown
        /// led to is for Book.Reset.
        /// </summary>
        public void Resume()
        {
            Native.Check(Native.ppo_book_resume(Handle));
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Environments : IDisposable
    {
        private EnvironmentsHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal EnvironmentsHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Environments(IntPtr of)
        {
            Handle = new EnvironmentsHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Starts a new episode in every environment. What was unfinished is forgotten, and is no episode of
        /// Environments.TakeEpisodes.
        /// </summary>
        public void Reset()
        {
            Native.Check(Native.ppo_env_reset(Handle));
        }

        /// <summary>
        /// Copies out everything that moves, as bytes: to go back to this point, in this process or a later
        /// one.
        /// </summary>
        public byte[] Snapshot()
        {
            return Text.CopyBytes((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_env_snapshot(Handle, buffer, capacity, out needed));
        }

        /// <summary>
        /// Goes back to where a snapshot was taken, in environments made with the same spec, settings and
        /// market: what follows is the same to the last bit. Episodes that waited to be taken then wait again.
        /// </summary>
        /// <param name="bytes">what Environments.Snapshot gave: [number of bytes]; not kept</param>
        /// <exception cref="PpoException">
        /// Status.InvalidArgument for bytes that were changed or cut and for those of other environments:
        /// nothing moves then.
        /// </exception>
        public void Restore(byte[] bytes)
        {
            fixed (byte* bytesAt = Arrays.Pinnable(bytes))
            {
                Native.Check(Native.ppo_env_restore(Handle, bytesAt, Arrays.Length(bytes)));
            }
        }

        /// <summary>
        /// Copies the error message of the last failed call on environments, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_env_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Number of environments, E.</summary>
        public int Count
        {
            get
            {
                Native.Check(Native.ppo_env_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>Number of assets, N.</summary>
        public int AssetCount
        {
            get
            {
                Native.Check(Native.ppo_env_asset_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>Number of weights, A: as Agent.ActionLength.</summary>
        public int ActionLength
        {
            get
            {
                Native.Check(Native.ppo_env_action_len(Handle, out var len));
                return Arrays.Size(len);
            }
        }

        /// <summary>Number of values in a sampled action, L: as Agent.ScoreLength.</summary>
        public int ScoreLength
        {
            get
            {
                Native.Check(Native.ppo_env_score_len(Handle, out var len));
                return Arrays.Size(len);
            }
        }

        /// <summary>Number of values in a state, S: as Agent.StateLength.</summary>
        public int StateLength
        {
            get
            {
                Native.Check(Native.ppo_env_state_len(Handle, out var len));
                return Arrays.Size(len);
            }
        }

        /// <summary>Copies out what an agent sees at this close, not normalised.</summary>
        /// <param name="states">gets the states: [E, S], as Agent.StateLength lays them out</param>
        public void States(float[] states)
        {
            fixed (float* statesAt = Arrays.Pinnable(states))
            {
                Native.Check(Native.ppo_env_states(Handle, statesAt, Arrays.Length(states)));
            }
        }

        /// <summary>
        /// Copies out the prior's weights at this close, before caps and floors: what an agent with a prior
        /// takes beside the states. Without a prior, 1/A each.
        /// </summary>
        /// <param name="prior">gets the weights: [E, A]</param>
        public void PriorWeights(double[] prior)
        {
            fixed (double* priorAt = Arrays.Pinnable(prior))
            {
                Native.Check(Native.ppo_env_prior_weights(Handle, priorAt, Arrays.Length(prior)));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Job : IDisposable
    {
        private JobHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal JobHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Job(IntPtr of)
        {
            Handle = new JobHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Asks a job to stop, and returns at once: it ends after the update that it is at, with its checkpoint
        /// written.
        /// </summary>
        public void Cancel()
        {
            Native.Check(Native.ppo_job_cancel(Handle));
        }

        /// <summary>
        /// Copies the error message of the last failed call on a job, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_job_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Market : IDisposable
    {
        private MarketHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal MarketHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Market(IntPtr of)
        {
            Handle = new MarketHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Makes a second handle on a market. Both share the prices in memory; each is freed by itself, and in
        /// either order.
        /// </summary>
        /// <returns>the new handle</returns>
        public Market Clone()
        {
            Native.Check(Native.ppo_market_clone(Handle, out var clone));
            return new Market(clone);
        }

        /// <summary>
        /// Makes a market of the same prices in which decisions are taken within a range of bars alone:
        /// training up to a date and testing after it, say. The bars before the range stay visible as the past.
        /// What is fitted to the new market (Market.FitGbm) sees the range and nothing else.
        /// </summary>
        /// <param name="firstBar">the first bar at which a decision may be taken, from 0</param>
        /// <param name="lastBar">
        /// the bar at whose close the last return ends; above `firstBar` and below the number of bars
        /// </param>
        /// <returns>the new market, which shares the prices in memory</returns>
        /// <exception cref="PpoException">
        /// Status.InvalidArgument for a range beyond the bars or of fewer than 2, and for a simulation without
        /// end.
        /// </exception>
        public Market Select(int firstBar, int lastBar)
        {
            Native.Check(Native.ppo_market_select(
                Handle,
                Arrays.Index(firstBar),
                Arrays.Index(lastBar),
                out var selected));
            return new Market(selected);
        }

        /// <summary>
        /// Copies the error message of the last failed call on a market, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_market_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Copies out all that a market is, as bytes for Market.LoadBytes: prices, columns, names, range, or
        /// the parameters of a simulation without end. Exact: the market that is loaded has the digest, and
        /// gives the numbers, of this one.
        /// </summary>
        public byte[] SaveBytes()
        {
            return Text.CopyBytes((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_market_save_bytes(Handle, buffer, capacity, out needed));
        }

        /// <summary>Number of bars of prices, T, whatever the range; 0 for a simulation without end.</summary>
        public int BarCount
        {
            get
            {
                Native.Check(Native.ppo_market_bar_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>Number of assets, N.</summary>
        public int AssetCount
        {
            get
            {
                Native.Check(Native.ppo_market_asset_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>Number of columns that a policy sees at each close, K.</summary>
        public int ColumnCount
        {
            get
            {
                Native.Check(Native.ppo_market_column_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>Number of columns that a policy sees at each close for each asset, F.</summary>
        public int AssetColumnCount
        {
            get
            {
                Native.Check(Native.ppo_market_asset_column_count(Handle, out var count));
                return Arrays.Size(count);
            }
        }

        /// <summary>Copies out the name of an asset.</summary>
        /// <param name="index">which, from 0</param>
        /// <exception cref="PpoException">Status.InvalidArgument for an index beyond the assets.</exception>
        public string AssetName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_market_asset_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>Copies out the name of a column.</summary>
        /// <param name="index">which, from 0</param>
        /// <exception cref="PpoException">Status.InvalidArgument for an index beyond the columns.</exception>
        public string ColumnName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_market_column_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>Copies out the name of a column that every asset has.</summary>
        /// <param name="index">which, from 0</param>
        /// <exception cref="PpoException">Status.InvalidArgument for an index beyond the columns.</exception>
        public string AssetColumnName(int index)
        {
            return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                Native.ppo_market_asset_column_name(Handle, Arrays.Index(index), buffer, capacity, out needed));
        }

        /// <summary>
        /// How many bars a year has, by which everything annual is made: as the times of the prices say, unless
        /// the host said otherwise.
        /// </summary>
        public double BarsPerYear
        {
            get
            {
                Native.Check(Native.ppo_market_bars_per_year(Handle, out var barsPerYear));
                return barsPerYear;
            }
        }

        /// <summary>
        /// The bars at which decisions may be taken: all of them, unless Market.Select said otherwise.
        /// </summary>
        /// <param name="firstBar">the first</param>
        /// <param name="lastBar">the bar at whose close the last return ends</param>
        /// <exception cref="PpoException">Status.InvalidArgument for a simulation without end.</exception>
        public void Range(out int firstBar, out int lastBar)
        {
            Native.Check(Native.ppo_market_range(Handle, out var firstBarFound, out var lastBarFound));
            firstBar = Arrays.Size(firstBarFound);
            lastBar = Arrays.Size(lastBarFound);
        }

        /// <summary>Copies out closes; NaN where an asset has none.</summary>
        /// <param name="firstBar">the first bar to copy, from 0</param>
        /// <param name="bars">how many, at least 1</param>
        /// <param name="closes">gets the closes: [bars, N]</param>
        /// <exception cref="PpoException">
        /// Status.InvalidArgument for bars beyond the prices and for a simulation without end.
        /// </exception>
        public void Closes(int firstBar, int bars, double[] closes)
        {
            fixed (double* closesAt = Arrays.Pinnable(closes))
            {
                Native.Check(Native.ppo_market_closes(
                    Handle,
                    Arrays.Index(firstBar),
                    Arrays.Index(bars),
                    closesAt,
                    Arrays.Length(closes)));
            }
        }

        /// <summary>
        /// A number that differs between markets with other data, range or parameters. Checkpoints keep it, so
        /// that training is not continued on another market by mistake. Names and dates do not count.
        /// </summary>
        public ulong Digest
        {
            get
            {
                Native.Check(Native.ppo_market_digest(Handle, out var digest));
                return digest;
            }
        }

        /// <summary>
        /// Makes the geometric Brownian motion with the moments of a market's log returns, without end, at the
        /// market's bars a year, with cash at the mean of the prices' rates. It sees the bars of the market's
        /// range (Market.Select) and no others.
        /// </summary>
        /// <returns>the simulated market</returns>
        /// <exception cref="PpoException">
        /// Status.InvalidArgument for a simulation without end, too few bars and returns that are constant or
        /// combinations of others'.
        /// </exception>
        public Market FitGbm()
        {
            Native.Check(Native.ppo_market_fit_gbm(Handle, out var fitted));
            return new Market(fitted);
        }

        /// <summary>
        /// Copies out the parameters of a simulation without end as JSON; Market.Simulated takes them back.
        /// </summary>
        public string ParametersJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_market_parameters_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Portfolio : IDisposable
    {
        private PortfolioHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal PortfolioHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Portfolio(IntPtr of)
        {
            Handle = new PortfolioHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Decides with the policy that an agent has now, from the next call on the portfolio on; account,
        /// history and what was decided stay. Of several that are set between two calls the last counts.
        /// </summary>
        /// <param name="agent">the agent: of the spec of the one that the portfolio was made with</param>
        /// <exception cref="PpoException">Status.InvalidArgument for another spec.</exception>
        public void SetAgent(Agent agent)
        {
            var agentHandle = agent?.Handle ?? throw new ArgumentNullException(nameof(agent));
            Native.Check(Native.ppo_portfolio_set_agent(Handle, agentHandle));
        }

        /// <summary>
        /// Copies the error message of the last failed call on a portfolio, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_portfolio_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Copies out how the portfolio stands at this close, before what is traded at it.</summary>
        /// <param name="weights">
        /// gets the weights that are held, assets and then cash: [N + 1]; may be null; not inside `account`
        /// </param>
        /// <returns>the numbers</returns>
        /// <exception cref="PpoException">Status.InvalidArgument (memory that is shared).</exception>
        public Account Account(double[] weights = null)
        {
            var account = PpoRisk.Account.Blank();
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_portfolio_account(Handle, ref account, weightsAt, Arrays.Length(weights)));
                return account;
            }
        }

        /// <summary>Whether enough bars were taken in for a decision.</summary>
        public bool Ready
        {
            get
            {
                Native.Check(Native.ppo_portfolio_ready(Handle, out var ready));
                return ready != 0;
            }
        }

        /// <summary>
        /// Number of bars that have to be taken in before the first decision; as prices that is one close more.
        /// </summary>
        public int WarmUpBars
        {
            get
            {
                Native.Check(Native.ppo_portfolio_warm_up_bars(Handle, out var bars));
                return Arrays.Size(bars);
            }
        }

        /// <summary>
        /// Decides at this close. The target is taken to be traded at it, unless turnover to it stays below the
        /// policy's trade band. Asking again at the same close gives the same answer.
        /// </summary>
        /// <param name="weights">
        /// gets the policy's target weights, summing to 1, within the spec's cap, floor and gross exposure, at
        /// least 0 but for what the policy may sell short or borrow: assets, then cash where the policy may
        /// hold it: [A]
        /// </param>
        /// <exception cref="PpoException">
        /// Status.NotReady before Portfolio.WarmUpBars bars; Status.NotFinite (scores of the policy).
        /// </exception>
        public void Rebalance(double[] weights)
        {
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_portfolio_rebalance(Handle, weightsAt, Arrays.Length(weights)));
            }
        }

        /// <summary>Says what was really traded to at this close, in place of the last target.</summary>
        /// <param name="weights">
        /// weights after the trade, assets and then cash, summing to 1 (within 1e-6), at least 0 but for what
        /// the policy may sell short or borrow; cash may always be down to -0.01, an overdraft of fees: [N + 1]
        /// </param>
        /// <param name="cost">
        /// what the trade cost, as a fraction of the value before it: 0, or above 0 and below what was traded;
        /// within 1e-9 of 0 it is rounding and needs no trade
        /// </param>
        public void RecordTrade(double[] weights, double cost)
        {
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_portfolio_record_trade(Handle, weightsAt, Arrays.Length(weights), cost));
            }
        }

        /// <summary>
        /// Says what is held at this close and what it is worth, where the books differ from the portfolio's
        /// account: at the start, or after a payment. Nothing counts as traded at this close any more. Drawdown
        /// and remembered returns stay.
        /// </summary>
        /// <param name="weights">
        /// what is held, assets and then cash, as for Portfolio.RecordTrade: [N + 1]
        /// </param>
        /// <param name="equity">money, above 0 and at most 1e90</param>
        public void SetPosition(double[] weights, double equity)
        {
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_portfolio_set_position(Handle, weightsAt, Arrays.Length(weights), equity));
            }
        }

        /// <summary>
        /// Factor that target weights may be multiplied by, from the volatility that they would have had, the
        /// account's drawdown and a trend (docs/risk.md). The weights are those of the last decision at this
        /// close or of the trade recorded at it, else those held.
        /// </summary>
        /// <param name="trend">annual drift of the portfolio; NaN where none is known</param>
        /// <returns>the factor, 0 to the configured maximum</returns>
        /// <exception cref="PpoException">
        /// Status.NotReady below 20 bars; Status.InvalidArgument where nothing but cash is held;
        /// Status.NotFinite (an infinite trend).
        /// </exception>
        public double Leverage(double trend = double.NaN)
        {
            Native.Check(Native.ppo_portfolio_leverage(Handle, trend, out var leverage));
            return leverage;
        }

        /// <summary>
        /// Kelly weights of the assets from the remembered returns (docs/risk.md); cash is the rest.
        /// </summary>
        /// <param name="weights">gets the weights: [N]</param>
        /// <exception cref="PpoException">
        /// Status.NotReady below 20 bars; Status.InvalidArgument where the returns of an asset do not vary.
        /// </exception>
        public void Kelly(double[] weights)
        {
            fixed (double* weightsAt = Arrays.Pinnable(weights))
            {
                Native.Check(Native.ppo_portfolio_kelly(Handle, weightsAt, Arrays.Length(weights)));
            }
        }

        /// <summary>Copies out what the last decision was taken on; zeros before the first.</summary>
        /// <param name="state">gets the state, not normalised (Agent.StateLength has its layout): [S]</param>
        /// <param name="prior">gets the prior's weights, 1/A each without a prior: [A]; may be null</param>
        /// <exception cref="PpoException">Status.InvalidArgument (memory that is shared).</exception>
        public void Seen(float[] state, double[] prior = null)
        {
            fixed (float* stateAt = Arrays.Pinnable(state))
            fixed (double* priorAt = Arrays.Pinnable(prior))
            {
                Native.Check(Native.ppo_portfolio_seen(
                    Handle,
                    stateAt,
                    Arrays.Length(state),
                    priorAt,
                    Arrays.Length(prior)));
            }
        }

        /// <summary>
        /// Copies out all that bars and trades have left behind, as JSON, for a restart: account, history, last
        /// closes, what was decided. The policy and the settings are not in it.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_portfolio_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Goes on from a saved state, bit for bit. The policy may be another one than the saved portfolio's,
        /// of the same state and prior.
        /// </summary>
        /// <param name="stateJson">what Portfolio.StateJson wrote</param>
        /// <exception cref="PpoException">
        /// Status.InvalidArgument for what is no state of a portfolio like this one.
        /// </exception>
        public void Restore(string stateJson)
        {
            fixed (byte* stateJsonAt = Text.Bytes(stateJson, nameof(stateJson)))
            {
                Native.Check(Native.ppo_portfolio_restore(Handle, stateJsonAt));
            }
        }

        /// <summary>Copies out the settings, as JSON with every key. Portfolio takes it back.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_portfolio_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class RandomStream : IDisposable
    {
        private RandomStreamHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal RandomStreamHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal RandomStream(IntPtr of)
        {
            Handle = new RandomStreamHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>Makes a stream that goes on where another one stands.</summary>
        /// <returns>the copy</returns>
        public RandomStream Clone()
        {
            Native.Check(Native.ppo_random_clone(Handle, out var copy));
            return new RandomStream(copy);
        }

        /// <summary>Copies out where a stream stands, as JSON: for a restart, or for another process.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_random_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Copies the error message of the last failed call on a stream, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_random_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Trainer : IDisposable
    {
        private TrainerHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal TrainerHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Trainer(IntPtr of)
        {
            Handle = new TrainerHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a trainer, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_trainer_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Copies out a trainer's configuration as JSON, as Config.ToJson.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.ppo_trainer_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Makes another handle on the agent that a trainer trains, for those who no longer have it.
        /// </summary>
        /// <returns>the handle; it gets every new policy too</returns>
        public Agent Agent()
        {
            Native.Check(Native.ppo_trainer_agent(Handle, out var agent));
            return new Agent(agent);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Atr : IDisposable
    {
        private AtrHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal AtrHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Atr(IntPtr of)
        {
            Handle = new AtrHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on averages, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_atr_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes all that averages remember as JSON, for Atr.Restore; numbers are exact.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_atr_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Takes in one bar of every asset, in the unit of the prices. Without highs and lows the true range is
        /// abs(close - previous close).
        /// </summary>
        /// <param name="high">highs of the bar: [N]; null together with `low`</param>
        /// <param name="low">lows of the bar: [N]; null together with `high`</param>
        /// <param name="close">closes of the bar, above 0, within low and high: [N]</param>
        public void Update(double[] high, double[] low, double[] close)
        {
            fixed (double* highAt = Arrays.Pinnable(high))
            fixed (double* lowAt = Arrays.Pinnable(low))
            fixed (double* closeAt = Arrays.Pinnable(close))
            {
                Native.Check(Native.risk_atr_update(
                    Handle,
                    highAt,
                    Arrays.Length(high),
                    lowAt,
                    Arrays.Length(low),
                    closeAt,
                    Arrays.Length(close)));
            }
        }

        /// <summary>The averages after the last bar, in the unit of the prices.</summary>
        /// <param name="values">gets the average of each asset, NaN until `needed` bars were seen: [N]</param>
        /// <param name="seen">the number of bars seen</param>
        /// <param name="needed">
        /// the number of bars that the first average needs: one more than it averages
        /// </param>
        public void Values(double[] values, out int seen, out int needed)
        {
            fixed (double* valuesAt = Arrays.Pinnable(values))
            {
                Native.Check(Native.risk_atr_values(
                    Handle,
                    valuesAt,
                    Arrays.Length(values),
                    out var seenFound,
                    out var neededFound));
                seen = Arrays.Size(seenFound);
                needed = Arrays.Size(neededFound);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class DrawdownMonitor : IDisposable
    {
        private DrawdownMonitorHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal DrawdownMonitorHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal DrawdownMonitor(IntPtr of)
        {
            Handle = new DrawdownMonitorHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a drawdown monitor, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_drawdown_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes the settings of a drawdown monitor as JSON, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_drawdown_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Writes all that a drawdown monitor remembers as JSON, for DrawdownMonitor.Restore; numbers are
        /// exact.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_drawdown_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Starts afresh: RiskState.Active, with the last equity as the peak and no drawdown. A host that gives
        /// its own drawdown has to start that afresh too.
        /// </summary>
        public void Reset()
        {
            Native.Check(Native.risk_drawdown_reset(Handle));
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Hedge : IDisposable
    {
        private HedgeHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal HedgeHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Hedge(IntPtr of)
        {
            Handle = new HedgeHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a hedge, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_hedge_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes the settings of a hedge as JSON, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_hedge_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes all that a hedge remembers as JSON, for Hedge.Restore; numbers are exact.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_hedge_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Limits : IDisposable
    {
        private LimitsHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal LimitsHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Limits(IntPtr of)
        {
            Handle = new LimitsHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on limits, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_limits_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes the settings of limits as JSON, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_limits_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes all that limits remember as JSON, for Limits.Restore; numbers are exact.</summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_limits_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Remembers one bar's returns, that tail risk is measured on; the oldest of "tail_bars" is forgotten.
        /// </summary>
        /// <param name="returns">simple returns of the assets, -1 or more: [N]</param>
        public void PushReturns(double[] returns)
        {
            fixed (double* returnsAt = Arrays.Pinnable(returns))
            {
                Native.Check(Native.risk_limits_push_returns(Handle, returnsAt, Arrays.Length(returns)));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class RiskManager : IDisposable
    {
        private RiskManagerHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal RiskManagerHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal RiskManager(IntPtr of)
        {
            Handle = new RiskManagerHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a risk manager, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_manager_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes a risk manager's settings as JSON, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_manager_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Writes all that bars and decisions have left behind as JSON, for RiskManager.Restore; numbers are
        /// exact.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_manager_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Ends RiskState.Halted or RiskState.Reducing: the last equity becomes the peak.</summary>
        public void Reset()
        {
            Native.Check(Native.risk_manager_reset(Handle));
        }

        /// <summary>Lets a stopped asset be held again; nothing where it is not stopped.</summary>
        /// <param name="asset">the asset's number, from 0</param>
        /// <exception cref="PpoException">Status.InvalidArgument for no asset's number.</exception>
        public void ResetStop(int asset)
        {
            Native.Check(Native.risk_manager_reset_stop(Handle, Arrays.Index(asset)));
        }

        /// <summary>Probability of each regime after the last observation.</summary>
        /// <param name="probabilities">gets the probabilities: [K]</param>
        /// <exception cref="PpoException">Status.InvalidArgument where there are no regimes.</exception>
        public void Regimes(double[] probabilities)
        {
            fixed (double* probabilitiesAt = Arrays.Pinnable(probabilities))
            {
                Native.Check(Native.risk_manager_regimes(Handle, probabilitiesAt, Arrays.Length(probabilities)));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class Performance : IDisposable
    {
        private PerformanceHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal PerformanceHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal Performance(IntPtr of)
        {
            Handle = new PerformanceHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a series, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_performance_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Takes in one bar.</summary>
        /// <param name="simpleReturn">
        /// the bar's simple return; NaN for an unknown one, which leaves equity as it was
        /// </param>
        /// <exception cref="PpoException">
        /// Status.NotFinite for an infinite return; Status.InvalidArgument for one that takes a sum past the
        /// largest number.
        /// </exception>
        public void Push(double simpleReturn)
        {
            Native.Check(Native.risk_performance_push(Handle, simpleReturn));
        }

        /// <summary>Reads the figures so far.</summary>
        /// <returns>the figures</returns>
        public PerformanceFigures Read()
        {
            var figures = PpoRisk.PerformanceFigures.Blank();
            Native.Check(Native.risk_performance_read(Handle, ref figures));
            return figures;
        }

        /// <summary>
        /// Writes all that the bars have left behind as JSON, for Performance.Restore; numbers are exact.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_performance_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class PositionSizer : IDisposable
    {
        private PositionSizerHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal PositionSizerHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal PositionSizer(IntPtr of)
        {
            Handle = new PositionSizerHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on what sizes positions, made by any thread, as
        /// ppo_last_error does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_positions_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Writes the settings of what sizes positions as JSON, every key with its value.</summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_positions_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    public sealed unsafe partial class RegimeTracker : IDisposable
    {
        private RegimeTrackerHandle handle;

        /// <summary>The handle, for as long as this has not been disposed of.</summary>
        internal RegimeTrackerHandle Handle
        {
            get { return LibraryHandle.Live(handle); }
            private set { handle = value; }
        }

        internal RegimeTracker(IntPtr of)
        {
            Handle = new RegimeTrackerHandle(of);
            Made();
        }

        /// <summary>What else a new object needs, where its class has more than the handle.</summary>
        partial void Made();

        /// <summary>
        /// Copies the error message of the last failed call on a tracker, made by any thread, as ppo_last_error
        /// does.
        /// </summary>
        public string LastError
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_regime_last_error(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>Takes in one bar.</summary>
        /// <param name="observation">
        /// the bar's observation: [d]; null where there is none: then only the passing of time counts
        /// </param>
        public void Update(double[] observation = null)
        {
            fixed (double* observationAt = Arrays.Pinnable(observation))
            {
                Native.Check(Native.risk_regime_update(Handle, observationAt, Arrays.Length(observation)));
            }
        }

        /// <summary>Probability of each regime after all bars so far.</summary>
        /// <param name="probabilities">gets the probabilities, which sum to 1: [K]</param>
        public void Probabilities(double[] probabilities)
        {
            fixed (double* probabilitiesAt = Arrays.Pinnable(probabilities))
            {
                Native.Check(Native.risk_regime_probabilities(Handle, probabilitiesAt, Arrays.Length(probabilities)));
            }
        }

        /// <summary>What the regimes make of leverage and limits now.</summary>
        /// <param name="leverage">the factor of leverage, 0 or more</param>
        /// <param name="limits">the factor of the limits, in [0, 1]</param>
        public void Factors(out double leverage, out double limits)
        {
            Native.Check(Native.risk_regime_factors(Handle, out leverage, out limits));
        }

        /// <summary>
        /// Writes the model and the factors as JSON, for RegimeTracker and the `regime` of a risk manager's
        /// settings.
        /// </summary>
        public string ConfigJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_regime_config_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <summary>
        /// Writes all that the bars have left behind as JSON, for RegimeTracker.Restore; numbers are exact.
        /// </summary>
        public string StateJson
        {
            get
            {
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_regime_state_json(Handle, buffer, capacity, out needed));
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
