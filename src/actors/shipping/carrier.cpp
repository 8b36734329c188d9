#include "actors/shipping/carrier.hpp"

#include "actors/chance.hpp"

namespace shop::shipping {

std::optional<std::uint64_t> local_carrier::book(std::string_view order) const {
  if (happens(order, seed_ + 2, failure_rate_)) {
    return std::nullopt;
  }
  return draw(order, seed_ + 3);
}

} // namespace shop::shipping
