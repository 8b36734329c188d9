// `rebuild`: folds a read model from its journals anew, beside the one that people read, and then switches.
#pragma once

#include "core/error.hpp"
#include "transport/log.hpp"

#include <reel/descriptor.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace reel::cli {

/// The saga ledger, among the names of read models.
inline constexpr std::string_view saga_view = "sagas";

struct rebuild_result {
  std::uint64_t frames = 0;
  std::uint64_t events = 0;
  std::uint64_t rows = 0; ///< of the saga ledger: open sagas
};

/// `name` is that of a projection, or "sagas". Nobody may write the read model meanwhile: hold the log exclusively.
/// `on_progress` is called now and then with the events so far. A crash leaves the old read model. Errors: invalid (no
/// such read model, with the nearest name), mismatch (the journals are not those of one partition count), and those of
/// the journals and of the file.
[[nodiscard]] core::expected<rebuild_result> rebuild_view(transport::log& log, const choreography_info& choreography,
                                                          std::string_view name, const std::filesystem::path& views,
                                                          const std::function<void(std::uint64_t)>& on_progress = {});

/// The names of all read models of a program.
[[nodiscard]] std::vector<std::string> view_names(const choreography_info& choreography);

} // namespace reel::cli
