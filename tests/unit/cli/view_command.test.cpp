#include "cli/view_command.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace reel;
using namespace reel::cli;

namespace {

view_rows sample() {
  return {{"order", "state", "amount"},
          {{std::string{"1"}, std::string{"open"}, std::int64_t{5}},
           {std::string{"17"}, std::monostate{}, std::int64_t{1200}},
           {std::string{"x\x1b[2J\"y"}, std::string{"done"}, std::monostate{}}}};
}

} // namespace

TEST_CASE("rows of a read model as a table: numbers to the right, nothing of an empty cell, no control characters") {
  const auto text = view_text(sample());
  CHECK(text.find("order") == 0);
  CHECK(text.find("open        5\n") != std::string::npos);
  CHECK(text.find("        1200\n") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(view_text({{"order"}, {}}) == "order\n");
}

TEST_CASE("rows of a read model as JSON") {
  const auto json = nlohmann::json::parse(view_json(sample()));
  REQUIRE(json.size() == 3);
  CHECK(json[0]["amount"] == 5);
  CHECK(json[1]["state"].is_null());
  CHECK(json[2]["order"] == "x\x1b[2J\"y");
  CHECK(view_json({{"order"}, {}}) == "[]");
}
