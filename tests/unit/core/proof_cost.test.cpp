// A large choreography is checked at once: the check runs at every start.
#include "zoo.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace reel::core;

namespace {

/// Services in a row: each does its step in several stages, or fails and undoes what it did, back to the first.
std::string chain(int services, int stages) {
  std::string text = "source intake publishes E0\n";
  const auto n = [](int i) { return std::to_string(i); };
  std::string input = "E0";
  for (int s = 1; s <= services; ++s) {
    const auto actor = "s" + n(s) + ".A" + n(s) + " ";
    for (int i = 1; i <= stages; ++i) {
      const auto step = "S" + n(s) + "x" + n(i);
      text += actor + "do" + n(i) + ": " + input + " -> one_of " + step + ", F" + n(s) + "x" + n(i) + "!\n";
      if (i > 1) { // a later stage failed, or is undone
        const auto done = "S" + n(s) + "x" + n(i - 1);
        const auto back = "C" + n(s) + "x" + n(i - 1) + "~" + done + " undoing " + done + "\n";
        text += actor + "fail" + n(i) + ": F" + n(s) + "x" + n(i) + " -> all " + back;
        text += actor + "back" + n(i) + ": C" + n(s) + "x" + n(i) + " -> all " + back;
      }
      input = step;
    }
    if (s > 1) { // the service before has to undo its last stage
      const auto before = "s" + n(s - 1) + ".A" + n(s - 1) + " ";
      const auto done = "S" + n(s - 1) + "x" + n(stages);
      const auto back = "C" + n(s - 1) + "x" + n(stages) + "~" + done + " undoing " + done + "\n";
      text += before + "failed_next: F" + n(s) + "x1 -> all " + back;
      text += before + "undone_next: C" + n(s) + "x1 -> all " + back;
    }
  }
  const auto last = "s" + n(services) + ".A" + n(services) + " ";
  text += "end.End complete: " + input + " -> one_of Completed., Refused!\n";
  text += last + "refused: Refused -> all C" + n(services) + "x" + n(stages) + "~" + input + " undoing " + input + "\n";
  text += "end.End cancel: C1x1 -> all Cancelled.\n";
  text += "end.End refuse: F1x1 -> all Cancelled.\n";
  return text;
}

} // namespace

TEST_CASE("forty services with four hundred events are proved at once") {
  sketch s(chain(40, 4)); // 40 * (4 steps, 4 failures, 4 compensations) and 4 more
  REQUIRE(s.info().services.size() == 41);
  REQUIRE(s.info().events.size() == 484);
  const auto start = std::chrono::steady_clock::now();
  const auto findings = check(s.info());
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  MESSAGE("40 services, 484 events: " << took.count() << " ms");
  CHECK(findings.empty());
}

TEST_CASE("one undo forgotten among a hundred and sixty is found, with all failures that need it") {
  sketch s(chain(40, 4));
  auto& reactions = s.info().services[20].actors[0].reactions;
  for (auto& r : reactions) {
    if (r.name == "back3") {
      r.outputs.clear();
    }
  }
  const auto findings = check(s.info());
  REQUIRE_FALSE(findings.empty());
  for (const auto& f : findings) {
    CHECK(f.how_bad == severity::fault);
  }
}
