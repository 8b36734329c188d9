#include "cli/bench/bench.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace reel::cli::bench {

namespace {

using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point start) {
  return std::chrono::duration<double>(clock::now() - start).count();
}

/// A file that is gone when it is closed.
class scratch_file {
public:
  scratch_file() {
    auto name = (std::filesystem::temp_directory_path() / "reel-limit-XXXXXX").string();
    file_ = mkstemp(name.data());
    if (file_ < 0) {
      throw std::runtime_error("cannot make a temporary file at " + name);
    }
    unlink(name.c_str());
  }
  ~scratch_file() {
    close(file_);
  }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;

  void write_and_sync(const std::string& bytes) const {
    if (write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) || fdatasync(file_) != 0) {
      throw std::runtime_error(fmt::format("writing a temporary file: {}", std::strerror(errno)));
    }
  }

private:
  int file_ = -1;
};

row disk_row(std::size_t size, int times) {
  const scratch_file file;
  const std::string bytes(size, 'x');
  file.write_and_sync(bytes);
  const auto start = clock::now();
  for (int i = 0; i < times; ++i) {
    file.write_and_sync(bytes);
  }
  const auto seconds = seconds_since(start);
  const auto each = seconds * 1000 / times;
  const auto rate = static_cast<double>(size) * times / seconds / 1e6;
  return {fmt::format("write + fdatasync of {} KiB", size / 1024),
          {{fmt::format("{:.2f} ms", each), "", each}, {fmt::format("{:.0f} MB/s", rate), "", rate}}};
}

row memory_row() {
  constexpr std::size_t size = 64U << 20;
  constexpr int times = 8;
  const std::string from(size, 'x');
  std::string to(size, 'y');
  const auto start = clock::now();
  for (int i = 0; i < times; ++i) {
    std::memcpy(to.data(), from.data() + i, size - times);
    asm volatile("" : : "g"(to.data()) : "memory"); // the copy is wanted
  }
  const auto seconds = seconds_since(start);
  const auto rate = static_cast<double>(size) * times / seconds / 1e6;
  return {"memcpy of 64 MiB",
          {{fmt::format("{:.2f} ms", seconds * 1000 / times), "", seconds * 1000 / times},
           {fmt::format("{:.0f} MB/s", rate), "", rate}}};
}

} // namespace

report measure_limits() {
  report r;
  r.name = "limits";
  r.question = "what this machine can do at most, in the directory for temporary files";
  r.columns = {{"each", "each_ms"}, {"rate", "megabytes_per_second"}};
  r.rows = {disk_row(4U << 10, 300), disk_row(64U << 10, 200), disk_row(1U << 20, 60), memory_row()};
  return r;
}

} // namespace reel::cli::bench
