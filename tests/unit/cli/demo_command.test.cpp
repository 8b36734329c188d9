#include "cli/demo/demo_command.hpp"

#include <reel/options.hpp>

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace reel::demo;
using reel::parse_count;
using reel::parse_share;

namespace {

using arguments = std::vector<std::pair<std::string, std::string>>;

/// What is wrong with the arguments, or "" and the options in `into`.
std::string parse(const arguments& given, demo_options& into) {
  const auto command = demo_command([&](const demo_options& options) {
    into = options;
    return 0;
  });
  for (const auto& [name, value] : given) {
    bool known = false;
    for (const auto& option : command.options) {
      if (option.name != name)
        continue;
      known = true;
      if (const auto wrong = option.set(value))
        return *wrong;
    }
    REQUIRE(known);
  }
  if (const auto wrong = command.check())
    return *wrong;
  CHECK(command.run() == 0);
  return {};
}

std::string fault_of(const arguments& given) {
  demo_options ignored;
  return parse(given, ignored);
}

} // namespace

TEST_CASE("shares are numbers from 0 to 1 or percentages") {
  CHECK(parse_share("0.05") == 0.05);
  CHECK(parse_share("5%") == doctest::Approx(0.05));
  CHECK(parse_share("2.5 %") == doctest::Approx(0.025));
  CHECK(parse_share("0") == 0.0);
  CHECK(parse_share("1") == 1.0);
  CHECK(parse_share("100%") == 1.0);
  for (const char* text : {"", "%", "5", "-0.1", "101%", "x", "0.5x", "nan", "inf", "1e-2", " 1"})
    CHECK_FALSE(parse_share(text).has_value());
}

TEST_CASE("counts") {
  CHECK(parse_count("20000") == 20'000);
  CHECK(parse_count("20k") == 20'000);
  CHECK(parse_count("3M") == 3'000'000);
  for (const char* text : {"", "k", "-1", "1.5", "1e3", "99999999999999999999", "9999999999999M"})
    CHECK_FALSE(parse_count(text).has_value());
}

TEST_CASE("without options the demo has sensible ones") {
  demo_options options;
  CHECK(parse({}, options).empty());
  CHECK(options.orders == 20'000);
  CHECK(options.cancellation_ppm() == 20'000);
  CHECK(options.settings.fsync);
  CHECK_FALSE(options.stock.has_value());
}

TEST_CASE("all options") {
  demo_options options;
  CHECK(parse({{"--input", "orders.csv"},
               {"--stock", "0"},
               {"--payment-failures", "10%"},
               {"--shipping-failures", "0.2"},
               {"--cancellations", "1%"},
               {"--seed", "42"},
               {"--rate", "1500.5"},
               {"--partitions", "8"},
               {"--data", "some/where"},
               {"--durability", "os"},
               {"--keep", ""},
               {"--json", ""}},
              options)
            .empty());
  CHECK(options.input == "orders.csv");
  CHECK(options.stock == 0);
  CHECK(options.payment_failures == doctest::Approx(0.1));
  CHECK(options.shipping_failures == 0.2);
  CHECK(options.cancellation_ppm() == 10'000);
  CHECK(options.seed == 42);
  CHECK(options.settings.rate == 1500.5);
  CHECK(options.settings.partitions == 8);
  CHECK(options.settings.data == "some/where");
  CHECK_FALSE(options.settings.fsync);
  CHECK(options.settings.keep);
  CHECK(options.settings.json);
}

TEST_CASE("orders of a file are cancelled only as the file says") {
  demo_options options;
  CHECK(parse({{"--input", "orders.csv"}}, options).empty());
  CHECK(options.cancellation_ppm() == 0);
}

TEST_CASE("wrong options are told in a sentence") {
  CHECK(fault_of({{"--orders", "0"}}) == "0 is no number from 1 to 1000000000");
  CHECK(fault_of({{"--orders", "many"}}) == "many is no number from 1 to 1000000000");
  CHECK(fault_of({{"--partitions", "65"}}) == "65 is no number from 1 to 64");
  CHECK(fault_of({{"--payment-failures", "5"}}) ==
        "5 is no share: expected a number from 0 to 1, or a percentage such as 5%");
  CHECK(fault_of({{"--rate", "0"}}).starts_with("0 is no rate: "));
  CHECK(fault_of({{"--durability", "none"}}) == "none is no durability: expected fsync or os");
  CHECK(fault_of({{"--data", ""}}) == "expected a name, not an empty text");
  CHECK(fault_of({{"--input", "a.csv"}, {"--orders", "5"}}) ==
        "--orders counts generated orders and has no meaning with --input");
}
