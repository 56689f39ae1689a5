/* Back-tests: a policy or a baseline over past prices.
 *
 * ppo_backtest_run takes an agent over a market's bars, alone or under a risk manager; ppo_backtest_run_baseline takes
 * one of six rules over the same times. Both trade on the time line of training: at bar t they see prices up to close
 * t, trade there at cost, and earn the move to close t + 1. The result never changes, and any number of threads may
 * read it: ppo_backtest_summarize has its figures, and returns, equity, weights, turnover and costs are copied out bar
 * by bar.
 *
 * ppo_backtest_compare says how sure a difference in Sharpe ratio is. An interval that holds 0 says that these bars do
 * not tell the two apart; its ends are NaN below 252 bars or 12 blocks. {"prior": true} runs the policy as it was before
 * its training, which is what a trained policy must be compared with.
 *
 * Example:
 *     ppo_backtest *tested = NULL;
 *     const ppo_agent *agent = NULL;
 *     const ppo_market *market = NULL;
 *     ppo_backtest_summary summary;
 *     ppo_backtest_summary_init(&summary, sizeof summary);
 *     ppo_backtest_run(agent, market, NULL, &tested);
 *     if (ppo_backtest_summarize(tested, &summary) == PPO_OK) {
 *         printf("Sharpe ratio %g, turnover %g\n", summary.sharpe, summary.turnover);
 *     }
 *     ppo_backtest_free(tested); */

backtest/mod.rs      Running one
backtest/figures.rs  Its figures, and two compared
backtest/path.rs     Bar by bar
backtest/state.rs    For another process
