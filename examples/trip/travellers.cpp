#include "trip/travellers.hpp"

#include <trip/desk_events.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace trip {
namespace {

/// A place of each kind serves about this many trips.
constexpr std::uint64_t trips_per_flight = 150;
constexpr std::uint64_t trips_per_hotel = 40;
constexpr std::uint64_t trips_per_lot = 25;

enum class question : std::uint64_t { flight = 1, hotel, nights, lot };

/// A number that depends on nothing but its arguments (the mixer of SplitMix64).
std::uint64_t draw(std::uint64_t trip, question what, std::uint64_t seed) {
  std::uint64_t x = trip * 0x9e3779b97f4a7c15ULL + seed * 0xd1342543de82ef95ULL + static_cast<std::uint64_t>(what);
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

struct kind {
  std::uint64_t places = 1;
  std::uint32_t capacity = 0; ///< of each place
};

kind plan(std::uint64_t trips, std::uint64_t trips_per_place, double missing) {
  const auto places = std::max<std::uint64_t>(1, trips / trips_per_place);
  const auto wanted = static_cast<double>(trips) / static_cast<double>(places);
  return {places, static_cast<std::uint32_t>(std::ceil(wanted * (1 - missing)))};
}

class travel_feed final : public reel::feed {
public:
  travel_feed(const travel_options& options, reel::feed_pace pace)
      : options_(options), pacer_(std::move(pace)),
        flights_(plan(options.trips, trips_per_flight, options.seats_missing)),
        hotels_(plan(options.trips, trips_per_hotel, options.rooms_missing)),
        lots_(plan(options.trips, trips_per_lot, options.cars_missing)) {}

  [[nodiscard]] std::string identity() const override {
    return std::to_string(options_.trips) + " trips; seed " + std::to_string(options_.seed) + "; missing " +
           std::to_string(options_.seats_missing) + " " + std::to_string(options_.rooms_missing) + " " +
           std::to_string(options_.cars_missing);
  }

  [[nodiscard]] bool skip(std::uint64_t offset) override {
    done_ = offset;
    pacer_.go_on(trips_done());
    return offset <= total();
  }

  [[nodiscard]] filled fill(reel::outbox& out, std::size_t bytes_max) override {
    while (out.bytes() < bytes_max && done_ < total() && (done_ < places() || pacer_.due(trips_done()))) {
      done_ < places() ? offer(out, done_) : ask(out, trips_done() + 1);
      ++done_;
    }
    return {done_, done_ == total()};
  }

private:
  [[nodiscard]] std::uint64_t places() const {
    return flights_.places + hotels_.places + lots_.places;
  }
  [[nodiscard]] std::uint64_t total() const {
    return places() + options_.trips;
  }
  [[nodiscard]] std::uint64_t trips_done() const {
    return done_ - std::min(done_, places());
  }

  void offer(reel::outbox& out, std::uint64_t n) const {
    if (n < flights_.places) {
      out.add<desk::FlightOffered>("flight " + std::to_string(n + 1), flights_.capacity);
    } else if (n -= flights_.places; n < hotels_.places) {
      out.add<desk::HotelOffered>("hotel " + std::to_string(n + 1), hotels_.capacity);
    } else {
      out.add<desk::CarsOffered>("lot " + std::to_string(n - hotels_.places + 1), lots_.capacity);
    }
  }

  void ask(reel::outbox& out, std::uint64_t trip) const {
    constexpr std::uint64_t nights_max = 14;
    const auto pick = [&](question what, std::uint64_t places) { return 1 + draw(trip, what, options_.seed) % places; };
    out.add<desk::TripRequested>(trip, "traveller " + std::to_string(trip),
                                 "flight " + std::to_string(pick(question::flight, flights_.places)),
                                 "hotel " + std::to_string(pick(question::hotel, hotels_.places)),
                                 static_cast<std::uint32_t>(pick(question::nights, nights_max)),
                                 "lot " + std::to_string(pick(question::lot, lots_.places)));
  }

  travel_options options_;
  reel::feed_pacer pacer_;
  kind flights_;
  kind hotels_;
  kind lots_;
  std::uint64_t done_ = 0; // units, places first
};

} // namespace

std::shared_ptr<reel::feed> travellers(const travel_options& options, reel::feed_pace pace) {
  return std::make_shared<travel_feed>(options, std::move(pace));
}

} // namespace trip
