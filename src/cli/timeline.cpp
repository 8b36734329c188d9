#include "cli/timeline.hpp"

#include "cli/format.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace reel::cli {
namespace {

constexpr std::size_t key_columns_max = 24;

std::string shortened(std::string text, std::size_t columns) {
  if (columns_of(text) <= columns)
    return text;
  // Cut at a code point, so that no broken character reaches the terminal.
  std::size_t bytes = 0;
  for (std::size_t seen = 0; bytes < text.size(); ++bytes)
    if ((static_cast<unsigned char>(text[bytes]) & 0xc0) != 0x80 && seen++ == columns - 3)
      break;
  text.resize(bytes);
  return text.append("...");
}

std::string padded(std::string text, std::size_t columns) {
  const auto taken = columns_of(text);
  return taken < columns ? text.append(columns - taken, ' ') : text;
}

/// What kind of event it is, in words: colour alone must not carry meaning.
std::string role_of(const timeline_entry& entry) {
  if (entry.failure)
    return "failure";
  if (!entry.undoes.empty())
    return fmt::format("undoes {}", short_name(entry.undoes));
  if (entry.terminal)
    return "end";
  return {};
}

paint colour_of(const timeline_entry& entry) {
  if (entry.failure)
    return paint::red;
  if (!entry.undoes.empty())
    return paint::yellow;
  return entry.terminal ? paint::green : paint::plain;
}

struct row {
  std::string offset, service, type, key, role, cause;
};

} // namespace

timeline_entry entry_of(const fact& event) {
  return {.id = event.id,
          .cause = event.cause,
          .time = event.time,
          .service = std::string{event.service},
          .key = std::string{event.key},
          .type = std::string{event.type->name},
          .undoes = std::string{event.type->compensates},
          .failure = event.type->failure,
          .terminal = event.type->terminal};
}

std::string render(const timeline& story, bool colour, std::string_view indent) {
  std::map<event_id, const timeline_entry*> by_id;
  for (const auto& entry : story.entries)
    by_id.emplace(entry.id, &entry);
  std::vector<row> rows;
  row widest;
  for (const auto& entry : story.entries) {
    const auto since = entry.time - story.entries.front().time;
    const auto cause = by_id.find(entry.cause);
    row next{.offset = fmt::format("+{:.1f} ms", std::chrono::duration<double, std::milli>(since).count()),
             .service = printable(entry.service),
             .type = std::string{short_name(entry.type)},
             .key = shortened(printable(entry.key), key_columns_max),
             .role = role_of(entry),
             .cause = cause == by_id.end() ? std::string{}
                                           : fmt::format("because of {} ({})", short_name(cause->second->type),
                                                         shortened(printable(cause->second->key), key_columns_max))};
    const auto widen = [](std::string& column, const std::string& text) {
      column.resize(std::max(column.size(), columns_of(text)));
    };
    widen(widest.offset, next.offset);
    widen(widest.service, next.service);
    widen(widest.type, next.type);
    widen(widest.key, next.key);
    widen(widest.role, next.role);
    rows.push_back(std::move(next));
  }
  std::string result;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& next = rows[i];
    auto line = fmt::format("{}{:>{}}  {}  {}  {}  {}  {}", indent, next.offset, widest.offset.size(),
                            padded(next.service, widest.service.size()),
                            painted(padded(next.type, widest.type.size()), colour_of(story.entries[i]), colour),
                            padded(next.key, widest.key.size()), padded(next.role, widest.role.size()),
                            painted(next.cause, paint::dim, colour));
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + "\n";
  }
  return result;
}

} // namespace reel::cli
