// Every way through a choreography: from an event that comes from outside to one that nobody reacts to.
#pragma once

#include "cli/sequence_diagram.hpp"

#include <reel/descriptor.hpp>

#include <string_view>
#include <vector>

namespace reel::cli {

/// An event on a path, and the reaction that it meets there.
struct path_step {
  const event_info* event = nullptr;
  std::string_view home;    ///< who publishes it
  std::string_view service; ///< who reacts; empty for the last step
  std::string_view actor;
  std::string_view reaction;
  bool undoes = false; ///< the reaction undoes a step
};

struct choreography_path {
  std::vector<path_step> steps;

  [[nodiscard]] bool fails() const noexcept;
  /// Ends in a terminal event.
  [[nodiscard]] bool ends() const noexcept;
};

struct choreography_paths {
  std::vector<choreography_path> paths; ///< those that end and do not fail first, the shortest first
  bool complete = true;                 ///< false when there were more than paths_max
};

inline constexpr std::size_t paths_max = 500;

/// One event after the other: what happens beside it is on other paths. No event comes twice on one path.
[[nodiscard]] choreography_paths paths_of(const choreography_info& choreography);

[[nodiscard]] sequence_diagram diagram_of(const choreography_path& path);

} // namespace reel::cli
