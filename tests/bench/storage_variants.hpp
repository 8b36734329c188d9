// The ways to store frames that were weighed for the embedded log, each reduced to "make this group durable".
#pragma once

#include "sample.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace reel::bench {

/// A plain file, as the measure of what the disk can do.
struct file_variant {
  bool preallocated = false; ///< its blocks are written before: the sync has only data to write
  bool sync = true;
};

enum class layout { row_key, without_rowid, table_per_journal, arrival_order };
enum class checkpoints { by_writer, in_background };

struct sqlite_variant {
  bench::layout layout = bench::layout::row_key;
  std::size_t page_bytes = 4096;
  std::size_t checkpoint_bytes = 16U << 20;
  bench::checkpoints checkpoints = bench::checkpoints::in_background;
  std::string synchronous = "FULL";
  bool exclusive = false;       ///< no shared memory; nobody else can read
  bool incremental = false;     ///< zeroblob and sqlite3_blob_write instead of a bound blob
  std::size_t growth_bytes = 0; ///< the database grows in steps of this size
};

struct workload {
  std::size_t groups = 400;
  std::size_t frames_per_group = group_source::journals;
  std::size_t bytes_min = 4 << 10;
  std::size_t bytes_max = 60 << 10;
};

[[nodiscard]] sample run(const file_variant& variant, const workload& load, const std::filesystem::path& directory);
[[nodiscard]] sample run(const sqlite_variant& variant, const workload& load, const std::filesystem::path& directory);

/// Reads everything that the last run of a row_key variant stored; `mapped_bytes` is SQLite's mmap_size.
[[nodiscard]] sample read_all(const std::filesystem::path& directory, std::size_t mapped_bytes);

} // namespace reel::bench
