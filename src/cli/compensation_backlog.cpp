#include "cli/compensation_backlog.hpp"

#include "cli/format.hpp"
#include "cli/json_text.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <reel/frame_generated.h>

#include <algorithm>
#include <set>

namespace reel::cli {
namespace {

constexpr std::size_t shown_max = 20;

struct flow_state {
  std::string key;
  bool failed = false;
  bool ended = false;
};

bool undoes(const choreography_info& choreography, const waiting_compensation& w) {
  for (const auto& service : choreography.services)
    for (const auto& actor : service.actors)
      for (const auto& reaction : actor.reactions)
        if (service.name == w.service && actor.name == w.actor && reaction.name == w.reaction &&
            reaction.undoes != event_type_id{})
          return true;
  return false;
}

} // namespace

void compensation_backlog::observe(const core::frame& f, const journal_scan& scan) {
  if (const auto* added = f.body().pending_added())
    for (const auto* p : *added) {
      const auto* genesis = scan.genesis(f.journal());
      parked_[{f.journal(), p->number()}] = {correlation_id{p->correlation()},
                                             {},
                                             genesis != nullptr ? genesis->service : std::string{},
                                             p->actor()->str(),
                                             p->reaction()->str(),
                                             p->error() != nullptr ? p->error()->str() : std::string{},
                                             p->attempts(),
                                             p->dead()};
    }
  if (const auto* settled = f.body().pending_settled())
    for (const auto number : *settled)
      parked_.erase({f.journal(), number});
}

core::expected<std::vector<waiting_compensation>>
compensation_backlog::find(transport::log& log, const choreography_info& choreography,
                           const core::event_registry& registry) const {
  std::vector<waiting_compensation> result;
  if (parked_.empty())
    return result;
  std::map<correlation_id, flow_state> flows;
  for (const auto& [place, parked] : parked_)
    flows[parked.correlation];
  journal_scan scan{log, registry};
  if (auto opened = scan.open(); !opened)
    return tl::unexpected(std::move(opened.error()));
  const auto read = scan_frames(scan, [&](const core::frame& frame) {
    for_each_fact(frame, scan, [&](const fact& event) {
      const auto found = flows.find(event.correlation);
      if (found == flows.end() || event.type == nullptr)
        return;
      auto& flow = found->second;
      if (flow.key.empty())
        flow.key = std::string{event.key};
      flow.failed = flow.failed || event.type->failure;
      flow.ended = flow.ended || event.type->terminal;
    });
    return true;
  });
  if (!read)
    return tl::unexpected(read.error());
  for (const auto& [place, parked] : parked_) {
    const auto& flow = flows.at(parked.correlation);
    if (flow.ended || !(flow.failed || undoes(choreography, parked)))
      continue;
    result.push_back(parked);
    result.back().flow = flow.key;
  }
  return result;
}

std::string backlog_text(const std::vector<waiting_compensation>& waiting, const flow_info& flow, bool colour) {
  if (waiting.empty())
    return {};
  std::set<correlation_id> flows;
  for (const auto& w : waiting)
    flows.insert(w.correlation);
  auto out = painted(flows.size() == 1
                         ? fmt::format("1 {} is waiting for compensation\n", flow.name)
                         : fmt::format("{} {} are waiting for compensation\n", grouped(flows.size()), flow.plural),
                     paint::red, colour);
  for (std::size_t i = 0; i < std::min(waiting.size(), shown_max); ++i) {
    const auto& w = waiting[i];
    const auto how = w.given_up        ? fmt::format("given up after {} attempts: {}", w.attempts, w.error)
                     : w.error.empty() ? std::string{"waits behind another event"}
                                       : fmt::format("to be tried again after {} attempts: {}", w.attempts, w.error);
    out += fmt::format("  {}: {}.{}.{} {}\n", printable(w.flow), w.service, w.actor, w.reaction, printable(how));
  }
  if (waiting.size() > shown_max)
    out += fmt::format("  ... and {} more\n", grouped(waiting.size() - shown_max));
  if (std::any_of(waiting.begin(), waiting.end(), [](const auto& w) { return w.given_up; }))
    out += "  what was given up waits for a person: see dlq list, then dlq redrive\n";
  return out;
}

std::string backlog_json(const std::vector<waiting_compensation>& waiting) {
  std::string out;
  for (const auto& w : waiting)
    out += fmt::format("{}{{\"flow\":{},\"service\":{},\"actor\":{},\"reaction\":{},\"attempts\":{},\"given_up\":{},"
                       "\"error\":{}}}",
                       out.empty() ? "" : ",", json_string(w.flow), json_string(w.service), json_string(w.actor),
                       json_string(w.reaction), w.attempts, w.given_up, json_string(w.error));
  return "[" + out + "]";
}

} // namespace reel::cli
