// The carrier that shipping books, and the stand-in that the demo uses.
#pragma once

#include <cstdint>
#include <string_view>

namespace shop::shipping {

struct booking_request {
  std::string_view order; ///< also the idempotency key
};

struct booking_answer {
  bool accepted = false;
  std::uint64_t tracking = 0; ///< the carrier's own number, when accepted
};

/// Thread-safe; the same rule as for the payment gateway: pure when it is called in a reaction, an effect when it talks
/// to the world.
class carrier {
public:
  virtual ~carrier() = default;
  [[nodiscard]] virtual booking_answer book(const booking_request& request) const = 0;
};

/// Moves nothing. Refuses a share of the orders, always the same ones for the same seed.
class local_carrier final : public carrier {
public:
  local_carrier(double failure_rate, std::uint64_t seed) : failure_rate_(failure_rate), seed_(seed) {}
  [[nodiscard]] booking_answer book(const booking_request& request) const override;

private:
  double failure_rate_;
  std::uint64_t seed_;
};

} // namespace shop::shipping
