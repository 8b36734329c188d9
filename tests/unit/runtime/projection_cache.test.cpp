#include "runtime/projection_cache.hpp"

#include "core/hash.hpp"
#include "runtime/projection_filter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

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

TEST_CASE("the cache agrees with a simple one under random use") {
  constexpr std::size_t rows_max = 450; // nearly as many as fit before the slots grow
  std::mt19937 random(3);
  row_cache cache(rows_max, 1);
  std::map<std::string, std::int64_t> values;
  std::vector<std::string> clean; // oldest first
  std::vector<std::string> dirty;
  for (int i = 0; i < 50'000; ++i) {
    const auto key = "key " + std::to_string(random() % 1000);
    const auto was_clean = std::find(clean.begin(), clean.end(), key);
    const bool was_dirty = std::find(dirty.begin(), dirty.end(), key) != dirty.end();
    const auto [row, created] = cache.touch(key);
    REQUIRE(row.key == key);
    REQUIRE(created == (was_clean == clean.end() && !was_dirty));
    if (was_clean != clean.end()) {
      clean.erase(was_clean);
    }
    if (!was_dirty) {
      dirty.push_back(key);
    }
    if (created) {
      row.cells[0] = values[key];
    }
    REQUIRE(std::get<std::int64_t>(row.cells[0]) == values[key]);
    row.cells[0] = ++values[key];
    if (random() % 20 == 0) {
      REQUIRE(cache.dirty().size() == dirty.size());
      cache.mark_clean();
      cache.evict();
      clean.insert(clean.end(), dirty.begin(), dirty.end());
      dirty.clear();
      clean.erase(clean.begin(), clean.end() - static_cast<std::ptrdiff_t>(std::min(clean.size(), rows_max)));
      REQUIRE(cache.size() == clean.size());
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
