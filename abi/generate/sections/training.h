/* Training: PPO over prices, over environments of the host, or over the transitions of a live agent.
 *
 * A trainer joins an agent, the optimiser that moves its weights, and where its experience comes from:
 *     ppo_trainer_new         the library's environments over a market
 *     ppo_trainer_new_host    environments of the host: a table of two functions, reset and step
 *     ppo_trainer_new_online  decisions of a live agent: ppo_sample_action, then ppo_observe with what followed
 * ppo_train trains on the calling thread until the configured steps are done. ppo_job_start trains on a thread of its
 * own: ppo_job_poll looks, ppo_job_wait waits, ppo_job_cancel stops it. ppo_update makes one update at a time.
 *
 * ppo_config has every setting, with Stable-Baselines3's names and meanings. The same seed gives the same numbers on
 * any number of threads. A checkpoint is a policy file that also holds the optimiser and all counters: ppo_trainer_resume
 * goes on with the numbers of a run that never stopped.
 *
 * Several processes train one policy with ppo_trainer_join: each collects its share of the rollout and differentiates its
 * share of every minibatch, by way of one function of the host's, such as MPI's allgather; the numbers are those of one.
 *
 * Training needs the library with libtorch (ppo_features): without it these functions answer PPO_ERR_NOT_BUILT. In a
 * process that was forked from one that had used libtorch they answer PPO_ERR_FORKED. One call at a time may train with
 * a trainer; others on it are answered PPO_ERR_BUSY, although its pointer is to const.
 *
 * Example:
 *     ppo_config config;
 *     ppo_trainer *trainer = NULL;
 *     const ppo_agent *agent = NULL;
 *     const ppo_market *market = NULL;
 *     ppo_config_init(&config, sizeof config);
 *     config.reward = PPO_REWARD_LOG_RETURN;
 *     ppo_trainer_new(agent, market, &config, &trainer);
 *     ppo_train(trainer, NULL, NULL);
 *     ppo_trainer_free(trainer); */

training/config.rs   Settings
training/trainer.rs  A trainer
training/metrics.rs  What an update comes to
training/run.rs      Training on the calling thread
training/job.rs      Training in the background
training/host.rs     Environments of the host
training/online.rs   Transitions of a live agent
training/collectives.rs  Several ranks that train together
training/threads.rs  Threads of libtorch
