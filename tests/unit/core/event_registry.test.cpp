#include "core/frame.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace reel;
using namespace reel::core;

namespace {

event_info named(std::string_view name, std::uint32_t id) {
  event_info info;
  info.name = name;
  info.id = event_type_id{id};
  return info;
}

} // namespace

TEST_CASE("a registry finds events by id and by name") {
  // 3 and 19 share a slot in a small table, and so do 4 and 20.
  const event_registry registry(
      {named("a.A", 3), named("a.B", 19), named("a.C", 4), named("a.D", 20), named("a.E", 0)});
  REQUIRE(registry.events().size() == 5);
  for (const auto& info : registry.events()) {
    CHECK(registry.find(info.id) == &info);
    CHECK(registry.find(info.name) == &info);
    CHECK(&registry.events()[registry.index_of(info.id)] == &info);
  }
  CHECK(registry.find(event_type_id{35}) == nullptr);
  CHECK(registry.find("a.F") == nullptr);
  CHECK(registry.index_of(event_type_id{0xffffffff}) == 5);
}

TEST_CASE("an empty registry knows nothing") {
  const event_registry registry({});
  CHECK(registry.find(event_type_id{0}) == nullptr);
  CHECK(registry.index_of(event_type_id{7}) == 0);
}

TEST_CASE("a full registry finds all of many events") {
  std::vector<std::string> names;
  std::vector<event_info> events;
  for (std::uint32_t i = 0; i < 500; ++i) {
    names.push_back("n.E" + std::to_string(i));
  }
  for (std::uint32_t i = 0; i < 500; ++i) {
    events.push_back(named(names[i], i * 0x9e3779b9U));
  }
  const event_registry registry(std::move(events));
  for (std::uint32_t i = 0; i < 500; ++i) {
    CHECK(registry.index_of(event_type_id{i * 0x9e3779b9U}) == i);
  }
}

TEST_CASE("two events may not have the same id or name") {
  CHECK_THROWS_WITH_AS(event_registry({named("a.A", 1), named("a.B", 1)}),
                       "events a.A and a.B have the same id; rename one", std::invalid_argument);
  CHECK_THROWS_WITH_AS(event_registry({named("a.A", 1), named("a.A", 2)}), "event a.A is named twice",
                       std::invalid_argument);
}
