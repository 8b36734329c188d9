#include "cli/broker.hpp"
#include "core/public_urls.hpp"

namespace reel::cli {

core::expected<std::unique_ptr<transport::log>> open_broker(transport::nats_options options) {
  return core::fail(core::errc::invalid, core::public_urls(options.urls) +
                                             ": this program was built without NATS (libnats-dev was missing)");
}

} // namespace reel::cli
