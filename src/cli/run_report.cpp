#include "cli/run_report.hpp"

#include <sys/resource.h>

#include <filesystem>

namespace reel::cli {

std::uint64_t peak_rss_bytes() {
  rusage usage{};
  constexpr std::uint64_t kibibyte = 1024;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? static_cast<std::uint64_t>(usage.ru_maxrss) * kibibyte : 0;
}

double process_cpu_seconds() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0)
    return 0;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t directory_bytes(const std::string& directory) {
  std::uint64_t bytes = 0;
  std::error_code ignored; // a file that vanishes while we look takes no room
  for (auto entry = std::filesystem::recursive_directory_iterator(directory, ignored);
       entry != std::filesystem::recursive_directory_iterator{}; entry.increment(ignored)) {
    if (!entry->is_regular_file(ignored))
      continue;
    const auto size = entry->file_size(ignored);
    bytes += ignored ? 0 : size;
  }
  return bytes;
}

} // namespace reel::cli
