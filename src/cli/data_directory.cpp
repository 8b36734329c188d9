#include "cli/data_directory.hpp"

#include "cli/broker.hpp"
#include "core/public_urls.hpp"
#include "transport/embedded/embedded_log.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace reel::cli {

namespace {

core::expected<std::unique_ptr<transport::log>> open(const std::string& directory, transport::access access) {
  std::error_code failed;
  if (!std::filesystem::is_directory(directory, failed))
    return core::fail(core::errc::not_found, fmt::format("{} is no directory: expected one with journals", directory));
  transport::embedded_options options;
  options.directory = directory;
  options.access = access;
  auto opened = transport::embedded_log::open(std::move(options));
  if (!opened)
    return tl::unexpected(std::move(opened.error()));
  return std::unique_ptr<transport::log>{std::move(*opened)};
}

} // namespace

core::expected<std::unique_ptr<transport::log>> open_for_reading(const std::string& directory) {
  if (names_broker(directory)) {
    const auto place = parse_broker(directory);
    if (!place)
      return tl::unexpected(place.error());
    auto log = open_broker(*place, nullptr);
    if (!log)
      return log;
    const auto journals = (*log)->journals();
    if (!journals)
      return tl::unexpected(journals.error());
    if (journals->empty())
      return core::fail(core::errc::not_found, fmt::format("{} has no journals: no streams with the prefix {}",
                                                           core::public_urls(place->urls), place->prefix));
    return log;
  }
  return open(directory, transport::access::read_only);
}

core::expected<std::unique_ptr<transport::log>> open_exclusively(const std::string& directory) {
  if (const auto there = open_for_reading(directory); !there) // a writer would create what is missing
    return tl::unexpected(there.error());
  return open(directory, transport::access::read_write);
}

core::expected<std::unique_ptr<transport::log>> open_for_writing(const std::string& directory) {
  return names_broker(directory) ? open_for_reading(directory) : open_exclusively(directory);
}

} // namespace reel::cli
