#include "cli/names.hpp"

#include "cli/format.hpp"
#include "core/nearest_name.hpp"

#include <fmt/format.h>

#include <vector>

namespace reel::cli {

core::expected<const event_info*> find_event(const choreography_info& choreography, std::string_view name) {
  std::vector<std::string_view> known;
  const event_info* found = nullptr;
  for (const auto& type : choreography.events) {
    if (type.name == name)
      return &type;
    known.push_back(short_name(type.name));
    if (core::edit_distance(known.back(), name) != 0)
      continue;
    if (found != nullptr)
      return core::fail(core::errc::invalid,
                        fmt::format("{} may be {} or {}: give the whole name", name, found->name, type.name));
    found = &type;
  }
  if (found == nullptr)
    return core::fail(core::errc::invalid, core::no_such_name("event", short_name(name), known));
  return found;
}

core::expected<std::string_view> find_home(const choreography_info& choreography, std::string_view name) {
  std::vector<std::string_view> known;
  for (const auto& source : choreography.sources)
    known.push_back(source.name);
  for (const auto& service : choreography.services)
    known.push_back(service.name);
  for (const auto candidate : known)
    if (candidate == name)
      return candidate;
  return core::fail(core::errc::invalid, core::no_such_name("service", name, known));
}

} // namespace reel::cli
