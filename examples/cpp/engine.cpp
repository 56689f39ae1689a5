/* A small execution engine: a feed, eight books on one policy, a broker that fills orders in part, payments in and out,
 * a newer policy that is swapped in while the books decide, and a state of every book on disk after every bar.
 *
 *     engine run POLICY NEWER FOLDER      runs to the last bar, from what FOLDER has; SIGTERM ends it with all saved
 *     engine prove POLICY NEWER FOLDER    runs it whole, killed (SIGKILL) and stopped (SIGTERM), with a restart after
 *                                         each, and compares what is left on disk: the same bytes
 *
 * Both policies are of one spec, without signals of their own. Where the market that they were trained on has gaps (`listed`
 * in their state), an asset has no price now and then: it is halted, and the others go on. It is built as
 * examples/cpp/infer.cpp says, with -pthread. */
#include "ppo_risk.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using bytes = std::vector<std::uint8_t>;

static const std::size_t BOOKS = 8;
/* Bars with a decision, those before the newer policy decides, and those that the feed may be ahead of a book. */
static const std::size_t DECISIONS = 60, NEWER_AFTER = 30, AHEAD = 4;
static const double BALANCE = 100000.0, COST_RATE = 0.001, LOT = 5.0, LEAST_ORDER = 200.0;
static const char *const CONFIG = R"({"balance": 100000, "cost_rate": 0.001})";
/* Weights alone: sizes by average true ranges are for who trades with stops. */
static const char *const RISK = R"({"limits": {"min_cash": 0.02}, "drawdown": {"reduce_at": 0.2}, "hedge": null,
                                    "leverage": null, "positions": null, "trade_band": 0.01})";

static void expect(bool holds, const std::string &what) {
    if (!holds) {
        throw std::runtime_error("not as it has to be: " + what);
    }
}

static bytes read_file(const std::string &path) { /* nothing where there is none */
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/* Writes to a file or a folder, and has it on disk. */
static void put_on_disk(const std::string &path, int flags, const bytes &content = {}) {
    const int file = open(path.c_str(), flags, 0644);
    const auto size = static_cast<ssize_t>(content.size());
    const bool written = file >= 0 && (size == 0 || write(file, content.data(), content.size()) == size);
    expect(written && fsync(file) == 0 && close(file) == 0, "writing " + path + ": " + std::strerror(errno));
}

/* Whole or not at all, whenever the process or the machine ends: a file beside it, on disk, then renamed. */
static void write_file(const std::string &folder, const std::string &name, const bytes &content) {
    const std::string path = folder + "/" + name, beside = path + ".new";
    put_on_disk(beside, O_WRONLY | O_CREAT | O_TRUNC, content);
    expect(std::rename(beside.c_str(), path.c_str()) == 0, "renaming " + beside);
    put_on_disk(folder, O_RDONLY);
}

/* A count that one thread moves on and others wait for. */
class progress {
public:
    void reach(std::size_t count) { move(count, false); }
    void end() { move(count_, true); } /* it goes no further */

    /* Whether it has come so far; false where it ends before. */
    bool wait_for(std::size_t count) {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [&] { return count_ >= count || ended_; });
        return count_ >= count;
    }

private:
    void move(std::size_t count, bool ended) {
        const std::lock_guard<std::mutex> lock(mutex_);
        count_ = count;
        ended_ = ended;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t count_ = 0;
    bool ended_ = false;
};

/* Closes [bars, assets] that are the same in every run; NaN where an asset has no price at the bar. */
static std::vector<double> make_up_closes(std::size_t assets, std::size_t bars, std::size_t warm_up, bool gaps) {
    std::vector<double> closes(bars * assets), last(assets, 100.0);
    std::uint32_t seed = 5;
    for (std::size_t bar = 0; bar < bars; bar++) {
        for (std::size_t i = 0; i < assets; i++) {
            seed = seed * 1664525u + 1013904223u;
            last[i] *= static_cast<double>(1027910 + (seed >> 8) % 41944) / 1048576.0;
            /* Three bars without a price, each asset in its turn. */
            const bool halted = gaps && bar > warm_up && bar % 8 < 3 && bar / 8 % assets == i;
            closes[bar * assets + i] = halted ? std::numeric_limits<double>::quiet_NaN() : last[i];
        }
    }
    return closes;
}

/* ANCHOR: start */
/* One book, and what is really held. */
class desk {
public:
    desk(const ppo::agent &policy, const ppo::agent &newer, const std::string &folder, std::size_t number)
        : folder_(folder), number_(number), units_(policy.asset_count()), prices_(units_), weights_(units_),
          held_(units_.size() + 1) {
        const bytes saved = read_file(folder + "/" + name());
        if (saved.empty()) {
            book_ = ppo::book(policy, CONFIG, RISK);
        } else {
            restore(policy, newer, saved);
        }
        decided.reach(bar_);
    }
    /* ANCHOR_END: start */

    progress decided;     /* bars taken in */
    progress newer_given; /* 1 when the book has the newer policy */

    std::size_t bar() const { return bar_; }
    std::string name() const { return "book-" + std::to_string(number_); }
    void set_agent(const ppo::agent &newer) { book_.set_agent(newer); }

    /* ANCHOR: bar */
    /* Everything of one bar: feed, decision, orders, payments, state. */
    void take(ppo::span<const double> closes, std::size_t newer_from) {
        if (bar_ == newer_from) {
            newer_given.wait_for(1);
            policy_ = 2;
        }
        for (std::size_t i = 0; i < closes.size(); i++) {
            /* What is halted is worth what it was. */
            prices_[i] = std::isnan(closes.data()[i]) ? prices_[i] : closes.data()[i];
        }
        ppo::bar ended;
        ended.set_closes(closes);
        ended.time = static_cast<std::int64_t>(bar_ + 1) * 86400 * 1000000000;
        if (book_.ready()) {
            ppo::risk_decision decision;
            decision.set_weights(weights_);
            book_.decide(ended, decision);
            expect(std::fabs(book_.account().value / worth() - 1.0) < 1e-9, "a book that is worth what is held");
            trade(closes);
        } else {
            book_.observe(ended);
        }
        pay();
        bar_++;
        if (book_.ready()) { /* what comes before is fed again */
            save();
        }
        decided.reach(bar_);
    }
    /* ANCHOR_END: bar */

    /* Money: assets and cash together. */
    double worth() const {
        double sum = cash_;
        for (std::size_t i = 0; i < units_.size(); i++) {
            sum += units_[i] * prices_[i];
        }
        return sum;
    }

private:
    /* ANCHOR: orders */
    /* Sends the orders of the decision, and tells the book what came of them: a broker fills all, half or nothing, and no
     * purchase that the cash does not cover where sales were not filled. The next bar has orders of its own. */
    void trade(ppo::span<const double> closes) {
        const double before = worth();
        const std::vector<double> lots(units_.size(), LOT);
        bool bought = false;
        for (const ppo::book::order &order : book_.orders(units_, cash_, lots, {}, LEAST_ORDER)) {
            const std::size_t i = order.asset;
            expect(!std::isnan(closes.data()[i]), "no order for a halted asset");
            expect(order.units > 0.0 || !bought, "sales before purchases");
            bought = order.units > 0.0;
            expect(std::fmod(order.units, LOT) == 0.0 || units_[i] + order.units == 0.0, "whole lots");
            expect(std::fabs(order.units) * prices_[i] >= LEAST_ORDER, "nothing that is not worth trading");
            const double part = std::array<double, 4>{0.0, 0.5, 1.0, 1.0}[(bar_ * 7 + i * 5 + number_ * 3) % 4];
            const double filled = std::trunc(order.units / LOT * part) * LOT, money = filled * prices_[i];
            const double cost = money + COST_RATE * std::fabs(money);
            if (cost <= cash_) {
                units_[i] += filled;
                cash_ -= cost;
            }
        }
        const double after = worth();
        for (std::size_t i = 0; i < units_.size(); i++) {
            held_[i] = units_[i] * prices_[i] / after;
        }
        held_[units_.size()] = cash_ / after;
        book_.record_trade(held_, 1.0 - after / before);
    }
    /* ANCHOR_END: orders */

    /* ANCHOR: payments */
    /* Every tenth bar money comes in, or as much goes out as there is before and after the trade. */
    void pay() {
        if (bar_ % 10 != number_) {
            return;
        }
        const ppo::account account = book_.account();
        const double free = std::min(cash_, account.cash * account.value);
        const double amount = bar_ / 10 % 2 == 0 ? 1000.0 : -std::min(800.0, 0.5 * free);
        book_.deposit(amount);
        cash_ += amount;
    }
    /* ANCHOR_END: payments */

    /* What a desk knows beside its book: which policy decides is no part of a book's state. */
    template <class Take>
    void own(Take take) {
        take(&bar_, sizeof bar_);
        take(&policy_, sizeof policy_);
        take(&cash_, sizeof cash_);
        take(units_.data(), units_.size() * sizeof units_[0]);
        take(prices_.data(), prices_.size() * sizeof prices_[0]);
    }

    /* ANCHOR: restarts */
    void save() {
        bytes content;
        own([&](const void *from, std::size_t size) {
            const auto *first = static_cast<const std::uint8_t *>(from);
            content.insert(content.end(), first, first + size);
        });
        const bytes state = book_.save_state();
        content.insert(content.end(), state.begin(), state.end());
        write_file(folder_, name(), content);
    }

    void restore(const ppo::agent &policy, const ppo::agent &newer, const bytes &saved) {
        std::size_t at = 0;
        own([&](void *to, std::size_t size) {
            expect(saved.size() - at >= size, "the length of " + name());
            std::memcpy(to, saved.data() + at, size);
            at += size;
        });
        /* The book's own bytes have a checksum, and are refused where they were cut or altered. */
        const ppo::span<const std::uint8_t> state = {saved.data() + at, saved.size() - at};
        book_ = ppo::book::restore_state(policy_ == 2 ? newer : policy, CONFIG, RISK, state);
    }
    /* ANCHOR_END: restarts */

    std::string folder_;
    std::size_t number_, bar_ = 0, policy_ = 1;
    std::vector<double> units_, prices_, weights_, held_;
    double cash_ = BALANCE;
    ppo::book book_;
};

static int run(const std::string &first, const std::string &second, const std::string &folder) {
    /* SIGTERM is taken by the feed, between two bars, and by no thread in the middle of something. */
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);

    const ppo::agent policy = ppo::agent::load(first), newer = ppo::agent::load(second);
    const std::size_t assets = policy.asset_count(), warm_up = ppo::portfolio(policy).warm_up_bars();
    const std::size_t bars = warm_up + DECISIONS, newer_from = warm_up + NEWER_AFTER;
    const bool gaps = policy.spec_json().find(R"("listed":true)") != std::string::npos;
    const std::vector<double> closes = make_up_closes(assets, bars, warm_up, gaps);

    std::vector<std::unique_ptr<desk>> desks;
    for (std::size_t i = 0; i < BOOKS; i++) {
        desks.push_back(std::make_unique<desk>(policy, newer, folder, i));
    }
    progress feed;
    std::vector<std::string> failures(BOOKS);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < BOOKS; i++) {
        threads.emplace_back([&, i] {
            try {
                while (feed.wait_for(desks[i]->bar() + 1)) {
                    desks[i]->take({closes.data() + desks[i]->bar() * assets, assets}, newer_from);
                }
            } catch (const std::exception &failure) {
                failures[i] = failure.what();
            }
            desks[i]->decided.end();
        });
    }
    /* ANCHOR: newer */
    /* As a trainer would: each book gets the newer policy between two of its bars, while the others decide. Which bars
     * these are is fixed here, so that every run decides the same. */
    threads.emplace_back([&] {
        for (const std::unique_ptr<desk> &one : desks) {
            if (one->decided.wait_for(newer_from)) {
                one->set_agent(newer);
            }
            one->newer_given.reach(1);
        }
    });
    /* ANCHOR_END: newer */

    bool goes_on = true;
    for (std::size_t bar = 0; bar < bars && goes_on; bar++) {
        feed.reach(bar + 1);
        for (const std::unique_ptr<desk> &one : desks) {
            goes_on = one->decided.wait_for(bar - std::min(bar, AHEAD)) && goes_on;
        }
        const timespec at_once = {0, 0};
        goes_on = goes_on && sigtimedwait(&ending, nullptr, &at_once) != SIGTERM;
    }
    feed.end();
    for (std::thread &thread : threads) {
        thread.join();
    }
    double worth = 0.0;
    for (std::size_t i = 0; i < BOOKS; i++) {
        expect(failures[i].empty(), desks[i]->name() + ": " + failures[i]);
        worth += desks[i]->worth();
    }
    std::printf("%zu books, %s: worth %.2f in all\n", BOOKS, goes_on ? "all bars" : "stopped and saved", worth);
    return 0;
}

/* Bars that the last book, which gets the newer policy last, has on disk. */
static std::size_t bars_on_disk(const std::string &folder) {
    const bytes saved = read_file(folder + "/book-" + std::to_string(BOOKS - 1));
    std::size_t bars = 0;
    if (saved.size() >= sizeof bars) {
        std::memcpy(&bars, saved.data(), sizeof bars);
    }
    return bars;
}

/* Runs this program in a process of its own; where there is a signal, it is sent after so many bars. */
static void run_apart(char **argv, const std::string &folder, int signal = 0, std::size_t after = 0) {
    const pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", argv[0], "run", argv[2], argv[3], folder.c_str(), static_cast<char *>(nullptr));
        _exit(127);
    }
    expect(child > 0, "a process for the engine");
    int status = 0;
    if (signal != 0) {
        while (bars_on_disk(folder) < after) {
            expect(waitpid(child, &status, WNOHANG) == 0, "an engine that runs until it is ended");
            usleep(500);
        }
        kill(child, signal);
    }
    expect(waitpid(child, &status, 0) == child, "the end of the engine");
    const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    expect(signal == SIGKILL ? killed : WIFEXITED(status) && WEXITSTATUS(status) == 0, "how the engine ends");
}

static int prove(char **argv) {
    const std::string folder = argv[4], whole = folder + "/whole";
    const std::size_t warm_up = ppo::portfolio(ppo::agent::load(argv[2])).warm_up_bars();
    const std::size_t bars = warm_up + DECISIONS;
    const auto made = [&](const char *name) {
        const std::string path = folder + "/" + name;
        expect(mkdir(path.c_str(), 0755) == 0, "a new folder " + path);
        return path;
    };
    made("whole");
    run_apart(argv, whole);
    expect(bars_on_disk(whole) == bars, "an engine that ends at the last bar");
    for (const auto &[name, signal] : {std::pair<const char *, int>{"killed", SIGKILL}, {"stopped", SIGTERM}}) {
        const std::string path = made(name);
        for (const std::size_t after : {warm_up + 10, warm_up + NEWER_AFTER, warm_up + 45}) {
            run_apart(argv, path, signal, after);
            expect(bars_on_disk(path) < bars, "an engine that was ended before the last bar");
        }
        run_apart(argv, path);
        for (std::size_t i = 0; i < BOOKS; i++) {
            const std::string file = "/book-" + std::to_string(i);
            const bytes expected = read_file(whole + file);
            expect(!expected.empty() && read_file(path + file) == expected, "the bytes of " + path + file);
        }
        std::printf("%s three times and started again: the same bytes\n", name);
        std::fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv) {
    const std::string what = argc == 5 ? argv[1] : "";
    if (what != "run" && what != "prove") {
        std::fprintf(stderr, "usage: engine run|prove POLICY NEWER FOLDER\n");
        return 2;
    }
    try {
        return what == "run" ? run(argv[2], argv[3], argv[4]) : prove(argv);
    } catch (const std::exception &failure) { /* the library's words where a call of it fails */
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
}
