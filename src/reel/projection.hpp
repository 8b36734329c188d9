// Read models: rows of a table, kept by folding events, for people and dashboards to query.
#pragma once

#include <reel/descriptor.hpp>

#include <variant>

namespace reel {

struct fact;

/// A cell of a read model.
using cell = std::variant<std::monostate, std::int64_t, double, std::string>;

/// A column of a read model; the first one is the key.
struct column {
  std::string_view name;
  std::string_view type; ///< SQL type: "text", "integer", "real"
};

/// A read model: one table, one row per key. The runtime loads rows, hands them to `apply` and writes the changed ones
/// in the same transaction as the positions of the journals that it has read. So each event is applied exactly once.
///
/// Called by one thread at a time. A pure fold: no clock, no I/O.
class projection {
public:
  using row = std::vector<cell>; ///< one cell per column; cell 0 is the key

  virtual ~projection() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Another version rebuilds the read model from the journals.
  [[nodiscard]] virtual std::uint32_t version() const = 0;
  [[nodiscard]] virtual std::span<const column> columns() const = 0;
  /// The event types that `apply` wants to see.
  [[nodiscard]] virtual std::vector<event_type_id> inputs() const = 0;
  /// The key of the row that the event changes.
  [[nodiscard]] virtual std::string_view key(const fact& event) const = 0;
  /// Changes the row; a new row has its key set and all other cells empty.
  virtual void apply(const fact& event, row& row) const = 0;
};

} // namespace reel
