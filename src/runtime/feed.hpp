// What a source reads: the outside world as batches of events, pulled when the journal has room.
#pragma once

#include <reel/outbox.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace reel::runtime {

/// The input of one source journal. Called by one thread at a time (the source's actor); must not block.
class feed {
public:
  virtual ~feed() = default;
  /// Names the input and everything that shapes what is read from it: a journal goes on only with the same input.
  [[nodiscard]] virtual std::string identity() const = 0;
  /// Skips what an earlier run has committed. Called once, before fill(). False when the input is shorter.
  [[nodiscard]] virtual bool skip(std::uint64_t offset) = 0;

  struct filled {
    std::uint64_t offset = 0; ///< units of input read so far, including skipped ones
    bool complete = false;    ///< nothing will follow
  };
  /// Adds the next events, about `bytes_max` bytes of them, or none when nothing is due yet.
  [[nodiscard]] virtual filled fill(outbox& out, std::size_t bytes_max) = 0;
};

} // namespace reel::runtime
