// The 16 bytes before a frame's FlatBuffer on disk and on the wire.
#pragma once

#include <reel/descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <xxhash.h>

namespace reel::core {

/// Little endian, like FlatBuffers. The checksum covers the first 8 bytes of the header and everything after it.
struct stored_header {
  std::uint8_t magic[2] = {'R', 'F'};
  std::uint8_t version = 1;
  std::uint8_t flags = 0;
  std::uint32_t raw_size = 0;
  std::uint64_t checksum = 0;

  static constexpr std::uint8_t lz4 = 1; ///< flag: the rest is one LZ4 block

  [[nodiscard]] std::uint64_t checksum_of(bytes_view rest) const noexcept {
    std::uint64_t seed = 0;
    std::memcpy(&seed, this, sizeof(seed));
    return XXH3_64bits_withSeed(rest.data(), rest.size(), seed);
  }
};
static_assert(sizeof(stored_header) == 16);

/// Larger frames are refused before memory is taken for them.
inline constexpr std::size_t frame_raw_bytes_max = 16U * 1024 * 1024;
/// Smaller frames are not worth compressing.
inline constexpr std::size_t compress_bytes_min = 128;

} // namespace reel::core
