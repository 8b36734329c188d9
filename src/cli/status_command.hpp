// `status`: the nodes of a cluster, who owns what, and how far behind it is.
#pragma once

#include "core/error.hpp"
#include "transport/cluster_journal.hpp"

#include <reel/descriptor.hpp>

#include <string>

namespace reel::cli {

struct status_row {
  std::string journal; ///< "payment/1"
  std::string owner;   ///< name of a node; empty: nobody
  std::uint64_t epoch = 0;
  bool source = false; ///< a source needs an owner only while somebody feeds it
  core::partition_figures figures;
};

struct cluster_status {
  std::string cluster;
  timestamp now{};
  transport::cluster_view view;
  std::vector<status_row> rows;
  bool silent = false; ///< the register is older than the longest lease: no node is alive

  /// Every partition has an owner, and it runs.
  [[nodiscard]] bool well() const;
};

[[nodiscard]] cluster_status status_of(transport::cluster_view view, const std::string& cluster,
                                       const choreography_info& choreography, timestamp now);
[[nodiscard]] std::string status_text(const cluster_status& status);
/// One object, without line break.
[[nodiscard]] std::string status_json(const cluster_status& status);

} // namespace reel::cli
