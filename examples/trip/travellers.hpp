// The input that the demo makes up: what can be booked, then travellers who ask for it.
#pragma once

#include <reel/feed.hpp>

#include <cstdint>
#include <memory>

namespace trip {

struct travel_options {
  std::uint64_t trips = 20'000;
  std::uint64_t seed = 1;
  /// Share of what is asked for that is missing, 0 to 1; chance adds some shortage even at 0.
  double seats_missing = 0.02;
  double rooms_missing = 0.02;
  double cars_missing = 0.02;
};

inline constexpr std::uint64_t trips_max = 1'000'000'000;

/// One unit of input is one place that can be booked, or one trip. The n-th depends on nothing but the options and n.
[[nodiscard]] std::shared_ptr<reel::feed> travellers(const travel_options& options, reel::feed_pace pace);

} // namespace trip
