/* ppo_risk: dynamic portfolio allocation with PPO, and the risk management around it.
 *
 * This header includes all the others. Read ppo_risk/status.h first: it has the rules that hold for every function.
 *
 *     status.h       what a call answers, the rules for threads, errors, text and arrays, the log
 *     market.h       prices, or a simulation of them: what a policy learns from
 *     arrow.h        markets of data frames, by the Arrow C data interface
 *     agent.h        a policy: made, loaded, saved, and asked for weights
 *     training.h     settings of PPO, a trainer, training in the background, environments of the host
 *     portfolio.h    one portfolio followed bar by bar
 *     book.h         one portfolio with a risk manager between its wish and the trade
 *     risk.h         the risk manager, its parts by themselves, measures, Kelly, regimes, volatility
 *     environment.h  batches of the library's own environments, stepped by the host
 *     backtest.h     a policy or a baseline over past prices
 *
 * docs/c_api.md is the manual, docs/reference.md has every function on one page. */
