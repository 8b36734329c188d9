// The bike rental's program of the first year: whole euros, and a price that it cannot bill.
#include "program.hpp"

namespace rental {

struct Rental {
  using key = std::string;
  reel::all<BikeRented> rent(const BikeAsked& e, const reel::context& ctx) const {
    return ctx.make<BikeRented>(e.rental(), e.euros());
  }
  void apply(const BikeRented& e) {
    euros += e.euros();
  }
  using flow = reel::flow<reel::react<&Rental::rent>>;
  static constexpr std::array field_names{"euros"};
  std::uint64_t euros = 0;
};

struct Bill {
  using key = std::string;
  reel::one_of<RentalBilled, RentalDropped> bill(const BikeRented& e, const reel::context& ctx) const {
    if (e.euros() == unlucky_euros) {
      throw std::runtime_error("13 euros bring bad luck");
    }
    return ctx.make<RentalBilled>(e.rental());
  }
  void apply(const RentalBilled&) {}
  void apply(const RentalDropped&) {}
  using flow = reel::flow<reel::react<&Bill::bill>>;
};

} // namespace rental

int main(int argc, char** argv) {
  using namespace rental;
  const reel::choreography_info choreography =
      reel::choreography("rental")
          .flows<BikeAsked, RentalBilled, RentalDropped>("rental")
          .from(reel::source("desk").publishes<BikeAsked>())
          .with(reel::service("bikes").hosts<Rental>())
          .with(reel::service("billing").hosts<Bill>().retries({.attempts = 1}));
  return reel::main(argc, argv, choreography, {rent(choreography)});
}
