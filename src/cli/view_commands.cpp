// The commands on read models: print one, build one anew.
#include "cli/command_host.hpp"
#include "cli/data_directory.hpp"
#include "cli/format.hpp"
#include "cli/progress.hpp"
#include "cli/rebuild_command.hpp"
#include "cli/view_command.hpp"
#include "core/nearest_name.hpp"
#include "transport/embedded/directory_lock.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>

namespace reel::cli {
namespace {

struct view_request {
  journal_place place;
  std::string name;
  view_options options;
  bool json = false;
};

int view(const command_host& host, const view_request& asked) {
  const auto names = view_names(*host.choreography);
  const std::vector<std::string_view> known(names.begin(), names.end());
  if (std::find(known.begin(), known.end(), asked.name) == known.end())
    return host.conclude({core::errc::invalid, core::no_such_name("read model", asked.name, known)});
  if (asked.name == saga_view)
    return host.conclude({core::errc::invalid, "the saga ledger is no table: the command sagas shows it"});
  auto opened = runtime::view_reader::open(asked.place.views(), asked.name);
  if (!opened)
    return host.conclude(opened.error());
  const auto rows = read_view(*opened, asked.options);
  if (!rows)
    return host.conclude(rows.error());
  fmt::print("{}", asked.json ? view_json(*rows) + "\n" : view_text(*rows));
  return success;
}

void add_view(const command_host& host) {
  const auto asked = std::make_shared<view_request>();
  auto* const command = host.app->add_subcommand("view", "Print rows of a read model");
  command->add_option("NAME", asked->name, "The name of the read model")->required();
  host.add_place(*command, asked->place);
  auto& options = asked->options;
  auto* const key = command->add_option("--key", options.key, "Only the row with this key")->type_name("KEY");
  auto* const where =
      command->add_option("--where", options.query.where, "Only rows for which this SQL holds: \"state = 'open'\"")
          ->type_name("SQL")
          ->excludes(key);
  command->add_option("--order-by", options.query.order_by, "In this order (SQL; default: by key)")
      ->type_name("SQL")
      ->excludes(key);
  command->add_option("--limit", options.query.limit, "At most so many rows")->capture_default_str()->excludes(key);
  command->add_option("--count-by", options.count_by, "Instead of rows: how many have which value of this column")
      ->type_name("COLUMN")
      ->excludes(key)
      ->excludes(where);
  command->add_flag("--json", asked->json, "Print one JSON array of objects");
  command->callback([host, asked] { *host.run = [host, asked] { return view(host, *asked); }; });
}

struct rebuild_request {
  journal_place place;
  std::string name;
};

core::expected<transport::directory_lock> hold_read_models(const journal_place& place) {
  const auto directory = place.views().parent_path();
  std::error_code failed;
  if (place.config.empty() || !std::filesystem::is_directory(directory, failed))
    return core::fail(core::errc::not_found,
                      "journals on brokers do not say where read models are: expected --config of "
                      "a node whose directory has some");
  return transport::directory_lock::take(directory);
}

int rebuild(const command_host& host, const rebuild_request& asked) {
  const auto on_broker = asked.place.brokers();
  if (!on_broker)
    return host.conclude(on_broker.error());
  // A node that runs writes the read models; its directory says so.
  auto held = *on_broker ? hold_read_models(asked.place) : core::expected<transport::directory_lock>{};
  if (!held)
    return host.conclude(held.error());
  const auto log = *on_broker ? open_for_reading(asked.place, *host.choreography)
                              : open_exclusively(asked.place, *host.choreography);
  if (!log)
    return host.conclude(log.error());
  progress_display display;
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  const auto result =
      rebuild_view(**log, *host.choreography, asked.name, asked.place.views(), [&](std::uint64_t events) {
        display.update({.phase = "rebuilding", .seconds = seconds(), .events = events});
      });
  display.clear();
  if (!result)
    return host.conclude(result.error());
  fmt::print("{}: {} rows from {} events of {} frames in {}\n", asked.name, grouped(result->rows),
             grouped(result->events), grouped(result->frames), human_ms(seconds() * 1000));
  return success;
}

void add_rebuild(const command_host& host) {
  const auto asked = std::make_shared<rebuild_request>();
  auto* const command = host.app->add_subcommand(
      "rebuild", "Fold a read model from the journals anew, beside the one in use, and switch");
  command->add_option("NAME", asked->name, "The name of the read model, or sagas")->required();
  host.add_place(*command, asked->place);
  command->callback([host, asked] { *host.run = [host, asked] { return rebuild(host, *asked); }; });
}

} // namespace

void add_view_commands(const command_host& host) {
  add_view(host);
  add_rebuild(host);
}

} // namespace reel::cli
