#include "core/hash.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using namespace reel;
using namespace reel::core;

namespace {

std::string hex(const frame_hash& hash) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const auto byte : std::as_bytes(std::span(hash))) {
    out += digits[static_cast<unsigned>(byte) >> 4U];
    out += digits[static_cast<unsigned>(byte) & 15U];
  }
  return out;
}

std::string sha256_of(std::string_view text) {
  return hex(sha256(std::as_bytes(std::span(text))));
}

} // namespace

TEST_CASE("SHA-256 gives the published test vectors") {
  CHECK(sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_of(std::string(1'000'000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 may be used by several threads at once") {
  const std::string text(10'000, 'x');
  const auto expected = sha256_of(text);
  std::vector<std::string> found(8);
  std::vector<std::thread> threads;
  for (auto& result : found) {
    threads.emplace_back([&] { result = sha256_of(text); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  for (const auto& result : found) {
    CHECK(result == expected);
  }
}

// Stored data depends on these values: where a key lives and how a journal is called must never change.
TEST_CASE("XXH3 places keys and names journals as it always did") {
  CHECK(xxh3("") == 0x2d06800538d394c2ULL);
  CHECK(xxh3("sku-22423") == 0x20929a3bd45e30faULL);
  CHECK(static_cast<std::uint32_t>(journal_id_of("inventory/0")) == 0x54a0e71aU);
  CHECK(static_cast<std::uint32_t>(journal_id_of("orders/3")) == 0xc8054d23U);
  CHECK(static_cast<std::uint64_t>(correlation_of("order-1")) == 0x5fc46503368e2876ULL);
  CHECK(partition_of("sku-22423", 1) == 0);
  CHECK(partition_of("sku-22423", 8) == 2);
  CHECK(partition_of("85123A", 12) == 9);
}

TEST_CASE("keys spread evenly over partitions") {
  constexpr std::uint32_t partitions = 8;
  constexpr std::uint32_t keys = 8'000;
  std::vector<std::uint32_t> counts(partitions);
  for (std::uint32_t i = 0; i < keys; ++i) {
    ++counts[partition_of("order-" + std::to_string(i), partitions)];
  }
  for (const auto count : counts) {
    CHECK(count > keys / partitions * 8 / 10);
    CHECK(count < keys / partitions * 12 / 10);
  }
}
