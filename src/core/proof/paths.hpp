// Shortest ways through a choreography, as a person reads them.
#pragma once

#include "core/proof/must.hpp"
#include "core/proof/tables.hpp"

#include <string>
#include <vector>

namespace reel::core::proof {

/// One stage of a way: the event, and what publishes it.
struct stage {
  index event = none;
  index by = none; ///< a reaction; none for the event of a source
};

/// Breadth first over reactions. Computed for all events at once.
class paths {
public:
  explicit paths(const tables& t);

  /// From the event that begins the flow to `event`; empty when no flow leads there.
  [[nodiscard]] std::vector<stage> to(index event) const;
  /// What follows `from` until `event`, without `from` itself; empty when it does not follow.
  [[nodiscard]] std::vector<stage> between(index from, index event) const;
  /// From `from` on, always among `allowed`, to an event from which no allowed one follows.
  [[nodiscard]] std::vector<stage> onward(index from, const event_set& allowed) const;
  [[nodiscard]] bool is_reached(index event) const {
    return from_start_[event].event != none;
  }

  /// "intake: OrderCreated -> inventory.Stock.reserve: StockReserved"
  [[nodiscard]] std::vector<std::string> names(const std::vector<stage>& way) const;

private:
  /// By event, how it is reached from `starts`.
  [[nodiscard]] std::vector<stage> search(const std::vector<index>& starts) const;
  [[nodiscard]] std::vector<stage> trace(const std::vector<stage>& found, index event) const;

  const tables* tables_;
  std::vector<stage> from_start_;
};

} // namespace reel::core::proof
