// Sequence diagrams: who tells whom what, one line below the other, as Mermaid text or SVG.
#pragma once

#include "cli/timeline.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reel::cli {

/// What a line stands for; drawn differently.
enum class diagram_tone { plain, failing, undoing, ending };

struct diagram_line {
  std::size_t from = 0; ///< index of a participant
  std::size_t to = 0;
  bool is_note = false; ///< a note at `from` instead of an arrow: an event that nobody reacted to
  std::string label;
  diagram_tone tone = diagram_tone::plain;
};

struct sequence_diagram {
  std::vector<std::string> participants; ///< from left to right
  std::vector<diagram_line> lines;       ///< from top to bottom

  /// The index of a participant; added at the right when it is new.
  std::size_t participant(std::string_view name);
};

/// An event is an arrow from its publisher to each service that it made publish something, at that moment; an event
/// that caused nothing is a note.
[[nodiscard]] sequence_diagram diagram_of(const timeline& story);

/// A Mermaid sequenceDiagram: failures end in a cross, undoing is dashed. Ended by a line break.
[[nodiscard]] std::string to_mermaid(const sequence_diagram& diagram);

/// An SVG element for a page whose style sheet knows the classes sequence, failing, undoing and ending.
[[nodiscard]] std::string to_svg(const sequence_diagram& diagram);

/// Text between tags and in attributes.
[[nodiscard]] std::string markup_text(std::string_view text);

} // namespace reel::cli
