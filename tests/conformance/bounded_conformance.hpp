// Bounded journals, and the cluster's register in one, work alike on every log that several nodes share.
#pragma once

#include "log_conformance.hpp"
#include "register_writer.hpp"

namespace reel::conformance {

TEST_CASE("of two records that follow the same one only the first is accepted") {
  const auto t = make_log();
  register_writer a(*t);
  register_writer b(*t);
  CHECK(a.look().nodes.empty());
  CHECK(b.look().nodes.empty());
  CHECK(a.write(state_with("a")) == transport::append_outcome::committed);
  CHECK(b.write(state_with("b")) == transport::append_outcome::conflict);
  const auto found = b.look();
  REQUIRE(found.nodes.size() == 1);
  CHECK(found.nodes.front().name == "a");
  CHECK(b.write(state_with("b")) == transport::append_outcome::committed);
  CHECK(a.look().nodes.front().name == "b");
}

TEST_CASE("a bounded journal keeps its newest frames and opens again by the last one alone") {
  const auto t = make_log();
  const transport::bounded_journal how{.frames_max = 8};
  register_writer writer(*t);
  (void)writer.look(how);
  for (int i = 0; i < 50; ++i) {
    REQUIRE(writer.write(state_with("n" + std::to_string(i))) == transport::append_outcome::committed);
  }
  for (const bool reopened : {false, true}) {
    if (reopened) {
      t->reopen();
    }
    register_writer again(*t);
    CHECK(again.look(how).nodes.front().name == "n49");
    CHECK(again.seen() == 51_frame);
  }
  const auto oldest = read(*t, writer.journal(), 1_frame);
  REQUIRE(oldest.has_value());
  REQUIRE_FALSE(oldest->empty());
  CHECK(oldest->front()->sequence() >= 44_frame);
  CHECK(oldest->back()->sequence() == 51_frame);
  register_writer again(*t);
  (void)again.look(how);
  CHECK(again.write(state_with("next")) == transport::append_outcome::committed);
}

TEST_CASE("a bounded journal is not listed among those that keep everything") {
  const auto t = make_log();
  register_writer writer(*t);
  (void)writer.look();
  (void)open_journal(*t, genesis_of("orders"));
  const auto all = t->log().journals();
  REQUIRE(all.has_value());
  REQUIRE(all->size() == 1);
  CHECK(all->front().genesis.service == "orders");
}

TEST_CASE("a bounded journal that must exist is not created") {
  const auto t = make_log();
  const auto opened = t->log().open_bounded(transport::cluster_genesis("test-cluster"), {.create = false});
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == core::errc::not_found);
  register_writer writer(*t);
  (void)writer.look();
  CHECK(t->log().open_bounded(transport::cluster_genesis("test-cluster"), {.create = false}).has_value());
}

} // namespace reel::conformance
