#include "trip/invariants.hpp"

#include <trip/cars_events.hpp>
#include <trip/desk_events.hpp>
#include <trip/flights_events.hpp>
#include <trip/hotels_events.hpp>
#include <trip/trips_events.hpp>

#include <utility>

namespace trip {

void capacity_invariant::observe(const reel::fact& event) {
  if (const auto* seats = event.as<flights::SeatsOpened>()) {
    change(event, seats->seats());
  } else if (const auto* rooms = event.as<hotels::RoomsOpened>()) {
    change(event, rooms->rooms());
  } else if (const auto* cars = event.as<cars::CarsParked>()) {
    change(event, cars->cars());
  } else if (event.as<flights::SeatBooked>() || event.as<hotels::RoomBooked>() || event.as<cars::CarRented>()) {
    change(event, -1);
  } else if (event.as<flights::SeatGivenUp>() || event.as<hotels::RoomCancelled>()) {
    change(event, 1);
  }
}

void capacity_invariant::change(const reel::fact& event, std::int64_t by) {
  const auto place = std::string(event.service) + " " + std::string(event.key);
  if ((free_[place] += by) < 0) {
    violations_.push_back(
        {std::string(name()), place + ": booked beyond what there is", std::string(), event.correlation});
  }
}

std::vector<reel::violation> capacity_invariant::finish(bool) {
  return std::exchange(violations_, {});
}

void whole_trip_invariant::observe(const reel::fact& event) {
  if (event.as<desk::TripRequested>()) {
    open_[event.correlation];
  } else if (event.as<flights::SeatBooked>()) {
    ++open_[event.correlation].seats;
  } else if (event.as<flights::SeatGivenUp>()) {
    --open_[event.correlation].seats;
  } else if (event.as<hotels::RoomBooked>()) {
    ++open_[event.correlation].rooms;
  } else if (event.as<hotels::RoomCancelled>()) {
    --open_[event.correlation].rooms;
  } else if (event.as<cars::CarRented>()) {
    ++open_[event.correlation].cars;
  } else if (event.as<trips::TripConfirmed>()) {
    end(event, {1, 1, 1});
  } else if (event.as<trips::TripGivenUp>()) {
    end(event, {0, 0, 0});
  }
}

void whole_trip_invariant::end(const reel::fact& event, const booked& promised) {
  const auto trip = open_.find(event.correlation);
  const auto complain = [&](std::string what) {
    violations_.push_back({std::string(name()), std::move(what), std::string(event.key)});
  };
  if (!ended_.insert(event.correlation)) {
    complain("ended a second time");
  }
  if (trip == open_.end()) {
    complain("ended, but nobody asked for it");
    return;
  }
  const auto& holds = trip->second;
  if (holds != promised) {
    complain("ended with " + std::to_string(holds.seats) + " seats, " + std::to_string(holds.rooms) + " rooms and " +
             std::to_string(holds.cars) + " cars");
  }
  open_.erase(trip);
}

std::vector<reel::violation> whole_trip_invariant::finish(bool quiescent) {
  for (const auto& [flow, holds] : open_) {
    if (quiescent) {
      violations_.push_back({std::string(name()), "has not ended", std::string(), flow});
    }
  }
  open_.clear();
  return std::exchange(violations_, {});
}

} // namespace trip
