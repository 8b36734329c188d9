#include "cli/logging.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using reel::cli::log_line_json;

namespace {

nlohmann::json line(std::string_view text) {
  return nlohmann::json::parse(log_line_json(1'700'000'000'042, "warn", "node-a", text));
}

} // namespace

TEST_CASE("a line as JSON has the fields of the text") {
  const auto retry = line(R"(append.retry journal=payment/0 frames=2 detail="no server: "late"")");
  CHECK(retry["time"] == "2023-11-14T22:13:20.042Z");
  CHECK(retry["level"] == "warn");
  CHECK(retry["node"] == "node-a");
  CHECK(retry["event"] == "append.retry");
  CHECK(retry["journal"] == "payment/0");
  CHECK(retry["frames"] == "2");
  CHECK(retry["detail"] == "no server: \"late\"");
}

TEST_CASE("what is no event with fields stays a text") {
  CHECK(line("something went wrong")["text"] == "something went wrong");
  CHECK(line("a.b c d=1")["text"] == "a.b c d=1");
  CHECK(line("a.b c=\"open")["text"] == "a.b c=\"open");
  CHECK(line("")["text"] == "");
  CHECK(line("a.b")["event"] == "a.b");
}

TEST_CASE("fields do not replace what every line has") {
  const auto other = line("node.joined node=node-b level=3");
  CHECK(other["node"] == "node-a");
  CHECK(other["field_node"] == "node-b");
  CHECK(other["field_level"] == "3");
  CHECK_FALSE(line("node.joined node=node-a").contains("field_node"));
}
