// The promise that every choreography makes: a flow that failed has undone each of its steps, once, after it, in reverse causal order.
#pragma once

#include <reel/flow_set.hpp>
#include <reel/invariant.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace reel::core {

/// Knows only the schema's attributes. A flow is all events of one correlation; "causal" is the order given by causes and, for events of
/// the same entity, by their places in its journal.
class compensation_invariant final : public invariant {
public:
  [[nodiscard]] std::string_view name() const override {
    return "compensation";
  }
  void observe(const fact& event) override;
  [[nodiscard]] std::vector<violation> finish(bool quiescent) override;

private:
  struct node {
    event_id id;
    event_id cause;
    const event_info* type = nullptr;
    std::uint64_t entity = 0; // hash of journal and key
    std::uint64_t key = 0;    // hash of the key
  };
  struct flow {
    std::string key; // of its first event: for people
    std::vector<node> nodes;
    bool failed = false;
    bool compensated = false;
  };

  void after_end(const fact& event);
  void check(const flow& f);
  void check_pairs(const flow& f, const std::vector<std::vector<bool>>& past);
  void check_order(const flow& f, const std::vector<std::vector<bool>>& past,
                   const std::vector<std::pair<std::size_t, std::size_t>>& pairs);
  [[nodiscard]] static std::vector<std::vector<bool>> causal_past(const flow& f);
  [[nodiscard]] bool is_step(const event_info& type) const;
  void report(const flow& f, std::string what);

  std::unordered_map<std::uint64_t, flow> open_;
  flow_set ended_;
  std::vector<event_type_id> steps_; // types that some event compensates, as far as seen
  std::vector<violation> violations_;
};

} // namespace reel::core
