#include "cli/simulate/search.hpp"

#include "cli/simulate/regressions.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace reel::cli {

namespace {

constexpr std::uint32_t shrink_runs_max = 60;

using steady = std::chrono::steady_clock;

/// Shared by the threads of one search.
class searcher {
public:
  searcher(const simulated_program& program, const search_settings& settings, search_result& result)
      : program_(program), settings_(settings), result_(result), next_(settings.first) {}

  void run() {
    std::vector<std::thread> threads;
    for (std::uint64_t i = 1; i < settings_.threads; ++i) {
      threads.emplace_back([this] { work(); });
    }
    work();
    for (auto& thread : threads) {
      thread.join();
    }
    std::sort(result_.failed.begin(), result_.failed.end(),
              [](const auto& a, const auto& b) { return a.as_found.seed < b.as_found.seed; });
  }

  void run_one(const seed_settings& settings) {
    auto result = run_seed(program_, settings);
    if (result.passed && settings.seed % seeds_per_repeat == 0) {
      repeat(settings, result);
    }
    note(settings, std::move(result));
  }

private:
  void work() {
    while (!over()) {
      const auto seed = next_.fetch_add(1);
      if (seed > settings_.last) {
        return;
      }
      run_one({seed, settings_.flows, settings_.faults, settings_.trace});
    }
  }

  bool over() {
    if (settings_.give_up && settings_.give_up()) {
      return true;
    }
    const std::lock_guard lock(mutex_);
    return result_.failed.size() >= failures_max ||
           (settings_.virtual_hours_max > 0 && result_.virtual_hours >= settings_.virtual_hours_max);
  }

  void repeat(seed_settings settings, seed_result& first) {
    settings.trace = nullptr;
    const auto second = run_seed(program_, settings);
    if (second.digest != first.digest) {
      first.passed = false;
      first.what = "two runs of the same seed differ: something in them is not drawn from the seed";
    }
    const std::lock_guard lock(mutex_);
    ++result_.repeated;
  }

  void note(const seed_settings& settings, seed_result result) {
    auto smallest = settings;
    if (!result.passed && !settings.trace) {
      smallest = shrink(program_, settings, shrink_runs_max);
    }
    const std::lock_guard lock(mutex_);
    result_.steps += result.run.steps;
    result_.events += result.events;
    result_.crashes += result.run.crashes;
    result_.clusters += result.run.nodes > 1 ? 1 : 0;
    result_.ownership += result.run.ownership;
    result_.throws += result.run.throws;
    result_.log += result.run.log;
    result_.virtual_hours += std::chrono::duration<double, std::ratio<3600>>(result.virtual_time).count();
    if (result.passed) {
      ++result_.passed;
    } else if (result_.failed.size() < failures_max) {
      if (smallest.flows != settings.flows || smallest.faults != settings.faults) {
        result = run_seed(program_, smallest);
      }
      result_.failed.push_back({settings, std::move(smallest), std::move(result)});
    }
    show();
  }

  void show() {
    if (!settings_.progress || isatty(STDERR_FILENO) == 0 || steady::now() < shown_ + std::chrono::milliseconds(100)) {
      return;
    }
    shown_ = steady::now();
    fmt::print(stderr, "\r\033[K{} of {} seeds, {} failed, {} crashes", result_.passed + result_.failed.size(),
               settings_.last - settings_.first + 1, result_.failed.size(), result_.crashes);
    drawn_ = true;
  }

public:
  void clear() const {
    if (drawn_) {
      fmt::print(stderr, "\r\033[K");
    }
  }

private:
  const simulated_program& program_;
  const search_settings& settings_;
  search_result& result_;
  std::atomic<std::uint64_t> next_;
  std::mutex mutex_;
  steady::time_point shown_{};
  bool drawn_ = false;
};

} // namespace

core::expected<search_result> search(const simulated_program& program, const search_settings& settings) {
  search_result result;
  result.program = program.draw(settings.first, settings.flows).choreography.name;
  result.flows = program.flows;
  const auto start = steady::now();
  searcher all(program, settings, result);
  if (!settings.regressions.empty()) {
    const auto kept = read_regressions(settings.regressions);
    if (!kept) {
      return tl::unexpected(kept.error());
    }
    for (const auto& one : *kept) {
      all.run_one(one);
      ++result.regressions;
    }
  }
  all.run();
  all.clear();
  result.seconds = std::chrono::duration<double>(steady::now() - start).count();
  if (!settings.regressions.empty()) {
    if (auto kept = keep_regressions(settings.regressions, result.failed); !kept) {
      return tl::unexpected(kept.error());
    }
  }
  return result;
}

std::string repeat_command(const search_result& result, const seed_settings& settings) {
  return fmt::format("{} simulate --seeds {} --{} {} --faults {} --trace", result.program, settings.seed, result.flows,
                     settings.flows, faults_text(settings.faults));
}

} // namespace reel::cli
