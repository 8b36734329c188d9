#include "cli/quiescence.hpp"

#include "cli/blocking_log.hpp"
#include "core/partition.hpp"
#include "core/routing.hpp"

#include <algorithm>

namespace reel::cli {
namespace {

struct consumer {
  transport::journal_description journal;
  const service_info* service = nullptr;
  std::vector<transport::journal_description> sources; ///< with frames that its positions do not cover
};

/// The journals that may hold what a partition has not handled: those of services and sources whose events its service
/// reacts to.
std::vector<transport::journal_description> open_sources(const consumer& reader,
                                                         const std::vector<transport::journal_description>& journals,
                                                         const choreography_info& choreography,
                                                         const core::router& router, const journal_audit& audit) {
  std::vector<transport::journal_description> result;
  for (const auto& source : journals) {
    std::vector<event_type_id> types;
    for (const auto& service : choreography.services)
      if (service.name == source.genesis.service)
        types = core::published_types(service);
    for (const auto& entry : choreography.sources)
      if (entry.name == source.genesis.service)
        types = entry.publishes;
    if (router.wants(types) && audit.handled(reader.journal.id, source.id) < source.tail.sequence)
      result.push_back(source);
  }
  return result;
}

/// Whether one partition would publish something.
core::expected<bool> has_work(transport::log& log, const consumer& reader, const core::event_registry& registry,
                              core::router& router, const journal_audit& audit) {
  core::partition state{*reader.service, registry, reader.journal.genesis};
  const auto recovered = read_journal(log, reader.journal.id, frame_sequence{1},
                                      [&](const std::shared_ptr<const core::frame>& frame) -> core::expected<bool> {
                                        if (auto done = state.recover(*frame); !done)
                                          return tl::unexpected(std::move(done.error()));
                                        return true;
                                      });
  if (!recovered)
    return tl::unexpected(recovered.error());
  const auto outcome = [&] {
    return state.counters().events + state.pending().entries().size() + state.timers().size();
  };
  const auto before = outcome();
  for (const auto& source : reader.sources) {
    const auto from = static_cast<std::uint64_t>(audit.handled(reader.journal.id, source.id)) + 1;
    const auto handled =
        read_journal(log, source.id, frame_sequence{from},
                     [&](const std::shared_ptr<const core::frame>& frame) -> core::expected<bool> {
                       state.handle(*router.route(frame).at(reader.journal.genesis.partition), frame->time());
                       return outcome() == before;
                     });
    if (!handled)
      return tl::unexpected(handled.error());
    if (outcome() != before)
      return true;
  }
  return false;
}

} // namespace

core::expected<bool> is_quiescent(transport::log& log, const choreography_info& choreography,
                                  const core::event_registry& registry, const journal_audit& audit) {
  if (!audit.inputs_complete() || audit.live_pending() > 0 || audit.owed_effects() > 0)
    return false;
  const auto journals = log.journals();
  if (!journals)
    return tl::unexpected(journals.error());
  for (const auto& journal : *journals) {
    const auto service = std::find_if(choreography.services.begin(), choreography.services.end(),
                                      [&](const auto& entry) { return entry.name == journal.genesis.service; });
    if (service == choreography.services.end())
      continue;
    core::router router{*service, registry, journal.genesis.partitions};
    consumer reader{journal, &*service, {}};
    reader.sources = open_sources(reader, *journals, choreography, router, audit);
    if (reader.sources.empty())
      continue;
    const auto work = has_work(log, reader, registry, router, audit);
    if (!work || *work)
      return work ? core::expected<bool>{false} : work;
  }
  return true;
}

} // namespace reel::cli
