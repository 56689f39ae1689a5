/* ppo_risk for C++17: the handles of ppo_risk.h as classes that free themselves, failures as exceptions.
 *
 * Header-only. Every function calls the one of ppo_risk.h whose name it has, and that header says what it does, its
 * shapes, ranges, threads and allocations. What is added here:
 *  - A class owns one handle. It can be moved, not copied. A moved-from object is empty: calls on it are refused
 *    (PPO_ERR_NULL_POINTER). What C takes through a pointer to const is a const member: any number of threads at once.
 *  - A call that fails throws ppo::error with the status and the library's words. (The words are the calling thread's,
 *    which are this call's even where other threads fail on the same handle.)
 *  - An array is a ppo::span: made from anything with data() and size() (std::vector, std::array, std::span), a C
 *    array, or {pointer, size}. It is not kept after the call. An empty one is C's NULL.
 *  - Functions of the host are any callable. An exception does not cross the library: it is kept, the library gets an
 *    error, and the call that was made throws it again.
 */
#ifndef PPO_RISK_HPP
#define PPO_RISK_HPP

#include "ppo_risk.h"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ppo {

// ---- Errors and arrays --------------------------------------------------------------------------------------------

/// A call that failed: what() has the library's words, code() the PPO_ERR_ number.
class error : public std::runtime_error {
public:
    error(ppo_status code, const std::string &words)
        : std::runtime_error(std::string(ppo_status_name(code)) + ": " + words), code_(code) {}

    ppo_status code() const noexcept { return code_; }

private:
    ppo_status code_;
};

namespace detail {

/// Text that comes out by copy: asks for its size, then for itself, and again where it has grown in between.
template <class Copy>
std::string text(Copy copy, ppo_status (*checked)(ppo_status)) {
    std::string text;
    for (std::size_t needed = 0;;) {
        checked(copy(nullptr, std::size_t{0}, &needed));
        text.resize(needed);
        const ppo_status status = copy(text.data(), text.size(), &needed);
        if (status == PPO_ERR_BUFFER_TOO_SMALL) {
            continue;
        }
        checked(status);
        text.resize(needed == 0 ? 0 : needed - 1); // the zero byte
        return text;
    }
}

inline ppo_status accept(ppo_status status) { return status; }

} // namespace detail

/// The error message of this thread's last failed call.
inline std::string last_error() { return detail::text(ppo_last_error, detail::accept); }

/// Throws ppo::error where a call of ppo_risk.h has failed. For calls that are made directly.
inline ppo_status check(ppo_status status) {
    if (status < 0) {
        throw error(status, last_error());
    }
    return status;
}

/// A view of an array of the caller's.
template <class T>
class span {
    template <class Container>
    using element = std::remove_pointer_t<decltype(std::declval<Container &>().data())>;

public:
    constexpr span() noexcept = default;
    constexpr span(T *data, std::size_t size) noexcept : data_(size == 0 ? nullptr : data), size_(size) {}

    template <class Container, class = decltype(std::declval<Container &>().size()),
              class = std::enable_if_t<std::is_convertible_v<element<Container> (*)[], T (*)[]> &&
                                       !std::is_same_v<std::decay_t<Container>, span>>>
    constexpr span(Container &&container) : span(container.data(), container.size()) {}

    template <std::size_t N>
    constexpr span(T (&array)[N]) noexcept : span(array, N) {}

    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr T *begin() const noexcept { return data_; }
    constexpr T *end() const noexcept { return data_ + size_; }
    constexpr T &operator[](std::size_t index) const noexcept { return data_[index]; }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

/// When a bar closes, in UTC; a date is its midnight. Days and seconds since 1970 (in C++20, std::chrono::sys_days and
/// sys_seconds) become one by themselves.
using time_point = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// A time as fields of structs have it: nanoseconds since 1970-01-01 UTC.
inline std::int64_t nanoseconds(time_point time) noexcept {
    return static_cast<std::int64_t>(time.time_since_epoch().count());
}

/// Times likewise, for ppo::prices.
inline std::vector<std::int64_t> nanoseconds(span<const time_point> times) {
    std::vector<std::int64_t> counts;
    counts.reserve(times.size());
    for (const time_point time : times) {
        counts.push_back(nanoseconds(time));
    }
    return counts;
}

namespace detail {

/// The time of a number that a function of ppo_risk.h gave.
inline time_point time_of(std::int64_t nanoseconds) noexcept {
    return time_point(std::chrono::nanoseconds(nanoseconds));
}

/// Owns a handle of the library.
template <class Handle, void (*Free)(Handle *), ppo_status (*LastError)(const Handle *, char *, std::size_t, std::size_t *)>
class owner {
public:
    owner() noexcept = default;
    explicit owner(Handle *handle) noexcept : handle_(handle) {}
    owner(owner &&other) noexcept : handle_(other.release()) {}
    owner &operator=(owner &&other) noexcept {
        reset(other.release());
        return *this;
    }
    owner(const owner &) = delete;
    owner &operator=(const owner &) = delete;
    ~owner() { Free(handle_); }

    /// The handle, still this object's, for calls of ppo_risk.h.
    Handle *get() const noexcept { return handle_; }

    /// Gives the handle away: the caller frees it.
    Handle *release() noexcept { return std::exchange(handle_, nullptr); }

    /// Frees the handle and takes another.
    void reset(Handle *handle = nullptr) noexcept {
        if (handle != handle_) {
            Free(std::exchange(handle_, handle));
        }
    }

    explicit operator bool() const noexcept { return handle_ != nullptr; }

    /// the error message of the last failed call on this handle, whichever thread made it.
    std::string last_error() const {
        return text([this](char *buffer, std::size_t capacity, std::size_t *needed) {
            return LastError(handle_, buffer, capacity, needed);
        }, check);
    }

private:
    Handle *handle_ = nullptr;
};

/// A struct of ppo_risk.h, filled by its _init.
template <class Struct, ppo_status (*Init)(Struct *, std::size_t)>
struct filled : Struct {
    filled() { check(Init(this, sizeof(Struct))); }
};

/// Text of a handle: text_of(agent, ppo_agent_spec_json).
template <class Handle, class Copy>
std::string text_of(Handle *handle, Copy copy) {
    return text([=](char *buffer, std::size_t capacity, std::size_t *needed) {
        return copy(handle, buffer, capacity, needed);
    }, check);
}

/// JSON that may be left out: an empty text is C's NULL.
inline const char *or_null(const std::string &json) noexcept { return json.empty() ? nullptr : json.c_str(); }

/// Bytes of a handle, asked for again where they have grown in between: bytes_of(agent, ppo_save_bytes).
template <class Handle, class Copy>
std::vector<std::uint8_t> bytes_of(Handle *handle, Copy copy) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t needed = 0;;) {
        check(copy(handle, nullptr, std::size_t{0}, &needed));
        bytes.resize(needed);
        const ppo_status status = copy(handle, bytes.data(), bytes.size(), &needed);
        if (status != PPO_ERR_BUFFER_TOO_SMALL) {
            check(status);
            bytes.resize(needed);
            return bytes;
        }
    }
}

/// A number of a handle: number_of<std::size_t>(agent, ppo_agent_state_len).
template <class Number, class Handle, class Get>
Number number_of(Handle *handle, Get get) {
    Number number{};
    check(get(handle, &number));
    return number;
}

/// A name of a handle: name_of(agent, index, ppo_agent_asset_name).
template <class Handle, class Copy>
std::string name_of(Handle *handle, std::size_t index, Copy copy) {
    return text([=](char *buffer, std::size_t capacity, std::size_t *needed) {
        return copy(handle, index, buffer, capacity, needed);
    }, check);
}

/// What a function of the host threw, kept until the call that led to it is back.
class caught {
public:
    /// Calls a function of the host; answers 0, or -1 where it threw.
    template <class Function>
    std::int32_t call(Function function) noexcept {
        try {
            function();
            return 0;
        } catch (...) {
            const std::lock_guard<std::mutex> lock(mutex_);
            exception_ = std::current_exception();
            return -1;
        }
    }

    /// Throws it again, if there is one, and forgets it.
    void again() {
        std::unique_lock<std::mutex> lock(mutex_);
        if (exception_) {
            const std::exception_ptr thrown = std::exchange(exception_, nullptr);
            lock.unlock();
            std::rethrow_exception(thrown);
        }
    }

private:
    std::mutex mutex_;
    std::exception_ptr exception_;
};

} // namespace detail

// ---- Library and log ----------------------------------------------------------------------------------------------

/// The library's version, such as "0.1.0".
inline const char *version() noexcept { return ppo_version(); }

/// The library's version as one number, to compare with PPO_VERSION_NUMBER.
inline std::uint32_t version_number() noexcept { return ppo_version_number(); }

/// A sum of PPO_FEATURE_ bits.
inline std::uint32_t features() noexcept { return ppo_features(); }

/// The name of a status, such as "PPO_ERR_LENGTH".
inline const char *status_name(ppo_status status) noexcept { return ppo_status_name(status); }

/// Takes the level and the text (valid until it returns) of a line of the log, on any thread.
using log_function = std::function<void(std::uint32_t level, const char *message)>;

/// Sends the library's log to a function; an empty one ends it. What the function throws is dropped. Not to be called
/// by the function itself or by two threads at once (PPO_ERR_BUSY).
inline void set_log(std::uint32_t level, log_function function) {
    // Never destroyed at exit: the library may log until the very end.
    static std::atomic_flag busy = ATOMIC_FLAG_INIT;
    static log_function *current = nullptr;
    struct turn {
        turn() : mine(!busy.test_and_set()) {}
        ~turn() {
            if (mine) {
                busy.clear();
            }
        }
        bool mine;
    } const turn;
    if (!turn.mine) {
        throw error(PPO_ERR_BUSY, "set_log: another call is setting the log");
    }
    std::unique_ptr<log_function> next;
    ppo_log_callback callback = nullptr;
    if (function) {
        next = std::make_unique<log_function>(std::move(function));
        callback = [](std::uint32_t line_level, const char *message, void *user) {
            try {
                (*static_cast<log_function *>(user))(line_level, message);
            } catch (...) { // the log is no reason to fail
            }
        };
    }
    check(ppo_set_log(level, callback, next.get()));
    delete std::exchange(current, next.release()); // its last call has ended
}

// ---- Random numbers -----------------------------------------------------------------------------------------------

/// A stream of random numbers: one for each thread.
class random : public detail::owner<ppo_random, ppo_random_free, ppo_random_last_error> {
public:
    using owner::owner;

    explicit random(std::uint64_t seed, std::uint64_t index = 0) {
        ppo_random *made = nullptr;
        check(ppo_random_new(seed, index, &made));
        reset(made);
    }

    /// Goes on from what state_json gave.
    static random restore(const std::string &state_json) {
        ppo_random *made = nullptr;
        check(ppo_random_restore(state_json.c_str(), &made));
        return random(made);
    }

    random clone() {
        ppo_random *copy = nullptr;
        check(ppo_random_clone(get(), &copy));
        return random(copy);
    }

    /// Where the stream stands.
    std::string state_json() { return detail::text_of(get(), ppo_random_state_json); }
};

// ---- Configuration ------------------------------------------------------------------------------------------------

/// How a policy is made and trained: ppo_config with the defaults.
struct config : detail::filled<ppo_config, ppo_config_init> {
    static config from_json(const std::string &json) {
        config made;
        check(ppo_config_from_json(json.c_str(), &made));
        return made;
    }

    std::string to_json() const {
        return detail::text_of(static_cast<const ppo_config *>(this), ppo_config_to_json);
    }
};

// ---- Agents -------------------------------------------------------------------------------------------------------

/// What ppo_evaluate_action says of an action.
struct evaluation {
    double log_prob;
    double entropy;
    double value;
};

/// An agent: a policy that turns states into portfolio weights.
class agent : public detail::owner<ppo_agent, ppo_agent_free, ppo_agent_last_error> {
public:
    using owner::owner;

    /// An untrained policy.
    explicit agent(const std::string &spec, const ppo_config &config = ppo::config()) {
        ppo_agent *made = nullptr;
        check(ppo_agent_new(spec.c_str(), &config, &made));
        reset(made);
    }

    static agent load(const std::string &path) {
        ppo_agent *made = nullptr;
        check(ppo_load(path.c_str(), &made));
        return agent(made);
    }

    static agent load_bytes(span<const std::uint8_t> bytes) {
        ppo_agent *made = nullptr;
        check(ppo_load_bytes(bytes.data(), bytes.size(), &made));
        return agent(made);
    }

    void save(const std::string &path) const { check(ppo_save(get(), path.c_str())); }

    /// Writes the deterministic policy as an ONNX model.
    void export_onnx(const std::string &path) const { check(ppo_export_onnx(get(), path.c_str())); }

    std::vector<std::uint8_t> save_bytes() const { return detail::bytes_of(get(), ppo_save_bytes); }

    agent clone() const {
        ppo_agent *copy = nullptr;
        check(ppo_agent_clone(get(), &copy));
        return agent(copy);
    }

    /// PPO_PRECISION_F32 or PPO_PRECISION_BF16, from now on.
    void set_precision(std::uint32_t precision) const { check(ppo_agent_set_precision(get(), precision)); }

    /// PPO_PRECISION_F32 or PPO_PRECISION_BF16.
    std::uint32_t precision() const { return detail::number_of<std::uint32_t>(get(), ppo_agent_precision); }

    std::size_t asset_count() const { return detail::number_of<std::size_t>(get(), ppo_agent_asset_count); }
    std::size_t action_len() const { return detail::number_of<std::size_t>(get(), ppo_agent_action_len); }
    std::size_t score_len() const { return detail::number_of<std::size_t>(get(), ppo_agent_score_len); }
    std::size_t state_len() const { return detail::number_of<std::size_t>(get(), ppo_agent_state_len); }
    std::size_t prior_len() const { return detail::number_of<std::size_t>(get(), ppo_agent_prior_len); }

    std::string asset_name(std::size_t index) const { return detail::name_of(get(), index, ppo_agent_asset_name); }
    std::string spec_json() const { return detail::text_of(get(), ppo_agent_spec_json); }
    std::string provenance_json() const { return detail::text_of(get(), ppo_agent_provenance_json); }

    /// Writes the target weights in a state; `prior` is {} where the policy has none. Allocates nothing.
    void select_action(span<const float> state, span<const double> prior, span<double> weights) const {
        check(ppo_select_action(get(), state.data(), state.size(), prior.data(), prior.size(), weights.data(),
                                weights.size()));
    }

    /// The same into a new vector.
    std::vector<double> select_action(span<const float> state, span<const double> prior = {}) const {
        std::vector<double> weights(action_len());
        select_action(state, prior, weights);
        return weights;
    }

    void select_actions(std::size_t rows, span<const float> states, span<const double> priors,
                        span<double> weights) const {
        check(ppo_select_actions(get(), rows, states.data(), states.size(), priors.data(), priors.size(),
                                 weights.data(), weights.size()));
    }

    /// The same on `threads` threads, started for the call.
    void select_actions(std::uint32_t threads, std::size_t rows, span<const float> states, span<const double> priors,
                        span<double> weights) const {
        check(ppo_select_actions_threads(get(), threads, rows, states.data(), states.size(), priors.data(),
                                         priors.size(), weights.data(), weights.size()));
    }

    /// Why select_action decides as it does, as JSON; not for the order path.
    std::string explain_action_json(span<const float> state, span<const double> prior) const {
        return detail::text(
            [&](char *buffer, std::size_t capacity, std::size_t *needed) {
                return ppo_explain_action_json(get(), state.data(), state.size(), prior.data(), prior.size(), buffer,
                                               capacity, needed);
            },
            check);
    }

    /// An agent that decides by the mean of this one's weights and another's, as one more member.
    agent with_member(const agent &member) const {
        ppo_agent *made = nullptr;
        check(ppo_agent_with_member(get(), member.get(), &made));
        return agent(made);
    }

    /// How many policies decide together; 1 of one that is no ensemble.
    std::size_t member_count() const { return detail::number_of<std::size_t>(get(), ppo_agent_member_count); }

    /// How far the members of an ensemble disagree: mean one-way turnover from their weights to the mean. Allocates nothing.
    double disagreement(span<const float> state, span<const double> prior = {}) const {
        double found = 0;
        check(ppo_disagreement(get(), state.data(), state.size(), prior.data(), prior.size(), &found));
        return found;
    }

    /// Decides, or copies `fallback` where state or prior is not finite: true where it did. Allocates nothing.
    bool select_action_or(span<const float> state, span<const double> prior, span<const double> fallback,
                          span<double> weights) const {
        std::uint32_t fell_back = 0;
        check(ppo_select_action_or(get(), state.data(), state.size(), prior.data(), prior.size(), fallback.data(),
                                   fallback.size(), weights.data(), weights.size(), &fell_back));
        return fell_back != 0;
    }

    /// Draws an action; gives its log-probability density. `weights` may be {}. Allocates nothing.
    double sample_action(random &stream, span<const float> state, span<const double> prior, span<float> action,
                         span<double> weights = {}) const {
        double log_prob = 0.0;
        check(ppo_sample_action(get(), stream.get(), state.data(), state.size(), prior.data(), prior.size(),
                                action.data(), action.size(), weights.data(), weights.size(), &log_prob));
        return log_prob;
    }

    evaluation evaluate_action(span<const float> state, span<const double> prior, span<const float> action) const {
        evaluation said{};
        check(ppo_evaluate_action(get(), state.data(), state.size(), prior.data(), prior.size(), action.data(),
                                  action.size(), &said.log_prob, &said.entropy, &said.value));
        return said;
    }

    double value(span<const float> state) const {
        double said = 0.0;
        check(ppo_value(get(), state.data(), state.size(), &said));
        return said;
    }
};

// ---- Markets ------------------------------------------------------------------------------------------------------

/// Prices of the host's, by the fields of ppo_prices. The arrays have to live until ppo::market::from_prices is back.
using prices = detail::filled<ppo_prices, ppo_prices_init>;

/// A market: prices, or a simulation without end.
class market : public detail::owner<ppo_market, ppo_market_free, ppo_market_last_error> {
public:
    using owner::owner;

    static market from_prices(const ppo_prices &given) {
        return made([&](ppo_market **out) { return ppo_market_from_prices(&given, out); });
    }

    /// `options_json` is empty for the defaults, `cash_rate` NaN for none.
    static market from_csv(const std::string &path, const std::string &options_json = {},
                           double cash_rate = std::numeric_limits<double>::quiet_NaN()) {
        return made([&](ppo_market **out) {
            return ppo_market_from_csv(path.c_str(), detail::or_null(options_json), cash_rate, out);
        });
    }

    /// Of a data frame, whose stream is moved in and released; `options_json` is empty for the defaults.
    static market from_arrow(ArrowArrayStream *stream, const std::string &options_json = {}) {
        return made([&](ppo_market **out) {
            return ppo_market_from_arrow(stream, detail::or_null(options_json), out);
        });
    }

    static market simulated(const std::string &parameters_json) {
        return made([&](ppo_market **out) { return ppo_market_simulated(parameters_json.c_str(), out); });
    }

    static market simulate_prices(const std::string &parameters_json, std::size_t bars, time_point first_time,
                                  std::uint64_t seed) {
        return made([&](ppo_market **out) {
            return ppo_market_simulate_prices(parameters_json.c_str(), bars, nanoseconds(first_time), seed, out);
        });
    }

    /// From what save_bytes gave.
    static market load_bytes(span<const std::uint8_t> bytes) {
        return made([&](ppo_market **out) { return ppo_market_load_bytes(bytes.data(), bytes.size(), out); });
    }

    /// All that the market is, for load_bytes in another process.
    std::vector<std::uint8_t> save_bytes() const { return detail::bytes_of(get(), ppo_market_save_bytes); }

    market clone() const {
        return made([&](ppo_market **out) { return ppo_market_clone(get(), out); });
    }

    market select(std::size_t first_bar, std::size_t last_bar) const {
        return made([&](ppo_market **out) { return ppo_market_select(get(), first_bar, last_bar, out); });
    }

    market fit_gbm() const {
        return made([&](ppo_market **out) { return ppo_market_fit_gbm(get(), out); });
    }

    market fit_regimes(std::size_t regimes, std::uint64_t seed) const {
        return made([&](ppo_market **out) { return ppo_market_fit_regimes(get(), regimes, seed, out); });
    }

    std::size_t bar_count() const { return detail::number_of<std::size_t>(get(), ppo_market_bar_count); }
    std::size_t asset_count() const { return detail::number_of<std::size_t>(get(), ppo_market_asset_count); }
    std::size_t column_count() const { return detail::number_of<std::size_t>(get(), ppo_market_column_count); }
    std::size_t asset_column_count() const {
        return detail::number_of<std::size_t>(get(), ppo_market_asset_column_count);
    }
    double bars_per_year() const { return detail::number_of<double>(get(), ppo_market_bars_per_year); }
    std::uint64_t digest() const { return detail::number_of<std::uint64_t>(get(), ppo_market_digest); }
    std::string asset_name(std::size_t index) const { return detail::name_of(get(), index, ppo_market_asset_name); }
    std::string column_name(std::size_t index) const { return detail::name_of(get(), index, ppo_market_column_name); }
    std::string asset_column_name(std::size_t index) const {
        return detail::name_of(get(), index, ppo_market_asset_column_name);
    }
    std::string parameters_json() const { return detail::text_of(get(), ppo_market_parameters_json); }

    /// When a bar closes.
    time_point time(std::size_t bar) const {
        std::int64_t found = 0;
        check(ppo_market_time(get(), bar, &found));
        return detail::time_of(found);
    }

    /// The bar of a time: PPO_BAR_AT_OR_AFTER or PPO_BAR_AT_OR_BEFORE.
    std::size_t bar_at(time_point time, std::uint32_t side) const {
        std::size_t bar = 0;
        check(ppo_market_bar_at(get(), nanoseconds(time), side, &bar));
        return bar;
    }

    /// The first and the last bar of the range.
    std::pair<std::size_t, std::size_t> range() const {
        std::pair<std::size_t, std::size_t> bars;
        check(ppo_market_range(get(), &bars.first, &bars.second));
        return bars;
    }

    void closes(std::size_t first_bar, std::size_t bars, span<double> closes_out) const {
        check(ppo_market_closes(get(), first_bar, bars, closes_out.data(), closes_out.size()));
    }

    void write_csv(const std::string &path) const { check(ppo_market_write_csv(get(), path.c_str())); }

private:
    template <class Make>
    static market made(Make make) {
        ppo_market *handle = nullptr;
        check(make(&handle));
        return market(handle);
    }
};

// ---- Environments -------------------------------------------------------------------------------------------------

/// Where a step writes: a set_ function for each array that is wanted. The arrays have to live until the step is back.
struct env_outputs : detail::filled<ppo_env_outputs, ppo_env_outputs_init> {
    void set_rewards(span<double> room) { rewards = sized(room, len); }
    void set_raw_rewards(span<double> room) { raw_rewards = sized(room, len); }
    void set_baseline_rewards(span<double> room) { baseline_rewards = sized(room, len); }
    void set_net_returns(span<double> room) { net_returns = sized(room, len); }
    void set_turnovers(span<double> room) { turnovers = sized(room, len); }
    void set_costs(span<double> room) { costs = sized(room, len); }
    void set_terminated(span<std::uint8_t> room) { terminated = sized(room, len); }
    void set_truncated(span<std::uint8_t> room) { truncated = sized(room, len); }
    void set_states(span<float> room) { states = sized(room, states_len); }
    void set_final_states(span<float> room) { final_states = sized(room, states_len); }
    void set_prior(span<double> room) { prior = sized(room, prior_len); }

private:
    /// Several arrays share one length.
    template <class T>
    static T *sized(span<T> room, std::uint64_t &length) {
        if (room.size() != 0 && length != 0 && room.size() != length) {
            throw error(PPO_ERR_LENGTH, "env_outputs: " + std::to_string(room.size()) + " values, expected " +
                                            std::to_string(length) + " as in the arrays before");
        }
        length = room.size() == 0 ? length : room.size();
        return room.data();
    }
};

/// Environments over a market, stepped side by side.
class env : public detail::owner<ppo_env, ppo_env_free, ppo_env_last_error> {
public:
    using owner::owner;

    env(const agent &policy, const market &source, std::size_t count, const ppo_config &config = ppo::config(),
        std::uint64_t first_index = 0) {
        ppo_env *made = nullptr;
        check(ppo_env_new(policy.get(), source.get(), &config, first_index, count, &made));
        owner::reset(made);
    }

    /// Without an agent.
    env(const std::string &spec, const market &source, std::size_t count, const ppo_config &config = ppo::config(),
        std::uint64_t first_index = 0) {
        ppo_env *made = nullptr;
        check(ppo_env_new_from_spec(spec.c_str(), source.get(), &config, first_index, count, &made));
        owner::reset(made);
    }

    std::size_t count() { return detail::number_of<std::size_t>(get(), ppo_env_count); }
    std::size_t asset_count() { return detail::number_of<std::size_t>(get(), ppo_env_asset_count); }
    std::size_t action_len() { return detail::number_of<std::size_t>(get(), ppo_env_action_len); }
    std::size_t score_len() { return detail::number_of<std::size_t>(get(), ppo_env_score_len); }
    std::size_t state_len() { return detail::number_of<std::size_t>(get(), ppo_env_state_len); }

    void states(span<float> states_out) { check(ppo_env_states(get(), states_out.data(), states_out.size())); }

    void prior_weights(span<double> prior_out) {
        check(ppo_env_prior_weights(get(), prior_out.data(), prior_out.size()));
    }

    /// Any of the three may be {}.
    void portfolios(span<double> values, span<double> drawdowns = {}, span<double> weights = {}) {
        if (values.size() != 0 && drawdowns.size() != 0 && values.size() != drawdowns.size()) {
            throw error(PPO_ERR_LENGTH, "portfolios: `values` and `drawdowns` are not of one length");
        }
        const std::size_t len = values.size() != 0 ? values.size() : drawdowns.size();
        check(ppo_env_portfolios(get(), values.data(), drawdowns.data(), len, weights.data(), weights.size()));
    }

    /// Starts new episodes.
    void reset() { check(ppo_env_reset(get())); }

    /// Allocates nothing.
    void step(span<const float> actions, const ppo_env_outputs &outputs, span<const float> deterministic = {}) {
        check(ppo_env_step(get(), actions.data(), actions.size(), deterministic.data(), deterministic.size(),
                           &outputs));
    }

    void step_weights(span<const double> weights, const ppo_env_outputs &outputs) {
        check(ppo_env_step_weights(get(), weights.data(), weights.size(), &outputs));
    }

    /// Takes up to as many episodes that have ended as there is room for; answers how many.
    std::size_t take_episodes(span<ppo_episode> room) {
        std::size_t taken = 0;
        check(ppo_env_take_episodes(get(), room.data(), room.size(), &taken));
        return taken;
    }

    std::vector<std::uint8_t> snapshot() { return detail::bytes_of(get(), ppo_env_snapshot); }

    void restore(span<const std::uint8_t> bytes) { check(ppo_env_restore(get(), bytes.data(), bytes.size())); }
};

// ---- Back-tests ---------------------------------------------------------------------------------------------------

/// Figures of a back-test.
using backtest_summary = detail::filled<ppo_backtest_summary, ppo_backtest_summary_init>;

/// What ppo_backtest_compare says of two: a difference of Sharpe ratios and its interval, whose ends are NaN where there
/// are too few bars for one (252, and 12 blocks).
struct comparison {
    double median, low, high;
};

/// What a portfolio did over prices. It never changes.
class backtest : public detail::owner<ppo_backtest, ppo_backtest_free, ppo_backtest_last_error> {
public:
    using owner::owner;

    /// Of a policy. `options_json` is empty for the defaults.
    backtest(const agent &policy, const market &source, const std::string &options_json = {}) {
        ppo_backtest *made = nullptr;
        check(ppo_backtest_run(policy.get(), source.get(), detail::or_null(options_json), &made));
        reset(made);
    }

    /// Of a PPO_BASELINE_ number.
    backtest(std::uint32_t baseline, const market &source, const std::string &options_json = {}) {
        ppo_backtest *made = nullptr;
        check(ppo_backtest_run_baseline(source.get(), baseline, detail::or_null(options_json), &made));
        reset(made);
    }

    /// From what state_json gave.
    static backtest restore(const std::string &state_json) {
        ppo_backtest *made = nullptr;
        check(ppo_backtest_restore(state_json.c_str(), &made));
        return backtest(made);
    }

    /// All that it came to, for restore in another process.
    std::string state_json() const { return detail::text_of(get(), ppo_backtest_state_json); }

    backtest_summary summarize() const {
        backtest_summary figures;
        check(ppo_backtest_summarize(get(), &figures));
        return figures;
    }

    /// How this one's Sharpe ratio differs from another's over the same times.
    comparison compare(const backtest &second, const std::string &options_json = {}) const {
        comparison said{};
        check(ppo_backtest_compare(get(), second.get(), detail::or_null(options_json), &said.median, &said.low,
                                   &said.high));
        return said;
    }

    std::size_t bars() const {
        std::size_t count = 0;
        check(ppo_backtest_size(get(), &count, nullptr));
        return count;
    }

    std::size_t assets() const {
        std::size_t count = 0;
        check(ppo_backtest_size(get(), nullptr, &count));
        return count;
    }

    /// The time of the close that ends each bar.
    std::vector<time_point> times() const {
        std::vector<std::int64_t> counts(bars());
        check(ppo_backtest_times(get(), counts.data(), counts.size()));
        std::vector<time_point> found(counts.size());
        std::transform(counts.begin(), counts.end(), found.begin(), detail::time_of);
        return found;
    }

    void returns(span<double> room) const { check(ppo_backtest_returns(get(), room.data(), room.size())); }
    void equity(span<double> room) const { check(ppo_backtest_equity(get(), room.data(), room.size())); }
    void weights(span<double> room) const { check(ppo_backtest_weights(get(), room.data(), room.size())); }
    void turnover(span<double> room) const { check(ppo_backtest_turnover(get(), room.data(), room.size())); }
    void costs(span<double> room) const { check(ppo_backtest_costs(get(), room.data(), room.size())); }

    /// Either may be {}.
    void risk(span<double> leverage, span<double> hedge) const {
        check(ppo_backtest_risk(get(), leverage.data(), leverage.size(), hedge.data(), hedge.size()));
    }

    std::string reasons_json() const { return detail::text_of(get(), ppo_backtest_reasons_json); }
};

// ---- Training -----------------------------------------------------------------------------------------------------

/// Figures of an update.
using metrics = detail::filled<ppo_metrics, ppo_metrics_init>;

/// A decision of a live agent and what came of it: set_ functions for the arrays, the other fields by name. The arrays
/// have to live until ppo::trainer::observe is back.
struct transition : detail::filled<ppo_transition, ppo_transition_init> {
    void set_state(span<const float> values) { state = values.data(), state_len = values.size(); }
    void set_prior(span<const double> values) { prior = values.data(), prior_len = values.size(); }
    void set_action(span<const float> values) { action = values.data(), action_len = values.size(); }
    void set_next_state(span<const float> values) { next_state = values.data(), next_state_len = values.size(); }
};

/// How a call trains.
struct train_options {
    /// Called after every update, on the thread that trains; a true answer stops training, as in every language. May be
    /// empty.
    std::function<bool(const ppo_metrics &)> progress;
    /// File for checkpoints; empty for none.
    std::string checkpoint_path;
    /// Updates after which one is written besides the last; 0 for none.
    std::uint64_t checkpoint_interval = 0;
    /// Most updates of this call; 0 until the configuration's steps are taken.
    std::uint64_t most_updates = 0;
};

/// How the ranks that train together reach each other.
struct collectives {
    /// Which of the ranks this process is, from 0.
    std::uint32_t rank = 0;
    /// How many there are: a power of two.
    std::uint32_t size = 1;
    /// Gathers `bytes` bytes of every rank, in the order of the ranks, to `received`: MPI_Allgather, say. Throws where it cannot.
    std::function<void(const void *send, std::size_t bytes, void *received)> allgather;
};

/// An environment of the host's: ppo_host_reset, ppo_host_step, ppo_host_counterfactual, ppo_host_remember and ppo_host_go_back as
/// callables; all but the first two may be empty.
struct host_environment {
    std::function<void(std::size_t env, std::uint64_t seed, span<float> state, span<double> prior)> reset;
    std::function<ppo_host_result(std::size_t env, span<const double> weights, span<float> state, span<double> prior)>
        step;
    std::function<double(std::size_t env, span<const double> weights)> counterfactual = {};
    std::function<void(std::size_t env)> remember = {};
    std::function<void(std::size_t env)> go_back = {};
};

namespace detail {

/// A host's environment at a fixed address, with what it threw.
struct environment {
    explicit environment(host_environment given) : functions(std::move(given)) {
        table.user = this;
        table.reset = [](void *user, std::size_t env, std::uint64_t seed, float *state, std::size_t state_len,
                         double *prior, std::size_t prior_len) -> std::int32_t {
            auto &self = *static_cast<environment *>(user);
            return self.thrown.call([&] { self.functions.reset(env, seed, {state, state_len}, {prior, prior_len}); });
        };
        table.step = [](void *user, std::size_t env, const double *weights, std::size_t weights_len, float *state,
                        std::size_t state_len, double *prior, std::size_t prior_len,
                        ppo_host_result *result) -> std::int32_t {
            auto &self = *static_cast<environment *>(user);
            return self.thrown.call([&] {
                *result = self.functions.step(env, {weights, weights_len}, {state, state_len}, {prior, prior_len});
            });
        };
        if (functions.counterfactual) {
            table.counterfactual = [](void *user, std::size_t env, const double *weights, std::size_t weights_len,
                                      double *reward) -> std::int32_t {
                auto &self = *static_cast<environment *>(user);
                return self.thrown.call([&] { *reward = self.functions.counterfactual(env, {weights, weights_len}); });
            };
        }
        if (functions.remember && functions.go_back) {
            table.remember = [](void *user, std::size_t env) -> std::int32_t {
                auto &self = *static_cast<environment *>(user);
                return self.thrown.call([&] { self.functions.remember(env); });
            };
            table.go_back = [](void *user, std::size_t env) -> std::int32_t {
                auto &self = *static_cast<environment *>(user);
                return self.thrown.call([&] { self.functions.go_back(env); });
            };
        }
    }

    host_environment functions;
    caught thrown;
    filled<ppo_host_environment, ppo_host_environment_init> table;
};

/// A host's collectives at a fixed address, with what their function threw.
struct ranks {
    explicit ranks(collectives given) : functions(std::move(given)) {
        table.rank = functions.rank;
        table.size = functions.size;
        table.user = this;
        table.allgather = [](void *user, const void *send, std::size_t bytes, void *received) -> std::int32_t {
            auto &self = *static_cast<ranks *>(user);
            return self.thrown.call([&] { self.functions.allgather(send, bytes, received); });
        };
    }

    collectives functions;
    caught thrown;
    filled<ppo_collectives, ppo_collectives_init> table;
};

/// Options of a training call at a fixed address, with what their progress function threw.
struct training {
    explicit training(train_options given) : options(std::move(given)) {
        table.checkpoint_path = options.checkpoint_path.empty() ? nullptr : options.checkpoint_path.c_str();
        table.checkpoint_interval = options.checkpoint_interval;
        table.most_updates = options.most_updates;
        if (options.progress) {
            table.user = this;
            table.progress = [](const ppo_metrics *metrics, void *user) -> std::int32_t {
                auto &self = *static_cast<training *>(user);
                bool stop = false;
                const std::int32_t failed = self.thrown.call([&] { stop = self.options.progress(*metrics); });
                return failed != 0 ? failed : stop ? 1 : 0;
            };
        }
    }

    train_options options;
    caught thrown;
    filled<ppo_train_options, ppo_train_options_init> table;
};

} // namespace detail

/// A training call in the background.
class job : public detail::owner<ppo_job, ppo_job_free, ppo_job_last_error> {
public:
    job() noexcept = default;
    job(job &&) noexcept = default;
    /// Stops the job that this one was, and waits for it, as its end does.
    job &operator=(job &&other) noexcept {
        owner::operator=(std::move(other)); // first: a job that still runs uses what follows
        training_ = std::move(other.training_);
        environment_ = std::move(other.environment_);
        ranks_ = std::move(other.ranks_);
        return *this;
    }
    ~job() { reset(); } // before what it uses goes

    /// A PPO_JOB_ number.
    std::uint32_t state() const {
        std::uint32_t number = 0;
        check(ppo_job_poll(get(), &number, nullptr));
        return number;
    }

    /// Figures of the last update, zeros before the first.
    ppo::metrics metrics() const {
        ppo::metrics figures;
        check(ppo_job_poll(get(), nullptr, &figures));
        return figures;
    }

    /// Waits for the end; false where the time ran out first. Throws what the training call failed with, or what a
    /// function of the host threw. A job that was cancelled has ended: state() tells.
    bool wait(std::uint32_t timeout_ms = PPO_WAIT_FOREVER) const {
        const ppo_status status = ppo_job_wait(get(), timeout_ms);
        if (status == PPO_ERR_TIMEOUT) {
            return false;
        }
        if (status == PPO_ERR_CALLBACK) {
            training_->thrown.again();
            if (environment_) {
                environment_->thrown.again();
            }
        }
        if (status == PPO_ERR_COLLECTIVE && ranks_) {
            ranks_->thrown.again();
        }
        if (status != PPO_ERR_CANCELLED) {
            check(status);
        }
        return true;
    }

    void cancel() const { check(ppo_job_cancel(get())); }

private:
    friend class trainer;
    // The handle uses what is kept beside it, and stays with it.
    using owner::release;
    using owner::reset;
    job(ppo_job *made, std::unique_ptr<detail::training> kept, std::shared_ptr<detail::environment> environment,
        std::shared_ptr<detail::ranks> ranks)
        : owner(made), training_(std::move(kept)), environment_(std::move(environment)), ranks_(std::move(ranks)) {}

    std::unique_ptr<detail::training> training_;
    std::shared_ptr<detail::environment> environment_;
    std::shared_ptr<detail::ranks> ranks_;
};

/// Trains an agent. The agent may go before it.
class trainer : public detail::owner<ppo_trainer, ppo_trainer_free, ppo_trainer_last_error> {
public:
    trainer() noexcept = default;
    trainer(trainer &&) noexcept = default;
    trainer &operator=(trainer &&other) noexcept {
        owner::operator=(std::move(other));
        environment_ = std::move(other.environment_);
        ranks_ = std::move(other.ranks_);
        return *this;
    }
    ~trainer() { reset(); } // before the environment that it uses

    /// In the library's environments over a market.
    trainer(const ppo::agent &policy, const market &source, const ppo_config &config = ppo::config()) {
        ppo_trainer *made = nullptr;
        check(ppo_trainer_new(policy.get(), source.get(), &config, &made));
        reset(made);
    }

    /// In the host's environments.
    trainer(const ppo::agent &policy, host_environment environment, const ppo_config &config = ppo::config())
        : environment_(std::make_shared<detail::environment>(std::move(environment))) {
        ppo_trainer *made = nullptr;
        checked(ppo_trainer_new_host(policy.get(), &environment_->table, &config, &made));
        reset(made);
    }

    /// From transitions, which observe() takes.
    static trainer online(const ppo::agent &policy, const ppo_config &config = ppo::config()) {
        trainer made;
        ppo_trainer *handle = nullptr;
        check(ppo_trainer_new_online(policy.get(), &config, &handle));
        made.reset(handle);
        return made;
    }

    /// From a checkpoint over a market. The agent is agent()'s.
    static trainer resume(const std::string &path, const market &source) {
        return resumed({}, [&](ppo_agent **made_agent, ppo_trainer **made) {
            return ppo_trainer_resume(path.c_str(), source.get(), made_agent, made);
        });
    }

    /// From a checkpoint over a host's environments.
    static trainer resume(const std::string &path, host_environment environment) {
        auto kept = std::make_shared<detail::environment>(std::move(environment));
        const ppo_host_environment *table = &kept->table;
        return resumed(kept, [&](ppo_agent **made_agent, ppo_trainer **made) {
            return ppo_trainer_resume_host(path.c_str(), table, made_agent, made);
        });
    }

    /// From a checkpoint of one that learns from transitions.
    static trainer resume_online(const std::string &path) {
        return resumed({}, [&](ppo_agent **made_agent, ppo_trainer **made) {
            return ppo_trainer_resume_online(path.c_str(), made_agent, made);
        });
    }

    /// Trains from now on as one of several ranks, each a process with a trainer like this one.
    void join(collectives others) {
        auto kept = std::make_shared<detail::ranks>(std::move(others));
        check(ppo_trainer_join(get(), &kept->table));
        ranks_ = std::move(kept);
    }

    /// Trains; false where the progress function stopped it. `last` gets the figures of the last update, on an
    /// exception too if any update was done; it may be NULL.
    bool train(train_options options = {}, ppo_metrics *last = nullptr) const {
        detail::training call(std::move(options));
        const ppo_status status = ppo_train(get(), &call.table, last);
        if (status == PPO_ERR_CANCELLED) {
            return false;
        }
        if (status == PPO_ERR_CALLBACK) {
            call.thrown.again();
        }
        checked(status);
        return true;
    }

    /// Trains in the background.
    job start(train_options options = {}) const {
        auto kept = std::make_unique<detail::training>(std::move(options));
        ppo_job *made = nullptr;
        check(ppo_job_start(get(), &kept->table, &made));
        return job(made, std::move(kept), environment_, ranks_);
    }

    /// One update.
    ppo::metrics update() const {
        ppo::metrics figures;
        checked(ppo_update(get(), &figures));
        return figures;
    }

    /// Keeps a transition, and updates if that is wanted and a rollout is complete; answers whether it did.
    bool observe(const ppo_transition &transition, bool update_when_complete = false) const {
        std::uint32_t updated = 0;
        check(ppo_observe(get(), &transition, update_when_complete ? 1 : 0, &updated));
        return updated != 0;
    }

    void save(const std::string &path) const { check(ppo_trainer_save(get(), path.c_str())); }

    /// Counters: update, env_steps, episodes.
    ppo::metrics progress() const {
        ppo::metrics figures;
        check(ppo_trainer_progress(get(), &figures, nullptr));
        return figures;
    }

    /// Whether all of the configuration's steps have been taken.
    bool done() const {
        std::uint32_t answer = 0;
        check(ppo_trainer_progress(get(), nullptr, &answer));
        return answer != 0;
    }

    std::string config_json() const { return detail::text_of(get(), ppo_trainer_config_json); }

    /// Another handle on the agent that is trained.
    ppo::agent agent() const {
        ppo_agent *made = nullptr;
        check(ppo_trainer_agent(get(), &made));
        return ppo::agent(made);
    }

private:
    // The handle uses what is kept beside it, and stays with it.
    using owner::release;
    using owner::reset;

    template <class Resume>
    static trainer resumed(std::shared_ptr<detail::environment> environment, Resume call) {
        trainer made;
        made.environment_ = std::move(environment);
        ppo_agent *first = nullptr;
        ppo_trainer *handle = nullptr;
        made.checked(call(&first, &handle));
        ppo_agent_free(first); // agent() makes another
        made.reset(handle);
        return made;
    }

    /// Throws what the host's environment threw, or what the status stands for.
    void checked(ppo_status status) const {
        if (status == PPO_ERR_CALLBACK && environment_) {
            environment_->thrown.again();
        }
        if (status == PPO_ERR_COLLECTIVE && ranks_) {
            ranks_->thrown.again();
        }
        check(status);
    }

    std::shared_ptr<detail::environment> environment_;
    std::shared_ptr<detail::ranks> ranks_;
};

/// How many threads libtorch uses for one operation of this process.
inline std::uint32_t torch_threads() {
    std::uint32_t threads = 0;
    check(ppo_torch_threads(&threads));
    return threads;
}

/// Sets that number, for every user of libtorch in this process.
inline void set_torch_threads(std::uint32_t threads) { check(ppo_torch_set_threads(threads)); }

// ---- Portfolios ---------------------------------------------------------------------------------------------------

/// How a portfolio stands.
using account = detail::filled<ppo_account, ppo_account_init>;

/// Follows one portfolio of an agent bar by bar. The agent may go before it.
class portfolio : public detail::owner<ppo_portfolio, ppo_portfolio_free, ppo_portfolio_last_error> {
public:
    using owner::owner;

    /// `config_json` is empty for the defaults.
    explicit portfolio(const agent &policy, const std::string &config_json = {}) {
        ppo_portfolio *made = nullptr;
        check(ppo_portfolio_new(policy.get(), detail::or_null(config_json), &made));
        reset(made);
    }

    /// From the next call on; any thread, also while another one decides.
    void set_agent(const agent &policy) { check(ppo_portfolio_set_agent(get(), policy.get())); }

    /// Takes in a bar that just ended; false where it only gives later ones something to be compared with.
    bool push_prices(const ::ppo_bar &ended) {
        std::uint32_t taken = 0;
        check(ppo_portfolio_push_prices(get(), &ended, &taken));
        return taken != 0;
    }

    /// The same, as closes and what cash earned.
    bool push_prices(span<const double> closes, double cash_return = 0.0, span<const double> columns = {},
                     span<const double> prior = {}, span<const double> asset_columns = {},
                     span<const double> ends = {}) {
        ::ppo_bar ended = besides(cash_return, columns, prior, asset_columns);
        ended.closes = closes.data();
        ended.closes_len = closes.size();
        ended.ends = ends.data();
        ended.ends_len = ends.size();
        return push_prices(ended);
    }

    /// Takes in a bar that just ended, as returns; of `ended` all but the closes and the ends.
    void push_returns(span<const double> returns, const ::ppo_bar &ended) {
        check(ppo_portfolio_push_returns(get(), returns.data(), returns.size(), &ended));
    }

    /// The same, with what cash earned.
    void push_returns(span<const double> returns, double cash_return = 0.0, span<const double> columns = {},
                      span<const double> prior = {}, span<const double> asset_columns = {}) {
        push_returns(returns, besides(cash_return, columns, prior, asset_columns));
    }

    bool ready() { return detail::number_of<std::uint32_t>(get(), ppo_portfolio_ready) != 0; }
    std::size_t warm_up_bars() { return detail::number_of<std::size_t>(get(), ppo_portfolio_warm_up_bars); }

    void rebalance(span<double> weights) { check(ppo_portfolio_rebalance(get(), weights.data(), weights.size())); }

    void record_trade(span<const double> weights, double cost) {
        check(ppo_portfolio_record_trade(get(), weights.data(), weights.size(), cost));
    }

    void set_position(span<const double> weights, double equity) {
        check(ppo_portfolio_set_position(get(), weights.data(), weights.size(), equity));
    }

    /// `weights`, assets and then cash, may be {}.
    ppo::account account(span<double> weights = {}) {
        ppo::account said;
        check(ppo_portfolio_account(get(), &said, weights.data(), weights.size()));
        return said;
    }

    /// `trend` is NaN where none is known.
    double leverage(double trend = std::numeric_limits<double>::quiet_NaN()) {
        double factor = 0.0;
        check(ppo_portfolio_leverage(get(), trend, &factor));
        return factor;
    }

    void kelly(span<double> weights) { check(ppo_portfolio_kelly(get(), weights.data(), weights.size())); }

    /// What the last decision was taken on; `prior` may be {}.
    void seen(span<float> state, span<double> prior = {}) {
        check(ppo_portfolio_seen(get(), state.data(), state.size(), prior.data(), prior.size()));
    }

    void restore(const std::string &state_json) { check(ppo_portfolio_restore(get(), state_json.c_str())); }

    std::string state_json() { return detail::text_of(get(), ppo_portfolio_state_json); }
    std::string config_json() { return detail::text_of(get(), ppo_portfolio_config_json); }

private:
    /// A bar without prices.
    static ::ppo_bar besides(double cash_return, span<const double> columns, span<const double> prior,
                             span<const double> asset_columns) {
        ::ppo_bar ended;
        check(ppo_bar_init(&ended, sizeof ended));
        ended.cash_return = cash_return;
        ended.columns = columns.data();
        ended.columns_len = columns.size();
        ended.asset_columns = asset_columns.data();
        ended.asset_columns_len = asset_columns.size();
        ended.prior = prior.data();
        ended.prior_len = prior.size();
        return ended;
    }
};

// ---- Risk manager -------------------------------------------------------------------------------------------------

/// The bar that just ended. The arrays have to live until the call that takes it is back.
struct bar : detail::filled<::ppo_bar, ::ppo_bar_init> {
    void set_closes(span<const double> values) { closes = values.data(), closes_len = values.size(); }
    void set_highs(span<const double> values) { highs = values.data(), highs_len = values.size(); }
    void set_lows(span<const double> values) { lows = values.data(), lows_len = values.size(); }
    void set_atr(span<const double> values) { atr = values.data(), atr_len = values.size(); }
    void set_betas(span<const double> values) { betas = values.data(), betas_len = values.size(); }
    void set_observation(span<const double> values) { observation = values.data(), observation_len = values.size(); }
    void set_time(time_point closed) { time = nanoseconds(closed); }
    void set_columns(span<const double> values) { columns = values.data(), columns_len = values.size(); }
    void set_asset_columns(span<const double> values) {
        asset_columns = values.data(), asset_columns_len = values.size();
    }
    void set_prior(span<const double> values) { prior = values.data(), prior_len = values.size(); }
    void set_ends(span<const double> values) { ends = values.data(), ends_len = values.size(); }
    void set_cost_rates(span<const double> values) { cost_rates = values.data(), cost_rates_len = values.size(); }
    void set_half_spreads(span<const double> values) { half_spreads = values.data(), half_spreads_len = values.size(); }
    void set_borrow_rates(span<const double> values) { borrow_rates = values.data(), borrow_rates_len = values.size(); }
    void set_volumes(span<const double> values) { volumes = values.data(), volumes_len = values.size(); }
};

/// What is wished for and what is held, likewise.
struct risk_portfolio : detail::filled<::risk_portfolio, ::risk_portfolio_init> {
    void set_target(span<const double> values) { target = values.data(), target_len = values.size(); }
    void set_current(span<const double> values) { current = values.data(), current_len = values.size(); }
};

/// What was decided, in arrays of the caller's, which have to live as long as it is used.
struct risk_decision : detail::filled<::risk_decision, ::risk_decision_init> {
    void set_weights(span<double> room) { weights = room.data(), weights_len = room.size(); }
    void set_units(span<double> room) { units = room.data(), units_len = room.size(); }
    void set_stops(span<double> room) { stops = room.data(), stops_len = room.size(); }
    void set_reasons(span<risk_reason> room) { reasons = room.data(), reasons_capacity = room.size(); }
};

/// A reason's code as text, such as "DRAWDOWN_STOP".
inline const char *risk_reason_name(std::uint32_t code) noexcept { return ::risk_reason_name(code); }

/// A line for people; names may be empty.
inline std::string risk_reason_describe(const risk_reason &reason, const std::vector<std::string> &assets = {},
                                        const std::vector<std::string> &sectors = {}) {
    const auto pointers = [](const std::vector<std::string> &names) {
        std::vector<const char *> pointers_to;
        for (const std::string &name : names) {
            pointers_to.push_back(name.c_str());
        }
        return pointers_to;
    };
    const std::vector<const char *> first = pointers(assets), second = pointers(sectors);
    return detail::text([&](char *buffer, std::size_t capacity, std::size_t *needed) {
        return ::risk_reason_describe(&reason, first.empty() ? nullptr : first.data(), first.size(),
                                      second.empty() ? nullptr : second.data(), second.size(), buffer, capacity,
                                      needed);
    }, check);
}

/// Turns target weights into allowed ones, bar by bar.
class risk_manager : public detail::owner<::risk_manager, ::risk_manager_free, ::risk_manager_last_error> {
public:
    using owner::owner;

    /// `config_json` is empty for the defaults.
    risk_manager(const std::string &config_json, std::size_t assets) {
        ::risk_manager *made = nullptr;
        check(risk_manager_new(detail::or_null(config_json), assets, &made));
        owner::reset(made);
    }

    static risk_manager restore(const std::string &config_json, std::size_t assets, const std::string &state_json) {
        ::risk_manager *made = nullptr;
        check(risk_manager_restore(detail::or_null(config_json), assets, state_json.c_str(), &made));
        return risk_manager(made);
    }

    /// Takes in the bar that just ended and decides. Allocates nothing.
    void manage(const ::ppo_bar &bar, const ::risk_portfolio &held, ::risk_decision &decision) {
        check(risk_manage(get(), &bar, &held, &decision));
    }

    /// Takes in a bar on which nothing is decided.
    void observe(const ::ppo_bar &bar) { check(risk_manager_observe(get(), &bar)); }

    /// Ends RISK_STATE_HALTED or RISK_STATE_REDUCING: the last equity becomes the peak.
    void reset() { check(risk_manager_reset(get())); }

    void reset_stop(std::size_t asset) { check(risk_manager_reset_stop(get(), asset)); }

    struct counts {
        std::size_t assets, observation_len, regimes;
    };

    counts count() {
        counts said{};
        check(risk_manager_counts(get(), &said.assets, &said.observation_len, &said.regimes));
        return said;
    }

    void regimes(span<double> probabilities) {
        check(risk_manager_regimes(get(), probabilities.data(), probabilities.size()));
    }

    std::string config_json() { return detail::text_of(get(), risk_manager_config_json); }
    std::string state_json() { return detail::text_of(get(), risk_manager_state_json); }
};

// ---- Books -------------------------------------------------------------------------------------------

/// A portfolio of an agent under a risk manager. The agent may go before it.
class book : public detail::owner<ppo_book, ppo_book_free, ppo_book_last_error> {
public:
    using owner::owner;

    /// Both settings are empty for the defaults.
    explicit book(const agent &policy, const std::string &config_json = {}, const std::string &risk_json = {}) {
        ppo_book *made = nullptr;
        check(ppo_book_new(policy.get(), detail::or_null(config_json), detail::or_null(risk_json), &made));
        owner::reset(made);
    }

    static book restore(const agent &policy, const std::string &config_json, const std::string &risk_json,
                           const std::string &state_json) {
        ppo_book *made = nullptr;
        check(ppo_book_restore(policy.get(), detail::or_null(config_json), detail::or_null(risk_json),
                                  state_json.c_str(), &made));
        return book(made);
    }

    /// From what save_state gave, bit for bit.
    static book restore_state(const agent &policy, const std::string &config_json, const std::string &risk_json,
                              span<const std::uint8_t> state) {
        ppo_book *made = nullptr;
        check(ppo_book_restore_state(policy.get(), detail::or_null(config_json), detail::or_null(risk_json),
                                     state.data(), state.size(), &made));
        return book(made);
    }

    /// All that bars and decisions have left behind, as bytes: shorter and sooner than state_json.
    std::vector<std::uint8_t> save_state() { return detail::bytes_of(get(), ppo_book_save_state); }

    /// From the next call on; any thread, also while another one decides.
    void set_agent(const agent &policy) { check(ppo_book_set_agent(get(), policy.get())); }

    /// The kill switch: nothing is opened any more, until resume(). Any thread, also while another one decides.
    void halt() { check(ppo_book_halt(get())); }

    /// The kill switch: to cash with the next decision, until resume(). Any thread, also while another one decides.
    void flatten() { check(ppo_book_flatten(get())); }

    void resume() { check(ppo_book_resume(get())); }

    /// Whether the next bar can be decided on.
    bool ready() { return detail::number_of<std::uint32_t>(get(), ppo_book_ready) != 0; }

    /// Takes in a bar on which nothing is decided.
    void observe(const ::ppo_bar &ended) { check(ppo_book_observe(get(), &ended)); }

    /// The whole chain for one bar: what the decision leaves counts as traded at this close.
    void decide(const ::ppo_bar &ended, ::risk_decision &decision) {
        check(ppo_book_decide(get(), &ended, &decision));
    }

    /// `weights`, assets and then cash, may be {}.
    ppo::account account(span<double> weights = {}) {
        ppo::account said;
        check(ppo_book_account(get(), &said, weights.data(), weights.size()));
        return said;
    }

    struct trade {
        double turnover, cost;
    };

    /// The last decision's trade, and the weights after it.
    trade traded(span<double> weights) {
        trade said{};
        check(ppo_book_traded(get(), weights.data(), weights.size(), &said.turnover, &said.cost));
        return said;
    }

    void record_trade(span<const double> weights, double cost) {
        check(ppo_book_record_trade(get(), weights.data(), weights.size(), cost));
    }

    void set_position(span<const double> weights, double equity) {
        check(ppo_book_set_position(get(), weights.data(), weights.size(), equity));
    }

    /// Money paid in at this close, below 0 paid out.
    void deposit(double amount) { check(ppo_book_deposit(get(), amount)); }

    struct order {
        std::uint32_t asset;
        double units; // below 0 to sell
    };

    /// What has to be traded for what was decided at this close, sales first; `lots` and `min_units` may be {}.
    std::vector<order> orders(span<const double> units, double cash, span<const double> lots = {},
                              span<const double> min_units = {}, double min_value = 0.0) {
        std::vector<std::uint32_t> assets(units.size());
        std::vector<double> traded(units.size());
        std::size_t count = 0;
        check(ppo_book_orders(get(), units.data(), units.size(), cash, lots.data(), lots.size(), min_units.data(),
                              min_units.size(), min_value, assets.data(), assets.size(), traded.data(), traded.size(),
                              &count));
        std::vector<order> found(count);
        for (std::size_t i = 0; i < count; i++) {
            found[i] = {assets[i], traded[i]};
        }
        return found;
    }

    /// Ends RISK_STATE_HALTED and RISK_STATE_REDUCING.
    void reset() { check(ppo_book_reset(get())); }

    void reset_stop(std::size_t asset) { check(ppo_book_reset_stop(get(), asset)); }
    /// Allows no trade of an asset from the next decision on, or allows it again.
    void pin(std::size_t asset, bool pinned = true) { check(ppo_book_pin(get(), asset, pinned ? 1 : 0)); }

    std::string state_json() { return detail::text_of(get(), ppo_book_state_json); }
};

// ---- Parts of the risk manager ------------------------------------------------------------------------------------
// Settings are empty for the defaults. Where reasons are given out, the answer is their number, those that there was
// no room for included; the room may be {}.

/// Limits on weights.
class risk_limits : public detail::owner<::risk_limits, ::risk_limits_free, ::risk_limits_last_error> {
public:
    using owner::owner;

    risk_limits(const std::string &config_json, std::size_t assets) {
        ::risk_limits *made = nullptr;
        check(risk_limits_new(detail::or_null(config_json), assets, &made));
        reset(made);
    }

    static risk_limits restore(const std::string &config_json, std::size_t assets, const std::string &state_json) {
        ::risk_limits *made = nullptr;
        check(risk_limits_restore(detail::or_null(config_json), assets, state_json.c_str(), &made));
        return risk_limits(made);
    }

    void push_returns(span<const double> returns) {
        check(risk_limits_push_returns(get(), returns.data(), returns.size()));
    }

    /// Further bounds, `low` and `high`, may be {}.
    std::size_t apply(span<const double> target, span<const double> current, span<double> weights,
                      span<risk_reason> reasons = {}, double factor = 1.0, span<const double> low = {},
                      span<const double> high = {}) {
        std::size_t found = 0;
        check(risk_limits_apply(get(), target.data(), target.size(), current.data(), current.size(), factor,
                                low.data(), low.size(), high.data(), high.size(), weights.data(), weights.size(),
                                reasons.data(), reasons.size(), &found));
        return found;
    }

    std::string config_json() { return detail::text_of(get(), risk_limits_config_json); }
    std::string state_json() { return detail::text_of(get(), risk_limits_state_json); }
};

/// The states that drawdown leads to.
class risk_drawdown : public detail::owner<::risk_drawdown, ::risk_drawdown_free, ::risk_drawdown_last_error> {
public:
    using owner::owner;

    explicit risk_drawdown(const std::string &config_json) {
        ::risk_drawdown *made = nullptr;
        check(risk_drawdown_new(detail::or_null(config_json), &made));
        owner::reset(made);
    }

    static risk_drawdown restore(const std::string &config_json, const std::string &state_json) {
        ::risk_drawdown *made = nullptr;
        check(risk_drawdown_restore(detail::or_null(config_json), state_json.c_str(), &made));
        return risk_drawdown(made);
    }

    struct bar {
        std::uint32_t state; // a RISK_STATE_ number
        double drawdown;
        std::size_t reasons;
    };

    /// `drawdown` is NaN where the monitor is to follow the peak.
    bar update(double equity, double drawdown = std::numeric_limits<double>::quiet_NaN(),
               span<risk_reason> reasons = {}) {
        bar said{};
        check(risk_drawdown_update(get(), equity, drawdown, &said.state, &said.drawdown, reasons.data(),
                                   reasons.size(), &said.reasons));
        return said;
    }

    /// The last equity becomes the peak.
    void reset() { check(risk_drawdown_reset(get())); }

    std::string config_json() { return detail::text_of(get(), risk_drawdown_config_json); }
    std::string state_json() { return detail::text_of(get(), risk_drawdown_state_json); }
};

/// A hedge position.
using risk_hedge_position = detail::filled<::risk_hedge_position, ::risk_hedge_position_init>;

/// A hedge that drawdown opens and closes.
class risk_hedge : public detail::owner<::risk_hedge, ::risk_hedge_free, ::risk_hedge_last_error> {
public:
    using owner::owner;

    explicit risk_hedge(const std::string &config_json) {
        ::risk_hedge *made = nullptr;
        check(risk_hedge_new(detail::or_null(config_json), &made));
        reset(made);
    }

    static risk_hedge restore(const std::string &config_json, const std::string &state_json) {
        ::risk_hedge *made = nullptr;
        check(risk_hedge_restore(detail::or_null(config_json), state_json.c_str(), &made));
        return risk_hedge(made);
    }

    /// `betas` may be {}.
    std::size_t decide(double drawdown, span<const double> weights, double equity, ::risk_hedge_position &position,
                       span<const double> betas = {}, span<risk_reason> reasons = {}) {
        std::size_t found = 0;
        check(risk_hedge_decide(get(), drawdown, weights.data(), weights.size(), equity, betas.data(), betas.size(),
                                &position, reasons.data(), reasons.size(), &found));
        return found;
    }

    std::string config_json() { return detail::text_of(get(), risk_hedge_config_json); }
    std::string state_json() { return detail::text_of(get(), risk_hedge_state_json); }
};

/// Wilder's average true ranges, bar by bar.
class risk_atr : public detail::owner<::risk_atr, ::risk_atr_free, ::risk_atr_last_error> {
public:
    using owner::owner;

    explicit risk_atr(std::size_t assets, std::size_t bars = 14) {
        ::risk_atr *made = nullptr;
        check(risk_atr_new(assets, bars, &made));
        reset(made);
    }

    static risk_atr restore(std::size_t assets, std::size_t bars, const std::string &state_json) {
        ::risk_atr *made = nullptr;
        check(risk_atr_restore(assets, bars, state_json.c_str(), &made));
        return risk_atr(made);
    }

    /// `high` and `low` may both be {}.
    void update(span<const double> high, span<const double> low, span<const double> close) {
        check(risk_atr_update(get(), high.data(), high.size(), low.data(), low.size(), close.data(), close.size()));
    }

    /// Bars seen, and bars that the first average needs.
    struct progress {
        std::size_t seen, needed;
    };

    progress values(span<double> averages) {
        progress said{};
        check(risk_atr_values(get(), averages.data(), averages.size(), &said.seen, &said.needed));
        return said;
    }

    std::string state_json() { return detail::text_of(get(), risk_atr_state_json); }
};

/// The same over a whole table; `high` and `low` may both be {}.
inline void risk_average_true_range(span<const double> high, span<const double> low, span<const double> close,
                                    std::size_t rows, std::size_t assets, std::size_t bars, span<double> values) {
    check(::risk_average_true_range(high.data(), high.size(), low.data(), low.size(), close.data(), close.size(),
                                    rows, assets, bars, values.data(), values.size()));
}

/// Units of one position.
inline double risk_position_units(double equity, double risk, double atr, double multiple, double lot = 0.0) {
    double units = 0.0;
    check(::risk_position_units(equity, risk, atr, multiple, lot, &units));
    return units;
}

/// Sizes positions.
class risk_positions : public detail::owner<::risk_positions, ::risk_positions_free, ::risk_positions_last_error> {
public:
    using owner::owner;

    risk_positions(const std::string &config_json, std::size_t assets) {
        ::risk_positions *made = nullptr;
        check(risk_positions_new(detail::or_null(config_json), assets, &made));
        reset(made);
    }

    /// `stops` may be {}.
    std::size_t size(double equity, span<const double> weights, span<const double> closes, span<const double> atr,
                     std::size_t atr_seen, span<double> units, span<double> stops = {},
                     span<risk_reason> reasons = {}) {
        std::size_t found = 0;
        check(risk_positions_size(get(), equity, weights.data(), weights.size(), closes.data(), closes.size(),
                                  atr.data(), atr.size(), atr_seen, units.data(), units.size(), stops.data(),
                                  stops.size(), reasons.data(), reasons.size(), &found));
        return found;
    }

    std::string config_json() { return detail::text_of(get(), risk_positions_config_json); }
};

// ---- Measures, volatility, Kelly, leverage ------------------------------------------------------------------------

/// What measures are relative to.
using risk_conventions = detail::filled<::risk_conventions, ::risk_conventions_init>;
using risk_metrics = detail::filled<::risk_metrics, ::risk_metrics_init>;
using risk_benchmark_metrics = detail::filled<::risk_benchmark_metrics, ::risk_benchmark_metrics_init>;
using risk_performance_figures = detail::filled<::risk_performance_figures, ::risk_performance_figures_init>;
using risk_tail_risk = detail::filled<::risk_tail_risk, ::risk_tail_risk_init>;
using risk_garch_fit = detail::filled<::risk_garch_fit, ::risk_garch_fit_init>;

/// Kelly weights from a history, in arrays of the caller's, which have to live as long as it is used.
struct risk_kelly_estimate : detail::filled<::risk_kelly_estimate, ::risk_kelly_estimate_init> {
    void set_weights(span<double> room) { weights = room.data(), weights_len = room.size(); }
    void set_standard_errors(span<double> room) { standard_errors = room.data(), standard_errors_len = room.size(); }
    void set_unconstrained(span<double> room) { unconstrained = room.data(), unconstrained_len = room.size(); }
    void set_unconstrained_standard_errors(span<double> room) {
        unconstrained_standard_errors = room.data(), unconstrained_standard_errors_len = room.size();
    }
    void set_excess(span<double> room) { excess = room.data(), excess_len = room.size(); }
};

inline risk_metrics risk_metrics_compute(span<const double> returns,
                                         const ::risk_conventions &conventions = risk_conventions()) {
    risk_metrics said;
    check(::risk_metrics_compute(returns.data(), returns.size(), &conventions, &said));
    return said;
}

inline risk_benchmark_metrics
risk_benchmark_metrics_compute(span<const double> returns, span<const double> benchmark,
                               const ::risk_conventions &conventions = risk_conventions()) {
    risk_benchmark_metrics said;
    check(::risk_benchmark_metrics_compute(returns.data(), returns.size(), benchmark.data(), benchmark.size(),
                                           &conventions, &said));
    return said;
}

/// `scenarios` is [bars, assets].
inline risk_tail_risk risk_tail_risk_compute(span<const double> scenarios, std::size_t bars,
                                             span<const double> weights, double level) {
    risk_tail_risk said;
    check(::risk_tail_risk_compute(scenarios.data(), scenarios.size(), bars, weights.data(), weights.size(), level,
                                   &said));
    return said;
}

/// Measures that follow returns bar by bar.
class risk_performance
    : public detail::owner<::risk_performance, ::risk_performance_free, ::risk_performance_last_error> {
public:
    using owner::owner;

    explicit risk_performance(const ::risk_conventions &conventions = risk_conventions()) {
        ::risk_performance *made = nullptr;
        check(risk_performance_new(&conventions, &made));
        reset(made);
    }

    static risk_performance restore(const ::risk_conventions &conventions, const std::string &state_json) {
        ::risk_performance *made = nullptr;
        check(risk_performance_restore(&conventions, state_json.c_str(), &made));
        return risk_performance(made);
    }

    /// NaN for an unknown return. Allocates nothing.
    void push(double simple_return) { check(risk_performance_push(get(), simple_return)); }

    risk_performance_figures read() {
        risk_performance_figures said;
        check(risk_performance_read(get(), &said));
        return said;
    }

    std::string state_json() { return detail::text_of(get(), risk_performance_state_json); }
};

/// Gives how far the covariance was shrunk. `returns` is [bars, assets].
inline double risk_covariance(span<const double> returns, std::size_t bars, std::size_t assets,
                              span<double> covariance) {
    double shrinkage = 0.0;
    check(::risk_covariance(returns.data(), returns.size(), bars, assets, covariance.data(), covariance.size(),
                            &shrinkage));
    return shrinkage;
}

/// The annual volatility that is forecast for the next bar. `forecast_json` is empty for the default.
inline double risk_volatility(const std::string &forecast_json, span<const double> returns, double bars_per_year) {
    double volatility = 0.0;
    check(::risk_volatility(detail::or_null(forecast_json), returns.data(), returns.size(), bars_per_year,
                            &volatility));
    return volatility;
}

inline risk_garch_fit risk_volatility_fit(span<const double> returns) {
    risk_garch_fit said;
    check(::risk_volatility_fit(returns.data(), returns.size(), &said));
    return said;
}

inline double risk_kelly_binary(double probability, double gain, double loss) {
    double stake = 0.0;
    check(::risk_kelly_binary(probability, gain, loss, &stake));
    return stake;
}

inline double risk_kelly_continuous(double excess, double variance) {
    double weight = 0.0;
    check(::risk_kelly_continuous(excess, variance, &weight));
    return weight;
}

inline void risk_kelly_unconstrained(span<const double> excess, span<const double> covariance,
                                     span<double> weights) {
    check(::risk_kelly_unconstrained(excess.data(), excess.size(), covariance.data(), covariance.size(),
                                     weights.data(), weights.size()));
}

/// Settings are empty for the defaults.
inline void risk_kelly_weights(const std::string &config_json, span<const double> excess,
                               span<const double> covariance, span<double> weights) {
    check(::risk_kelly_weights(detail::or_null(config_json), excess.data(), excess.size(), covariance.data(),
                               covariance.size(), weights.data(), weights.size()));
}

/// `estimate` holds the caller's arrays. `returns` is [bars, assets].
inline void risk_kelly_from_returns(const std::string &config_json, span<const double> returns, std::size_t bars,
                                    std::size_t assets, double bars_per_year, ::risk_kelly_estimate &estimate) {
    check(::risk_kelly_from_returns(detail::or_null(config_json), returns.data(), returns.size(), bars, assets,
                                    bars_per_year, &estimate));
}

/// `trend` is NaN where none is known; reasons beyond the room are left out.
inline double risk_leverage(const std::string &config_json, double volatility, double drawdown,
                            double trend = std::numeric_limits<double>::quiet_NaN(),
                            span<risk_reason> reasons = {}, std::size_t *reasons_found = nullptr) {
    double leverage = 0.0;
    check(::risk_leverage(detail::or_null(config_json), volatility, drawdown, trend, reasons.data(), reasons.size(),
                          reasons_found, &leverage));
    return leverage;
}

/// Market regimes, bar by bar.
class risk_regime : public detail::owner<::risk_regime, ::risk_regime_free, ::risk_regime_last_error> {
public:
    using owner::owner;

    explicit risk_regime(const std::string &config_json) {
        ::risk_regime *made = nullptr;
        check(risk_regime_new(config_json.c_str(), &made));
        reset(made);
    }

    /// From observations [bars, width]. `options_json` is empty for the defaults.
    static risk_regime fit(span<const double> observations, std::size_t bars, std::size_t width, std::size_t regimes,
                           std::uint64_t seed, const std::string &options_json = {}) {
        ::risk_regime *made = nullptr;
        check(risk_regime_fit(observations.data(), observations.size(), bars, width, regimes, seed,
                              detail::or_null(options_json), &made));
        return risk_regime(made);
    }

    static risk_regime restore(const std::string &config_json, const std::string &state_json) {
        ::risk_regime *made = nullptr;
        check(risk_regime_restore(config_json.c_str(), state_json.c_str(), &made));
        return risk_regime(made);
    }

    /// `observation` is {} where there is none. Allocates nothing.
    void update(span<const double> observation = {}) {
        check(risk_regime_update(get(), observation.data(), observation.size()));
    }

    void probabilities(span<double> room) { check(risk_regime_probabilities(get(), room.data(), room.size())); }

    struct counts {
        std::size_t observation_len, regimes;
    };

    counts count() {
        counts said{};
        check(risk_regime_counts(get(), &said.observation_len, &said.regimes));
        return said;
    }

    struct scales {
        double leverage, limits;
    };

    scales factors() {
        scales said{};
        check(risk_regime_factors(get(), &said.leverage, &said.limits));
        return said;
    }

    std::string config_json() { return detail::text_of(get(), risk_regime_config_json); }
    std::string state_json() { return detail::text_of(get(), risk_regime_state_json); }
};

/// The deepest times under water, as many as there is room for; answers how many.
inline std::size_t risk_worst_drawdowns(span<const double> equity, span<risk_drawdown_period> room) {
    std::size_t count = 0;
    check(::risk_worst_drawdowns(equity.data(), equity.size(), room.data(), room.size(), &count));
    return count;
}

} // namespace ppo

#endif /* PPO_RISK_HPP */
