#include "cli/broker.hpp"

#include "core/public_urls.hpp"

#include <algorithm>

namespace reel::cli {

namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

} // namespace

core::expected<broker_place> parse_broker(std::string_view place) {
  broker_place result{std::string(place), "reel"};
  const auto host = place.rfind("://") + 3;
  const auto slash = place.find('/', host);
  if (slash != std::string_view::npos) {
    result.urls = place.substr(0, slash);
    result.prefix = place.substr(slash + 1);
  }
  if (result.prefix.empty() || !std::all_of(result.prefix.begin(), result.prefix.end(), is_letter_or_digit)) {
    return core::fail(core::errc::invalid, core::public_urls(place) + ": \"" + result.prefix +
                                               "\" is no prefix of streams: expected small letters and digits, as in "
                                               "nats://127.0.0.1:4222/reel");
  }
  return result;
}

} // namespace reel::cli
