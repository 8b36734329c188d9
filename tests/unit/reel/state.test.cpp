#include <reel/detail/typed_table.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <limits>
#include <memory>
#include <random>

namespace {

using reel::detail::describe_state;
using reel::detail::load_state;
using reel::detail::save_state;
using reel::detail::state_shape;

enum class colour : std::uint8_t { red, green };

struct inner {
  std::string name;
  std::vector<std::uint32_t> numbers;
  friend bool operator==(const inner&, const inner&) = default;
};

struct everything {
  static constexpr std::array field_names{"flag", "small", "real", "paint",  "text",  "list", "map",
                                          "hash", "set",   "some", "couple", "fixed", "time", "nested"};
  bool flag = false;
  std::int8_t small = 0;
  double real = 0;
  colour paint = colour::red;
  std::string text;
  std::vector<inner> list;
  std::map<std::string, std::uint64_t> map;
  std::unordered_map<std::uint32_t, std::string> hash;
  std::set<std::string> set;
  std::optional<std::uint32_t> some;
  std::pair<std::uint16_t, std::string> couple;
  std::array<std::uint16_t, 2> fixed{};
  std::chrono::nanoseconds time{};
  inner nested;
  friend bool operator==(const everything&, const everything&) = default;
};

everything sample() {
  everything e;
  e.flag = true;
  e.small = -3;
  e.real = 0.5;
  e.paint = colour::green;
  e.text = "a\"b";
  e.list = {{"x", {1, 2}}, {"", {}}};
  e.map = {{"b", 2}, {"a", 1}};
  e.hash = {{7, "seven"}, {5, "five"}};
  e.set = {"q"};
  e.some = 9;
  e.couple = {1, "one"};
  e.fixed = {3, 4};
  e.time = std::chrono::nanoseconds{-5};
  e.nested = {"n", {8}};
  return e;
}

std::string saved(const everything& e) {
  std::string bytes;
  save_state(e, bytes);
  return bytes;
}

struct two_numbers {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};
struct two_names {
  static constexpr std::array field_names{"b", "a"};
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};
struct nothing {};
struct sixteen {
  int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0, j = 0, k = 0, l = 0, m = 0, n = 0, o = 0, p = 0;
};

} // namespace

TEST_CASE("a state is what it was after save and load") {
  everything loaded;
  loaded.some = 1; // what was there before must not stay
  loaded.map = {{"old", 1}};
  REQUIRE(load_state(loaded, saved(sample())));
  CHECK(loaded == sample());
  loaded = sample();
  REQUIRE(load_state(loaded, saved(everything{})));
  CHECK(loaded == everything{});
}

TEST_CASE("the same state gives the same bytes, however its tables grew") {
  everything a;
  everything b;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    a.hash[i] = "v";
    b.hash[999 - i] = "v";
  }
  CHECK(saved(a) == saved(b));
  CHECK(describe_state(a) == describe_state(b));
}

TEST_CASE("cut or changed bytes never do worse than fail") {
  const auto bytes = saved(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    everything loaded;
    CHECK_FALSE(load_state(loaded, std::string_view(bytes).substr(0, size)));
  }
  everything loaded;
  CHECK_FALSE(load_state(loaded, bytes + "x"));
  std::mt19937 random(1); // NOLINT: a test repeats itself
  for (int round = 0; round < 2000; ++round) {
    auto changed = bytes;
    for (int i = 0; i < 3; ++i) {
      changed[random() % changed.size()] = static_cast<char>(random());
    }
    everything other;
    if (load_state(other, changed)) {
      CHECK_FALSE(describe_state(other).empty());
    }
  }
}

TEST_CASE("a shape tells types and names apart") {
  CHECK(state_shape<two_numbers>() == "{0:u32;1:u32;}");
  CHECK(state_shape<two_names>() == "{b:u32;a:u32;}");
  CHECK(state_shape<nothing>() == "{}");
  CHECK(state_shape<sixteen>().size() > 16);
  CHECK(state_shape<everything>().find("list:list<{0:str;1:list<u32>;}>") != std::string::npos);
}

TEST_CASE("a state as JSON") {
  CHECK(describe_state(sample()) ==
        R"({"flag": true, "small": -3, "real": 0.5, "paint": 1, "text": "a\"b", )"
        R"("list": [{"0": "x", "1": [1, 2]}, {"0": "", "1": []}], "map": {"a": 1, "b": 2}, )"
        R"("hash": {"5": "five", "7": "seven"}, "set": ["q"], "some": 9, "couple": [1, "one"], "fixed": [3, 4], )"
        R"("time": -5, "nested": {"0": "n", "1": [8]}})");
  everything e;
  e.real = std::numeric_limits<double>::infinity();
  CHECK(describe_state(e).find(R"("real": null)") != std::string::npos);
}

TEST_CASE("a table behaves like a map under any order of steps") {
  reel::detail::typed_table<two_numbers> table;
  std::map<std::string, std::uint32_t> model;
  std::mt19937 random(7); // NOLINT: a test repeats itself
  for (std::uint32_t step = 1; step < 60000; ++step) {
    const auto key = std::to_string(random() % 3000);
    const bool shrinking = step / 10000 % 2 == 1;
    if (random() % 10 < (shrinking ? 8U : 3U)) {
      table.erase(key);
      model.erase(key);
    } else {
      static_cast<two_numbers*>(table.touch(key))->first = step;
      model[key] = step;
    }
    REQUIRE(table.size() == model.size());
    const auto probe = std::to_string(random() % 3000);
    REQUIRE(table.contains(probe) == (model.count(probe) > 0));
    REQUIRE(static_cast<const two_numbers*>(table.find(probe))->first == (model.count(probe) > 0 ? model[probe] : 0));
  }
  std::map<std::string, std::uint32_t> visited;
  table.for_each([&](std::string_view key, const void* entity) {
    visited.emplace(key, static_cast<const two_numbers*>(entity)->first);
  });
  CHECK(visited == model);
  table.clear();
  CHECK(table.size() == 0);
  CHECK_FALSE(table.contains("1"));
}

TEST_CASE("a table restores an entity, or leaves it alone") {
  reel::detail::typed_table<two_numbers> table;
  std::string bytes;
  static_cast<two_numbers*>(table.touch("a"))->second = 4;
  table.save(table.find("a"), bytes);
  REQUIRE(table.load("b", bytes));
  CHECK(static_cast<const two_numbers*>(table.find("b"))->second == 4);
  CHECK_FALSE(table.load("c", bytes.substr(1)));
  CHECK_FALSE(table.contains("c"));
  CHECK(table.describe(table.find("b")) == R"({"0": 0, "1": 4})");
}
