/* Books: one portfolio with a risk manager between the policy's wish and the trade.
 *
 * A ppo_book joins a portfolio (portfolio.h) and a risk manager (risk.h) in one call a bar: ppo_book_decide takes
 * the bar in, forms the state, asks the policy, puts its wish through leverage, limits, hedge and position sizes, and
 * books what the decision leaves as traded at that close. ppo_book_observe takes in a bar on which nothing is to be
 * decided, and the first bars, until ppo_book_ready says 1. Both allocate nothing and never wait.
 *
 * A bar is taken in whole or not at all: after a call that failed it can be given again and counts once. Where bars
 * have a time (`ppo_bar.time`), one that is no later than the last is refused.
 *
 * ppo_book_record_trade says what was traded where that was not the decision; ppo_book_set_position says what is
 * held and what it is worth, ppo_book_deposit what was paid in or out. ppo_book_orders says what to send to a
 * broker: whole lots, sales first, never more than cash allows. Three functions may be called on any thread while another decides: ppo_book_set_agent
 * hands over another policy, ppo_book_halt and ppo_book_flatten are the kill switch, which ppo_book_resume ends.
 *
 * Example:
 *     ppo_book *book = NULL;
 *     const ppo_agent *agent = NULL;
 *     double closes[20] = {0}, weights[20];
 *     ppo_bar market;
 *     risk_decision decision;
 *     ppo_bar_init(&market, sizeof market);
 *     risk_decision_init(&decision, sizeof decision);
 *     market.closes = closes, market.closes_len = 20;
 *     decision.weights = weights, decision.weights_len = 20;
 *     ppo_book_new(agent, NULL, NULL, &book);
 *     ppo_book_decide(book, &market, &decision);
 *     ppo_book_free(book); */

book/mod.rs     A book
book/decide.rs  Taking in a bar, and deciding
book/holdings.rs   What it holds, and what the host did instead
book/to_trade.rs  Orders for a broker
book/orders.rs  Another policy, and the kill switch
