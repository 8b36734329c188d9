// Who should own which partition: balanced over the nodes that host the service, with as few moves as that takes.
#pragma once

#include "core/cluster/state.hpp"

#include <vector>

namespace reel::core {

/// For each of state.partitions, who should own it; nobody when no node hosts its service. A pure function of the
/// record, so all nodes that see the same one agree.
///
/// Of one service no node owns two partitions more than another one that hosts it; of all services together no node
/// owns two more than another one, where that can be had by exchanging what they both host. Nodes that are leaving get
/// nothing. Once everybody owns what this says, it says the same again.
[[nodiscard]] std::vector<node_life> balanced_owners(const cluster_state& state);

} // namespace reel::core
