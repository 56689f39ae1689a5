/* Books: one portfolio with a risk manager between the policy's wish and the trade.
 *
 * A ppo_managed joins a portfolio (portfolio.h) and a risk manager (risk.h) in one call a bar: ppo_managed_decide takes
 * the bar in, forms the state, asks the policy, puts its wish through leverage, limits, hedge and position sizes, and
 * books what the decision leaves as traded at that close. ppo_managed_observe takes in a bar on which nothing is to be
 * decided, and the first bars, until ppo_managed_ready says 1. Both allocate nothing and never wait.
 *
 * A bar is taken in whole or not at all: after a call that failed it can be given again and counts once. Where bars
 * have a time (`risk_market.time`), one that is no later than the last is refused.
 *
 * ppo_managed_record_trade says what was traded where that was not the decision; ppo_managed_set_position says what is
 * held and what it is worth. Three functions may be called on any thread while another decides: ppo_managed_set_agent
 * hands over another policy, ppo_managed_halt and ppo_managed_flatten are the kill switch, which ppo_managed_resume ends.
 *
 * Example:
 *     ppo_managed *book = NULL;
 *     const ppo_agent *agent = NULL;
 *     double closes[20] = {0}, weights[20];
 *     risk_market market;
 *     risk_decision decision;
 *     risk_market_init(&market, sizeof market);
 *     risk_decision_init(&decision, sizeof decision);
 *     market.closes = closes, market.closes_len = 20;
 *     decision.weights = weights, decision.weights_len = 20;
 *     ppo_managed_new(agent, NULL, NULL, &book);
 *     ppo_managed_decide(book, &market, 0.0, NULL, 0, NULL, 0, &decision);
 *     ppo_managed_free(book); */

managed/mod.rs     A book
managed/decide.rs  Taking in a bar, and deciding
managed/books.rs   What it holds, and what the host did instead
managed/orders.rs  Another policy, and the kill switch
