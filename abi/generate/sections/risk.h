/* Risk: a manager that turns target weights into weights that may be traded, its parts by themselves, and the measures
 * around it. Nothing here needs a policy.
 *
 * A risk_manager is told once a bar what is known (ppo_bar) and what is wished for and held (risk_portfolio), and
 * writes a risk_decision: weights, units, stops, hedge, and the reasons in numbers. The order of a decision: leverage,
 * then drawdown and regime states, then limits (the allowed weights nearest to the target), then the hedge, then
 * position sizes. What is left out of a bar (NULL with length 0, NaN) is estimated or not looked at, and a reason from
 * 100 on says which. Settings are JSON; docs/risk.md has every key. risk_manage allocates nothing.
 *
 * Weights are position value over equity, cash kept apart; negative is short. Losses and drawdowns are positive. A
 * measure that is not defined is NaN. In returns that are measured NaN is a bar whose return is not known.
 *
 * Example:
 *     risk_manager *manager = NULL;
 *     double closes[2] = {100.0, 50.0}, target[2] = {0.9, 0.1}, held[2] = {0.5, 0.5}, weights[2];
 *     ppo_bar market;
 *     risk_portfolio portfolio;
 *     risk_decision decision;
 *     risk_manager_new("{\"limits\": {\"max_weights\": [0.6, 0.6]}}", 2, &manager);
 *     ppo_bar_init(&market, sizeof market);
 *     risk_portfolio_init(&portfolio, sizeof portfolio);
 *     risk_decision_init(&decision, sizeof decision);
 *     market.closes = closes, market.closes_len = 2;
 *     portfolio.target = target, portfolio.target_len = 2, portfolio.current = held, portfolio.current_len = 2;
 *     portfolio.equity = 1e6;
 *     decision.weights = weights, decision.weights_len = 2;
 *     risk_manage(manager, &market, &portfolio, &decision);
 *     risk_manager_free(manager); */

risk/decision.rs     What a decision is made of
risk/reason.rs       Reasons
risk/manager.rs      A risk manager
risk/manage.rs       Deciding
risk/limits.rs       Limits by themselves
risk/drawdown.rs     Drawdown by itself
risk/hedge.rs        The hedge by itself
risk/positions.rs    Position sizes by themselves
risk/atr.rs          Average true range
risk/leverage.rs     Leverage
risk/kelly.rs        Kelly
risk/metrics.rs      Measures of returns
risk/benchmark.rs    Measures relative to a benchmark
risk/performance.rs  Measures bar by bar
risk/tail.rs         Tail risk and covariance
risk/volatility.rs   Volatility
risk/regime.rs       Regimes
