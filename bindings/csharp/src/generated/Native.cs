// Made by abi/generate from src/ffi: do not edit.
using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    internal static unsafe partial class Native
    {
        [DllImport(Library, CallingConvention = Convention)]
        internal static extern byte* ppo_status_name(int status);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern byte* ppo_version();

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern uint ppo_version_number();

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern uint ppo_features();

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_last_error(byte* buffer, UIntPtr capacity, out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_set_log(LogLevel level, IntPtr callback, IntPtr user);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_clone(MarketHandle market, out IntPtr clone);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_select(
            MarketHandle market,
            UIntPtr first_bar,
            UIntPtr last_bar,
            out IntPtr selected);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_market_free(IntPtr market);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_last_error(
            MarketHandle market,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_from_csv(
            byte* path,
            byte* options_json,
            double cash_rate,
            out IntPtr market);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_write_csv(MarketHandle market, byte* path);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_prices_init(ref PricesData prices, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_from_prices(ref PricesData prices, out IntPtr market);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_simulated(byte* parameters_json, out IntPtr market);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_simulate_prices(
            byte* parameters_json,
            UIntPtr bars,
            long first_time,
            ulong seed,
            out IntPtr market);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_fit_gbm(MarketHandle market, out IntPtr fitted);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_fit_regimes(
            MarketHandle market,
            UIntPtr regimes,
            ulong seed,
            out IntPtr fitted);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_parameters_json(
            MarketHandle market,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_bar_count(MarketHandle market, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_asset_count(MarketHandle market, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_column_count(MarketHandle market, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_asset_column_count(MarketHandle market, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_asset_name(
            MarketHandle market,
            UIntPtr index,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_column_name(
            MarketHandle market,
            UIntPtr index,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_asset_column_name(
            MarketHandle market,
            UIntPtr index,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_time(MarketHandle market, UIntPtr bar, out long time);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_bar_at(MarketHandle market, long time, BarAt side, out UIntPtr bar);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_bars_per_year(MarketHandle market, out double bars_per_year);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_range(
            MarketHandle market,
            out UIntPtr first_bar,
            out UIntPtr last_bar);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_closes(
            MarketHandle market,
            UIntPtr first_bar,
            UIntPtr bars,
            double* closes,
            UIntPtr closes_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_digest(MarketHandle market, out ulong digest);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_save_bytes(
            MarketHandle market,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_load_bytes(byte* bytes, UIntPtr len, out IntPtr market);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_market_from_arrow(IntPtr stream, byte* options_json, out IntPtr market);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_new(byte* spec_json, [In] Config config, out IntPtr agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_load(byte* path, out IntPtr agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_load_bytes(byte* bytes, UIntPtr len, out IntPtr agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_save(AgentHandle agent, byte* path);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_save_bytes(
            AgentHandle agent,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_clone(AgentHandle agent, out IntPtr clone);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_set_precision(AgentHandle agent, Precision precision);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_precision(AgentHandle agent, out Precision precision);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_agent_free(IntPtr agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_last_error(
            AgentHandle agent,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_asset_count(AgentHandle agent, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_action_len(AgentHandle agent, out UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_score_len(AgentHandle agent, out UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_state_len(AgentHandle agent, out UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_prior_len(AgentHandle agent, out UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_asset_name(
            AgentHandle agent,
            UIntPtr index,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_spec_json(
            AgentHandle agent,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_provenance_json(
            AgentHandle agent,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_select_action(
            AgentHandle agent,
            float* state,
            UIntPtr state_len,
            double* prior,
            UIntPtr prior_len,
            double* weights_out,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_select_action_or(
            AgentHandle agent,
            float* state,
            UIntPtr state_len,
            double* prior,
            UIntPtr prior_len,
            double* fallback,
            UIntPtr fallback_len,
            double* weights_out,
            UIntPtr weights_len,
            out uint fell_back);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_sample_action(
            AgentHandle agent,
            RandomStreamHandle random,
            float* state,
            UIntPtr state_len,
            double* prior,
            UIntPtr prior_len,
            float* action_out,
            UIntPtr action_len,
            double* weights_out,
            UIntPtr weights_len,
            out double log_prob);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_evaluate_action(
            AgentHandle agent,
            float* state,
            UIntPtr state_len,
            double* prior,
            UIntPtr prior_len,
            float* action,
            UIntPtr action_len,
            out double log_prob,
            out double entropy,
            out double value);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_value(AgentHandle agent, float* state, UIntPtr state_len, out double value);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_select_actions(
            AgentHandle agent,
            UIntPtr rows,
            float* states,
            UIntPtr states_len,
            double* priors,
            UIntPtr priors_len,
            double* weights_out,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_select_actions_threads(
            AgentHandle agent,
            uint threads,
            UIntPtr rows,
            float* states,
            UIntPtr states_len,
            double* priors,
            UIntPtr priors_len,
            double* weights_out,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_with_member(
            AgentHandle agent,
            AgentHandle member,
            out IntPtr ensemble);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_agent_member_count(AgentHandle agent, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_disagreement(
            AgentHandle agent,
            float* state,
            UIntPtr state_len,
            double* prior,
            UIntPtr prior_len,
            out double disagreement);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_explain_action_json(
            AgentHandle agent,
            float* state,
            UIntPtr state_len,
            double* prior,
            UIntPtr prior_len,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_export_onnx(AgentHandle agent, byte* path);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_random_new(ulong seed, ulong index, out IntPtr random);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_random_clone(RandomStreamHandle random, out IntPtr copy);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_random_state_json(
            RandomStreamHandle random,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_random_restore(byte* state_json, out IntPtr random);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_random_free(IntPtr random);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_random_last_error(
            RandomStreamHandle random,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_config_init([In, Out] Config config, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_config_from_json(byte* json, [In, Out] Config config);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_config_to_json(
            [In] Config config,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_new(
            AgentHandle agent,
            MarketHandle market,
            [In] Config config,
            out IntPtr trainer);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_new_host(
            AgentHandle agent,
            ref HostEnvironmentData environment,
            [In] Config config,
            out IntPtr trainer);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_new_online(
            AgentHandle agent,
            [In] Config config,
            out IntPtr trainer);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_resume(
            byte* path,
            MarketHandle market,
            out IntPtr agent,
            out IntPtr trainer);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_resume_host(
            byte* path,
            ref HostEnvironmentData environment,
            out IntPtr agent,
            out IntPtr trainer);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_resume_online(byte* path, out IntPtr agent, out IntPtr trainer);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_trainer_free(IntPtr trainer);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_last_error(
            TrainerHandle trainer,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_save(TrainerHandle trainer, byte* path);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_progress(TrainerHandle trainer, ref Metrics metrics, out uint done);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_config_json(
            TrainerHandle trainer,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_agent(TrainerHandle trainer, out IntPtr agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_metrics_init(ref Metrics metrics, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_train_options_init(ref TrainOptionsData options, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_train(TrainerHandle trainer, TrainOptionsData* options, ref Metrics metrics);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_update(TrainerHandle trainer, ref Metrics metrics);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_job_start(TrainerHandle trainer, TrainOptionsData* options, out IntPtr job);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_job_poll(JobHandle job, out JobState state, ref Metrics metrics);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_job_wait(JobHandle job, uint timeout_ms);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_job_cancel(JobHandle job);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_job_free(IntPtr job);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_job_last_error(
            JobHandle job,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_host_environment_init(ref HostEnvironmentData environment, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_transition_init(ref TransitionData transition, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_observe(
            TrainerHandle trainer,
            ref TransitionData transition,
            uint update,
            out uint updated);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_collectives_init(ref CollectivesData collectives, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_trainer_join(TrainerHandle trainer, ref CollectivesData collectives);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_torch_threads(out uint threads);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_torch_set_threads(uint threads);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_new(AgentHandle agent, byte* config_json, out IntPtr portfolio);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_set_agent(PortfolioHandle portfolio, AgentHandle agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_portfolio_free(IntPtr portfolio);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_last_error(
            PortfolioHandle portfolio,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_bar_init(ref BarData bar, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_push_prices(
            PortfolioHandle portfolio,
            ref BarData bar,
            out uint taken);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_push_returns(
            PortfolioHandle portfolio,
            double* returns,
            UIntPtr returns_len,
            BarData* bar);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_ready(PortfolioHandle portfolio, out uint ready);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_warm_up_bars(PortfolioHandle portfolio, out UIntPtr bars);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_rebalance(
            PortfolioHandle portfolio,
            double* weights_out,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_record_trade(
            PortfolioHandle portfolio,
            double* weights,
            UIntPtr weights_len,
            double cost);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_set_position(
            PortfolioHandle portfolio,
            double* weights,
            UIntPtr weights_len,
            double equity);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_leverage(
            PortfolioHandle portfolio,
            double trend,
            out double leverage);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_kelly(
            PortfolioHandle portfolio,
            double* weights_out,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_seen(
            PortfolioHandle portfolio,
            float* state_out,
            UIntPtr state_len,
            double* prior_out,
            UIntPtr prior_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_account_init(ref Account account, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_account(
            PortfolioHandle portfolio,
            ref Account account,
            double* weights_out,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_state_json(
            PortfolioHandle portfolio,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_restore(PortfolioHandle portfolio, byte* state_json);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_portfolio_config_json(
            PortfolioHandle portfolio,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_new(
            AgentHandle agent,
            byte* config_json,
            byte* risk_json,
            out IntPtr book);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_restore(
            AgentHandle agent,
            byte* config_json,
            byte* risk_json,
            byte* state_json,
            out IntPtr book);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_state_json(
            BookHandle book,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_save_state(
            BookHandle book,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_restore_state(
            AgentHandle agent,
            byte* config_json,
            byte* risk_json,
            byte* state,
            UIntPtr state_len,
            out IntPtr book);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_book_free(IntPtr book);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_last_error(
            BookHandle book,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_ready(BookHandle book, out uint ready);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_observe(BookHandle book, ref BarData bar);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_decide(BookHandle book, ref BarData bar, ref DecisionData decision);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_account(
            BookHandle book,
            ref Account account,
            double* weights_out,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_traded(
            BookHandle book,
            double* weights_out,
            UIntPtr weights_len,
            out double turnover,
            out double cost);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_record_trade(
            BookHandle book,
            double* weights,
            UIntPtr weights_len,
            double cost);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_set_position(
            BookHandle book,
            double* weights,
            UIntPtr weights_len,
            double equity);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_deposit(BookHandle book, double amount);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_reset(BookHandle book);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_pin(BookHandle book, UIntPtr asset, uint pinned);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_reset_stop(BookHandle book, UIntPtr asset);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_orders(
            BookHandle book,
            double* units,
            UIntPtr units_len,
            double cash,
            double* lots,
            UIntPtr lots_len,
            double* min_units,
            UIntPtr min_units_len,
            double min_value,
            uint* order_assets,
            UIntPtr order_assets_len,
            double* order_units,
            UIntPtr order_units_len,
            out UIntPtr orders);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_set_agent(BookHandle book, AgentHandle agent);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_halt(BookHandle book);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_flatten(BookHandle book);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_book_resume(BookHandle book);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_portfolio_init(ref RiskPortfolioData portfolio, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_decision_init(ref DecisionData decision, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern byte* risk_reason_name(ReasonCode code);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_reason_describe(
            ref Reason reason,
            byte** assets,
            UIntPtr assets_len,
            byte** sectors,
            UIntPtr sectors_len,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manager_new(byte* config_json, UIntPtr assets, out IntPtr manager);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manager_restore(
            byte* config_json,
            UIntPtr assets,
            byte* state_json,
            out IntPtr manager);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_manager_free(IntPtr manager);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manager_last_error(
            RiskManagerHandle manager,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manager_config_json(
            RiskManagerHandle manager,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manager_state_json(
            RiskManagerHandle manager,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manager_counts(
            RiskManagerHandle manager,
            out UIntPtr assets,
            out UIntPtr observation_len,
            out UIntPtr regimes);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manager_observe(RiskManagerHandle manager, ref BarData bar);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manager_reset(RiskManagerHandle manager);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manager_reset_stop(RiskManagerHandle manager, UIntPtr asset);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manager_regimes(
            RiskManagerHandle manager,
            double* probabilities,
            UIntPtr probabilities_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_manage(
            RiskManagerHandle manager,
            ref BarData bar,
            ref RiskPortfolioData portfolio,
            ref DecisionData decision);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_limits_new(byte* config_json, UIntPtr assets, out IntPtr limits);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_limits_restore(
            byte* config_json,
            UIntPtr assets,
            byte* state_json,
            out IntPtr limits);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_limits_free(IntPtr limits);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_limits_last_error(
            LimitsHandle limits,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_limits_config_json(
            LimitsHandle limits,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_limits_state_json(
            LimitsHandle limits,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_limits_push_returns(
            LimitsHandle limits,
            double* returns,
            UIntPtr returns_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_limits_apply(
            LimitsHandle limits,
            double* target,
            UIntPtr target_len,
            double* current,
            UIntPtr current_len,
            double factor,
            double* low,
            UIntPtr low_len,
            double* high,
            UIntPtr high_len,
            double* weights,
            UIntPtr weights_len,
            Reason* reasons,
            UIntPtr reasons_capacity,
            out UIntPtr reasons_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_new(byte* config_json, out IntPtr monitor);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_restore(byte* config_json, byte* state_json, out IntPtr monitor);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_drawdown_free(IntPtr monitor);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_last_error(
            DrawdownMonitorHandle monitor,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_config_json(
            DrawdownMonitorHandle monitor,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_state_json(
            DrawdownMonitorHandle monitor,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_update(
            DrawdownMonitorHandle monitor,
            double equity,
            double drawdown,
            out RiskState state,
            out double found,
            Reason* reasons,
            UIntPtr reasons_capacity,
            out UIntPtr reasons_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_drawdown_reset(DrawdownMonitorHandle monitor);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_position_init(ref HedgePosition position, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_new(byte* config_json, out IntPtr hedge);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_restore(byte* config_json, byte* state_json, out IntPtr hedge);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_hedge_free(IntPtr hedge);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_last_error(
            HedgeHandle hedge,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_config_json(
            HedgeHandle hedge,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_state_json(
            HedgeHandle hedge,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_hedge_decide(
            HedgeHandle hedge,
            double drawdown,
            double* weights,
            UIntPtr weights_len,
            double equity,
            double* betas,
            UIntPtr betas_len,
            ref HedgePosition position,
            Reason* reasons,
            UIntPtr reasons_capacity,
            out UIntPtr reasons_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_positions_new(byte* config_json, UIntPtr assets, out IntPtr positions);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_positions_free(IntPtr positions);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_positions_last_error(
            PositionSizerHandle positions,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_positions_config_json(
            PositionSizerHandle positions,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_positions_size(
            PositionSizerHandle positions,
            double equity,
            double* weights,
            UIntPtr weights_len,
            double* closes,
            UIntPtr closes_len,
            double* atr,
            UIntPtr atr_len,
            UIntPtr atr_seen,
            double* units,
            UIntPtr units_len,
            double* stops,
            UIntPtr stops_len,
            Reason* reasons,
            UIntPtr reasons_capacity,
            out UIntPtr reasons_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_position_units(
            double equity,
            double risk,
            double atr,
            double multiple,
            double lot,
            out double units);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_atr_new(UIntPtr assets, UIntPtr bars, out IntPtr atr);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_atr_restore(UIntPtr assets, UIntPtr bars, byte* state_json, out IntPtr atr);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_atr_free(IntPtr atr);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_atr_last_error(
            AtrHandle atr,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_atr_state_json(
            AtrHandle atr,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_atr_update(
            AtrHandle atr,
            double* high,
            UIntPtr high_len,
            double* low,
            UIntPtr low_len,
            double* close,
            UIntPtr close_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_atr_values(
            AtrHandle atr,
            double* values,
            UIntPtr values_len,
            out UIntPtr seen,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_average_true_range(
            double* high,
            UIntPtr high_len,
            double* low,
            UIntPtr low_len,
            double* close,
            UIntPtr close_len,
            UIntPtr rows,
            UIntPtr assets,
            UIntPtr bars,
            double* values,
            UIntPtr values_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_leverage(
            byte* config_json,
            double volatility,
            double drawdown,
            double trend,
            Reason* reasons,
            UIntPtr reasons_capacity,
            out UIntPtr reasons_len,
            out double leverage);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_kelly_estimate_init(ref KellyEstimateData estimate, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_kelly_binary(
            double probability,
            double gain,
            double loss,
            out double stake);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_kelly_continuous(double excess, double variance, out double weight);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_kelly_weights(
            byte* config_json,
            double* excess,
            UIntPtr excess_len,
            double* covariance,
            UIntPtr covariance_len,
            double* weights,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_kelly_unconstrained(
            double* excess,
            UIntPtr excess_len,
            double* covariance,
            UIntPtr covariance_len,
            double* weights,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_kelly_from_returns(
            byte* config_json,
            double* returns,
            UIntPtr returns_len,
            UIntPtr bars,
            UIntPtr assets,
            double bars_per_year,
            ref KellyEstimateData estimate);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_conventions_init([In, Out] Conventions conventions, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_metrics_init(ref ReturnMetrics metrics, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_metrics_compute(
            double* returns,
            UIntPtr returns_len,
            [In] Conventions conventions,
            ref ReturnMetrics metrics);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_worst_drawdowns(
            double* equity,
            UIntPtr equity_len,
            DrawdownPeriod* drawdowns,
            UIntPtr capacity,
            out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_benchmark_metrics_init(ref BenchmarkMetrics metrics, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_benchmark_metrics_compute(
            double* returns,
            UIntPtr returns_len,
            double* benchmark,
            UIntPtr benchmark_len,
            [In] Conventions conventions,
            ref BenchmarkMetrics metrics);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_figures_init(ref PerformanceFigures figures, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_new([In] Conventions conventions, out IntPtr performance);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_restore(
            [In] Conventions conventions,
            byte* state_json,
            out IntPtr performance);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_performance_free(IntPtr performance);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_last_error(
            PerformanceHandle performance,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_push(PerformanceHandle performance, double simple_return);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_read(
            PerformanceHandle performance,
            ref PerformanceFigures figures);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_performance_state_json(
            PerformanceHandle performance,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_tail_risk_init(ref TailRisk tail, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_tail_risk_compute(
            double* scenarios,
            UIntPtr scenarios_len,
            UIntPtr bars,
            double* weights,
            UIntPtr weights_len,
            double level,
            ref TailRisk tail);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_covariance(
            double* returns,
            UIntPtr returns_len,
            UIntPtr bars,
            UIntPtr assets,
            double* covariance,
            UIntPtr covariance_len,
            out double shrinkage);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_garch_fit_init(ref GarchFit fit, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_volatility(
            byte* forecast_json,
            double* returns,
            UIntPtr returns_len,
            double bars_per_year,
            out double volatility);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_volatility_fit(double* returns, UIntPtr returns_len, ref GarchFit fit);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_regime_new(byte* config_json, out IntPtr regime);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_regime_fit(
            double* observations,
            UIntPtr observations_len,
            UIntPtr bars,
            UIntPtr width,
            UIntPtr regimes,
            ulong seed,
            byte* options_json,
            out IntPtr regime);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_regime_restore(byte* config_json, byte* state_json, out IntPtr regime);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void risk_regime_free(IntPtr regime);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_regime_last_error(
            RegimeTrackerHandle regime,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_regime_counts(
            RegimeTrackerHandle regime,
            out UIntPtr observation_len,
            out UIntPtr regimes);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_regime_update(
            RegimeTrackerHandle regime,
            double* observation,
            UIntPtr observation_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_regime_probabilities(
            RegimeTrackerHandle regime,
            double* probabilities,
            UIntPtr probabilities_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_regime_factors(
            RegimeTrackerHandle regime,
            out double leverage,
            out double limits);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_regime_config_json(
            RegimeTrackerHandle regime,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int risk_regime_state_json(
            RegimeTrackerHandle regime,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_new(
            AgentHandle agent,
            MarketHandle market,
            [In] Config config,
            ulong first_index,
            UIntPtr count,
            out IntPtr env);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_new_from_spec(
            byte* spec_json,
            MarketHandle market,
            [In] Config config,
            ulong first_index,
            UIntPtr count,
            out IntPtr env);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_reset(EnvironmentsHandle env);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_snapshot(
            EnvironmentsHandle env,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_restore(EnvironmentsHandle env, byte* bytes, UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_env_free(IntPtr env);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_last_error(
            EnvironmentsHandle env,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_outputs_init(ref StepOutputsData outputs, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_step(
            EnvironmentsHandle env,
            float* actions,
            UIntPtr actions_len,
            float* deterministic,
            UIntPtr deterministic_len,
            StepOutputsData* outputs);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_step_weights(
            EnvironmentsHandle env,
            double* weights,
            UIntPtr weights_len,
            StepOutputsData* outputs);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_count(EnvironmentsHandle env, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_asset_count(EnvironmentsHandle env, out UIntPtr count);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_action_len(EnvironmentsHandle env, out UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_score_len(EnvironmentsHandle env, out UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_state_len(EnvironmentsHandle env, out UIntPtr len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_states(EnvironmentsHandle env, float* states, UIntPtr states_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_prior_weights(EnvironmentsHandle env, double* prior, UIntPtr prior_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_portfolios(
            EnvironmentsHandle env,
            double* values,
            double* drawdowns,
            UIntPtr len,
            double* weights,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_env_take_episodes(
            EnvironmentsHandle env,
            Episode* episodes,
            UIntPtr capacity,
            out UIntPtr taken);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_run(
            AgentHandle agent,
            MarketHandle market,
            byte* options_json,
            out IntPtr backtest);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_run_baseline(
            MarketHandle market,
            Baseline baseline,
            byte* options_json,
            out IntPtr backtest);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern void ppo_backtest_free(IntPtr backtest);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_last_error(
            BacktestHandle backtest,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_summary_init(ref Summary summary, UIntPtr size);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_summarize(BacktestHandle backtest, ref Summary summary);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_compare(
            BacktestHandle first,
            BacktestHandle second,
            byte* options_json,
            out double median,
            out double low,
            out double high);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_reasons_json(
            BacktestHandle backtest,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_size(BacktestHandle backtest, out UIntPtr bars, out UIntPtr assets);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_times(BacktestHandle backtest, long* times, UIntPtr times_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_returns(
            BacktestHandle backtest,
            double* returns,
            UIntPtr returns_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_equity(BacktestHandle backtest, double* equity, UIntPtr equity_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_weights(
            BacktestHandle backtest,
            double* weights,
            UIntPtr weights_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_turnover(
            BacktestHandle backtest,
            double* turnover,
            UIntPtr turnover_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_costs(BacktestHandle backtest, double* costs, UIntPtr costs_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_risk(
            BacktestHandle backtest,
            double* leverage,
            UIntPtr leverage_len,
            double* hedge,
            UIntPtr hedge_len);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_state_json(
            BacktestHandle backtest,
            byte* buffer,
            UIntPtr capacity,
            out UIntPtr needed);

        [DllImport(Library, CallingConvention = Convention)]
        internal static extern int ppo_backtest_restore(byte* state_json, out IntPtr backtest);
    }
}
