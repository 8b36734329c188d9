#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "embedded_log_under_test.hpp"
#include "log_conformance.hpp"

namespace reel::conformance {

std::unique_ptr<log_under_test> make_log() {
  transport::embedded_options options;
  options.durability = transport::durability::os;
  return std::make_unique<embedded_log_under_test>(options);
}

} // namespace reel::conformance
