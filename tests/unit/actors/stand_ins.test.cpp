// The stand-ins for the world outside: repeatable, and as frequent as asked for.
#include "actors/payment/gateway.hpp"
#include "actors/shipping/carrier.hpp"

#include <doctest/doctest.h>

#include <string>

using shop::payment::local_gateway;
using shop::shipping::local_carrier;

namespace {

constexpr int asked = 10'000;

template <class Question>
int count_of(Question question) {
  int result = 0;
  for (int i = 0; i < asked; ++i) {
    result += question(std::to_string(500'000 + i)) ? 1 : 0;
  }
  return result;
}

int declined(double rate, std::uint64_t seed) {
  const local_gateway gateway(rate, seed);
  return count_of([&](const std::string& order) { return !gateway.charge(order).approved; });
}

} // namespace

TEST_CASE("the gateway declines the share that it is told") {
  CHECK(declined(0.0, 1) == 0);
  CHECK(declined(1.0, 1) == asked);
  CHECK(declined(0.1, 1) > asked / 10 - 150);
  CHECK(declined(0.1, 1) < asked / 10 + 150);
}

TEST_CASE("the same order has the same answer, another seed other orders") {
  const local_gateway one(0.5, 1);
  const local_gateway again(0.5, 1);
  const local_gateway other(0.5, 2);
  CHECK(count_of(
            [&](const std::string& order) { return one.charge(order).approved != again.charge(order).approved; }) == 0);
  CHECK(count_of([&](const std::string& order) { return one.charge(order).approved != other.charge(order).approved; }) >
        asked / 3);
  CHECK(one.charge("17").reference == again.charge("17").reference);
  CHECK(one.refund("17").reference == again.refund("17").reference);
}

TEST_CASE("gateway and carrier refuse independently of each other") {
  const local_gateway gateway(0.5, 1);
  const local_carrier carrier(0.5, 1);
  const auto both = count_of(
      [&](const std::string& order) { return !gateway.charge(order).approved && !carrier.book({order}).accepted; });
  CHECK(both > asked / 4 - 250);
  CHECK(both < asked / 4 + 250);
}
