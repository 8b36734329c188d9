#include "cli/sagas_command.hpp"

#include "cli/format.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

namespace reel::cli {
namespace {

constexpr std::chrono::seconds stuck_after{30};
constexpr std::size_t to_do_shown_max = 3; // in a line

std::string type_name(const saga_fold& fold, core::type_index type) {
  const auto& map = fold.ledger().map();
  return type < map.unknown_type() ? std::string{short_name(map.registry().events()[type].name)} : "unknown";
}

std::string joined(const std::vector<std::string>& parts, std::string_view with = ", ") {
  std::string text;
  for (const auto& part : parts)
    text += fmt::format("{}{}", text.empty() ? "" : with, part);
  return text;
}

std::string counted(const std::string& name, std::size_t count) {
  return count == 1 ? name : fmt::format("{} x{}", name, count);
}

std::string age(timestamp since, timestamp now) {
  return human_ms(std::max(0.0, std::chrono::duration<double, std::milli>(now - since).count()));
}

paint colour_of(core::saga_state state) {
  switch (state) {
  case core::saga_state::failed:
  case core::saga_state::stalled:
    return paint::red;
  case core::saga_state::compensating:
    return paint::yellow;
  case core::saga_state::running:
  case core::saga_state::ended:
    break;
  }
  return paint::plain;
}

std::string waiting_text(const core::saga_status& status) {
  std::vector<std::string> parts;
  for (const auto& w : status.waiting)
    if (w.certain)
      parts.push_back(fmt::format("{} ({}{})", joined(w.partitions), w.effect ? "effect " : "", w.reaction));
  for (const auto& p : status.content.parked)
    parts.push_back(fmt::format("{}.{} {}", p.actor, p.reaction, p.dead ? "given up" : "to be tried again"));
  if (parts.empty() && !status.content.deadlines.empty())
    return "its deadline";
  return parts.empty() ? "nobody" : joined(parts);
}

std::string owed_text(const saga_fold& fold, const core::saga_status& status) {
  std::vector<std::string> parts;
  for (const auto& [step, count] : status.owed)
    parts.push_back(counted(type_name(fold, step), count));
  return joined(parts);
}

std::string deadline_name(const saga_fold& fold, const core::watched_timer& timer) {
  const auto* deadline = fold.ledger().timers().find(timer.deadline);
  return deadline == nullptr
             ? "a deadline that this program does not have"
             : type_name(fold,
                         static_cast<core::type_index>(fold.ledger().map().registry().index_of(deadline->info->event)));
}

/// "PaymentTimedOut in 14 min 3 s", "PaymentTimedOut 5 s late".
std::string deadline_text(const saga_fold& fold, const core::watched_timer& timer, timestamp now) {
  const auto left = std::chrono::round<std::chrono::seconds>(timer.due - now);
  return deadline_name(fold, timer) +
         (timer.due >= now ? " in " + duration_text(left) : " " + duration_text(-left) + " late");
}

std::string to_do_text(const saga_fold& fold, const core::saga_status& status, std::size_t shown_max) {
  std::vector<std::string> parts;
  for (const auto type : status.to_do)
    parts.push_back(type_name(fold, type));
  if (parts.size() > shown_max) {
    const auto last = parts.back();
    parts.resize(shown_max - 1);
    parts.push_back("... " + last);
  }
  return joined(parts);
}

std::string counts_line(const saga_fold& fold, const saga_overview& overview) {
  std::vector<std::string> states;
  for (const auto& [state, count] : overview.states)
    states.push_back(fmt::format("{} {}", grouped(count), core::text_of(state)));
  auto line = fmt::format("{} open{}{}", grouped(overview.open), states.empty() ? "" : ": ", joined(states));
  std::vector<std::string> ended;
  for (const auto& [type, count] : fold.ledger().ended())
    ended.push_back(fmt::format("{} {}", grouped(count), type_name(fold, type)));
  line += "; ended: " + (ended.empty() ? "none" : joined(ended));
  std::uint64_t drift = 0;
  for (const auto& [edge, count] : fold.ledger().drift())
    drift += count;
  return drift == 0 ? line : line + fmt::format("; drift: {} events along no edge of the choreography", drift);
}

constexpr std::size_t table_columns = 8;
using table_row = std::array<std::string, table_columns>;

std::string table_text(const std::vector<table_row>& rows, const std::vector<paint>& colours, bool colour) {
  std::array<std::size_t, table_columns> widths{};
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], columns_of(row[c]));
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line = " ";
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      const auto padding = std::string(widths[c] - columns_of(rows[r][c]), ' ');
      const bool is_state = c == 1;
      line += " " + (is_state ? painted(rows[r][c], colours[r], colour) : rows[r][c]) + padding + " ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

bool wanted(const core::saga_status& status, const sagas_options& options, timestamp now) {
  const bool needs_help = status.state == core::saga_state::failed || status.state == core::saga_state::stalled;
  const auto quiet = now - status.content.last;
  if (!options.correlation.empty()) {
    std::uint64_t number = 0;
    const auto& text = options.correlation;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    const bool is_number = text.size() == 16 && failure == std::errc{} && end == text.data() + text.size();
    return status.content.correlation == core::correlation_of(text) ||
           (is_number && status.content.correlation == correlation_id{number});
  }
  if (options.stuck)
    return needs_help || quiet >= options.older_than.value_or(stuck_after);
  if (options.compensating && !status.content.failed)
    return false;
  if (options.failed && !needs_help)
    return false;
  return !options.older_than || quiet >= *options.older_than;
}

} // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  static const std::map<std::string_view, double> units{{"", 1e9},   {"ms", 1e6},   {"s", 1e9},
                                                        {"m", 6e10}, {"h", 3.6e12}, {"d", 8.64e13}};
  constexpr double nanoseconds_max = 9e18;
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (failure != std::errc{} || !std::isfinite(value) || value < 0)
    return std::nullopt;
  const auto unit = units.find(text.substr(static_cast<std::size_t>(end - text.data())));
  if (unit == units.end() || value * unit->second > nanoseconds_max)
    return std::nullopt;
  return std::chrono::nanoseconds{static_cast<std::int64_t>(value * unit->second)};
}

saga_overview overview_of(const saga_fold& fold, const sagas_options& options, timestamp now) {
  saga_overview result;
  result.now = now;
  std::map<core::saga_state, std::size_t> states;
  for (auto& status : fold.reader().open_sagas()) {
    ++result.open;
    ++states[status.state];
    if (!wanted(status, options, now))
      continue;
    ++result.matching;
    if (options.limit == 0 || result.sagas.size() < options.limit)
      result.sagas.push_back(std::move(status));
  }
  result.states.assign(states.begin(), states.end());
  return result;
}

std::string sagas_text(const saga_fold& fold, const saga_overview& overview, bool colour) {
  auto text = counts_line(fold, overview) + "\n";
  if (overview.sagas.empty())
    return text;
  std::vector<table_row> rows{
      {"FLOW", "STATE", "OPEN FOR", "QUIET FOR", "WAITING FOR", "STILL TO DO", "UNDO OWED", "DEADLINE"}};
  std::vector<paint> colours{paint::plain};
  for (const auto& status : overview.sagas) {
    rows.push_back({printable(status.content.key), std::string{core::text_of(status.state)},
                    age(status.content.started, overview.now), age(status.content.last, overview.now),
                    waiting_text(status), to_do_text(fold, status, to_do_shown_max), owed_text(fold, status),
                    status.content.deadlines.empty()
                        ? std::string{}
                        : deadline_text(fold, status.content.deadlines.front(), overview.now)});
    colours.push_back(colour_of(status.state));
  }
  text += "\n" + table_text(rows, colours, colour);
  if (overview.matching > overview.sagas.size())
    text +=
        fmt::format("  ... and {} more (--limit 0 shows all)\n", grouped(overview.matching - overview.sagas.size()));
  return text;
}

std::string saga_text(const saga_fold& fold, const core::saga_status& status, timestamp now, bool colour) {
  const auto& s = status.content;
  auto text = fmt::format("{} {}, started {} ({} ago), quiet for {}\n", printable(s.key),
                          painted(core::text_of(status.state), colour_of(status.state), colour), iso_time(s.started),
                          age(s.started, now), age(s.last, now));
  std::vector<std::string> done;
  for (const auto& [type, count] : status.done)
    done.push_back(counted(type_name(fold, type), count));
  text += fmt::format("  done         {}\n", joined(done));
  for (const auto& w : status.waiting)
    text += fmt::format("  in progress  {}: {} {} {}.{}{}\n", type_name(fold, w.event), joined(w.partitions),
                        w.certain ? "owes" : "may owe", w.actor, w.reaction,
                        w.certain ? "" : " (or has found nothing to do)");
  for (const auto& p : s.parked)
    text += fmt::format("  parked       {} of {} {} after {} attempts{}: {}\n", p.reaction, p.actor, printable(p.key),
                        p.attempts, p.dead ? ", given up" : "", printable(p.error));
  text += fmt::format("  still to do  {}\n", to_do_text(fold, status, status.to_do.size() + 1));
  for (std::size_t i = 0; i < status.owed.size(); ++i)
    text +=
        fmt::format("  undo owed    {} by {}\n", counted(type_name(fold, status.owed[i].first), status.owed[i].second),
                    status.owed_by[i].empty() ? "nobody" : status.owed_by[i]);
  for (const auto& timer : s.deadlines) {
    std::vector<std::string> then;
    for (const auto type : follows_deadline(fold, timer))
      then.push_back(type_name(fold, type));
    text += fmt::format("  deadline     {} at {}{}\n", deadline_text(fold, timer, now), iso_time(timer.due),
                        then.empty() ? std::string{} : ", then " + joined(then));
  }
  return text;
}

std::vector<core::type_index> follows_deadline(const saga_fold& fold, const core::watched_timer& timer) {
  const auto& map = fold.ledger().map();
  std::vector<core::type_index> result;
  if (const auto* deadline = fold.ledger().timers().find(timer.deadline); deadline != nullptr) {
    const auto event = static_cast<core::type_index>(map.registry().index_of(deadline->info->event));
    for (core::type_index type = 0; type < map.unknown_type(); ++type)
      if (map.knows(event, type))
        result.push_back(type);
  }
  return result;
}

} // namespace reel::cli
