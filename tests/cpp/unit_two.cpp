// A second unit of a program with the header: what is in it may be defined in both.
#include "ppo_risk.hpp"

std::size_t state_len_of(const ppo::agent &agent);

std::size_t state_len_of(const ppo::agent &agent) { return agent.state_len(); }
