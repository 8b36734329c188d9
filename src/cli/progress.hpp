// Shows how a run goes on: one status line on a terminal, a plain line now and then elsewhere.
#pragma once

#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <vector>

namespace reel::cli {

/// How many frames of its sources a service has still to handle.
struct service_lag {
  std::string service;
  std::uint64_t frames = 0;
};

/// Counts since the start of this process.
struct progress_state {
  std::string phase = "running"; ///< "recovering", "running", "checking"
  double seconds = 0;            ///< since the start
  std::string flows = "flows";   ///< what people call them: "orders"
  std::uint64_t flows_done = 0;
  std::uint64_t flows_total = 0; ///< 0 when unknown
  std::uint64_t events = 0;
  std::uint64_t compensations = 0;
  std::uint64_t dead_letters = 0;
  std::vector<service_lag> lags;
};

struct progress_rates {
  double flows_per_second = 0;
  double events_per_second = 0;
};

/// One line without line break, at most `width` columns: what matters less is left out when there is no room.
[[nodiscard]] std::string render(const progress_state& state, const progress_rates& rates, std::size_t width);

/// Rates over the last seconds.
class rate_meter {
public:
  static constexpr double window_seconds = 2;
  [[nodiscard]] progress_rates update(const progress_state& state);

private:
  struct sample {
    double seconds;
    std::uint64_t flows;
    std::uint64_t events;
  };
  std::deque<sample> samples_;
};

/// Draws on stderr. Call update() as often as there is news, about ten times a second; it draws no more often than
/// people can read. Not thread-safe. Other output to stderr needs clear() before it.
class progress_display {
public:
  static constexpr double redraw_seconds = 0.1; ///< on a terminal
  static constexpr double line_seconds = 2;     ///< elsewhere

  progress_display(std::FILE* stream, bool terminal);
  /// Whatever stderr is.
  progress_display();
  ~progress_display();
  progress_display(const progress_display&) = delete;
  progress_display& operator=(const progress_display&) = delete;

  void update(const progress_state& state);
  /// Removes the status line.
  void clear();

private:
  std::FILE* stream_;
  bool terminal_;
  bool drawn_ = false;
  double last_seconds_ = 0;
  std::string last_phase_;
  rate_meter meter_;
};

} // namespace reel::cli
