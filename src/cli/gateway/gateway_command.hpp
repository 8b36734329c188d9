// `shop gateway-sim`: a card gateway as a process of its own, as good or bad as it is told to be.
#pragma once

#include "cli/gateway/http.hpp"

#include <reel/main.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace reel::demo {

struct gateway_options {
  std::uint64_t port = 0; ///< 0: a free one
  std::uint64_t slow_ms = 0;
  double down = 0;  ///< share of requests that are turned away undone
  double twice = 0; ///< share of requests that are done and not answered: asked again, it answers a second time
  double decline = 0;
  std::uint64_t seed = 1;
  std::string books; ///< file that outlives the process; empty: none
};

/// The service behind the port. Thread-safe.
class gateway_service {
public:
  /// Errors: io, invalid (the books are of another gateway, or damaged).
  [[nodiscard]] static core::expected<std::unique_ptr<gateway_service>> open(const gateway_options& options);
  ~gateway_service();

  [[nodiscard]] http_answer handle(const http_request& request);
  /// Lets slow requests end.
  void stop();
  /// For people, when it ends.
  [[nodiscard]] std::string summary() const;

private:
  struct state;
  explicit gateway_service(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

[[nodiscard]] command gateway_command();

} // namespace reel::demo
