#include "cli/format.hpp"

#include <doctest/doctest.h>

using namespace reel::cli;

TEST_CASE("numbers for people") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1234567) == "1,234,567");
  CHECK(human_bytes(999) == "999 bytes");
  CHECK(human_bytes(1500) == "1.5 kB");
  CHECK(human_bytes(999'900) == "1.0 MB");
  CHECK(human_bytes(123'456'789) == "123 MB");
  CHECK(percentage(1, 3) == "33.3 %");
  CHECK(percentage(0, 0) == "0.0 %");
  CHECK(human_ms(0.25) == "250 us");
  CHECK(human_ms(3.14) == "3.1 ms");
  CHECK(human_ms(31.4) == "31 ms");
  CHECK(human_ms(12'345) == "12.3 s");
}

TEST_CASE("texts for terminals") {
  CHECK(short_name("shop.inventory.StockReserved") == "StockReserved");
  CHECK(short_name("Plain") == "Plain");
  CHECK(printable("caf\xc3\xa9\x1b[31m\n") == "caf\xc3\xa9\\x1b[31m\\x0a");
  CHECK(columns_of("caf\xc3\xa9") == 4);
}

TEST_CASE("times are written and read as ISO 8601") {
  const reel::timestamp time{std::chrono::nanoseconds{1'767'225'599'123'456'789}};
  CHECK(iso_time(time) == "2025-12-31T23:59:59.123456789Z");
  CHECK(parse_iso_time(iso_time(time)) == time);
  const auto at = [](const char* text) { return parse_iso_time(text).value().time_since_epoch().count(); };
  CHECK(at("1970-01-02") == 86'400'000'000'000);
  CHECK(at("1970-01-01T00:01") == 60'000'000'000);
  CHECK(at("1970-01-01 00:00:01.5") == 1'500'000'000);
  CHECK(at("1970-01-01T02:00:00+02:00") == 0);
  CHECK(at("1970-01-01T00:00:00-0130") == 5400'000'000'000);
  for (const char* text :
       {"", "1970", "1970-13-01", "1970-02-30", "1970-01-01T", "1970-01-01T25:00", "1970-01-01T00:00:00.",
        "1970-01-01T00:00:00x", "1970-01-01T00:00:00+1", "9999-01-01", "inventory/0:17"})
    CHECK_FALSE(parse_iso_time(text).has_value());
}
