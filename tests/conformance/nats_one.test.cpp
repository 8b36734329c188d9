// The suite on one nats-server.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "bounded_conformance.hpp"
#include "nats_log_under_test.hpp"

namespace reel::conformance {

std::unique_ptr<log_under_test> make_log() {
  static testing_nats::broker broker;
  return std::make_unique<nats_log_under_test>(broker, transport::nats_options{});
}

} // namespace reel::conformance
