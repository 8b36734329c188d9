#include "cli/trace_command.hpp"

#include "cli/format.hpp"
#include "cli/json_text.hpp"
#include "cli/verify.hpp"

#include <fmt/format.h>

namespace reel::cli {
namespace {

std::string id_json(const flow_trace& trace, const event_id& id) {
  if (!exists(id))
    return "null";
  const auto journal = trace.journals.find(id.journal);
  return json_string(fmt::format("{}:{}.{}", journal == trace.journals.end() ? "?" : journal->second,
                                 static_cast<std::uint64_t>(id.sequence), id.index));
}

} // namespace

core::expected<flow_trace> trace_flow(transport::log& log, const choreography_info& choreography,
                                      std::string_view key) {
  const core::event_registry registry{choreography.events};
  auto stories = collect_timelines(log, registry, {core::correlation_of(key)});
  if (!stories)
    return tl::unexpected(std::move(stories.error()));
  if (stories->empty())
    return core::fail(core::errc::not_found, fmt::format("there is no event of {} in the journals", key));
  const auto journals = log.journals();
  if (!journals)
    return tl::unexpected(journals.error());
  flow_trace trace{std::move(stories->front()), {}};
  trace.story.flow = key;
  for (const auto& journal : *journals)
    trace.journals.emplace(journal.id, core::journal_name(journal.genesis.service, journal.genesis.partition));
  return trace;
}

std::string trace_json(const flow_trace& trace) {
  const auto& story = trace.story;
  std::string events;
  for (const auto& entry : story.entries)
    events +=
        fmt::format("{}{{\"id\":{},\"cause\":{},\"time\":\"{}\",\"service\":{},\"type\":{},\"key\":{},\"undoes\":{},"
                    "\"failure\":{},\"terminal\":{}}}",
                    events.empty() ? "" : ",", id_json(trace, entry.id), id_json(trace, entry.cause),
                    iso_time(entry.time), json_string(entry.service), json_string(entry.type), json_string(entry.key),
                    entry.undoes.empty() ? "null" : json_string(entry.undoes), entry.failure, entry.terminal);
  return fmt::format("{{\"flow\":{},\"correlation\":\"{:016x}\",\"events\":[{}]}}", json_string(story.flow),
                     static_cast<std::uint64_t>(core::correlation_of(story.flow)), events);
}

} // namespace reel::cli
