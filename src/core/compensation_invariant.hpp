// The promise that every choreography makes: a flow that failed has undone each of its steps, once, after it, in
// reverse causal order; a flow that did not fail has undone nothing.
#pragma once

#include <reel/flow_set.hpp>
#include <reel/invariant.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace reel::core {

/// Knows a choreography's attributes only, none of its names.
///
/// A flow is all events of one correlation. It has failed when it holds an event with the attribute `failure`, and it
/// has ended with an event with the attribute `terminal`; a *step* is an event that some other event compensates.
/// Causal order is what causes say, and for events of the same entity their order in its journal. So two steps are
/// undone in reverse order when the undoing of the earlier one comes causally after the undoing of the later one; steps
/// that were concurrent may be undone in any order.
///
/// A branch beside the one that ends the flow may do its step and undo it after the end: a flow that failed is judged
/// when all of its steps are undone, or at last.
///
/// Keeps the events of open flows (about 80 bytes each) and one number of each flow that has ended.
class compensation_invariant final : public invariant {
public:
  explicit compensation_invariant(const choreography_info& choreography);

  [[nodiscard]] std::string_view name() const override {
    return "compensation";
  }
  void observe(const fact& event) override;
  [[nodiscard]] std::vector<violation> finish(bool quiescent) override;

private:
  struct type_role { // of an event type
    bool is_step = false;
    std::uint16_t actor = 0; ///< who publishes it; only told apart, never looked up
  };
  struct node {
    event_id id;
    event_id cause;
    const event_info* type = nullptr;
    std::uint64_t key = 0;    ///< hash of the entity's key
    std::uint64_t entity = 0; ///< hash of journal, actor and key
    bool is_step = false;
  };
  struct flow {
    std::string key; ///< of the event that started it: for people
    std::vector<node> nodes;
    bool failed = false;
    bool compensated = false;
    std::int64_t owed = 0; ///< steps without the undoings that were seen
  };
  struct analysis;

  [[nodiscard]] bool reopen(const fact& event, const type_role& role);
  void check(correlation_id id, const flow& f, bool ended);
  void match(analysis& a) const;
  void check_order(const analysis& a, bool ended);
  void report(const analysis& a, std::string what);

  std::unordered_map<event_type_id, type_role> roles_;
  std::unordered_map<correlation_id, flow> open_;
  std::vector<std::vector<node>> spare_; ///< memory of flows that have ended, for the next ones
  flow_set ended_;
  flow_set failed_; ///< of those
  std::vector<violation> violations_;
};

} // namespace reel::core
