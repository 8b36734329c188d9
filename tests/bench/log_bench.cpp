// How fast the embedded log is, next to the alternatives that were weighed and to the bare disk. Prints Markdown
// tables.
//
// Usage: log_bench [--directory DIRECTORY] [--groups N] [--repeat N] [raw|layouts|pages|checkpoints|modes|reads|log
// ...]

#include "core/frame.hpp"
#include "sample.hpp"
#include "storage_variants.hpp"
#include "transport/chain.hpp"
#include "transport/embedded/embedded_log.hpp"

#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>

namespace {

using namespace reel;
using namespace reel::bench;

struct settings {
  std::filesystem::path directory;
  workload load;
  std::size_t repeat = 3;
  std::set<std::string> sections;

  [[nodiscard]] bool wants(const std::string& section) const {
    return sections.empty() || sections.contains(section);
  }
};

void print_head(const char* title) {
  std::printf("\n### %s\n\n", title);
  std::printf("| variant | commits/s | MB/s | p50 ms | p99 ms | max ms | CPU ms/MB | file/stored |\n");
  std::printf("|---|---:|---:|---:|---:|---:|---:|---:|\n");
}

void print(const std::string& name, sample& s) {
  const auto stored = static_cast<double>(s.bytes);
  std::printf("| %s | %.0f | %.1f | %.2f | %.2f | %.2f | %.2f | %.2f |\n", name.c_str(),
              static_cast<double>(s.microseconds.size()) / s.seconds, stored / s.seconds / 1e6, s.quantile(0.5) / 1e3,
              s.quantile(0.99) / 1e3, s.quantile(1) / 1e3, s.cpu_seconds * 1e9 / stored,
              static_cast<double>(s.disk_bytes) / stored);
  std::fflush(stdout);
}

/// The fastest of several runs: other work on the machine only ever slows one down.
template <class Variant>
void measure(const settings& set, const workload& load, const std::string& name, const Variant& variant) {
  auto best = run(variant, load, set.directory);
  for (std::size_t i = 1; i < set.repeat; ++i) {
    auto next = run(variant, load, set.directory);
    if (next.seconds < best.seconds) {
      best = std::move(next);
    }
  }
  print(name, best);
}

workload small_of(const settings& set) {
  auto load = set.load;
  load.frames_per_group = 1;
  load.bytes_min = load.bytes_max = 500;
  return load;
}

void measure_raw(const settings& set) {
  print_head("The disk: write + fdatasync");
  measure(set, set.load, "growing file", file_variant{.preallocated = false});
  measure(set, set.load, "preallocated file", file_variant{.preallocated = true});
  measure(set, set.load, "growing file, no sync", file_variant{.preallocated = false, .sync = false});
  measure(set, small_of(set), "growing file, 500 bytes", file_variant{.preallocated = false});
  measure(set, small_of(set), "preallocated file, 500 bytes", file_variant{.preallocated = true});
}

void measure_layouts(const settings& set) {
  print_head("Layout");
  for (const auto& [name, layout] : {std::pair("journal and sequence in one integer key", layout::row_key),
                                     std::pair("WITHOUT ROWID (journal, sequence)", layout::without_rowid),
                                     std::pair("one table per journal", layout::table_per_journal),
                                     std::pair("order of arrival and an index", layout::arrival_order)}) {
    measure(set, set.load, name, sqlite_variant{.layout = layout});
    measure(set, small_of(set), std::string(name) + ", 500 bytes", sqlite_variant{.layout = layout});
  }
}

void measure_pages(const settings& set) {
  print_head("Page size");
  for (const std::size_t kilobytes : {4, 8, 16, 32, 64}) {
    const sqlite_variant v{.page_bytes = kilobytes << 10};
    measure(set, set.load, std::to_string(kilobytes) + " KB", v);
    measure(set, small_of(set), std::to_string(kilobytes) + " KB, 500 bytes", v);
  }
}

void measure_checkpoints(const settings& set) {
  print_head("Checkpoints");
  for (const auto& [name, how] :
       {std::pair("by the writer", checkpoints::by_writer), std::pair("in background", checkpoints::in_background)}) {
    for (const std::size_t megabytes : {4, 16, 32, 64}) {
      measure(set, set.load, std::string(name) + ", " + std::to_string(megabytes) + " MB",
              sqlite_variant{.checkpoint_bytes = megabytes << 20, .checkpoints = how});
    }
  }
  measure(set, set.load, "by the writer, 8 MB growth",
          sqlite_variant{.checkpoints = checkpoints::by_writer, .growth_bytes = 8U << 20});
  measure(set, set.load, "in background, 8 MB growth", sqlite_variant{.growth_bytes = 8U << 20});
  measure(set, set.load, "never", sqlite_variant{.checkpoint_bytes = std::size_t{64} << 30});
}

void measure_modes(const settings& set) {
  print_head("Modes");
  measure(set, set.load, "synchronous=FULL", sqlite_variant{});
  measure(set, set.load, "synchronous=NORMAL", sqlite_variant{.synchronous = "NORMAL"});
  measure(set, set.load, "synchronous=OFF", sqlite_variant{.synchronous = "OFF"});
  measure(set, set.load, "by the writer, shared", sqlite_variant{.checkpoints = checkpoints::by_writer});
  measure(set, set.load, "by the writer, exclusive",
          sqlite_variant{.checkpoints = checkpoints::by_writer, .exclusive = true});
  measure(set, small_of(set), "by the writer, shared, 500 bytes",
          sqlite_variant{.checkpoints = checkpoints::by_writer});
  measure(set, small_of(set), "by the writer, exclusive, 500 bytes",
          sqlite_variant{.checkpoints = checkpoints::by_writer, .exclusive = true});
  measure(set, set.load, "sqlite3_blob_write", sqlite_variant{.incremental = true});
}

void measure_reads(const settings& set) {
  std::printf("\n### Reads (from the page cache)\n\n| page size | mmap_size | MB/s |\n|---|---:|---:|\n");
  for (const std::size_t kilobytes : {4, 16, 64}) {
    (void)run(sqlite_variant{.page_bytes = kilobytes << 10}, set.load, set.directory);
    for (const std::size_t mapped : {std::size_t{0}, std::size_t{1} << 30}) {
      auto best = read_all(set.directory, mapped);
      for (std::size_t i = 1; i < set.repeat; ++i) {
        auto next = read_all(set.directory, mapped);
        best = next.seconds < best.seconds ? next : best;
      }
      std::printf("| %zu KB | %zu | %.0f |\n", kilobytes, mapped, static_cast<double>(best.bytes) / best.seconds / 1e6);
    }
  }
}

// -- the log itself
// ---------------------------------------------------------------------------------------------------------

/// One journal's writer that keeps some appends in flight.
struct journal_load {
  journal_id id{};
  transport::journal_tail tail;
  core::frame_builder builder;
  std::size_t in_flight = 0;
};

class log_load {
public:
  log_load(const std::filesystem::path& directory, transport::durability durability, std::size_t journals,
           std::size_t bytes_min, std::size_t bytes_max)
      : directory_(directory / "log"), source_(bytes_min, bytes_max) {
    std::filesystem::remove_all(directory_);
    transport::embedded_options options;
    options.directory = directory_;
    options.durability = durability;
    auto opened = transport::embedded_log::open(options);
    if (!opened) {
      throw std::runtime_error(opened.error().what);
    }
    log_ = std::move(*opened);
    for (std::uint32_t j = 0; j < journals; ++j) {
      const core::genesis_record genesis{"bench", 1, "bench", j, static_cast<std::uint32_t>(journals)};
      auto& load = loads_.emplace_back();
      load.id = transport::journal_id_of(genesis);
      load.tail = log_->open(genesis).value();
    }
  }
  ~log_load() {
    log_.reset();
    std::filesystem::remove_all(directory_);
  }

  /// `count` frames in all, at most `in_flight_max` per journal under way at once.
  sample run(std::size_t count, std::size_t in_flight_max) {
    sample s;
    const auto cpu = cpu_seconds();
    const auto begin = clock::now();
    for (std::size_t i = 0; i < count; ++i) {
      auto& j = loads_[i % loads_.size()];
      auto frame = seal(j);
      s.bytes += frame.stored->size();
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return j.in_flight < in_flight_max; });
      ++j.in_flight;
      lock.unlock();
      const auto expected = preceding(frame.decoded->sequence());
      log_->append(j.id, expected, std::move(frame), [this, &j, &s, at = clock::now()](transport::append_result r) {
        const std::lock_guard guard(mutex_);
        failed_ = failed_ || r.outcome != transport::append_outcome::committed;
        s.microseconds.push_back(std::chrono::duration<double, std::micro>(clock::now() - at).count());
        --j.in_flight;
        changed_.notify_one();
      });
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return s.microseconds.size() == count; });
    s.seconds = std::chrono::duration<double>(clock::now() - begin).count();
    s.cpu_seconds = cpu_seconds() - cpu;
    s.disk_bytes = log_->disk_bytes();
    if (failed_) {
      throw std::runtime_error("an append failed");
    }
    return s;
  }

private:
  core::sealed_frame seal(journal_load& j) {
    const auto payload = source_.next();
    j.builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, std::as_bytes(std::span(payload)));
    auto frame = j.builder.seal(j.id, following(j.tail.sequence), 1, j.tail.hash, timestamp{}, false);
    j.tail = {frame.decoded->sequence(), frame.decoded->hash()};
    return frame;
  }

  std::filesystem::path directory_;
  group_source source_;
  std::unique_ptr<transport::embedded_log> log_;
  std::deque<journal_load> loads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool failed_ = false;
};

void measure_log(const settings& set) {
  print_head("The log: latency is from append() to its answer");
  using transport::durability;
  for (const auto& [name, kept] : {std::pair("fsync", durability::fsync), std::pair("os", durability::os)}) {
    const auto frames = set.load.groups * group_source::journals;
    sample idle = log_load(set.directory, kept, 1, 500, 500).run(set.load.groups, 1);
    print(std::string(name) + ", one frame of 500 bytes at a time", idle);
    sample small = log_load(set.directory, kept, 8, 500, 500).run(frames * 8, 16);
    print(std::string(name) + ", 8 journals x 16 in flight, 500 bytes", small);
    sample one = log_load(set.directory, kept, 8, 4 << 10, 60 << 10).run(frames, 1);
    print(std::string(name) + ", 8 journals x 1 in flight, 4 to 60 KB", one);
    sample four = log_load(set.directory, kept, 8, 4 << 10, 60 << 10).run(frames, 4);
    print(std::string(name) + ", 8 journals x 4 in flight, 4 to 60 KB", four);
  }
}

settings settings_of(int argc, char** argv) {
  settings set;
  set.directory = std::filesystem::temp_directory_path() / "reel-log-bench";
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool has_value = i + 1 < argc;
    if (argument == "--directory" && has_value) {
      set.directory = argv[++i];
    } else if (argument == "--groups" && has_value) {
      set.load.groups = std::strtoul(argv[++i], nullptr, 10);
    } else if (argument == "--repeat" && has_value) {
      set.repeat = std::strtoul(argv[++i], nullptr, 10);
    } else {
      set.sections.insert(argument);
    }
  }
  return set;
}

} // namespace

int main(int argc, char** argv) {
  const auto set = settings_of(argc, argv);
  constexpr std::array<std::pair<const char*, void (*)(const settings&)>, 7> sections{
      {{"raw", measure_raw},
       {"layouts", measure_layouts},
       {"pages", measure_pages},
       {"checkpoints", measure_checkpoints},
       {"modes", measure_modes},
       {"reads", measure_reads},
       {"log", measure_log}}};
  try {
    std::filesystem::create_directories(set.directory);
    for (const auto& [name, measure_section] : sections) {
      if (set.wants(name)) {
        measure_section(set);
      }
    }
    std::filesystem::remove_all(set.directory);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "log_bench: %s\n", e.what());
    return 1;
  }
  return 0;
}
