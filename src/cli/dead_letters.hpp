// Dead letters: events whose reaction kept failing, and what a person decides about them.
#pragma once

#include "cli/timeline.hpp"
#include "core/frame.hpp"
#include "transport/log.hpp"

#include <reel/descriptor.hpp>

#include <optional>
#include <string>
#include <vector>

namespace reel::cli {

/// Narrows a selection; everything that is given has to fit.
struct letter_filter {
  std::string id;      ///< "payment/0:1376256"
  std::string service; ///< that could not react
  std::string type;    ///< of the event, as find_event() takes it: "ShippingFailed" or its full name
  std::string key;     ///< of the entity
  std::string error;   ///< a part of it
};

struct dead_letter {
  journal_id journal{};
  std::string journal_name;
  std::string service;
  std::string type;        ///< of the event; a number when this program does not know it
  std::string event_place; ///< "shipping/1:17.2"
  std::string event_json;
  core::pending_entry entry;

  /// What `--id` takes.
  [[nodiscard]] std::string id() const;
};

/// The dead letters that the filter lets through, by journal and number. Errors: those of reading, and invalid when the
/// filter names no event type.
[[nodiscard]] core::expected<std::vector<dead_letter>>
find_dead_letters(transport::log& log, const choreography_info& choreography, const letter_filter& filter);

/// Writes the decision into each letter's journal, as its owner for one frame: a node that owns it meanwhile is fenced,
/// and recovers. Returns how many were decided; one that is no dead letter any more is not. Blocks. Errors: those of
/// reading and appending; what was decided before stays.
[[nodiscard]] core::expected<std::size_t>
decide_dead_letters(transport::log& log, const choreography_info& choreography, const std::vector<dead_letter>& letters,
                    core::decision_kind kind, const std::string& by, const std::string& reason, timestamp now);

[[nodiscard]] std::string letters_text(const std::vector<dead_letter>& letters, bool colour);
/// What led to the letter's event: the event itself, its cause, and so on to the root. Errors: those of reading.
[[nodiscard]] core::expected<std::vector<timeline_entry>>
causation_of(transport::log& log, const choreography_info& choreography, const dead_letter& letter);
/// One letter, whole.
[[nodiscard]] std::string letter_text(const dead_letter& letter, const std::vector<timeline_entry>& causation,
                                      bool colour);
/// An array on one line.
[[nodiscard]] std::string letters_json(const std::vector<dead_letter>& letters);

} // namespace reel::cli
