// A source that is pushed to: takes events from any thread while there is room, and otherwise refuses them with a time
// to try again. So an overload, a log that is full or away, ends at the door and not in memory.
#pragma once

#include <reel/feed.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace reel {

struct admission_limits {
  /// Payload bytes that wait for the source's journal. At 100 MB/s a tenth of a second.
  std::size_t bytes_max = std::size_t{8} * 1024 * 1024;
  /// What a refused caller is told, however slow or fast the journal was.
  std::chrono::milliseconds retry_first{20};
  std::chrono::milliseconds retry_last{5'000};
};

/// The answer to one who brings events.
struct admission_answer {
  bool accepted = false;
  /// When refused: come again after this time. It is as long as what waits takes, at the pace of late.
  std::chrono::milliseconds retry_after{};
};

/// Thread-safe. What was accepted is in memory until the source has committed it: whoever must not lose anything keeps
/// what it brought until it has seen the events in the journal.
class admission final : public feed {
public:
  /// `name` is the feed's identity; `now` is monotonic.
  admission(std::string name, std::function<std::chrono::nanoseconds()> now, const admission_limits& limits = {});
  ~admission() override;

  /// All of them or none. An offer larger than the limit is accepted when nothing waits.
  [[nodiscard]] admission_answer offer(const outbox& events);
  /// No offer is accepted any more; what waits still goes in, and then the input is complete.
  void close();

  struct counts {
    std::uint64_t accepted = 0; ///< offers
    std::uint64_t refused = 0;  ///< offers
    std::size_t waiting_bytes = 0;
  };
  [[nodiscard]] counts now() const;

  // -- the source's side --
  [[nodiscard]] std::string identity() const override;
  [[nodiscard]] bool skip(std::uint64_t offset) override;
  [[nodiscard]] bool grown() const override {
    return true;
  }
  [[nodiscard]] filled fill(outbox& out, std::size_t bytes_max) override;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace reel
