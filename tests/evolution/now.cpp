// Today's program of the bike rental: it reads what the first one wrote as if it had always counted cents, and has a
// service that the first one did not have.
#include "program.hpp"

#include <reel/invariant.hpp>
#include <reel/projection.hpp>
#include <reel/upcast.hpp>

#include <map>

namespace rental {

constexpr std::uint64_t cents_per_euro = 100;

reel::upcasted<BikeRented2> with_name(const BikeRented1& old, const reel::upcast<BikeRented1, BikeRented2>& to) {
  return to.make(old.rental(), old.euros(), "nameless");
}

reel::upcasted<BikeRented> in_cents(const BikeRented2& old, const reel::upcast<BikeRented2, BikeRented>& to) {
  return to.make(old.rental(), old.bike(), old.euros() * cents_per_euro, Currency::euro);
}

struct Rental {
  using key = std::string;
  reel::all<BikeRented> rent(const BikeAsked& e, const reel::context& ctx) const {
    return ctx.make<BikeRented>(e.rental(), "Rosinante", e.euros() * cents_per_euro, Currency::euro);
  }
  void apply(const BikeRented& e) {
    bike = e.bike()->str();
    cents += e.cents();
  }
  using flow = reel::flow<reel::react<&Rental::rent>>;
  static constexpr std::array field_names{"bike", "cents"};
  std::string bike;
  std::uint64_t cents = 0;
};

struct Bill {
  using key = std::string;
  reel::one_of<RentalBilled, RentalDropped> bill(const BikeRented& e, const reel::context& ctx) const {
    if (e.cents() == 0) {
      return ctx.make<RentalDropped>(e.rental());
    }
    return ctx.make<RentalBilled>(e.rental());
  }
  void apply(const RentalBilled&) {}
  void apply(const RentalDropped&) {}
  using flow = reel::flow<reel::react<&Bill::bill>>;
};

/// New: credits what was rented before there were points, too.
struct Points {
  using key = std::string;
  reel::all<PointsCredited> credit(const BikeRented& e, const reel::context& ctx) const {
    return ctx.make<PointsCredited>(e.rental(), e.cents() / 10);
  }
  void apply(const PointsCredited& e) {
    points += e.points();
  }
  using flow = reel::flow<reel::react<&Points::credit>>;
  static constexpr std::array field_names{"points"};
  std::uint64_t points = 0;
};

/// Points are what was paid, whichever program wrote it down.
class points_fit final : public reel::invariant {
public:
  [[nodiscard]] std::string_view name() const override {
    return "points";
  }
  void observe(const reel::fact& event) override {
    if (const auto* rented = event.as<BikeRented>()) {
      owed_[std::string(event.key)] += rented->cents() / 10;
    } else if (const auto* credited = event.as<PointsCredited>()) {
      owed_[std::string(event.key)] -= credited->points();
    }
  }
  [[nodiscard]] std::vector<reel::violation> finish(bool quiescent) override {
    std::vector<reel::violation> found;
    for (const auto& [rental, points] : owed_) {
      if (quiescent && points != 0) {
        found.push_back({"points", rental + ": " + std::to_string(points) + " points are missing", rental, {}});
      }
    }
    return found;
  }

private:
  std::map<std::string, std::uint64_t> owed_;
};

class rentals_view final : public reel::projection {
public:
  [[nodiscard]] std::string_view name() const override {
    return "rentals";
  }
  [[nodiscard]] std::uint32_t version() const override {
    return 1;
  }
  [[nodiscard]] std::span<const reel::column> columns() const override {
    static constexpr std::array columns{reel::column{"rental", "text"}, reel::column{"bike", "text"},
                                        reel::column{"cents", "integer"}};
    return columns;
  }
  [[nodiscard]] std::vector<reel::event_type_id> inputs() const override {
    return {reel::event_traits<BikeRented>::id};
  }
  [[nodiscard]] std::string_view key(const reel::fact& event) const override {
    return event.key;
  }
  void apply(const reel::fact& event, row& cells) const override {
    cells[1] = event.as<BikeRented>()->bike()->str();
    cells[2] = static_cast<std::int64_t>(event.as<BikeRented>()->cents());
  }
};

} // namespace rental

int main(int argc, char** argv) {
  using namespace rental;
  const reel::choreography_info choreography =
      reel::choreography("rental")
          .flows<BikeAsked, RentalBilled, RentalDropped>("rental")
          .from(reel::source("desk").publishes<BikeAsked>())
          .with(reel::service("bikes").hosts<Rental>().upcasts<&with_name, &in_cents>())
          .with(reel::service("billing").hosts<Bill>())
          .with(reel::service("loyalty").hosts<Points>())
          .projection<rentals_view>()
          .invariant<points_fit>();
  return reel::main(argc, argv, choreography, {rent(choreography)});
}
