// What must hold of trips, whatever fails.
#pragma once

#include <reel/event.hpp>
#include <reel/flow_set.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace trip {

/// A flight, a hotel or a lot never gives more than it has.
class capacity_invariant final : public reel::invariant {
public:
  [[nodiscard]] std::string_view name() const override {
    return "capacity";
  }
  void observe(const reel::fact& event) override;
  [[nodiscard]] std::vector<reel::violation> finish(bool quiescent) override;

private:
  void change(const reel::fact& event, std::int64_t by);

  std::unordered_map<std::string, std::int64_t> free_; // by service and place
  std::vector<reel::violation> violations_;
};

/// All or nothing: a confirmed trip holds a seat, a room and a car, one that was given up none of them, and each trip
/// ends once.
class whole_trip_invariant final : public reel::invariant {
public:
  [[nodiscard]] std::string_view name() const override {
    return "whole trip";
  }
  void observe(const reel::fact& event) override;
  [[nodiscard]] std::vector<reel::violation> finish(bool quiescent) override;

private:
  struct booked {
    int seats = 0;
    int rooms = 0;
    int cars = 0;

    friend bool operator==(const booked&, const booked&) = default;
  };

  void end(const reel::fact& event, const booked& promised);

  std::unordered_map<reel::correlation_id, booked> open_;
  reel::flow_set ended_;
  std::vector<reel::violation> violations_;
};

} // namespace trip
