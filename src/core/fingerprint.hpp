// What two programs must have in common to work on the same journals: their schemas and their graph, as two numbers and
// in words.
#pragma once

#include "core/error.hpp"

#include <reel/descriptor.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reel::core {

/// What a program knows of an event type.
struct event_print {
  std::string name;
  std::uint16_t version = 1;           ///< that it publishes
  std::uint16_t oldest = 1;            ///< that it still reads
  std::vector<std::string> publishers; ///< services and sources, sorted
  std::vector<std::string> readers;    ///< services that react to it or end entities with it, sorted
  std::vector<std::string> layout;     ///< see event_info::layout
  std::uint64_t hash = 0;              ///< of name, version and layout
};

/// Stable: the same for the same schemas and signatures, whatever the build, compiler and machine.
struct fingerprint {
  std::uint64_t schemas = 0;         ///< of all events
  std::uint64_t graph = 0;           ///< of all edges
  std::vector<event_print> events;   ///< by name
  std::vector<std::string> services; ///< sorted
  std::vector<std::string> edges;    ///< who reacts to what and publishes what, one a line, sorted
};

[[nodiscard]] fingerprint fingerprint_of(const choreography_info& choreography);

/// All of it, a line each; the first lines hold the two numbers. Some KiB: nodes exchange the numbers, and this when
/// those differ.
[[nodiscard]] std::string to_text(const fingerprint& print);
/// Errors: invalid, naming the line.
[[nodiscard]] expected<fingerprint> parse_fingerprint(std::string_view text);
/// "0123456789abcdef", as it is printed everywhere.
[[nodiscard]] std::string hash_text(std::uint64_t hash);

/// Whether two programs may work on the same journals at the same time.
struct agreement {
  bool we_read = true;                  ///< we can do with all that they may write
  bool they_read = true;                ///< they can do with all that we may write
  std::vector<std::string> differences; ///< sentences; what breaks something comes first

  /// A rolling upgrade is possible: nodes of both kinds may run beside each other.
  [[nodiscard]] bool compatible() const noexcept {
    return we_read && they_read;
  }
};

/// The rule is in docs/evolution.md.
[[nodiscard]] agreement compare(const fingerprint& ours, const fingerprint& theirs);

} // namespace reel::core
