// A writer of a cluster's journal that waits for each answer.
#pragma once

#include "log_under_test.hpp"
#include "transport/cluster_journal.hpp"

namespace reel::conformance {

/// The writer of a cluster's journal, as each node is one.
class register_writer {
public:
  explicit register_writer(log_under_test& t) : t_(&t) {}

  /// Reads the newest frame.
  core::cluster_state look(const transport::bounded_journal& how = {}) {
    const auto tail = t_->log().open_bounded(genesis_, how);
    REQUIRE_MESSAGE(tail.has_value(), (tail ? "" : tail.error().what));
    const auto found = read(*t_, journal(), tail->sequence);
    REQUIRE_MESSAGE(found.has_value(), (found ? "" : found.error().what));
    REQUIRE_FALSE(found->empty());
    const auto& newest = *found->back();
    tail_ = {newest.sequence(), newest.hash()};
    const auto genesis = transport::read_repeated_genesis(newest);
    REQUIRE_MESSAGE(genesis.has_value(), (genesis ? "" : genesis.error().what));
    genesis_ = *genesis;
    const auto state = transport::read_cluster(newest);
    REQUIRE_MESSAGE(state.has_value(), (state ? "" : state.error().what));
    return *state;
  }
  /// Appends a record after what was seen last.
  transport::append_outcome write(const core::cluster_state& state) {
    const auto frame = transport::seal_cluster(genesis_, tail_, state, timestamp(std::chrono::seconds(4'102'444'800)));
    const auto result = append_and_wait(*t_, journal(), tail_.sequence, frame);
    if (result.outcome == transport::append_outcome::committed) {
      tail_ = {frame.decoded->sequence(), frame.decoded->hash()};
    }
    return result.outcome;
  }
  [[nodiscard]] journal_id journal() const {
    return transport::journal_id_of(genesis_);
  }
  [[nodiscard]] frame_sequence seen() const {
    return tail_.sequence;
  }

private:
  log_under_test* t_;
  core::genesis_record genesis_ = transport::cluster_genesis("test-cluster");
  transport::journal_tail tail_;
};

inline core::cluster_state state_with(const std::string& node) {
  core::cluster_state state;
  state.nodes.emplace_back().name = node;
  return state;
}

} // namespace reel::conformance
