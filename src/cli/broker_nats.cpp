#include "cli/broker.hpp"
#include "transport/nats/nats_log.hpp"

namespace reel::cli {

core::expected<std::unique_ptr<transport::log>> open_broker(transport::nats_options options) {
  auto opened = transport::nats_log::open(std::move(options));
  if (!opened) {
    return tl::unexpected(std::move(opened.error()));
  }
  return std::unique_ptr<transport::log>(std::move(*opened));
}

} // namespace reel::cli
