// The card gateway that payment calls, and the stand-in that the demo uses.
#pragma once

#include <cstdint>
#include <string_view>

namespace shop::payment {

struct charge_request {
  std::string_view order;   ///< also the idempotency key
  std::uint64_t amount = 0; ///< pence
};

struct charge_answer {
  bool approved = false;
  std::uint64_t reference = 0; ///< the gateway's own, when approved
};

struct refund_request {
  std::string_view order;   ///< also the idempotency key
  std::uint64_t amount = 0; ///< pence
};

struct refund_answer {
  std::uint64_t reference = 0; ///< the gateway's own
};

/// Thread-safe. An implementation that is called in a reaction must be a pure function of the request: a reaction does
/// no I/O. One that talks to the world belongs into an effect, which runs after the commit, with the same requests and
/// answers.
///
/// A charge may be declined, a refund not: a gateway that cannot pay back now has to be asked again until it has.
class payment_gateway {
public:
  virtual ~payment_gateway() = default;
  [[nodiscard]] virtual charge_answer charge(const charge_request& request) const = 0;
  [[nodiscard]] virtual refund_answer refund(const refund_request& request) const = 0;
};

/// Moves no money. Declines a share of the orders, always the same ones for the same seed.
class local_gateway final : public payment_gateway {
public:
  local_gateway(double decline_rate, std::uint64_t seed) : decline_rate_(decline_rate), seed_(seed) {}
  [[nodiscard]] charge_answer charge(const charge_request& request) const override;
  [[nodiscard]] refund_answer refund(const refund_request& request) const override;

private:
  double decline_rate_;
  std::uint64_t seed_;
};

} // namespace shop::payment
