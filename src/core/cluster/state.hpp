// The cluster's register as values: the nodes that are there, and who owns which partition. See
// schemas/reel/cluster.fbs.
#pragma once

#include "core/error.hpp"
#include "core/frame.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reel::core {

/// One life of a node: from its joining to its leaving, or to its being expelled. Drawn, so that no two are the same.
enum class node_life : std::uint64_t { nobody = 0 };

/// A service or source, as one node knows it.
struct cluster_service {
  std::string name;
  std::uint32_t partitions = 1;
  bool hosted = false; ///< the node runs partitions of it

  friend bool operator==(const cluster_service&, const cluster_service&) = default;
};

struct cluster_node {
  std::string name;
  node_life life = node_life::nobody;
  std::uint64_t beat = 0; ///< grows with each record that the node writes
  bool leaving = false;   ///< takes nothing any more
  std::uint32_t lease_ms = 0;
  std::string fingerprint; ///< of schemas and choreography
  std::vector<cluster_service> services;
  timestamp joined{}; ///< by its own clock, for people
  std::uint64_t takeovers = 0;
  std::uint64_t handovers = 0;
  std::uint64_t fenced = 0;

  /// Null when the node does not know the service.
  [[nodiscard]] const cluster_service* find(std::string_view service) const noexcept;
  [[nodiscard]] bool hosts(std::string_view service) const noexcept;

  friend bool operator==(const cluster_node&, const cluster_node&) = default;
};

/// What an owner says of its partition with each beat.
struct partition_figures {
  bool running = false;
  std::uint64_t epoch = 0; ///< of its newest frame
  std::uint64_t sequence = 0;
  std::uint64_t lag_frames = 0;
  std::uint64_t pending = 0;
  std::uint64_t dead_letters = 0;

  friend bool operator==(const partition_figures&, const partition_figures&) = default;
};

struct cluster_partition {
  std::string service;
  std::uint32_t partition = 0;
  node_life owner = node_life::nobody;
  std::uint64_t epoch = 0;
  node_life wanted_by = node_life::nobody; ///< has a warm copy and asks for it
  partition_figures figures;               ///< their epoch is not stored: it is the one above

  friend bool operator==(const cluster_partition&, const cluster_partition&) = default;
};

/// The whole register. Nodes are in the order of their joining, partitions by service and number.
struct cluster_state {
  std::vector<cluster_node> nodes;
  std::vector<cluster_partition> partitions;

  [[nodiscard]] const cluster_node* find(node_life life) const noexcept;
  [[nodiscard]] cluster_node* find(node_life life) noexcept;
  [[nodiscard]] const cluster_node* find_name(std::string_view name) const noexcept;
  [[nodiscard]] cluster_partition* find(std::string_view service, std::uint32_t partition) noexcept;
  [[nodiscard]] const cluster_partition* find(std::string_view service, std::uint32_t partition) const noexcept;
  /// Forgets a node; what it owned and asked for is nobody's.
  void remove(node_life life);
  /// The partitions of a service that a node knows exist from now on.
  void add_partitions(const cluster_service& service);

  friend bool operator==(const cluster_state&, const cluster_state&) = default;
};

/// The record as bytes, and back. Errors: corrupt.
[[nodiscard]] std::vector<std::byte> encode(const cluster_state& state);
[[nodiscard]] expected<cluster_state> decode_cluster(bytes_view bytes);

} // namespace reel::core
