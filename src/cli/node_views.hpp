// The read models that a node keeps: those of the choreography, and the saga ledger.
#pragma once

#include "runtime/followed_consumer.hpp"
#include "runtime/plan.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace reel::cli {

/// Those whose name `wanted` says yes to (the ledger's is "sagas"); all when it is empty. Each writes a file of its own
/// in `views`, so each needs a thread of its own. Throws what projection_store and saga_follower throw.
[[nodiscard]] std::vector<std::shared_ptr<runtime::followed_consumer>>
make_node_views(const std::shared_ptr<const runtime::plan>& plan, const std::filesystem::path& views,
                const std::function<bool(std::string_view)>& wanted = {});

} // namespace reel::cli
