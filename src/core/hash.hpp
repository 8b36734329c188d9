// The two hash functions that are part of the stored format: SHA-256 chains frames, XXH3 places keys and names types.
#pragma once

#include <reel/ids.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace reel::core {

/// SHA-256 of a frame, as stored: H(n) = SHA-256(stored bytes of frame n), which hold H(n-1).
using frame_hash = std::array<std::uint64_t, 4>;

[[nodiscard]] frame_hash sha256(std::span<const std::byte> bytes);

/// XXH3-64, seed 0. Pinned by a golden test: stored data depends on it.
[[nodiscard]] std::uint64_t xxh3(std::string_view bytes) noexcept;

/// The first 8 bytes of a frame's hash, as positions and dependencies carry it.
[[nodiscard]] constexpr std::uint64_t short_hash(const frame_hash& hash) noexcept {
  return hash[0];
}

/// Which partition of `count` holds an entity.
[[nodiscard]] std::uint32_t partition_of(std::string_view key, std::uint32_t count) noexcept;

[[nodiscard]] correlation_id correlation_of(std::string_view root_key) noexcept;

/// Journal ids come from "service/partition", e.g. "inventory/0".
[[nodiscard]] journal_id journal_id_of(std::string_view journal_name) noexcept;

} // namespace reel::core
