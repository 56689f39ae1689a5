// A program of another project: decides once with the policy it is given.
#include <cstdio>
#include <numeric>
#include <ppo_risk.hpp>

int main(int argc, char **argv) {
    if (argc != 2) {
        return 1;
    }
    const ppo::agent agent = ppo::agent::load(argv[1]);
    const std::vector<float> state(agent.state_len());
    std::vector<double> prior(agent.prior_len());
    prior.at(0) = 1.0;
    const std::vector<double> weights = agent.select_action(state, prior);
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::printf("ppo_risk %s: %d weights, sum %.6f\n", ppo::version(), static_cast<int>(weights.size()), sum);
    return ppo::version_number() == PPO_VERSION_NUMBER ? 0 : 1;
}
