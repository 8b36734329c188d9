#include "cli/demo/text_number.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace reel::demo;

TEST_CASE("pence are exact and round half away from zero") {
  CHECK(parse_pence("4.15") == 415);
  CHECK(parse_pence("4") == 400);
  CHECK(parse_pence("4.1") == 410);
  CHECK(parse_pence("+0.85") == 85);
  CHECK(parse_pence(".5") == 50);
  CHECK(parse_pence("7.") == 700);
  CHECK(parse_pence("0.0") == 0);
  CHECK(parse_pence("-110.62") == -11062);
  CHECK(parse_pence("1.005") == 101); // in binary floating point this is less than a half
  CHECK(parse_pence("1.0049999999999999999999") == 100);
  CHECK(parse_pence("1.004444999") == 100);
  CHECK(parse_pence("2.675") == 268);
  CHECK(parse_pence("-0.005") == -1);
  CHECK(parse_pence("4.1500000000000004") == 415);
  CHECK(parse_pence("0.99500000000000000000000000009") == 100);
  CHECK(parse_pence("0.000000009") == 0);
}

TEST_CASE("what is no plain decimal number is no price") {
  for (const char* text :
       {"", "-", "+", ".", "abc", "1e3", "1,50", "1.2.3", " 1", "1 ", "0x10", "--1", "NaN", "inf", "1.5p"})
    CHECK_FALSE(parse_pence(text).has_value());
  CHECK_FALSE(parse_pence("99999999999999999999999999999999").has_value());
}

TEST_CASE("integers") {
  CHECK(parse_integer("12") == 12);
  CHECK(parse_integer("-5") == -5);
  CHECK(parse_integer("12.0") == 12);
  CHECK(parse_integer("12.000") == 12);
  for (const char* text : {"", "-", "1.5", "12.", "1e3", "a", "1 2", "9999999999999999999999"})
    CHECK_FALSE(parse_integer(text).has_value());
}

TEST_CASE("UTF-8") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("Łukasz caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\x81"));
  for (const char* text : {"\x80", "\xff", "caf\xe9", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xe2\x82", "\xf5\x80\x80\x80"})
    CHECK_FALSE(is_utf8(text));
}

TEST_CASE("trimming") {
  CHECK(trimmed(" \ta b\t ") == "a b");
  CHECK(trimmed("  ").empty());
  CHECK(trimmed("x") == "x");
}
