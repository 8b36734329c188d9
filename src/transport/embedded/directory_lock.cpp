#include "transport/embedded/directory_lock.hpp"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace reel::transport {

namespace {

core::error io_error(const std::filesystem::path& path, int code) {
  return {core::errc::io, path.string() + ": " + std::generic_category().message(code)};
}

std::string holder_of(int file) {
  char text[32];
  const auto size = ::pread(file, text, sizeof(text), 0);
  std::string pid(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  pid.erase(pid.find_last_not_of('\n') + 1);
  return pid.empty() ? "another process" : "process " + pid;
}

} // namespace

core::expected<directory_lock> directory_lock::take(const std::filesystem::path& directory) {
  const auto path = directory / "lock";
  directory_lock lock;
  lock.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock.file_ < 0) {
    return tl::unexpected(io_error(path, errno));
  }
  if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return tl::unexpected(io_error(path, errno));
    }
    return core::fail(core::errc::unavailable,
                      "directory " + directory.string() + " is used by " + holder_of(lock.file_));
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.file_, 0) != 0 || ::pwrite(lock.file_, pid.data(), pid.size(), 0) < 0) {
    return tl::unexpected(io_error(path, errno));
  }
  return lock;
}

directory_lock::~directory_lock() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

} // namespace reel::transport
