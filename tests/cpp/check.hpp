// What the programs of this folder share: a check that says where it failed, and the demo policy's inputs.
#ifndef CHECK_HPP
#define CHECK_HPP

#include "ppo_risk.hpp"
#include <array>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

inline int failures = 0;

// Says so and goes on where a condition does not hold.
#define CHECK(condition)                                                                  \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            failures++;                                                                   \
            std::printf("%s, line %d: %s\n", __FILE__, __LINE__, #condition);             \
        }                                                                                 \
    } while (false)

// Says so and goes on where a call does not throw ppo::error with this status and words that hold these.
template <class Call>
void refuses(int line, ppo_status status, const std::string &words, Call call) {
    try {
        call();
    } catch (const ppo::error &failure) {
        const std::string said = failure.what();
        if (failure.code() != status || said.find(words) == std::string::npos) {
            failures++;
            std::printf("line %d: %d, %s\n", line, failure.code(), said.c_str());
        }
        return;
    }
    failures++;
    std::printf("line %d: nothing was thrown\n", line);
}

#define REFUSES(status, words, expression) refuses(__LINE__, status, words, [&] { (void)(expression); })

inline int finished(const char *what) {
    std::printf("%s: %s\n", what, failures == 0 ? "ok" : "FAILED");
    return failures == 0 ? 0 : 1;
}

#endif
