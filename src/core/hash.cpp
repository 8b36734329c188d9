#include "core/hash.hpp"

#include <openssl/evp.h>
#include <xxhash.h>

#include <cstring>
#include <stdexcept>

namespace reel::core {

frame_hash sha256(std::span<const std::byte> bytes) {
  frame_hash hash{};
  static_assert(sizeof(hash) == 32);
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(hash.data()), &length, EVP_sha256(),
                 nullptr) != 1 ||
      length != sizeof(hash)) {
    throw std::runtime_error("SHA-256 is not available from OpenSSL");
  }
  return hash;
}

std::uint64_t xxh3(std::string_view bytes) noexcept {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::uint32_t partition_of(std::string_view key, std::uint32_t count) noexcept {
  return static_cast<std::uint32_t>(xxh3(key) % count);
}

correlation_id correlation_of(std::string_view root_key) noexcept {
  return correlation_id{xxh3(root_key)};
}

journal_id journal_id_of(std::string_view journal_name) noexcept {
  return journal_id{static_cast<std::uint32_t>(xxh3(journal_name))};
}

} // namespace reel::core
