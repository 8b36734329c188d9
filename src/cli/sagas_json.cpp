// The saga ledger as JSON.
#include "cli/format.hpp"
#include "cli/json_text.hpp"
#include "cli/sagas_command.hpp"

#include <fmt/format.h>

namespace reel::cli {
namespace {

std::string name_json(const saga_fold& fold, core::type_index type) {
  const auto& map = fold.ledger().map();
  return type < map.unknown_type() ? json_string(map.registry().events()[type].name) : "null";
}

/// `[a,b]` of what `element` makes of each.
template <class Range, class Element>
std::string array_json(const Range& range, Element element) {
  std::string text;
  for (const auto& entry : range)
    text += (text.empty() ? "" : ",") + std::string{element(entry)};
  return "[" + text + "]";
}

std::string waiting_json(const saga_fold& fold, const core::awaited_reaction& w) {
  return fmt::format(
      "{{\"event\":{},\"service\":{},\"actor\":{},\"reaction\":{},\"partitions\":{},\"certain\":{},\"effect\":{}}}",
      name_json(fold, w.event), json_string(w.service), json_string(w.actor), json_string(w.reaction),
      array_json(w.partitions, [](const auto& name) { return json_string(name); }), w.certain, w.effect);
}

std::string parked_json(const saga_fold& fold, const core::parked_input& p) {
  return fmt::format(
      "{{\"event\":{},\"actor\":{},\"reaction\":{},\"key\":{},\"attempts\":{},\"given_up\":{},\"error\":{}}}",
      name_json(fold, p.type), json_string(p.actor), json_string(p.reaction), json_string(p.key), p.attempts, p.dead,
      json_string(p.error));
}

std::string deadline_json(const saga_fold& fold, const core::watched_timer& timer) {
  const auto* deadline = fold.ledger().timers().find(timer.deadline);
  const auto type =
      deadline != nullptr ? fold.ledger().map().registry().index_of(deadline->info->event) : std::size_t{0xffff};
  return fmt::format("{{\"event\":{},\"due\":\"{}\",\"service\":{},\"actor\":{},\"then\":{}}}",
                     name_json(fold, static_cast<core::type_index>(type)), iso_time(timer.due),
                     json_string(deadline != nullptr ? deadline->service : ""),
                     json_string(deadline != nullptr ? deadline->actor : ""),
                     array_json(follows_deadline(fold, timer), [&](auto next) { return name_json(fold, next); }));
}

std::string saga_json(const saga_fold& fold, const core::saga_status& status, timestamp now) {
  const auto& s = status.content;
  std::string owed;
  for (std::size_t i = 0; i < status.owed.size(); ++i)
    owed += fmt::format("{}{{\"step\":{},\"count\":{},\"by\":{}}}", i == 0 ? "" : ",",
                        name_json(fold, status.owed[i].first), status.owed[i].second, json_string(status.owed_by[i]));
  return fmt::format(
      "{{\"flow\":{},\"correlation\":\"{:016x}\",\"state\":\"{}\",\"started\":\"{}\",\"last\":\"{}\",\"quiet_ms\":{},"
      "\"done\":{},\"in_progress\":{},\"parked\":{},\"still_to_do\":{},\"undo_owed\":[{}],\"deadline\":{},"
      "\"deadlines\":{}}}",
      json_string(s.key), static_cast<std::uint64_t>(s.correlation), core::text_of(status.state), iso_time(s.started),
      iso_time(s.last), std::chrono::duration_cast<std::chrono::milliseconds>(now - s.last).count(),
      array_json(status.done,
                 [&](const auto& entry) {
                   return fmt::format("{{\"event\":{},\"count\":{}}}", name_json(fold, entry.first), entry.second);
                 }),
      array_json(status.waiting, [&](const auto& w) { return waiting_json(fold, w); }),
      array_json(s.parked, [&](const auto& p) { return parked_json(fold, p); }),
      array_json(status.to_do, [&](auto type) { return name_json(fold, type); }), owed,
      s.deadlines.empty() ? "null" : deadline_json(fold, s.deadlines.front()),
      array_json(s.deadlines, [&](const auto& timer) { return deadline_json(fold, timer); }));
}

} // namespace

std::string sagas_json(const saga_fold& fold, const saga_overview& overview) {
  std::string states;
  for (const auto& [state, count] : overview.states)
    states += fmt::format("{}\"{}\":{}", states.empty() ? "" : ",", core::text_of(state), count);
  std::string ended;
  for (const auto& [type, count] : fold.ledger().ended())
    ended += fmt::format("{}{}:{}", ended.empty() ? "" : ",", name_json(fold, type), count);
  std::uint64_t drift = 0;
  for (const auto& [edge, count] : fold.ledger().drift())
    drift += count;
  return fmt::format("{{\"open\":{},\"states\":{{{}}},\"ended\":{{{}}},\"drift\":{},\"matching\":{},\"sagas\":{}}}",
                     overview.open, states, ended, drift, overview.matching,
                     array_json(overview.sagas, [&](const auto& s) { return saga_json(fold, s, overview.now); }));
}

} // namespace reel::cli
