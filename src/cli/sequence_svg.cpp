// Sequence diagrams as SVG.
#include "cli/format.hpp"
#include "cli/sequence_diagram.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::cli {
namespace {

constexpr int letter_width = 7; // of the style sheet's font, on average
constexpr int head_height = 26;
constexpr int line_height = 36;
constexpr int margin = 12;
constexpr int loop_width = 34;

std::string_view class_of(diagram_tone tone) {
  switch (tone) {
  case diagram_tone::failing:
    return "failing";
  case diagram_tone::undoing:
    return "undoing";
  case diagram_tone::ending:
    return "ending";
  case diagram_tone::plain:
    break;
  }
  return "plain";
}

int width_of(std::string_view text) {
  return static_cast<int>(columns_of(text)) * letter_width;
}

/// Where the lifelines stand.
struct columns {
  explicit columns(const sequence_diagram& diagram) {
    int gap = 110;
    int loop_room = 0; // right of the last lifeline
    for (const auto& line : diagram.lines) {
      const auto label = width_of(line.label) + 2 * margin;
      const bool at_the_right = line.from == line.to && line.from + 1 == diagram.participants.size();
      if (at_the_right)
        loop_room = std::max(loop_room, line.is_note ? label / 2 : loop_width + label);
      else if (line.is_note)
        gap = std::max(gap, label);
      else
        gap = std::max(gap, line.from == line.to ? loop_width + label : label);
    }
    int head = 60;
    for (const auto& name : diagram.participants)
      head = std::max(head, width_of(name) + 2 * margin);
    gap = std::max(gap, head + margin);
    int first = head / 2;
    for (const auto& line : diagram.lines)
      if (line.is_note && line.from == 0)
        first = std::max(first, width_of(line.label) / 2 + margin);
    first += margin;
    head_width = head;
    for (std::size_t i = 0; i < diagram.participants.size(); ++i)
      x.push_back(first + static_cast<int>(i) * gap);
    width = (x.empty() ? 0 : x.back()) + std::max(head / 2, loop_room) + margin;
  }
  std::vector<int> x;
  int head_width = 0;
  int width = 0;
};

std::string arrow_head(int x, int y, int direction, diagram_tone tone) {
  constexpr int size = 5;
  if (tone == diagram_tone::failing)
    return fmt::format("<path d=\"M{} {}l{} {}m0 {}l{} {}\"/>", x - size - direction * size, y - size, 2 * size,
                       2 * size, -2 * size, -2 * size, 2 * size);
  return fmt::format("<path class=\"head\" d=\"M{} {}l{} {}v{}z\"/>", x, y, -direction * 2 * size, -size, 2 * size);
}

std::string line_markup(const diagram_line& line, const columns& at, int y) {
  const auto label = markup_text(line.label);
  const int from = at.x[line.from];
  const int to = at.x[line.to];
  std::string inside;
  if (line.is_note) {
    const int width = width_of(line.label) + 2 * margin;
    inside = fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"24\" rx=\"4\"/>"
                         "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                         from - width / 2, y - 16, width, from, y, label);
  } else if (line.from == line.to) {
    inside = fmt::format("<path d=\"M{} {}h{}v14h{}\"/>{}<text x=\"{}\" y=\"{}\">{}</text>", from, y - 10, loop_width,
                         -loop_width, arrow_head(from, y + 4, -1, line.tone), from + loop_width + 6, y + 2, label);
  } else {
    const int direction = to > from ? 1 : -1;
    inside = fmt::format("<path d=\"M{} {}H{}\"/>{}<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>", from, y,
                         to, arrow_head(to, y, direction, line.tone), (from + to) / 2, y - 6, label);
  }
  return fmt::format("<g class=\"{}\">{}</g>\n", class_of(line.tone), inside);
}

} // namespace

std::string markup_text(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    switch (c) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '"':
      result += "&quot;";
      break;
    default:
      result += c;
    }
  }
  return result;
}

std::string to_svg(const sequence_diagram& diagram) {
  const columns at{diagram};
  const int height = margin + head_height + line_height * static_cast<int>(diagram.lines.size()) + 2 * margin;
  auto svg = fmt::format("<svg class=\"sequence\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
                         "viewBox=\"0 0 {0} {1}\" role=\"img\">\n",
                         at.width, height);
  for (std::size_t i = 0; i < diagram.participants.size(); ++i)
    svg += fmt::format("<g class=\"lifeline\"><path d=\"M{0} {1}V{2}\"/><rect x=\"{3}\" y=\"{4}\" width=\"{5}\" "
                       "height=\"{6}\" rx=\"4\"/><text x=\"{0}\" y=\"{7}\" text-anchor=\"middle\">{8}</text></g>\n",
                       at.x[i], margin + head_height, height - margin, at.x[i] - at.head_width / 2, margin,
                       at.head_width, head_height, margin + 17, markup_text(diagram.participants[i]));
  int y = margin + head_height;
  for (const auto& line : diagram.lines)
    svg += line_markup(line, at, y += line_height);
  return svg + "</svg>\n";
}

} // namespace reel::cli
