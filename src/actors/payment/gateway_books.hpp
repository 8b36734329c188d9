// What a card gateway writes down: who was charged and paid back, and what it has answered to which key.
#pragma once

#include "actors/payment/gateway.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace shop::payment {

/// The money of one order, in pence.
struct gateway_account {
  std::string order;
  std::uint64_t captured = 0;
  std::uint64_t refunded = 0;
  bool closed = false; ///< made void: no charge succeeds any more

  [[nodiscard]] std::int64_t held() const noexcept {
    return static_cast<std::int64_t>(captured) - static_cast<std::int64_t>(refunded);
  }
};

/// Does what is asked once for each key, and repeats its answer. Declines a share of the orders, always the same ones
/// for the same seed. Thread-safe.
class gateway_books {
public:
  gateway_books(double decline_rate, std::uint64_t seed) : stand_in_(decline_rate, seed) {}

  charge_answer charge(const charge_request& request);
  refund_answer refund(const refund_request& request);
  void_answer make_void(const void_request& request);

  struct totals {
    std::uint64_t captured = 0;
    std::uint64_t refunded = 0;
    std::uint64_t charges = 0;  ///< approved
    std::uint64_t declined = 0; ///< charges
    std::uint64_t refunds = 0;
    std::uint64_t voids = 0;
    std::uint64_t repeated = 0; ///< requests with a key that was answered before
  };
  [[nodiscard]] totals sum() const;
  [[nodiscard]] std::vector<gateway_account> accounts() const;
  /// What nobody should have asked for: another request with a key that was used, more refunded than captured.
  [[nodiscard]] std::vector<std::string> faults() const;

private:
  struct entry {
    std::string request; ///< what was asked, for comparison
    std::uint64_t answer = 0;
    bool approved = true;
  };

  entry* find(std::string_view key, const std::string& request);
  gateway_account& account(std::string_view order);

  local_gateway stand_in_;
  mutable std::mutex mutex_;
  std::map<std::string, entry, std::less<>> answered_; // by key
  std::map<std::string, gateway_account, std::less<>> accounts_;
  std::vector<std::string> faults_;
  totals sum_;
};

/// A gateway in this process that keeps books and answers at once.
class remembering_gateway final : public payment_gateway {
public:
  explicit remembering_gateway(std::shared_ptr<gateway_books> books) : books_(std::move(books)) {}
  void charge(const charge_request& request, reel::completion<charge_answer> done) const override {
    done(books_->charge(request));
  }
  void refund(const refund_request& request, reel::completion<refund_answer> done) const override {
    done(books_->refund(request));
  }
  void make_void(const void_request& request, reel::completion<void_answer> done) const override {
    done(books_->make_void(request));
  }

private:
  std::shared_ptr<gateway_books> books_;
};

} // namespace shop::payment
