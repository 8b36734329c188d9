#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "transport/journal_table.hpp"

#include "transport/chain.hpp"

#include <doctest/doctest.h>

#include <string>

namespace reel::transport {

namespace {

/// Commits frames of a known size to one journal of a table.
struct fixture {
  explicit fixture(std::size_t cache_bytes) : table(cache_bytes) {}

  journal_table::entry& open(const std::string& service) {
    const core::genesis_record genesis{"cluster", 1, service, 0, 1};
    auto* entry = table.prepare(genesis);
    table.committed(*entry, seal_genesis(genesis, timestamp{}).decoded);
    return *entry;
  }
  std::shared_ptr<const core::frame> commit(journal_table::entry& e, std::size_t payload_bytes = 1000) {
    const auto tail = table.tail(e);
    core::frame_builder builder;
    const std::vector<std::byte> payload(payload_bytes);
    builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, payload);
    auto frame = builder.seal(e.id, following(tail.sequence), 1, tail.hash, timestamp{}).decoded;
    table.committed(e, frame);
    return frame;
  }

  journal_table table;
};

constexpr std::size_t plenty = 1U << 20;

} // namespace

TEST_CASE("committed frames are read from memory, from any of them on") {
  fixture f(plenty);
  auto& orders = f.open("orders");
  for (int i = 0; i < 9; ++i) {
    f.commit(orders);
  }
  for (std::uint64_t from = 1; from <= 10; ++from) {
    const auto found = f.table.read(orders, frame_sequence{from}, plenty);
    REQUIRE(found.has_value());
    REQUIRE(found->size() == 11 - from);
    CHECK(found->front()->sequence() == frame_sequence{from});
    CHECK(found->back()->sequence() == frame_sequence{10});
  }
  const auto after_end = f.table.read(orders, frame_sequence{11}, plenty);
  REQUIRE(after_end.has_value());
  CHECK(after_end->empty());
}

TEST_CASE("a read stops at its limit, but not before the first frame") {
  fixture f(plenty);
  auto& orders = f.open("orders");
  const auto size = f.commit(orders)->raw_size();
  f.commit(orders);
  f.commit(orders);
  CHECK(f.table.read(orders, frame_sequence{2}, 1)->size() == 1);
  CHECK(f.table.read(orders, frame_sequence{2}, 2 * size)->size() == 2);
  CHECK(f.table.read(orders, frame_sequence{2}, 2 * size - 1)->size() == 1);
}

TEST_CASE("the oldest frames of all journals are forgotten first, and then storage must be asked") {
  fixture f(20'000);
  auto& busy = f.open("orders");
  auto& quiet = f.open("payment");
  f.commit(quiet, 500);
  for (int i = 0; i < 100; ++i) {
    f.commit(busy);
  }
  CHECK_FALSE(f.table.read(quiet, frame_sequence{1}, plenty).has_value());
  CHECK_FALSE(f.table.read(quiet, frame_sequence{2}, plenty).has_value());
  CHECK(f.table.read(quiet, frame_sequence{3}, plenty)->empty());
  CHECK_FALSE(f.table.read(busy, frame_sequence{50}, plenty).has_value());
  const auto newest = f.table.read(busy, frame_sequence{95}, plenty);
  REQUIRE(newest.has_value());
  CHECK(newest->size() == 7);
  const auto next = f.commit(quiet);
  CHECK(f.table.read(quiet, frame_sequence{3}, plenty)->front() == next);
}

TEST_CASE("a frame larger than all memory for frames is still committed") {
  fixture f(100);
  auto& orders = f.open("orders");
  const auto large = f.commit(orders, 5000);
  CHECK(f.table.tail(orders).hash == large->hash());
  CHECK_FALSE(f.table.read(orders, frame_sequence{2}, plenty).has_value());
}

TEST_CASE("a journal whose genesis was not committed is not listed, and may be created otherwise") {
  fixture f(plenty);
  auto* entry = f.table.prepare({"cluster", 1, "orders", 0, 4});
  CHECK(f.table.describe().empty());
  CHECK(f.table.prepare({"cluster", 1, "orders", 0, 8}) == entry);
  CHECK(f.table.genesis(*entry).partitions == 8);
  f.table.committed(*entry, seal_genesis({"cluster", 1, "orders", 0, 8}, timestamp{}).decoded);
  CHECK(f.table.describe().size() == 1);
  CHECK(f.table.prepare({"cluster", 1, "orders", 0, 16}) == entry);
  CHECK(f.table.genesis(*entry).partitions == 8);
}

TEST_CASE("watchers hear of the newest frame until their handle is dropped") {
  fixture f(plenty);
  auto& orders = f.open("orders");
  std::vector<frame_sequence> heard;
  auto handle = f.table.watch(orders, [&](journal_id journal, frame_sequence last) {
    CHECK(journal == orders.id);
    heard.push_back(last);
  });
  f.commit(orders);
  f.commit(orders);
  f.table.notify(orders);
  CHECK(heard == std::vector<frame_sequence>{frame_sequence{3}});
  handle.reset();
  f.commit(orders);
  f.table.notify(orders);
  CHECK(heard.size() == 1);
}

} // namespace reel::transport
