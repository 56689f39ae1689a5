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
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
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
std::string text(Copy copy, ppo_status (*check)(ppo_status)) {
    std::string text;
    for (std::size_t needed = 0;;) {
        check(copy(nullptr, std::size_t{0}, &needed));
        text.resize(needed);
        const ppo_status status = copy(text.data(), text.size(), &needed);
        if (status == PPO_ERR_BUFFER_TOO_SMALL) {
            continue;
        }
        check(status);
        text.resize(needed == 0 ? 0 : needed - 1); // the zero byte
        return text;
    }
}

inline ppo_status accept(ppo_status status) { return status; }

} // namespace detail

/// The words of this thread's last failed call.
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

namespace detail {

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

    /// The words of the last failed call on this handle, whichever thread made it.
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

/// A number of a handle: number_of<std::size_t>(agent, ppo_agent_state_len).
template <class Number, class Handle, class Get>
Number number_of(Handle *handle, Get get) {
    Number number{};
    check(get(handle, &number));
    return number;
}

/// The exception that a function of the host ended with, kept until the call that led to it is back.
class caught {
public:
    void keep() noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        exception_ = std::current_exception();
    }

    /// Throws what was kept where the call ended because of it, else what `status` stands for.
    ppo_status check(ppo_status status) {
        if (status == PPO_ERR_CALLBACK) {
            const std::lock_guard<std::mutex> lock(mutex_);
            if (exception_) {
                std::rethrow_exception(exception_);
            }
        }
        return ppo::check(status);
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

    random clone() {
        ppo_random *copy = nullptr;
        check(ppo_random_clone(get(), &copy));
        return random(copy);
    }
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
    explicit agent(const std::string &spec_json, const ppo_config &config = ppo::config()) {
        ppo_agent *made = nullptr;
        check(ppo_agent_new(spec_json.c_str(), &config, &made));
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

    std::vector<std::uint8_t> save_bytes() const {
        std::vector<std::uint8_t> bytes;
        for (std::size_t needed = 0;;) {
            check(ppo_save_bytes(get(), nullptr, 0, &needed));
            bytes.resize(needed);
            const ppo_status status = ppo_save_bytes(get(), bytes.data(), bytes.size(), &needed);
            if (status != PPO_ERR_BUFFER_TOO_SMALL) { // else a longer policy has come in between
                check(status);
                bytes.resize(needed);
                return bytes;
            }
        }
    }

    agent clone() const {
        ppo_agent *copy = nullptr;
        check(ppo_agent_clone(get(), &copy));
        return agent(copy);
    }

    std::size_t asset_count() const { return detail::number_of<std::size_t>(get(), ppo_agent_asset_count); }
    std::size_t action_len() const { return detail::number_of<std::size_t>(get(), ppo_agent_action_len); }
    std::size_t state_len() const { return detail::number_of<std::size_t>(get(), ppo_agent_state_len); }
    std::size_t prior_len() const { return detail::number_of<std::size_t>(get(), ppo_agent_prior_len); }

    std::string asset_name(std::size_t index) const {
        return detail::text_of(get(), [index](const ppo_agent *agent, char *buffer, std::size_t capacity,
                                              std::size_t *needed) {
            return ppo_agent_asset_name(agent, index, buffer, capacity, needed);
        });
    }

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
        double value = 0.0;
        check(ppo_value(get(), state.data(), state.size(), &value));
        return value;
    }
};

} // namespace ppo

#endif /* PPO_RISK_HPP */
