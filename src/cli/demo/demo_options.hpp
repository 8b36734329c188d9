// What can be asked of the demo, and of a submission: what orders there are, and how they run.
#pragma once

#include <reel/demo.hpp>
#include <reel/submit.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace reel::demo {

struct demo_options {
  std::uint64_t orders = 20'000;      ///< generated ones; not used with `input`
  std::string input;                  ///< a file of orders, or empty to generate them
  std::optional<std::uint64_t> stock; ///< pieces of each SKU; from the demand when not given
  double payment_failures = 0.05;     ///< shares, 0 to 1
  double shipping_failures = 0.03;
  std::optional<double> cancellations; ///< of the customer; see cancellation_share()
  std::uint64_t seed = 1;
  demo_settings settings;
  submit_settings submit;
  std::string prefix; ///< of the keys of submitted orders

  bool orders_given = false;

  /// Generated orders are cancelled now and then; those of a file only as the file says, unless asked for.
  [[nodiscard]] double cancellation_share() const noexcept {
    constexpr double generated_share = 0.02;
    return cancellations.value_or(input.empty() ? generated_share : 0.0);
  }
  [[nodiscard]] std::uint32_t cancellation_ppm() const noexcept {
    return static_cast<std::uint32_t>(cancellation_share() * 1e6 + 0.5);
  }
};

inline constexpr std::uint64_t demo_orders_max = 1'000'000'000;

} // namespace reel::demo
