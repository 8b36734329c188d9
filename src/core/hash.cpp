#include "core/hash.hpp"

#include <openssl/evp.h>
#include <xxhash.h>

#include <cstring>
#include <stdexcept>

namespace reel::core {

namespace {

// Looking the algorithm up and making a context cost more than hashing a small frame, so both are kept.
struct sha256_context {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  sha256_context() = default;
  sha256_context(const sha256_context&) = delete;
  sha256_context& operator=(const sha256_context&) = delete;
  ~sha256_context() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

} // namespace

frame_hash sha256(std::span<const std::byte> bytes) {
  thread_local const sha256_context kept;
  frame_hash hash{};
  static_assert(sizeof(hash) == 32);
  unsigned int length = 0;
  if (kept.algorithm == nullptr || kept.context == nullptr ||
      EVP_DigestInit_ex2(kept.context, kept.algorithm, nullptr) != 1 ||
      EVP_DigestUpdate(kept.context, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(kept.context, reinterpret_cast<unsigned char*>(hash.data()), &length) != 1 ||
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
