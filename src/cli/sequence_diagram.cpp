#include "cli/sequence_diagram.hpp"

#include "cli/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace reel::cli {
namespace {

diagram_tone tone_of(const timeline_entry& entry) {
  if (entry.failure)
    return diagram_tone::failing;
  if (!entry.undoes.empty())
    return diagram_tone::undoing;
  return entry.terminal ? diagram_tone::ending : diagram_tone::plain;
}

/// "StockReserved 22423": the key only where it is another than that of the flow.
std::string label_of(const timeline_entry& entry, const std::string& flow) {
  auto label = std::string{short_name(entry.type)};
  if (!entry.key.empty() && entry.key != flow)
    label += " " + printable(entry.key);
  return label;
}

/// Mermaid ends a statement at a semicolon and takes # for the start of a character code.
std::string mermaid_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '#')
      result += "#35;";
    else if (c == ';')
      result += "#59;";
    else
      result += c;
  }
  return result;
}

std::string_view arrow_of(diagram_tone tone) {
  switch (tone) {
  case diagram_tone::failing:
    return "-x";
  case diagram_tone::undoing:
    return "-->>";
  case diagram_tone::plain:
  case diagram_tone::ending:
    break;
  }
  return "->>";
}

} // namespace

std::size_t sequence_diagram::participant(std::string_view name) {
  const auto found = std::find(participants.begin(), participants.end(), name);
  if (found == participants.end()) {
    participants.emplace_back(name);
    return participants.size() - 1;
  }
  return static_cast<std::size_t>(found - participants.begin());
}

sequence_diagram diagram_of(const timeline& story) {
  sequence_diagram diagram;
  std::map<event_id, const timeline_entry*> by_id;
  std::set<event_id> causes;
  for (const auto& entry : story.entries) {
    by_id.emplace(entry.id, &entry);
    causes.insert(entry.cause);
    diagram.participant(printable(entry.service));
  }
  std::set<std::pair<event_id, std::string>> drawn;
  for (const auto& entry : story.entries) {
    const auto here = diagram.participant(printable(entry.service));
    const auto cause = by_id.find(entry.cause);
    if (cause != by_id.end() && drawn.emplace(entry.cause, entry.service).second)
      diagram.lines.push_back({diagram.participant(printable(cause->second->service)), here, false,
                               label_of(*cause->second, story.flow), tone_of(*cause->second)});
    if (!causes.contains(entry.id))
      diagram.lines.push_back({here, here, true, label_of(entry, story.flow), tone_of(entry)});
  }
  return diagram;
}

std::string to_mermaid(const sequence_diagram& diagram) {
  std::string text = "sequenceDiagram\n";
  for (std::size_t i = 0; i < diagram.participants.size(); ++i)
    text += fmt::format("  participant s{} as {}\n", i, mermaid_text(diagram.participants[i]));
  for (const auto& line : diagram.lines) {
    if (line.is_note)
      text += fmt::format("  Note over s{}: {}\n", line.from, mermaid_text(line.label));
    else
      text += fmt::format("  s{}{}s{}: {}\n", line.from, arrow_of(line.tone), line.to, mermaid_text(line.label));
  }
  return text;
}

} // namespace reel::cli
