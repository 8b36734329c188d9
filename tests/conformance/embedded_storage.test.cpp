// The same suite with next to no memory for the newest frames, so that nearly every read comes from the database.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "embedded_log_under_test.hpp"
#include "log_conformance.hpp"

namespace reel::conformance {

std::unique_ptr<log_under_test> make_log() {
  transport::embedded_options options;
  options.durability = transport::durability::os;
  options.tail_cache_bytes = 1;
  options.checkpoint_bytes = 64U << 10;
  options.group_bytes_max = 8U << 10;
  return std::make_unique<embedded_log_under_test>(options);
}

} // namespace reel::conformance
