// The suite on a cluster of three nats-servers that keep each frame three times.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "bounded_conformance.hpp"
#include "nats_log_under_test.hpp"

namespace reel::conformance {

std::unique_ptr<log_under_test> make_log() {
  static testing_nats::broker broker({.servers = 3});
  transport::nats_options options;
  options.replicas = 3;
  return std::make_unique<nats_log_under_test>(broker, options);
}

} // namespace reel::conformance
