// A whole node under a virtual clock, in one thread, with everything random drawn from a seed: the real actors on the
// simulated log, crashed and started again at arbitrary moments.
#pragma once

#include "runtime/environment.hpp"
#include "runtime/frame_consumer.hpp"
#include "transport/simulated/simulated_log.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reel::runtime {

struct simulation_options {
  std::uint64_t seed = 1;
  /// When it begins: 2026-01-01, so that times look like times.
  timestamp start{std::chrono::nanoseconds(1'767'225'600'000'000'000)};
  std::uint32_t crashes_max = 8;
  /// A crash happens on average once in this many steps, until crashes_max.
  std::uint32_t steps_per_crash = 2000;
  /// The driver gives up after this many steps: something does not end.
  std::uint64_t steps_max = 20'000'000;
  /// Permille of the reactions that throw, up to `throws_max` times each, before they do their work.
  std::uint32_t throwing = 0;
  std::uint32_t throws_max = 3;
  /// Permille of the attempts of effects that meet a fault: nothing is done, it is done and nobody hears of it, it is
  /// done twice, or the answer comes late.
  std::uint32_t effects_refused = 0;
  std::uint32_t effects_lost = 0;
  std::uint32_t effects_twice = 0;
  std::uint32_t effects_slow = 0;
  /// Now and then, on average once in this many attempts, the world is away for `outage_attempts` of them. 0: never.
  std::uint32_t attempts_per_outage = 0;
  std::uint32_t outage_attempts = 50;
  /// Deadlines that are due later do not pass: the run rests with them armed. Nothing: all that are armed pass.
  std::optional<timestamp> deadlines_until;
  transport::simulated_options log;
  limits node_limits;
  /// Gets a line, with its virtual time, for everything that the world does to the node; may be null.
  std::function<void(std::string_view line)> trace;
};

struct simulation_result {
  std::uint64_t steps = 0;
  std::uint32_t crashes = 0;
  std::uint64_t throws = 0; ///< by reactions
  transport::simulated_counters log;
  /// Of effects.
  struct effect_counts {
    std::uint64_t attempts = 0;
    std::uint64_t refused = 0;
    std::uint64_t lost = 0;
    std::uint64_t twice = 0;
    std::uint64_t slow = 0;
    std::uint64_t outages = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t given_up = 0;
    std::uint64_t opened = 0; ///< circuit breakers
    std::uint64_t late = 0;   ///< answers that nobody waited for any more

    effect_counts& operator+=(const effect_counts& more) {
      attempts += more.attempts;
      refused += more.refused;
      lost += more.lost;
      twice += more.twice;
      slow += more.slow;
      outages += more.outages;
      timeouts += more.timeouts;
      given_up += more.given_up;
      opened += more.opened;
      late += more.late;
      return *this;
    }
  } effects;
  bool quiescent = false; ///< everything came to rest
  std::vector<std::string> alarms;
  timestamp end; ///< virtual time when it came to rest
};

/// Runs the plan on `storage` until it rests. `input` makes a fresh feed for each life of the node, reading the source
/// `source`.
[[nodiscard]] simulation_result simulate(const std::shared_ptr<const plan>& plan, transport::simulated_storage& storage,
                                         const std::string& source, const std::function<std::shared_ptr<feed>()>& input,
                                         const simulation_options& options);

} // namespace reel::runtime
