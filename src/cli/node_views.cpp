#include "cli/node_views.hpp"

#include "cli/rebuild_command.hpp"
#include "runtime/projection_store.hpp"
#include "runtime/saga_follower.hpp"

#include <utility>

namespace reel::cli {

std::vector<std::shared_ptr<runtime::followed_consumer>>
make_node_views(const std::shared_ptr<const runtime::plan>& plan, const std::filesystem::path& views,
                const std::function<bool(std::string_view)>& wanted) {
  std::vector<std::shared_ptr<runtime::followed_consumer>> result;
  const auto add = [&](std::unique_ptr<runtime::frame_consumer> view) {
    result.push_back(std::make_shared<runtime::followed_consumer>(std::move(view), plan));
  };
  for (const auto& make : plan->choreography.projections)
    if (auto projection = make(); !wanted || wanted(projection->name()))
      add(std::make_unique<runtime::projection_store>(plan, std::move(projection), views));
  if (!wanted || wanted(saga_view))
    add(std::make_unique<runtime::saga_follower>(plan, views));
  return result;
}

} // namespace reel::cli
