// Keeps a second writer out of a log's directory.
#pragma once

#include "core/error.hpp"

#include <filesystem>
#include <utility>

namespace reel::transport {

/// Holds an flock on `<directory>/lock`; the kernel drops it when the process dies, however it dies.
class directory_lock {
public:
  /// Errors: unavailable, naming the process that holds it; io.
  [[nodiscard]] static core::expected<directory_lock> take(const std::filesystem::path& directory);

  directory_lock() = default;
  directory_lock(directory_lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  directory_lock& operator=(directory_lock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~directory_lock();

private:
  int file_ = -1;
};

} // namespace reel::transport
