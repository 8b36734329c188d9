#include "cli/dead_letters.hpp"

#include "cli/blocking_log.hpp"
#include "cli/format.hpp"
#include "cli/journal_scan.hpp"
#include "cli/json_text.hpp"
#include "cli/names.hpp"
#include "cli/terminal.hpp"
#include "cli/verify.hpp"
#include "core/partition.hpp"
#include "core/pending_fold.hpp"

#include <reel/event_json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace reel::cli {
namespace {

/// `type`: what the filter's names, or null.
bool passes(const dead_letter& letter, const letter_filter& filter, const event_info* type) {
  return (filter.id.empty() || letter.id() == filter.id) &&
         (filter.service.empty() || letter.service == filter.service) &&
         (type == nullptr || letter.entry.type == type->id) && (filter.key.empty() || letter.entry.key == filter.key) &&
         (filter.error.empty() || letter.entry.error.find(filter.error) != std::string::npos);
}

dead_letter describe(const journal_scan& scan, journal_id journal, core::pending_entry entry) {
  dead_letter letter;
  letter.journal = journal;
  letter.journal_name = scan.name(journal);
  if (const auto* genesis = scan.genesis(journal))
    letter.service = genesis->service;
  letter.event_place = event_name(scan, entry.event);
  const auto* type = scan.registry().find(entry.type);
  letter.type = type != nullptr ? std::string(type->name) : std::to_string(static_cast<std::uint32_t>(entry.type));
  letter.event_json = type != nullptr ? to_json(*type, entry.payload) : "null";
  letter.entry = std::move(entry);
  return letter;
}

core::expected<void> commit(transport::log& log, core::partition& p, timestamp now) {
  const auto before = p.sequence();
  const auto result = await_answer<transport::append_result>(
      [&](auto done) { log.append(p.journal(), before, p.seal(now), std::move(done)); });
  if (result.outcome == transport::append_outcome::committed)
    return {};
  return core::fail(core::errc::unavailable,
                    fmt::format("{} was not written ({}); run the command again, it decides nothing twice",
                                core::journal_name(p.genesis().service, p.genesis().partition),
                                result.detail.empty() ? "another owner wrote" : result.detail));
}

} // namespace

std::string dead_letter::id() const {
  return fmt::format("{}:{}", journal_name, entry.number);
}

core::expected<std::vector<dead_letter>> find_dead_letters(transport::log& log, const choreography_info& choreography,
                                                           const letter_filter& filter) {
  const event_info* type = nullptr;
  if (!filter.type.empty()) {
    const auto found = find_event(choreography, filter.type);
    if (!found)
      return tl::unexpected(found.error());
    type = *found;
  }
  const core::event_registry registry{choreography.events};
  journal_scan scan{log, registry};
  if (auto opened = scan.open(); !opened)
    return tl::unexpected(std::move(opened.error()));
  core::pending_fold pending{registry};
  const auto done = scan_frames(scan, [&](const core::frame& f) {
    pending.observe(f); // what settles nothing is for verify to report
    return true;
  });
  if (!done)
    return tl::unexpected(done.error());
  std::vector<dead_letter> letters;
  for (const auto& [place, entry] : pending.entries()) {
    auto letter = describe(scan, place.first, entry);
    if (entry.dead && passes(letter, filter, type))
      letters.push_back(std::move(letter));
  }
  std::sort(letters.begin(), letters.end(), [](const dead_letter& a, const dead_letter& b) {
    return std::tie(a.journal_name, a.entry.number) < std::tie(b.journal_name, b.entry.number);
  });
  return letters;
}

core::expected<std::size_t> decide_dead_letters(transport::log& log, const choreography_info& choreography,
                                                const std::vector<dead_letter>& letters, core::decision_kind kind,
                                                const std::string& by, const std::string& reason, timestamp now) {
  const core::event_registry registry{choreography.events};
  const auto journals = log.journals();
  if (!journals)
    return tl::unexpected(journals.error());
  std::size_t decided = 0;
  for (const auto& journal : *journals) {
    const auto service = std::find_if(choreography.services.begin(), choreography.services.end(),
                                      [&](const auto& s) { return s.name == journal.genesis.service; });
    const bool concerned =
        std::any_of(letters.begin(), letters.end(), [&](const auto& l) { return l.journal == journal.id; });
    if (!concerned || service == choreography.services.end())
      continue;
    core::partition p{*service, registry, journal.genesis};
    const auto recovered = read_journal(log, journal.id, frame_sequence{1},
                                        [&](const std::shared_ptr<const core::frame>& f) -> core::expected<bool> {
                                          if (auto folded = p.recover(*f); !folded)
                                            return tl::unexpected(std::move(folded.error()));
                                          return true;
                                        });
    if (!recovered)
      return tl::unexpected(recovered.error());
    p.take_ownership("dlq " + by);
    std::size_t here = 0;
    for (const auto& letter : letters)
      if (letter.journal == journal.id && p.decide({letter.entry.number, kind, by, reason}, now))
        ++here;
    if (here == 0)
      continue;
    if (auto written = commit(log, p, now); !written)
      return tl::unexpected(std::move(written.error()));
    decided += here;
  }
  return decided;
}

std::string letters_text(const std::vector<dead_letter>& letters, bool colour) {
  if (letters.empty())
    return "no dead letters\n";
  std::string out;
  for (const auto& l : letters)
    out += fmt::format("{}  {}.{} of {} ({}) after {} attempts: {}\n", painted(l.id(), paint::bold, colour),
                       l.entry.actor, l.entry.reaction, l.type, printable(l.entry.key), l.entry.attempts,
                       painted(printable(l.entry.error), paint::red, colour));
  return out;
}

core::expected<std::vector<timeline_entry>> causation_of(transport::log& log, const choreography_info& choreography,
                                                         const dead_letter& letter) {
  const core::event_registry registry{choreography.events};
  const auto stories = collect_timelines(log, registry, {letter.entry.correlation});
  if (!stories)
    return tl::unexpected(stories.error());
  std::vector<timeline_entry> chain;
  auto wanted = letter.entry.event;
  for (const auto& story : *stories) // causes come before effects
    for (auto entry = story.entries.rbegin(); entry != story.entries.rend(); ++entry)
      if (entry->id == wanted) {
        wanted = entry->cause;
        chain.push_back(*entry);
      }
  return chain;
}

std::string letter_text(const dead_letter& letter, const std::vector<timeline_entry>& causation, bool colour) {
  const auto& e = letter.entry;
  auto text = fmt::format("{}\n"
                          "  reaction   {}.{} of entity {}\n"
                          "  error      {}\n"
                          "  attempts   {}\n"
                          "  event      {} {} at {}\n",
                          painted(letter.id(), paint::bold, colour), e.actor, e.reaction, printable(e.key),
                          painted(printable(e.error), paint::red, colour), e.attempts, letter.type, letter.event_json,
                          letter.event_place);
  for (const auto& cause : causation)
    text += fmt::format("  because of {:<10} {} {}\n", cause.service, cause.type, printable(cause.key));
  return text;
}

std::string letters_json(const std::vector<dead_letter>& letters) {
  std::string out;
  for (const auto& l : letters)
    out += fmt::format("{}{{\"id\":{},\"service\":{},\"actor\":{},\"reaction\":{},\"key\":{},\"type\":{},\"error\":{},"
                       "\"attempts\":{},\"correlation\":\"{:016x}\",\"event\":{}}}",
                       out.empty() ? "" : ",", json_string(l.id()), json_string(l.service), json_string(l.entry.actor),
                       json_string(l.entry.reaction), json_string(l.entry.key), json_string(l.type),
                       json_string(l.entry.error), l.entry.attempts, static_cast<std::uint64_t>(l.entry.correlation),
                       l.event_json);
  return "[" + out + "]";
}

} // namespace reel::cli
