// Builds frames for the tests of the codec, and gives changed ones a header that is right again.
#pragma once

#include "core/frame.hpp"
#include "core/stored_header.hpp"

#include <cstring>
#include <string_view>
#include <vector>

namespace reel::core::test {

using bytes = std::vector<std::byte>;

constexpr frame_hash previous_hash{0x1111, 0x2222, 0x3333, 0x4444};

inline bytes_view as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline bytes copy(bytes_view view) {
  return {view.begin(), view.end()};
}

inline sealed_frame seal(frame_builder& builder, bool compress = true) {
  return builder.seal(journal_id{7}, frame_sequence{42}, 5, previous_hash, timestamp(std::chrono::nanoseconds(123)),
                      compress);
}

/// The body as a stored frame whose header fits; the raw size is that of the body unless given.
inline bytes with_header(bytes_view body, std::uint8_t flags = 0, std::uint32_t raw_size = 0xffffffff) {
  stored_header header;
  header.flags = flags;
  header.raw_size = raw_size == 0xffffffff ? static_cast<std::uint32_t>(body.size()) : raw_size;
  header.checksum = header.checksum_of(body);
  bytes stored(sizeof(header) + body.size());
  std::memcpy(stored.data(), &header, sizeof(header));
  if (!body.empty()) {
    std::memcpy(stored.data() + sizeof(header), body.data(), body.size());
  }
  return stored;
}

/// The FlatBuffer of a frame that was stored without compression.
inline bytes body_of(const sealed_frame& sealed) {
  return copy(sealed.stored->view().subspan(sizeof(stored_header)));
}

} // namespace reel::core::test
