// The same three events in every codec that `bench codec` compares: written, and read field by field.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reel::demo {

inline constexpr std::size_t sample_lines = 3;

/// An order, one of its lines, and its payment, as plain values.
struct sample_order {
  std::string order;
  std::string customer;
  struct line {
    std::string sku;
    std::uint32_t quantity = 0;
    std::uint64_t amount = 0;
  };
  std::array<line, sample_lines> lines;
  std::uint64_t amount = 0;
  std::uint64_t reference = 0;
};

/// The number-th sample; the same each time.
[[nodiscard]] sample_order make_sample(std::uint64_t number);

/// What one codec makes of an order's three events: OrderCreated, StockReserved, PaymentProcessed.
using encoded_events = std::array<std::string, 3>;

/// One way to write events and to read them. `decode` looks at every field, and returns the same sum for the same
/// sample in every codec: nothing is left out, and nothing is optimised away. Not thread-safe.
struct codec {
  std::string name;
  void (*encode)(const sample_order& sample, encoded_events& out) = nullptr;
  std::uint64_t (*decode)(const encoded_events& in) = nullptr;
};

/// What `decode` returns: the numbers, and the lengths of the texts.
[[nodiscard]] std::uint64_t sum_of(const sample_order& sample);

/// FlatBuffers (verified before it is read), JSON, and Protocol Buffers when the program was built with them.
[[nodiscard]] std::vector<codec> all_codecs();

/// Adds Protocol Buffers, when the program was built with them.
void add_protobuf(std::vector<codec>& codecs);

} // namespace reel::demo
