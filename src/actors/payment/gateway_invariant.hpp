// What must hold between the journals and the gateway's own books.
#pragma once

#include "actors/payment/gateway_books.hpp"

#include <reel/invariant.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace shop::payment {

/// The gateway holds of each order what was charged and not paid back, it never pays back more than it took, and no key
/// was used for two things. Keeps a few bytes for each order.
class gateway_invariant final : public reel::invariant {
public:
  struct report {
    std::vector<gateway_account> accounts;
    std::vector<std::string> faults; ///< that the gateway has noted itself
    std::string error;               ///< why its books could not be read, or empty
  };
  /// `read` is called once, after the last event.
  explicit gateway_invariant(std::function<report()> read) : read_(std::move(read)) {}

  [[nodiscard]] std::string_view name() const override {
    return "gateway";
  }
  void observe(const reel::fact& event) override;
  [[nodiscard]] std::vector<reel::violation> finish(bool quiescent) override;

private:
  std::function<report()> read_;
  std::unordered_map<std::string, std::int64_t> held_; // by order, as the journals say
};

} // namespace shop::payment
