#include "cli/broker.hpp"
#include "transport/nats/nats_log.hpp"

namespace reel::cli {

core::expected<std::unique_ptr<transport::log>> open_broker(const broker_place& place,
                                                            const core::event_registry* registry) {
  transport::nats_options options;
  options.urls = place.urls;
  options.prefix = place.prefix;
  options.registry = registry;
  auto opened = transport::nats_log::open(std::move(options));
  if (!opened) {
    return tl::unexpected(std::move(opened.error()));
  }
  return std::unique_ptr<transport::log>(std::move(*opened));
}

} // namespace reel::cli
