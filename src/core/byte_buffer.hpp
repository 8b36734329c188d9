// Bytes that own their memory, aligned for FlatBuffers and not cleared before they are written.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

namespace reel::core {

/// Move-only. The memory of operator new[] is aligned to 16 bytes.
class byte_buffer {
public:
  byte_buffer() = default;
  explicit byte_buffer(std::size_t size) : data_(std::make_unique_for_overwrite<std::byte[]>(size)), size_(size) {}
  explicit byte_buffer(std::span<const std::byte> bytes) : byte_buffer(bytes.size()) {
    if (!bytes.empty()) {
      std::memcpy(data_.get(), bytes.data(), bytes.size());
    }
  }

  [[nodiscard]] std::byte* data() noexcept {
    return data_.get();
  }
  [[nodiscard]] const std::byte* data() const noexcept {
    return data_.get();
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }
  [[nodiscard]] std::span<const std::byte> view() const noexcept {
    return {data_.get(), size_};
  }

private:
  std::unique_ptr<std::byte[]> data_;
  std::size_t size_ = 0;
};

} // namespace reel::core
