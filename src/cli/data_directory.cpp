#include "cli/data_directory.hpp"

#include "transport/embedded/embedded_log.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace reel::cli {

core::expected<std::unique_ptr<transport::log>> open_for_reading(const std::string& directory) {
  std::error_code failed;
  if (!std::filesystem::is_directory(directory, failed))
    return core::fail(core::errc::not_found, fmt::format("{} is no directory: expected one with journals", directory));
  transport::embedded_options options;
  options.directory = directory;
  options.access = transport::access::read_only;
  auto opened = transport::embedded_log::open(std::move(options));
  if (!opened)
    return tl::unexpected(std::move(opened.error()));
  return std::unique_ptr<transport::log>{std::move(*opened)};
}

} // namespace reel::cli
