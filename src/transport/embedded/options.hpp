// How the embedded log stores and what it may use; each default is documented here, once.
#pragma once

#include "core/frame.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

namespace reel::transport {

/// What "committed" promises.
enum class durability {
  fsync, ///< survives power loss: every commit waits for the disk
  os,    ///< survives the death of the process; power loss may take the newest frames, never the order or a part of one
};

enum class access {
  read_write, ///< takes the directory's lock
  read_only,  ///< no lock, no writes; beside a live writer or on a directory at rest
};

struct embedded_options {
  std::filesystem::path directory;
  transport::durability durability = durability::fsync;
  transport::access access = access::read_write;
  /// When set, events that come from storage are verified against it, and upcast. Must outlive the log.
  const core::event_registry* registry = nullptr;
  /// Dropped after the log; may own the registry.
  std::shared_ptr<const void> registry_owner;
  /// Newest frames of all journals that stay in memory, in raw bytes: readers at the tail never touch the disk.
  std::size_t tail_cache_bytes = 48U << 20;
  /// Of a new database. docs/embedded-log.md has the measurements behind this and the next one.
  std::size_t page_bytes = 8192;
  /// Size of the write-ahead log from which on it is moved into the database, in the background.
  std::size_t checkpoint_bytes = 16U << 20;
  /// Frames that one transaction takes at most, in stored bytes.
  std::size_t group_bytes_max = 32U << 20;
  /// Wall clock, for the time of a genesis.
  std::function<timestamp()> now = [] { return timestamp(std::chrono::system_clock::now()); };
};

} // namespace reel::transport
