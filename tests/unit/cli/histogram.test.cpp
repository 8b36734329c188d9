#include "cli/histogram.hpp"
#include "cli/demo/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using reel::cli::histogram;

TEST_CASE("an empty histogram") {
  const histogram empty;
  CHECK(empty.count() == 0);
  CHECK(empty.quantile(0.5) == 0);
  CHECK(empty.min() == 0);
  CHECK(empty.max() == 0);
  CHECK(empty.mean() == 0);
}

TEST_CASE("small numbers are exact") {
  histogram h;
  for (std::uint64_t value = 1; value <= 200; ++value)
    h.record(value);
  CHECK(h.quantile(0) == 1);
  CHECK(h.quantile(0.5) == 100);
  CHECK(h.quantile(0.95) == 190);
  CHECK(h.quantile(1) == 200);
  CHECK(h.mean() == doctest::Approx(100.5));
}

TEST_CASE("quantiles are never too small and at most 1/128 too large, at every magnitude") {
  reel::demo::split_mix random{5};
  histogram h;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(random() >> random.below(64));
    h.record(values.back());
  }
  std::sort(values.begin(), values.end());
  CHECK(h.min() == values.front());
  CHECK(h.max() == values.back());
  for (const double q : {0.001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0}) {
    const auto exact = values[static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size()))) - 1];
    CHECK(h.quantile(q) >= exact);
    CHECK(h.quantile(q) - exact <= exact / 128);
  }
}

TEST_CASE("the borders of buckets") {
  for (unsigned shift = 0; shift < 64; ++shift) {
    const std::uint64_t power = std::uint64_t{1} << shift;
    for (const std::uint64_t value : {power - 1, power, power + 1, std::uint64_t{UINT64_MAX}}) {
      histogram h;
      h.record(value);
      h.record(UINT64_MAX);
      CHECK(h.quantile(0.5) >= value);
      CHECK(h.quantile(0.5) - value <= value / 128);
    }
  }
}

TEST_CASE("histograms add up") {
  histogram a, b;
  a.record(10, 3);
  b.record(1000);
  b.record(7, 0);
  a.add(b);
  CHECK(a.count() == 4);
  CHECK(a.min() == 10);
  CHECK(a.max() == 1000);
  CHECK(a.quantile(0.75) == 10);
  CHECK(a.quantile(1) == 1000);
  a.clear();
  CHECK(a.count() == 0);
}
