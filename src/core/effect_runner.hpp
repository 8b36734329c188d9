// Makes the calls of one effect: limits, timeouts, repetitions, circuit breaker. Pure: time, timers and threads are
// given.
#pragma once

#include "core/circuit_breaker.hpp"
#include "core/owed_effects.hpp"

#include <reel/descriptor.hpp>
#include <reel/effect.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace reel::core {

/// What the world does to one attempt, in simulations.
struct effect_fault {
  bool refused = false;             ///< it fails, and nothing is done
  bool lost = false;                ///< it is done, and the answer never comes
  bool twice = false;               ///< it is done twice
  std::chrono::nanoseconds delay{}; ///< until the answer comes
};
using effect_fault_hook = std::function<effect_fault(const owed_effect&, std::uint32_t attempt)>;

/// Only ever grow, since the runner was made.
struct effect_counters {
  std::uint64_t attempts = 0;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;   ///< attempts, those without an answer in time included
  std::uint64_t timeouts = 0; ///< attempts without an answer in time
  std::uint64_t given_up = 0; ///< effects, those that were refused included
  std::uint64_t refused = 0;  ///< effects that were given up because the breaker was open
  std::uint64_t late = 0;     ///< ends that nobody waited for any more: after the timeout, or a second one
};

/// Lifecycle: construct; add() what is owed, in any order; pump(); whenever next_due() has come, on_time(). After each
/// of them, and whenever the host has run something, take_results(). Ends of calls come back through the host. Not
/// thread-safe: everything happens where the host runs.
class effect_runner {
public:
  /// An effect is owed to one of these: a partition.
  using origin = std::uint32_t;

  struct settings {
    const service_info* service = nullptr; ///< must outlive the runner
    std::size_t actor = 0;
    std::size_t reaction = 0; ///< that has an effect
    std::shared_ptr<reel::detail::effect_host> host;
    std::function<timestamp()> now;
    std::function<std::string(origin)> journal_name;
    effect_fault_hook faults; ///< may be empty
  };

  explicit effect_runner(settings given);
  effect_runner(const effect_runner&) = delete;
  effect_runner& operator=(const effect_runner&) = delete;
  ~effect_runner();

  /// One that is being called already is not called again; its result goes to the new origin.
  void add(origin from, shared_effect owed);
  /// Forgets what is owed to this origin, except calls that are under way.
  void forget(origin from);
  void pump();
  void on_time();
  /// When on_time() has something to do.
  [[nodiscard]] std::optional<timestamp> next_due() const;
  [[nodiscard]] std::vector<std::pair<origin, effect_result>> take_results() {
    return std::exchange(results_, {});
  }

  [[nodiscard]] const std::string& name() const noexcept {
    return name_;
  }
  [[nodiscard]] const effect_counters& counters() const noexcept {
    return counters_;
  }
  [[nodiscard]] const circuit_breaker& breaker() const noexcept {
    return breaker_;
  }
  [[nodiscard]] std::size_t in_flight() const noexcept {
    return in_flight_;
  }
  /// Owed and not settled, whether called or not.
  [[nodiscard]] std::size_t size() const noexcept {
    return calls_.size();
  }

private:
  class channel;
  struct attempt;
  struct end {
    std::shared_ptr<const void> answer;
    std::optional<effect_failure> failure;
  };
  enum class phase : std::uint8_t { queued, running, waiting };
  struct call {
    shared_effect owed;
    origin from = 0;
    std::uint32_t attempts = 0;
    phase at = phase::queued;
    timestamp due{}; ///< running: its time is over; waiting: it is tried again
    std::unique_ptr<attempt> now;
    std::string error;
  };
  using calls = std::map<event_id, call>;

  void start(calls::iterator place);
  void begin(call& c);
  void on_end(const event_id& event, std::uint32_t attempt_number, end result);
  void finish(calls::iterator place, end result);
  void settle(calls::iterator place, effect_result result);
  void refuse();
  void note_late() noexcept {
    ++counters_.late;
  }

  settings given_;
  const effect_info* effect_;
  effect_policy policy_;
  std::string name_;
  circuit_breaker breaker_;
  calls calls_;
  std::deque<event_id> queue_;
  std::set<std::pair<timestamp, event_id>> due_;
  std::size_t in_flight_ = 0;
  std::vector<std::pair<origin, effect_result>> results_;
  effect_counters counters_;
};

} // namespace reel::core
