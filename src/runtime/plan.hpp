// What a node runs: the choreography, cut into journals and partitions. Computed once, shared by all actors of the
// node.
#pragma once

#include "core/frame.hpp"
#include "core/routing.hpp"

#include <reel/descriptor.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace reel::runtime {

struct plan_options {
  std::string cluster = "reel";
  std::uint32_t partitions = 2; ///< per service
  /// Of services that have a number of their own. Names that are no service have no meaning.
  std::map<std::string, std::uint32_t, std::less<>> partitions_of = {};
  /// Services and sources that this node runs. None given: all.
  std::optional<std::set<std::string, std::less<>>> hosts = {};
};

/// A journal of the plan.
struct planned_journal {
  journal_id id{};
  std::string name;
  core::genesis_record genesis; ///< incarnation 0: the log chooses one when it creates the journal
  std::size_t service = 0;      ///< index in plan::services
  std::vector<event_type_id> publishes;
};

/// A service or a source, as the runtime runs it.
struct planned_service {
  service_info info; ///< a source has no actors
  bool is_source = false;
  bool hosted = true;                  ///< this node runs partitions of it
  std::vector<std::size_t> journals;   ///< indices in plan::journals, by partition
  std::vector<std::size_t> subscribes; ///< indices in plan::journals of what its actors react to
};

/// Immutable after construction; thread-safe.
struct plan {
  /// Throws std::invalid_argument on two journals or events with the same id.
  plan(choreography_info choreography, const plan_options& options);

  choreography_info choreography;
  std::string cluster; ///< its name
  core::event_registry registry;
  std::vector<planned_service> services;
  std::vector<planned_journal> journals;

  [[nodiscard]] const planned_journal* find(journal_id id) const noexcept;
  /// For each journal, whether a service that is hosted here reads it.
  [[nodiscard]] std::vector<bool> read_here() const;
};

} // namespace reel::runtime
