#include "runtime/caf.hpp"

#include <spdlog/spdlog.h>

namespace reel::runtime {

void drop_unknown(caf::event_based_actor& self) {
  self.set_default_handler([](caf::scheduled_actor* actor, caf::message_view& content) -> caf::result<caf::message> {
    spdlog::error("actor.unexpected_message actor={} content={}", actor->name(),
                  caf::to_string(content.move_content_to_message()));
    return caf::sec::unexpected_message;
  });
}

} // namespace reel::runtime
