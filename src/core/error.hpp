// Errors as values: what went wrong, in words for a person, with a code for a program.
#pragma once

#include <tl/expected.hpp>

#include <string>

namespace reel::core {

/// What a caller may want to tell apart.
enum class errc {
  corrupt,      ///< bytes that do not decode or do not match their checksum
  chain_broken, ///< a frame whose previous hash is not that of the frame before it
  mismatch,     ///< configuration differs from what a journal was created with
  not_found,
  unavailable, ///< may work later: broker away, disk full
  fenced,      ///< another owner wrote
  newer,       ///< an event of a later version than this program knows
  regressed,   ///< a journal is shorter than it has been
  invalid,     ///< bad input from a person or a file
  io,
};

struct error {
  errc code = errc::io;
  std::string what; ///< a sentence: what failed, where, and what was expected

  friend bool operator==(const error&, const error&) = default;
};

template <class T>
using expected = tl::expected<T, error>;

/// `return fail(errc::corrupt, "...")` from a function that returns an expected.
[[nodiscard]] inline tl::unexpected<error> fail(errc code, std::string what) {
  return tl::unexpected<error>(error{code, std::move(what)});
}

} // namespace reel::core
