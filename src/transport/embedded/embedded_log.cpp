#include "transport/embedded/embedded_log.hpp"

#include "transport/embedded/read_only_log.hpp"
#include "transport/embedded/writable_log.hpp"

namespace reel::transport {

core::expected<std::unique_ptr<embedded_log>> embedded_log::open(embedded_options options) {
  if (options.access == access::read_only) {
    return read_only_log::create(std::move(options));
  }
  return writable_log::create(std::move(options));
}

} // namespace reel::transport
