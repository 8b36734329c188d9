// What a node is told before it starts: by a file, the environment and the command line.
#pragma once

#include "runtime/environment.hpp"
#include "transport/embedded/options.hpp"
#include "transport/nats/options.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace reel::cli {

/// Where journals are.
enum class log_transport { embedded, nats };

/// One service of the choreography, as this node sees it.
struct service_settings {
  std::uint32_t partitions = 0; ///< 0: as many as `settings::partitions` says
  bool hosted = true;
};

/// Defaults are not here: they are those of setting_table(), which are applied first. Values of a section that the
/// chosen transport does not use are kept and ignored.
struct settings {
  std::string node_name;
  std::filesystem::path data; ///< snapshots and read models, and the journals of the embedded log

  std::string cluster;
  std::uint32_t partitions = 0; ///< of a service that has no number of its own
  std::chrono::milliseconds lease{};

  log_transport transport = log_transport::embedded;
  transport::embedded_options embedded;
  transport::nats_options nats;

  std::map<std::string, service_settings, std::less<>> services; ///< those that were named; others have the defaults
  std::map<std::string, bool, std::less<>> views;                ///< whether this node keeps it; others: yes

  /// Not in a file: the source that this process feeds into a cluster. It hosts nothing else then.
  std::string feeds;

  std::string log_level;
  std::string log_format;
  runtime::limits limits;

  [[nodiscard]] std::uint32_t partitions_of(std::string_view service) const {
    const auto found = services.find(service);
    return found == services.end() || found->second.partitions == 0 ? partitions : found->second.partitions;
  }
  [[nodiscard]] bool hosts(std::string_view service) const {
    const auto found = services.find(service);
    return found == services.end() || found->second.hosted;
  }
  [[nodiscard]] bool keeps(std::string_view view) const {
    const auto found = views.find(view);
    return found == views.end() || found->second;
  }
};

} // namespace reel::cli
