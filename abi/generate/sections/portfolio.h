/* Portfolios: one portfolio of an agent, followed bar by bar.
 *
 * A ppo_portfolio keeps the history, the weights and the value that a policy's states are made of, so that the host
 * hands over closes and takes weights. At every close, in this order:
 *     ppo_portfolio_push_prices    the bar that just ended
 *     ppo_portfolio_rebalance      the target weights, where a decision is due and ppo_portfolio_ready says 1
 *     ppo_portfolio_record_trade   what was traded, only where that was not the target
 * A decision at bar t sees prices up to close t, trades there, and earns the move to close t + 1. Between decisions
 * weights drift with the prices. States, priors and weights are bit for bit those that the policy was trained on.
 *
 * A portfolio keeps the policy that it was made with until ppo_portfolio_set_agent, which any thread may call while
 * another decides. ppo_portfolio_state_json and ppo_portfolio_restore carry it over a restart, bit for bit. Pushing and
 * deciding allocate nothing. Nothing stands between the policy's wish and the trade here: book.h adds a risk manager.
 *
 * Example:
 *     ppo_portfolio *portfolio = NULL;
 *     const ppo_agent *agent = NULL;
 *     double closes[20] = {0}, weights[21];
 *     uint32_t ready = 0;
 *     ppo_bar bar;
 *     ppo_bar_init(&bar, sizeof bar);
 *     bar.closes = closes;
 *     bar.closes_len = 20;
 *     ppo_portfolio_new(agent, "{\"balance\": 50000, \"cost_rate\": 0.0005}", &portfolio);
 *     ppo_portfolio_push_prices(portfolio, &bar, NULL);
 *     if (ppo_portfolio_ready(portfolio, &ready) == PPO_OK && ready == 1) {
 *         ppo_portfolio_rebalance(portfolio, weights, 21);
 *     }
 *     ppo_portfolio_free(portfolio); */

portfolio/mod.rs      A portfolio
portfolio/bar.rs      A bar
portfolio/push.rs     Taking in a bar
portfolio/decide.rs   Deciding
portfolio/account.rs  Its account
portfolio/state.rs    Over a restart
