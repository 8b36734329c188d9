// What armed deadlines cost: memory of a million, time to start, stop and pass one.
#include "core/timer_set.hpp"

#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace reel;
using clock_type = std::chrono::steady_clock;

constexpr std::uint32_t timers = 1'000'000;

double resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) {
    return 0;
  }
  unsigned long size = 0;
  unsigned long resident = 0;
  const int read = std::fscanf(file, "%lu %lu", &size, &resident);
  std::fclose(file);
  return read == 2 ? static_cast<double>(resident) * 4096 : 0;
}

double nanoseconds_each(clock_type::time_point since) {
  return std::chrono::duration<double, std::nano>(clock_type::now() - since).count() / timers;
}

} // namespace

int main() {
  std::vector<std::string> keys;
  for (std::uint32_t i = 0; i < timers; ++i) {
    keys.push_back("order-" + std::to_string(i));
  }
  std::mt19937_64 random(1);
  core::timer_set set;
  const auto before = resident_bytes();
  auto start = clock_type::now();
  for (std::uint32_t i = 0; i < timers; ++i) { // a thousand per frame
    set.start({.due = timestamp(std::chrono::milliseconds(random() % 900'000)), .key = keys[i]}, true);
    if (i % 1000 == 999) {
      set.close(timestamp(std::chrono::milliseconds(i)), [](const core::timer&) {});
    }
  }
  std::printf("start   %7.0f ns each\n", nanoseconds_each(start));
  std::printf("memory  %7.0f bytes each (resident), %.0f by its own count\n", (resident_bytes() - before) / timers,
              static_cast<double>(set.memory_bytes()) / timers);
  start = clock_type::now();
  for (std::uint32_t i = 0; i < timers; i += 2) {
    set.stop(set.find(0, keys[i]));
  }
  std::printf("stop    %7.0f ns each\n", nanoseconds_each(start) * 2);
  start = clock_type::now();
  std::uint32_t passed = 0;
  for (; set.next() != core::timer_set::none; ++passed) {
    set.stop(set.next());
  }
  std::printf("pass    %7.0f ns each\n", nanoseconds_each(start) * 2);
  return passed == timers / 2 ? 0 : 1;
}
