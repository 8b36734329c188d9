// Which faults a simulation may inject, and how a seed draws them.
#pragma once

#include "core/error.hpp"
#include "runtime/simulation.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace reel::cli {

/// A kind of fault that people switch on and off by its name.
struct fault_kind {
  std::string_view name;
  std::string_view what;
  /// Called with a generator of its own: leaving out a kind changes nothing that other kinds draw.
  void (*draw)(std::uint64_t random, runtime::simulation_options& options);
};

/// All kinds there are.
[[nodiscard]] std::span<const fault_kind> fault_kinds() noexcept;

/// Indices in fault_kinds(), ascending.
using fault_set = std::vector<std::size_t>;

/// "all", "none", or names separated by commas. Errors: invalid, naming the nearest kind.
[[nodiscard]] core::expected<fault_set> parse_faults(std::string_view text);
/// As parse_faults() reads it.
[[nodiscard]] std::string faults_text(const fault_set& faults);

/// What the seed draws: the node's limits, and of each kind of fault in `faults` how often it happens.
[[nodiscard]] runtime::simulation_options draw_options(std::uint64_t seed, const fault_set& faults);

} // namespace reel::cli
