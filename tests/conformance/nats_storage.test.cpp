// The suite on one nats-server with next to no memory for the newest frames, so that nearly every read asks the broker.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "bounded_conformance.hpp"
#include "nats_log_under_test.hpp"

namespace reel::conformance {

std::unique_ptr<log_under_test> make_log() {
  static testing_nats::broker broker;
  transport::nats_options options;
  options.tail_cache_bytes = 1;
  return std::make_unique<nats_log_under_test>(broker, options);
}

} // namespace reel::conformance
