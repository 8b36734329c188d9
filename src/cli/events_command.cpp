#include "cli/events_command.hpp"

#include "cli/format.hpp"
#include "cli/journal_scan.hpp"
#include "cli/json_text.hpp"

#include <reel/event_json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace reel::cli {
namespace {

struct filter {
  std::optional<correlation_id> flow;
  std::string service;
  std::set<event_type_id> types; ///< empty: all

  [[nodiscard]] bool wants_journal(std::string_view journal) const {
    return service.empty() || journal == service || journal.substr(0, journal.rfind('/')) == service;
  }
  [[nodiscard]] bool wants(const core::event_view& event) const {
    return (!flow || event.correlation == *flow) && (types.empty() || types.contains(event.type));
  }
};

core::expected<filter> make_filter(const journal_scan& scan, const choreography_info& choreography,
                                   const events_options& options) {
  filter result;
  if (!options.flow.empty())
    result.flow = core::correlation_of(options.flow);
  result.service = options.service;
  std::string known;
  bool found = options.service.empty();
  for (const auto& journal : scan.journals()) {
    found = found || result.wants_journal(core::journal_name(journal.genesis.service, journal.genesis.partition));
    if (known.find(journal.genesis.service) == std::string::npos)
      known += fmt::format("{}{}", known.empty() ? "" : ", ", journal.genesis.service);
  }
  if (!found)
    return core::fail(core::errc::invalid,
                      fmt::format("no journal of service {}; there are: {}", options.service, known));
  if (options.type.empty())
    return result;
  known.clear();
  for (const auto& type : choreography.events) {
    if (type.name == options.type || short_name(type.name) == options.type)
      result.types.insert(type.id);
    known += fmt::format("{}{}", known.empty() ? "" : ", ", short_name(type.name));
  }
  if (result.types.empty())
    return core::fail(core::errc::invalid, fmt::format("no event type {}; there are: {}", options.type, known));
  return result;
}

std::string type_name(const fact& event, event_type_id id) {
  return event.type != nullptr ? std::string{event.type->name}
                               : fmt::format("unknown type {:08x}", static_cast<std::uint32_t>(id));
}

std::string as_json(const journal_scan& scan, const fact& event, const std::string& type, bytes_view payload) {
  return fmt::format(
      "{{\"journal\":{},\"sequence\":{},\"index\":{},\"time\":\"{}\",\"service\":{},\"type\":{},\"key\":{},"
      "\"correlation\":\"{:016x}\",\"cause\":{},\"payload\":{}}}",
      json_string(scan.name(event.id.journal)), static_cast<std::uint64_t>(event.id.sequence), event.id.index,
      iso_time(event.time), json_string(event.service), json_string(type), json_string(event.key),
      static_cast<std::uint64_t>(event.correlation),
      exists(event.cause) ? json_string(event_name(scan, event.cause)) : "null",
      event.type != nullptr ? to_json(*event.type, payload) : "null");
}

std::string as_text(const journal_scan& scan, const fact& event, const std::string& type, bytes_view payload) {
  return fmt::format("{}  {:<18} {:<28} {:<16} {}{}", iso_time(event.time), event_name(scan, event.id),
                     short_name(type), printable(event.key), event.type != nullptr ? to_json(*event.type, payload) : "",
                     exists(event.cause) ? fmt::format("  because of {}", event_name(scan, event.cause))
                                         : std::string{});
}

} // namespace

core::expected<void> print_events(transport::log& log, const choreography_info& choreography,
                                  const events_options& options, const line_sink& print,
                                  const std::function<bool()>& wait) {
  const core::event_registry registry{choreography.events};
  journal_scan scan{log, registry};
  if (auto opened = scan.open(); !opened)
    return opened;
  const auto wanted = make_filter(scan, choreography, options);
  if (!wanted)
    return tl::unexpected(wanted.error());
  bool open = true;
  const auto print_frame = [&](const core::frame& frame) {
    if (!wanted->wants_journal(scan.name(frame.journal())))
      return open;
    for_each_fact(frame, scan, [&](const fact& event) {
      const auto view = frame.event(event.id.index);
      if (!open || !wanted->wants(view))
        return;
      const auto type = type_name(event, view.type);
      open = print(options.json ? as_json(scan, event, type, view.payload) : as_text(scan, event, type, view.payload));
    });
    return open;
  };
  for (;;) {
    if (auto done = scan_frames(scan, print_frame); !done)
      return done;
    if (!open || !options.follow || !wait || !wait())
      return {};
  }
}

} // namespace reel::cli
