// The carrier that shipping books, and the stand-in that the demo uses.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace shop::shipping {

/// Thread-safe; the same rule as for the payment gateway: pure when it is called in a reaction.
class carrier {
public:
  virtual ~carrier() = default;
  /// The tracking number, or nothing when nobody takes the order.
  [[nodiscard]] virtual std::optional<std::uint64_t> book(std::string_view order) const = 0;
};

/// Refuses a share of the orders, always the same ones for the same seed.
class local_carrier final : public carrier {
public:
  local_carrier(double failure_rate, std::uint64_t seed) : failure_rate_(failure_rate), seed_(seed) {
  }
  [[nodiscard]] std::optional<std::uint64_t> book(std::string_view order) const override;

private:
  double failure_rate_;
  std::uint64_t seed_;
};

} // namespace shop::shipping
