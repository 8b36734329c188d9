#include "cli/data_directory.hpp"

#include "cli/broker.hpp"
#include "core/public_urls.hpp"
#include "transport/embedded/embedded_log.hpp"

#include <fmt/format.h>

namespace reel::cli {

namespace {

using opened_log = core::expected<std::unique_ptr<transport::log>>;

opened_log open(const journal_place& place, const choreography_info& choreography, transport::access access) {
  const auto directory = place.directory();
  std::error_code failed;
  if (!std::filesystem::is_directory(directory, failed))
    return core::fail(core::errc::not_found,
                      fmt::format("{} is no directory: expected one with journals", directory.string()));
  transport::embedded_options options;
  options.directory = directory;
  options.access = access;
  const auto registry = std::make_shared<const core::event_registry>(choreography.events);
  options.registry = registry.get();
  options.registry_owner = registry;
  auto opened = transport::embedded_log::open(std::move(options));
  if (!opened)
    return tl::unexpected(std::move(opened.error()));
  return std::unique_ptr<transport::log>{std::move(*opened)};
}

opened_log read_broker(transport::nats_options options, const choreography_info& choreography) {
  const auto registry = std::make_shared<const core::event_registry>(choreography.events);
  options.registry = registry.get();
  options.registry_owner = registry;
  auto log = open_broker(options);
  if (!log)
    return log;
  const auto journals = (*log)->journals();
  if (!journals)
    return tl::unexpected(journals.error());
  if (journals->empty())
    return core::fail(core::errc::not_found, fmt::format("{} has no journals: no streams with the prefix {}",
                                                         core::public_urls(options.urls), options.prefix));
  return log;
}

} // namespace

const settings& journal_place::configured() const {
  if (loaded_ == nullptr) {
    auto loaded = load_settings({config, assignments, reel_environment()}, names);
    if (!loaded)
      throw configuration_error(loaded.error());
    loaded_ = std::make_shared<const loaded_settings>(std::move(*loaded));
  }
  return loaded_->values;
}

core::expected<std::optional<transport::nats_options>> journal_place::brokers() const {
  if (!config.empty())
    return configured().transport == log_transport::nats ? std::optional{configured().nats} : std::nullopt;
  if (!names_broker(data))
    return std::nullopt;
  const auto broker = parse_broker(data);
  if (!broker)
    return tl::unexpected(broker.error());
  transport::nats_options options;
  options.urls = broker->urls;
  options.prefix = broker->prefix;
  return options;
}

std::filesystem::path journal_place::directory() const {
  return config.empty() ? std::filesystem::path{data} : configured().embedded.directory;
}

std::filesystem::path journal_place::views() const {
  return (config.empty() ? std::filesystem::path{data} : configured().data) / "views";
}

opened_log open_for_reading(const journal_place& place, const choreography_info& choreography) {
  auto brokers = place.brokers();
  if (!brokers)
    return tl::unexpected(brokers.error());
  return *brokers ? read_broker(std::move(**brokers), choreography)
                  : open(place, choreography, transport::access::read_only);
}

opened_log open_exclusively(const journal_place& place, const choreography_info& choreography) {
  if (const auto there = open_for_reading(place, choreography); !there) // a writer would create what is missing
    return tl::unexpected(there.error());
  return open(place, choreography, transport::access::read_write);
}

opened_log open_for_writing(const journal_place& place, const choreography_info& choreography) {
  auto brokers = place.brokers();
  if (!brokers)
    return tl::unexpected(brokers.error());
  return *brokers ? read_broker(std::move(**brokers), choreography) : open_exclusively(place, choreography);
}

} // namespace reel::cli
