// The rules of the proof, and what they all read.
#pragma once

#include "core/finding.hpp"
#include "core/proof/must.hpp"
#include "core/proof/paths.hpp"
#include "core/proof/relations.hpp"
#include "core/proof/tables.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace reel::core::proof {

/// Everything that is known of a choreography; made once, then only read, but for the one gather that is doubted.
struct knowledge {
  explicit knowledge(const choreography_info& choreography)
      : t(make_tables(choreography)), rel(t), must(t, rel), ways(t) {}

  tables t;
  relations rel;
  must_analysis must;
  paths ways;
};

/// A finding about a reaction.
[[nodiscard]] finding about(const tables& t, const reaction_row& r, std::string code);
/// A finding about an event, and about the actor that publishes it.
[[nodiscard]] finding about(const tables& t, index event, std::string code);

[[nodiscard]] std::string short_name(const tables& t, index event);
[[nodiscard]] std::string full_name(const tables& t, index event);
/// "A, B and C"
[[nodiscard]] std::string listed(const std::vector<std::string>& names, std::string_view conjunction = "and");

/// Steps whose compensation need not follow a failure.
void check_steps(const knowledge& k, std::vector<finding>& out);
/// Undos that cannot do what they are for.
void check_undos(const knowledge& k, std::vector<finding>& out);
/// Gathers that may wait for ever.
void check_gathers(knowledge& k, std::vector<finding>& out);
/// Flows that stop, go round, never begin, or end twice.
void check_ends(const knowledge& k, std::vector<finding>& out);

} // namespace reel::core::proof
