// Opens the journals that a command was pointed to, in a directory or on brokers, also beside a node that is running
// on them.
#pragma once

#include "cli/config/load_settings.hpp"
#include "core/error.hpp"
#include "core/frame.hpp"
#include "transport/log.hpp"

#include <reel/descriptor.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace reel::cli {

/// Where a command finds journals and read models: what --data said, or a configuration (--config). Exactly one of
/// `data` and `config` is set when a command runs.
class journal_place {
public:
  std::string data;                     ///< a directory or brokers (see broker.hpp)
  std::string config;                   ///< a file
  std::vector<std::string> assignments; ///< of --set, to the configuration
  setting_names names;                  ///< of the choreography

  /// The settings that `config` stands for, loaded when first asked for. Precondition: `config` is set. Throws
  /// configuration_error.
  [[nodiscard]] const settings& configured() const;
  /// The brokers' options, when journals are on brokers. Errors: invalid. Throws configuration_error.
  [[nodiscard]] core::expected<std::optional<transport::nats_options>> brokers() const;
  /// The directory of journals that are not on brokers. Throws configuration_error.
  [[nodiscard]] std::filesystem::path directory() const;
  /// Where this machine keeps read models. Throws configuration_error.
  [[nodiscard]] std::filesystem::path views() const;

private:
  mutable std::shared_ptr<const loaded_settings> loaded_;
};

// Logs opened here verify the events of the choreography, and turn older versions of them into the present one.

/// Changes nothing and takes no lock. Errors: not_found (no directory, or none with journals), corrupt, io, and those
/// of open_broker(). Throws configuration_error, like the others.
[[nodiscard]] core::expected<std::unique_ptr<transport::log>> open_for_reading(const journal_place& place,
                                                                               const choreography_info& choreography);

/// So that nobody else writes the directory meanwhile. Creates nothing. Errors: not_found, unavailable (a node is
/// running on it), corrupt, io.
[[nodiscard]] core::expected<std::unique_ptr<transport::log>> open_exclusively(const journal_place& place,
                                                                               const choreography_info& choreography);
/// For commands that write a frame of their own as a journal's next owner. A node that runs on brokers is fenced by it
/// and recovers; a directory must have no node running on it. Errors: those of open_exclusively() and open_broker().
[[nodiscard]] core::expected<std::unique_ptr<transport::log>> open_for_writing(const journal_place& place,
                                                                               const choreography_info& choreography);

} // namespace reel::cli
