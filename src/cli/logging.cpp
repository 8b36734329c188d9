#include "cli/logging.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace reel::cli {

void log_to_standard_error() {
  if (spdlog::get("reel") == nullptr) {
    spdlog::set_default_logger(spdlog::stderr_logger_mt("reel"));
  }
  spdlog::set_level(spdlog::level::warn);
}

} // namespace reel::cli
