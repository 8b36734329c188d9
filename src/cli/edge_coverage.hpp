// Lays what happened over what can happen: which edges of the choreography ran, how often, and what ran along none.
#pragma once

#include "core/frame.hpp"

#include <reel/descriptor.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace reel::cli {

/// An edge: an event that another one, or a source, brings about.
struct choreography_edge {
  std::string_view cause; ///< qualified name of the event; empty when it comes from a source
  std::string_view event; ///< qualified name
  std::string by;         ///< "inventory.Stock.reserve", or the source
  bool undoes = false;
  std::uint64_t count = 0;
};

/// Events that came along an edge that the choreography does not have.
struct drifted_edge {
  std::string cause; ///< empty: none
  std::string event;
  std::uint64_t count = 0;
};

struct coverage_report {
  std::vector<choreography_edge> edges; ///< in the order of sources, services, actors and reactions
  std::vector<drifted_edge> drift;      ///< by name
  std::uint64_t events = 0;

  [[nodiscard]] std::uint64_t covered() const noexcept;
  [[nodiscard]] double percent() const noexcept;
};

/// Counts over the journals of one log after the other. Keeps two bytes per event of the log that it is at. Not
/// thread-safe.
class edge_coverage {
public:
  /// Both must outlive this.
  edge_coverage(const choreography_info& choreography, const core::event_registry& registry);

  /// Causes before effects, each frame of a journal after the one before it.
  void observe(const core::frame& frame);
  /// The frames that follow are those of another log: causes are not looked for in the ones before.
  void next_log();

  [[nodiscard]] coverage_report report() const;

private:
  struct journal_types {
    std::vector<std::size_t> frame_starts; ///< by sequence - 1: index in `types`
    std::vector<std::uint16_t> types;      ///< registry indices of all events
  };

  [[nodiscard]] std::uint64_t& count(std::size_t cause, std::size_t event);
  [[nodiscard]] std::uint64_t count(std::size_t cause, std::size_t event) const;
  [[nodiscard]] std::size_t type_of(const event_id& id) const;
  [[nodiscard]] std::string name_of(std::size_t type) const;

  const choreography_info* choreography_;
  const core::event_registry* registry_;
  std::size_t unknown_;               ///< stands for types that this program does not know
  std::size_t nothing_;               ///< stands for the cause of a root event
  std::vector<std::uint64_t> counts_; ///< by cause, then event
  std::map<journal_id, journal_types> journals_;
  std::uint64_t events_ = 0;
};

} // namespace reel::cli
