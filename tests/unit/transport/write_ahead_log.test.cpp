// The write-ahead log stays small while commits keep coming.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "transport/embedded/embedded_log.hpp"

#include "transport/chain.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

#include <unistd.h>

namespace reel::transport {

TEST_CASE("a log that never rests moves its write-ahead log into the database all the same") {
  constexpr std::size_t checkpoint_bytes = 1U << 20;
  constexpr std::size_t frames_count = 2000; // of 16 KB: 32 times as much
  constexpr std::size_t in_flight_max = 16;
  auto name = (std::filesystem::temp_directory_path() / "reel-wal-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  embedded_options options;
  options.directory = name;
  options.durability = durability::os;
  options.checkpoint_bytes = checkpoint_bytes;
  std::uintmax_t largest = 0;
  {
    auto log = embedded_log::open(options).value();
    const core::genesis_record genesis{"cluster", 1, "orders", 0, 1};
    const auto journal = journal_id_of(genesis);
    auto tail = log->open(genesis).value();
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t in_flight = 0;
    bool all_committed = true;
    core::frame_builder builder;
    std::vector<std::byte> payload(16U << 10);
    for (std::size_t i = 0; i < frames_count; ++i) {
      builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, payload);
      const auto frame = builder.seal(journal, following(tail.sequence), 1, tail.hash, timestamp{}, false);
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return in_flight < in_flight_max; });
      ++in_flight;
      lock.unlock();
      log->append(journal, tail.sequence, frame, [&](const append_result& result) {
        const std::lock_guard guard(mutex);
        all_committed = all_committed && result.outcome == append_outcome::committed;
        --in_flight;
        changed.notify_one();
      });
      tail = {frame.decoded->sequence(), frame.decoded->hash()};
      largest = std::max(largest, std::filesystem::file_size(options.directory / "journals.db-wal"));
    }
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return in_flight == 0; });
    CHECK(all_committed);
  }
  CHECK(largest < 8 * checkpoint_bytes);
  CHECK(std::filesystem::file_size(options.directory / "journals.db-wal") == 0); // closed in order
  std::filesystem::remove_all(options.directory);
}

} // namespace reel::transport
