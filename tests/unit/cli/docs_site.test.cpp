#include "cli/docs_site.hpp"
#include "../core/small_choreography.hpp"
#include "actors/shop.hpp"
#include "cli/asyncapi.hpp"
#include "cli/choreography_paths.hpp"
#include "cli/event_schema.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <regex>
#include <set>

using namespace reel;
using namespace reel::cli;

namespace {

std::string names_of(const choreography_path& path) {
  std::string names;
  for (const auto& step : path.steps)
    names += (names.empty() ? "" : " ") + std::string{step.event->name.substr(step.event->name.rfind('.') + 1)};
  return names;
}

} // namespace

TEST_CASE("paths lead from what comes from outside to what nobody reacts to") {
  const auto trip = test::trip();
  const auto found = paths_of(trip.info());
  CHECK(found.complete);
  REQUIRE(found.paths.size() == 2);
  CHECK(names_of(found.paths[0]) == "Asked Booked Done");
  CHECK(found.paths[0].ends());
  CHECK_FALSE(found.paths[0].fails());
  CHECK(names_of(found.paths[1]) == "Asked Booked Refused Unbooked Dropped");
  CHECK(found.paths[1].fails());
  CHECK(to_mermaid(diagram_of(found.paths[1])).find("s2-xs1: Refused\n  s1-->>s2: Unbooked") != std::string::npos);
}

TEST_CASE("a cycle is on no path twice, and too many paths are said to be too many") {
  test::small_choreography ring;
  ring.event("r.A").event("r.B").source("desk", {"r.A"});
  ring.actor("s", "X", {{"go", "r.A", {"r.B"}}, {"back", "r.B", {"r.A"}}});
  CHECK(paths_of(ring.info()).complete);
  test::small_choreography wide;
  wide.event("w.0").event("w.1a").event("w.1b").event("w.2").event("w.2a").event("w.2b").source("desk", {"w.0"});
  wide.actor("s", "X", {{"f", "w.0", {"w.1a", "w.1b"}}, {"g", "w.1a", {"w.2"}}, {"h", "w.1b", {"w.2"}}});
  CHECK(paths_of(wide.info()).paths.size() == 2);
}

TEST_CASE("the fields of an event are those of its schema, with what they mean") {
  const auto choreography = shop::choreography();
  const auto event = std::find_if(choreography.events.begin(), choreography.events.end(),
                                  [](const auto& e) { return e.name == "shop.intake.OrderCreated"; });
  REQUIRE(event != choreography.events.end());
  CHECK(event->comment == "A customer placed an order.");
  const auto fields = fields_of(*event);
  REQUIRE(fields.size() == 3);
  CHECK(fields[0].name == "order");
  CHECK(fields[0].type == "string");
  CHECK(fields[0].is_key);
  CHECK(fields[1].is_personal);
  CHECK(fields[2].is_list);
  REQUIRE(fields[2].fields.size() == 3);
  CHECK(fields[2].fields[1].name == "quantity");
  CHECK(fields[2].fields[1].type == "uint32");
}

TEST_CASE("every event has a page, and no page links to one that is not there or needs the network") {
  const auto choreography = shop::choreography();
  const auto pages = docs_pages(choreography);
  for (const auto& event : choreography.events)
    CHECK_MESSAGE(pages.contains("event." + std::string{event.name} + ".html"), event.name);
  static const std::regex link{"(?:href|src)=\"([^\"#]*)(#[^\"]*)?\""};
  for (const auto& [name, content] : pages) {
    for (auto at = std::sregex_iterator(content.begin(), content.end(), link); at != std::sregex_iterator{}; ++at) {
      const auto target = (*at)[1].str();
      const auto& page = pages.contains(target) ? pages.at(target) : std::string{};
      CHECK_MESSAGE(!page.empty(), name, " links to ", target);
      if (const auto place = (*at)[2].str(); !place.empty())
        CHECK_MESSAGE(page.find("id=\"" + place.substr(1) + "\"") != std::string::npos, name, " links to ", place);
    }
    CHECK(content.find("<script") == std::string::npos);
  }
  const auto& page = pages.at("event.shop.payment.PaymentRefunded.html");
  CHECK(page.find("Undoes <a") != std::string::npos);
  CHECK(page.find("RefundRequested") != std::string::npos);
  CHECK(pages.at("paths.html").find("<svg class=\"sequence\"") != std::string::npos);
}

TEST_CASE("text of a schema does not become markup") {
  test::small_choreography odd;
  odd.event("odd.A").source("<desk>", {"odd.A"});
  auto info = odd.info();
  info.events[0].comment = "Less than `<b>` & more.\nSecond.";
  const auto pages = docs_pages(info);
  const auto& page = pages.at("event.odd.A.html");
  CHECK(page.find("Less than <code>&lt;b&gt;</code> &amp; more.</p>\n<p>Second.") != std::string::npos);
  for (const auto& [name, content] : pages)
    CHECK(content.find("<desk>") == std::string::npos);
}

TEST_CASE("the AsyncAPI document has overloads of one reaction apart") {
  test::small_choreography twice;
  twice.event("t.A").event("t.B").terminal("t.C").source("desk", {"t.A", "t.B"});
  twice.actor("s", "X", {{"on", "t.A", {"t.C"}}, {"on", "t.B", {"t.C"}}});
  const auto document = nlohmann::json::parse(to_asyncapi(twice.info()));
  CHECK(document["operations"].contains("s.X.on"));
  CHECK(document["operations"].contains("s.X.on.B"));
  CHECK(document["channels"]["s"]["messages"].contains("C"));
}
