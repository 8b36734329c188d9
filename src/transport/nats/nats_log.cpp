#include "transport/nats/nats_log.hpp"

#include "transport/nats/broker_log.hpp"

namespace reel::transport {

core::expected<std::unique_ptr<nats_log>> nats_log::open(nats_options options) {
  return broker_log::create(std::move(options));
}

} // namespace reel::transport
