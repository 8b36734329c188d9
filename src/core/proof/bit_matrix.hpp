// A table of bits, row by row: relations between the events of a choreography.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reel::core::proof {

/// Rows of equal width. Not thread-safe.
class bit_matrix {
public:
  bit_matrix() = default;
  bit_matrix(std::size_t rows, std::size_t columns, bool value = false)
      : words_(columns / 64 + 1), bits_(rows * words_, value ? ~std::uint64_t{0} : 0) {}

  [[nodiscard]] bool test(std::size_t row, std::size_t column) const noexcept {
    return (bits_[row * words_ + column / 64] >> (column % 64) & 1) != 0;
  }
  void set(std::size_t row, std::size_t column) noexcept {
    bits_[row * words_ + column / 64] |= std::uint64_t{1} << (column % 64);
  }
  [[nodiscard]] std::vector<std::uint64_t> row(std::size_t row) const {
    const auto first = bits_.begin() + static_cast<std::ptrdiff_t>(row * words_);
    return {first, first + static_cast<std::ptrdiff_t>(words_)};
  }
  /// False when the row was so already.
  bool assign(std::size_t row, const std::vector<std::uint64_t>& bits) {
    bool changed = false;
    for (std::size_t i = 0; i < words_; ++i) {
      auto& word = bits_[row * words_ + i];
      changed = changed || word != bits[i];
      word = bits[i];
    }
    return changed;
  }

private:
  std::size_t words_ = 0;
  std::vector<std::uint64_t> bits_;
};

} // namespace reel::core::proof
