// The card gateway that payment calls, and the stand-in that the demo uses.
#pragma once

#include <reel/effect.hpp>

#include <cstdint>
#include <string_view>

namespace shop::payment {

/// The views of a request live as long as the call that takes it.
struct charge_request {
  std::string_view key; ///< whoever asks again with the same key gets the same answer, and nothing is done twice
  std::string_view order;
  std::uint64_t amount = 0; ///< pence
};

struct charge_answer {
  bool approved = false;
  std::uint64_t reference = 0; ///< the gateway's own, when approved
};

struct refund_request {
  std::string_view key;
  std::string_view order;
  std::uint64_t amount = 0; ///< pence
};

struct refund_answer {
  std::uint64_t reference = 0; ///< the gateway's own
};

struct void_request {
  std::string_view key;
  std::string_view order;
};

struct void_answer {
  std::uint64_t amount = 0; ///< pence that had been charged and were given back
};

/// Called by effects, from one thread at a time or several: thread-safe, and must not block. The end of a call may come
/// during it or later, on any thread.
class payment_gateway {
public:
  virtual ~payment_gateway() = default;
  /// May be declined.
  virtual void charge(const charge_request& request, reel::completion<charge_answer> done) const = 0;
  /// A refund is never declined: a gateway that cannot pay back now has to be asked again until it has.
  virtual void refund(const refund_request& request, reel::completion<refund_answer> done) const = 0;
  /// For when nobody knows whether a charge has reached the gateway: gives back what was charged for the order, and
  /// lets charges that come later be declined.
  virtual void make_void(const void_request& request, reel::completion<void_answer> done) const = 0;
};

/// Moves no money and answers at once. Declines a share of the orders, always the same ones for the same seed: so it
/// needs no memory to answer twice alike.
class local_gateway final : public payment_gateway {
public:
  local_gateway(double decline_rate, std::uint64_t seed) : decline_rate_(decline_rate), seed_(seed) {}
  void charge(const charge_request& request, reel::completion<charge_answer> done) const override;
  void refund(const refund_request& request, reel::completion<refund_answer> done) const override;
  void make_void(const void_request& request, reel::completion<void_answer> done) const override;

  [[nodiscard]] charge_answer charge(std::string_view order) const;
  [[nodiscard]] refund_answer refund(std::string_view order) const;

private:
  double decline_rate_;
  std::uint64_t seed_;
};

} // namespace shop::payment
