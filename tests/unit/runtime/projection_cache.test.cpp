#include "runtime/projection_cache.hpp"

#include "core/hash.hpp"
#include "runtime/projection_filter.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>
#include <string>

using namespace reel;
using runtime::key_filter;
using runtime::row_cache;

TEST_CASE("the cache drops the clean rows that were written longest ago") {
  row_cache cache(2, 2);
  CHECK(cache.touch("a").created);
  CHECK(cache.touch("b").created);
  CHECK(cache.touch("c").created);
  CHECK_FALSE(cache.touch("a").created);
  cache.evict();
  CHECK(cache.size() == 3); // dirty rows stay
  CHECK(cache.dirty().size() == 3);
  cache.mark_clean();
  CHECK(cache.dirty().empty());
  cache.evict();
  CHECK(cache.size() == 2);
  CHECK_FALSE(cache.touch("c").created);
  CHECK_FALSE(cache.touch("b").created);
  const auto again = cache.touch("a");
  CHECK(again.created);
  CHECK(again.row.cells == projection::row(2)); // nothing left of an earlier row
}

TEST_CASE("the cache agrees with a map under random use") {
  std::mt19937 random(3);
  row_cache cache(50, 1);
  std::map<std::string, std::int64_t> written;
  std::map<std::string, std::int64_t> current;
  for (int i = 0; i < 200'000; ++i) {
    const auto key = "key " + std::to_string(random() % 4000);
    const auto [row, created] = cache.touch(key);
    REQUIRE(row.key == key);
    if (created) {
      row.cells[0] = written.count(key) != 0 ? written[key] : std::int64_t{0};
    }
    const auto value = std::get<std::int64_t>(row.cells[0]);
    REQUIRE(value == current[key]);
    row.cells[0] = value + 1;
    current[key] = value + 1;
    if (random() % 100 == 0) {
      for (const auto index : cache.dirty()) {
        written[cache.at(index).key] = std::get<std::int64_t>(cache.at(index).cells[0]);
      }
      cache.mark_clean();
      cache.evict();
      REQUIRE(cache.size() <= 50);
      REQUIRE(written == current);
    }
  }
  cache.clear();
  CHECK(cache.size() == 0);
  CHECK(cache.touch("key 1").created);
}

TEST_CASE("numbers count as text") {
  CHECK(runtime::counts_before("9", "10"));
  CHECK(runtime::counts_before("10", "11"));
  CHECK_FALSE(runtime::counts_before("11", "11"));
  CHECK(runtime::counts_before("", "0"));
}

TEST_CASE("the filter never denies a key that was added") {
  std::mt19937_64 random(5);
  key_filter filter(1 << 14);
  filter.restart("");
  std::set<std::string> added;
  int vain = 0;
  for (int i = 0; i < 5000; ++i) { // several times what it holds
    auto key = std::to_string(random());
    filter.add(key, core::xxh3(key));
    added.insert(std::move(key));
    const auto known = added.lower_bound(std::to_string(random()));
    REQUIRE((known == added.end() || filter.may_contain(*known, core::xxh3(*known))));
  }
  for (const auto& key : added) {
    REQUIRE(filter.may_contain(key, core::xxh3(key)));
  }
  for (int i = 0; i < 1000; ++i) {
    const auto key = "unknown key behind the fence " + std::to_string(i);
    vain += filter.may_contain(key, core::xxh3(key)) ? 1 : 0;
  }
  CHECK(vain < 100);
}

TEST_CASE("after a restart of the filter all keys up to the fence may exist") {
  key_filter filter(1024);
  filter.restart("500");
  CHECK(filter.may_contain("7", core::xxh3("7")));
  CHECK(filter.may_contain("500", core::xxh3("500")));
  CHECK_FALSE(filter.may_contain("501", core::xxh3("501")));
  CHECK(filter.highest() == "500");
  filter.add("502", core::xxh3("502"));
  CHECK(filter.may_contain("502", core::xxh3("502")));
  CHECK(filter.highest() == "502");
}
