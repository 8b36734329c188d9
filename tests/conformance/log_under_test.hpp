// What the conformance suite needs from an implementation: a log on some storage, opened again and again, and its
// progress.
#pragma once

#include "core/frame.hpp"
#include "core/hash.hpp"
#include "transport/chain.hpp"
#include "transport/log.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace reel::conformance {

/// One storage, and at most one log opened on it. Each implementation derives from this.
class log_under_test {
public:
  virtual ~log_under_test() = default;

  [[nodiscard]] transport::log& log() {
    return *log_;
  }
  /// Closes the log in order and opens it again on the same storage.
  virtual void reopen() = 0;
  /// Does some work of the log where it has no threads; elsewhere does nothing.
  virtual void progress() {}

  /// Waits until `condition` holds. The limit only ends a test that hangs.
  void wait_until(const std::function<bool()>& condition) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!checked(condition)) {
      REQUIRE_MESSAGE(std::chrono::steady_clock::now() < limit, "the log does not answer");
      progress();
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::milliseconds(1));
    }
  }

  /// A handler changed what a condition reads: `change` runs under the lock of the conditions.
  template <class Change>
  void note(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }

protected:
  std::unique_ptr<transport::log> log_;

private:
  bool checked(const std::function<bool()>& condition) {
    const std::lock_guard lock(mutex_);
    return condition();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
};

inline frame_sequence operator""_frame(unsigned long long number) {
  return frame_sequence{number};
}

inline core::genesis_record genesis_of(const std::string& service, std::uint32_t partition = 0) {
  return {"test-cluster", 42, service, partition, 4};
}

/// A journal's writer: builds frames that follow each other.
class frame_source {
public:
  frame_source(const core::genesis_record& genesis, const transport::journal_tail& tail)
      : journal_(transport::journal_id_of(genesis)), tail_(tail) {}

  /// The next frame, with one event of `payload_bytes` bytes.
  [[nodiscard]] core::sealed_frame next(std::size_t payload_bytes = 64) {
    std::vector<std::byte> payload(payload_bytes, std::byte{static_cast<unsigned char>(tail_.sequence)});
    builder_.add_event(event_type_id{7}, 1, correlation_id{1}, event_id{}, payload);
    return seal();
  }
  [[nodiscard]] core::sealed_frame barrier(std::uint64_t epoch) {
    epoch_ = epoch;
    builder_.set_owned("owner " + std::to_string(epoch));
    return seal();
  }
  [[nodiscard]] journal_id journal() const {
    return journal_;
  }
  [[nodiscard]] const transport::journal_tail& tail() const {
    return tail_;
  }

private:
  core::sealed_frame seal() {
    constexpr timestamp time{std::chrono::seconds(1'767'225'600)};
    auto sealed = builder_.seal(journal_, following(tail_.sequence), epoch_, tail_.hash, time);
    tail_ = {sealed.decoded->sequence(), sealed.decoded->hash()};
    return sealed;
  }

  journal_id journal_;
  transport::journal_tail tail_;
  std::uint64_t epoch_ = 1;
  core::frame_builder builder_;
};

// -- calls that wait for their answer
// ------------------------------------------------------------------------------------

/// The answers of appends, in the order in which they came.
struct answers {
  struct one {
    frame_sequence sequence;
    transport::append_result result;
  };
  std::vector<one> all;
};

inline void append(log_under_test& t, journal_id journal, frame_sequence expected_last, const core::sealed_frame& frame,
                   const std::shared_ptr<answers>& to) {
  t.log().append(journal, expected_last, frame,
                 [&t, to, sequence = frame.decoded->sequence()](transport::append_result result) {
                   t.note([&] { to->all.push_back({sequence, std::move(result)}); });
                 });
}

inline transport::append_result append_and_wait(log_under_test& t, journal_id journal, frame_sequence expected_last,
                                                const core::sealed_frame& frame) {
  const auto answer = std::make_shared<answers>();
  append(t, journal, expected_last, frame, answer);
  t.wait_until([&] { return !answer->all.empty(); });
  return answer->all.front().result;
}

inline transport::append_result append_and_wait(log_under_test& t, const core::sealed_frame& frame) {
  return append_and_wait(t, frame.decoded->journal(), preceding(frame.decoded->sequence()), frame);
}

inline core::expected<transport::frames> read(log_under_test& t, journal_id journal, frame_sequence from,
                                              std::size_t bytes_max = 1U << 30) {
  const auto answer = std::make_shared<std::optional<core::expected<transport::frames>>>();
  t.log().read(journal, from, bytes_max, [&t, answer](core::expected<transport::frames> result) {
    t.note([&] { *answer = std::move(result); });
  });
  t.wait_until([&] { return answer->has_value(); });
  return std::move(**answer);
}

/// Reads the whole journal in steps and checks that it is a chain without a gap. Returns its end.
inline transport::journal_tail read_chain(log_under_test& t, journal_id journal, std::size_t bytes_max = 1U << 20) {
  transport::journal_tail tail;
  while (true) {
    const auto found = read(t, journal, following(tail.sequence), bytes_max);
    REQUIRE_MESSAGE(found.has_value(), (found ? "" : found.error().what));
    if (found->empty()) {
      return tail;
    }
    for (const auto& f : *found) {
      const auto good = transport::check_chain(tail, journal, *f);
      REQUIRE_MESSAGE(good.has_value(), (good ? "" : good.error().what));
      tail = {f->sequence(), f->hash()};
    }
  }
}

inline frame_source open_journal(log_under_test& t, const core::genesis_record& genesis) {
  const auto tail = t.log().open(genesis);
  REQUIRE_MESSAGE(tail.has_value(), (tail ? "" : tail.error().what));
  return {genesis, *tail};
}

} // namespace reel::conformance
