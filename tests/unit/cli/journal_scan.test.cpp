#include "cli/journal_scan.hpp"

#include "cli/journal_audit.hpp"
#include "memory_log.hpp"

#include <doctest/doctest.h>

using namespace reel;
using namespace reel::cli;
using namespace reel::test;

namespace {

const core::event_registry& registry() {
  static const core::event_registry instance{{test_event("t.Placed"), test_event("t.Taken"), test_event("t.Done")}};
  return instance;
}

/// Each frame as "journal:sequence".
core::expected<std::vector<std::string>> order_of(memory_log& log) {
  journal_scan scan{log, registry()};
  REQUIRE(scan.open().has_value());
  std::vector<std::string> result;
  const auto done = scan_frames(scan, [&](const core::frame& f) {
    result.push_back(frame_name(scan, f.journal(), f.sequence()));
    return true;
  });
  if (!done)
    return tl::unexpected(done.error());
  return result;
}

std::vector<std::string> findings_of(memory_log& log) {
  journal_scan scan{log, registry()};
  REQUIRE(scan.open().has_value());
  journal_audit audit{scan};
  const auto done = scan_frames(scan, [&](const core::frame& f) {
    audit.observe(f);
    return true;
  });
  REQUIRE_MESSAGE(done.has_value(), done.error().what);
  std::vector<std::string> result;
  for (const auto& finding : audit.findings())
    result.push_back(finding.what);
  CHECK(result.size() == audit.finding_count());
  return result;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("causes come before effects, whatever the clocks say") {
  memory_log log;
  journal_writer intake{log, "intake"}, stock{log, "stock"};
  const auto first = intake.publishes({"t.Placed", "1", "1"}).seal(500);
  stock.handles(intake).publishes({"t.Taken", "1", "A", first}).seal(100); // its clock is behind
  intake.publishes({"t.Placed", "2", "2"}).seal(600);
  const auto order = order_of(log);
  REQUIRE(order.has_value());
  CHECK((*order)[0].ends_with(":1"));
  CHECK((*order)[1].ends_with(":1"));
  CHECK(names{order->begin() + 2, order->end()} == names{"intake/0:2", "stock/0:2", "intake/0:3"});
  CHECK(findings_of(log).empty());
}

TEST_CASE("independent frames come by time") {
  memory_log log;
  journal_writer a{log, "a"}, b{log, "b"};
  a.publishes({"t.Placed", "1", "1"}).seal(10);
  b.publishes({"t.Placed", "2", "2"}).seal(5);
  a.publishes({"t.Placed", "3", "3"}).seal(20);
  b.publishes({"t.Placed", "4", "4"}).seal(15);
  const auto order = order_of(log);
  REQUIRE(order.has_value());
  CHECK(names{order->begin() + 2, order->end()} == names{"b/0:2", "a/0:2", "b/0:3", "a/0:3"});
}

TEST_CASE("a log that grows is followed") {
  memory_log log;
  journal_writer intake{log, "intake"};
  journal_scan scan{log, registry()};
  REQUIRE(scan.open().has_value());
  CHECK(*scan.next() != nullptr);
  CHECK(*scan.next() == nullptr);
  const auto placed = intake.publishes({"t.Placed", "1", "1"}).seal(1);
  CHECK((*scan.next())->event_count() == 1);
  CHECK(*scan.next() == nullptr);
  intake.publishes({"t.Done", "1", "1", placed}).seal(2);
  CHECK((*scan.next())->sequence() == frame_sequence{3});
}

TEST_CASE("facts say who, when and because of what") {
  memory_log log;
  journal_writer intake{log, "intake"}, stock{log, "stock"};
  const auto placed = intake.publishes({"t.Placed", "7", "7"}).publishes({"t.Placed", "8", "8"}).seal(3);
  stock.handles(intake)
      .publishes({"t.Taken", "7", "KETTLE", placed})
      .publishes({"t.Unheard", "7", "x", placed})
      .seal(4);
  journal_scan scan{log, registry()};
  REQUIRE(scan.open().has_value());
  std::vector<std::string> seen;
  const auto done = scan_frames(scan, [&](const core::frame& f) {
    for_each_fact(f, scan, [&](const fact& event) {
      seen.push_back(std::string{event.service} + " " + (event.type == nullptr ? "?" : std::string{event.type->name}) +
                     " " + std::string{event.key} + " " + event_name(scan, event.id) + " " +
                     (exists(event.cause) ? event_name(scan, event.cause) : "-"));
      CHECK(event.frame_events == 2);
      CHECK(event.time == f.time());
    });
    return true;
  });
  REQUIRE(done.has_value());
  CHECK(seen == names{"intake t.Placed 7 intake/0:2.0 -", "intake t.Placed 8 intake/0:2.1 -",
                      "stock t.Taken KETTLE stock/0:2.0 intake/0:2.0", "stock ?  stock/0:2.1 intake/0:2.0"});
}

TEST_CASE("a dependency that does not exist is an error that names the frame") {
  memory_log log;
  journal_writer intake{log, "intake"}, stock{log, "stock"};
  stock.handles(intake, frame_sequence{9}).publishes({"t.Taken", "1", "A"}).seal(1);
  const auto order = order_of(log);
  REQUIRE_FALSE(order.has_value());
  CHECK(order.error().code == core::errc::chain_broken);
  CHECK(order.error().what == "frame stock/0:2 depends on frame 9 of journal intake/0, which ends with frame 1");
  log.journals_.erase(intake.id());
  CHECK(order_of(log).error().what.find("which does not exist") != std::string::npos);
}

TEST_CASE("a missing frame and a frame of another history are errors") {
  memory_log log;
  journal_writer intake{log, "intake"};
  intake.publishes({"t.Placed", "1", "1"}).seal(1);
  intake.publishes({"t.Placed", "2", "2"}).seal(2);
  intake.publishes({"t.Placed", "3", "3"}).seal(3);
  auto& frames = log.journals_.at(intake.id()).frames;
  const auto third = frames[2];
  frames.erase(frames.begin() + 2);
  CHECK(order_of(log).error().what == "journal intake/0: frame 4 follows frame 2");
  journal_writer copy{log, "intake"};
  frames = {copy.builder.seal(intake.id(), frame_sequence{1}, 1, {}, {}, false).decoded, third};
  CHECK(order_of(log).error().what == "journal intake/0: frame 3 follows frame 1");
}

TEST_CASE("a frame that does not carry the hash of the one before is an error") {
  memory_log log;
  journal_writer intake{log, "intake"};
  intake.publishes({"t.Placed", "1", "1"}).seal(1);
  intake.publishes({"t.Placed", "2", "2"}).seal(2);
  auto& frames = log.journals_.at(intake.id()).frames;
  intake.builder.add_event(type_id("t.Placed"), 1, {}, {}, payload_of("forged"));
  frames[1] =
      intake.builder.seal(intake.id(), frame_sequence{2}, 1, frames[0]->hash(), frames[1]->time(), false).decoded;
  CHECK(order_of(log).error().what == "journal intake/0: frame 3 does not carry the hash of frame 2");
}

TEST_CASE("the audit finds positions that do not fit") {
  memory_log log;
  journal_writer intake{log, "intake"}, stock{log, "stock"};
  const auto first = intake.publishes({"t.Placed", "1", "1"}).seal(1);
  const auto second = intake.publishes({"t.Placed", "2", "2"}).seal(2);
  stock.handles(intake).publishes({"t.Taken", "1", "A", first}).publishes({"t.Taken", "2", "A", second}).seal(3);
  CHECK(findings_of(log).empty());

  SUBCASE("handled twice") {
    intake.publishes({"t.Placed", "3", "3"}).seal(4);
    stock.handles(intake).publishes({"t.Taken", "1", "A", first}).seal(5);
    CHECK(findings_of(log) ==
          names{"frame stock/0:3: event 0 is caused by intake/0:2.0, which had been handled before"});
  }
  SUBCASE("handled before its position says so") {
    const auto third = intake.publishes({"t.Placed", "3", "3"}).seal(4);
    stock.publishes({"t.Taken", "3", "A", third});
    stock.builder.add_dependency(
        {intake.id(), intake.last(), core::short_hash(log.journals_.at(intake.id()).frames.back()->hash())});
    stock.seal(5);
    CHECK(findings_of(log) ==
          names{"frame stock/0:3: event 0 is caused by intake/0:4.0, which it has not handled yet"});
  }
  SUBCASE("a cause that does not exist") {
    auto missing = second;
    missing.index = 5;
    intake.publishes({"t.Placed", "3", "3"}).seal(4);
    stock.handles(intake).publishes({"t.Taken", "2", "A", missing}).seal(5);
    CHECK(findings_of(log) == names{"frame stock/0:3: event 0 is caused by intake/0:3.5, which does not exist"});
  }
  SUBCASE("a gap in the positions") {
    intake.publishes({"t.Placed", "3", "3"}).seal(4);
    const auto fourth = intake.publishes({"t.Placed", "4", "4"}).seal(5);
    const auto hash = core::short_hash(log.journals_.at(intake.id()).frames.back()->hash());
    stock.builder.add_input({intake.id(), frame_sequence{4}, frame_sequence{5}, hash});
    stock.publishes({"t.Taken", "4", "A", fourth}).seal(6);
    CHECK(findings_of(log) ==
          names{"frame stock/0:3: handles intake/0 from frame 4 on, but had handled it up to frame 3"});
  }
  SUBCASE("another history of the source") {
    intake.publishes({"t.Placed", "3", "3"}).seal(4);
    stock.builder.add_input({intake.id(), frame_sequence{3}, frame_sequence{4}, 12345});
    stock.publishes({"t.Taken", "3", "A"}).seal(6);
    CHECK(findings_of(log) ==
          names{"frame stock/0:3: depends on another frame intake/0:4 than the one that is there (the hash differs)"});
  }
  SUBCASE("an owner that had been replaced") {
    stock.epoch = 3;
    stock.publishes({"t.Taken", "9", "A"}).seal(6);
    stock.epoch = 2;
    stock.publishes({"t.Taken", "9", "A"}).seal(6);
    CHECK(findings_of(log) == names{"frame stock/0:4: epoch 2 after epoch 3: an owner wrote that had been replaced"});
  }
  SUBCASE("time that goes back") {
    stock.publishes({"t.Taken", "9", "A"}).seal(2);
    CHECK(findings_of(log) == names{"frame stock/0:3: its time is before that of the frame before it"});
  }
  SUBCASE("an input that goes back") {
    intake.builder.set_ingress({"file", 10, false});
    intake.seal(7);
    intake.builder.set_ingress({"file", 9, true});
    intake.seal(8);
    CHECK(findings_of(log) == names{"frame intake/0:5: its input goes back from 10 to 9"});
  }
  SUBCASE("another input begins from the start") {
    intake.builder.set_ingress({"file", 10, false});
    intake.seal(7);
    intake.builder.set_ingress({"other file", 1, true});
    intake.seal(8);
    CHECK(findings_of(log).empty());
  }
}

TEST_CASE("the audit knows what is done") {
  memory_log log;
  journal_writer intake{log, "intake"}, stock{log, "stock"};
  intake.builder.set_ingress({"file", 1, false});
  const auto placed = intake.publishes({"t.Placed", "1", "1"}).seal(1);
  core::pending_entry dead{.event = placed,
                           .type = type_id("t.Placed"),
                           .actor = "Stock",
                           .reaction = "take",
                           .key = "1",
                           .dead = true,
                           .payload = test::payload_of("1")};
  stock.builder.add_pending(dead);
  stock.handles(intake).seal(2);
  journal_scan scan{log, registry()};
  REQUIRE(scan.open().has_value());
  journal_audit audit{scan};
  const auto observe = [&](const core::frame& f) {
    audit.observe(f);
    return true;
  };
  REQUIRE(scan_frames(scan, observe).has_value());
  CHECK_FALSE(audit.inputs_complete());
  CHECK(audit.dead_letters() == 1);
  CHECK(audit.frames() == 4);
  CHECK(audit.events() == 1);
  CHECK(audit.handled(stock.id(), intake.id()) == frame_sequence{2});
  CHECK(audit.handled(intake.id(), stock.id()) == frame_sequence{});
  CHECK(audit.last(intake.id()) == frame_sequence{2});
  intake.builder.set_ingress({"file", 1, true});
  intake.seal(3);
  REQUIRE(scan_frames(scan, observe).has_value());
  CHECK(audit.inputs_complete());
  intake.builder.set_ingress({"other file", 1, false});
  intake.seal(4);
  REQUIRE(scan_frames(scan, observe).has_value());
  CHECK_FALSE(audit.inputs_complete());
}
