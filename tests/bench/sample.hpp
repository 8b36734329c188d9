// Durations of many operations and what they amount to.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <random>
#include <string>
#include <vector>

namespace reel::bench {

using clock = std::chrono::steady_clock;

struct sample {
  std::vector<double> microseconds;
  double seconds = 0;
  std::uint64_t bytes = 0;      ///< of frames
  double cpu_seconds = 0;       ///< of all threads of this process
  std::uint64_t disk_bytes = 0; ///< of the database at rest

  template <class Operation>
  void measure(Operation operation) {
    const auto begin = clock::now();
    operation();
    microseconds.push_back(std::chrono::duration<double, std::micro>(clock::now() - begin).count());
  }
  [[nodiscard]] double quantile(double q) {
    if (microseconds.empty()) {
      return 0;
    }
    std::sort(microseconds.begin(), microseconds.end());
    return microseconds[static_cast<std::size_t>(q * static_cast<double>(microseconds.size() - 1))];
  }
};

/// Processor time of this process so far.
inline double cpu_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

/// What one group commit holds: one frame of each journal, of 4 to 60 KB that do not compress, the same in every run.
class group_source {
public:
  static constexpr std::size_t journals = 8;

  group_source(std::size_t bytes_min, std::size_t bytes_max) : bytes_min_(bytes_min), bytes_max_(bytes_max) {
    for (std::size_t i = 0; i < noise_.size(); i += 8) {
      const auto value = random_();
      std::copy_n(reinterpret_cast<const char*>(&value), 8, noise_.data() + i);
    }
  }
  [[nodiscard]] std::string_view next() {
    const auto size = bytes_min_ + random_() % (bytes_max_ - bytes_min_ + 1);
    return std::string_view(noise_).substr(random_() % 4096, size);
  }

private:
  std::size_t bytes_min_;
  std::size_t bytes_max_;
  std::mt19937_64 random_{1};
  std::string noise_ = std::string(1U << 20, '\0');
};

} // namespace reel::bench
