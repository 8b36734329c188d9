// dlq list, show, redrive, discard: what to do with events whose reaction kept failing.
#include "cli/command_host.hpp"
#include "cli/data_directory.hpp"
#include "cli/dead_letters.hpp"
#include "cli/terminal.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace reel::cli {
namespace {

struct dlq_request {
  journal_place place;
  letter_filter filter;
  std::string reason;
  std::string by;
  bool all = false;
  bool dry_run = false;
  bool json = false;
};

using request = std::shared_ptr<dlq_request>;

void add_filter(const command_host& host, CLI::App& command, const request& asked) {
  host.add_place(command, asked->place);
  command.add_option("--service", asked->filter.service, "Only those of this service");
  command.add_option("--type", asked->filter.type, "Only events of this type: ShippingFailed");
  command.add_option("--key", asked->filter.key, "Only those of this entity");
  command.add_option("--error", asked->filter.error, "Only those whose error contains TEXT")->type_name("TEXT");
  command.add_flag("--json", asked->json, "Print JSON");
}

int list(const command_host& host, const dlq_request& asked, bool whole) {
  const auto log = open_for_reading(asked.place, *host.choreography);
  if (!log)
    return host.conclude(log.error());
  const auto letters = find_dead_letters(**log, *host.choreography, asked.filter);
  if (!letters)
    return host.conclude(letters.error());
  if (!asked.filter.id.empty() && letters->empty())
    return host.conclude({core::errc::not_found, "no dead letter " + asked.filter.id + "; `dlq list` shows them"});
  if (asked.json) {
    fmt::print("{}\n", letters_json(*letters));
  } else if (whole) {
    for (const auto& letter : *letters) {
      const auto causation = causation_of(**log, *host.choreography, letter);
      if (!causation)
        return host.conclude(causation.error());
      fmt::print("{}", letter_text(letter, *causation, wants_colour(stdout)));
    }
  } else {
    fmt::print("{}", letters_text(*letters, wants_colour(stdout)));
  }
  return success;
}

int decide(const command_host& host, const dlq_request& asked, core::decision_kind kind) {
  const auto& f = asked.filter;
  const bool narrowed = !f.id.empty() || !f.service.empty() || !f.type.empty() || !f.key.empty() || !f.error.empty();
  if (asked.all == narrowed) {
    fmt::print(stderr, "{}: name a dead letter, filter them, or say --all (one of these)\n", host.choreography->name);
    return wrong_usage;
  }
  const auto log = open_for_writing(asked.place, *host.choreography);
  if (!log)
    return host.conclude(log.error());
  const auto letters = find_dead_letters(**log, *host.choreography, f);
  if (!letters)
    return host.conclude(letters.error());
  if (letters->empty())
    return host.conclude({core::errc::not_found, "no such dead letter; `dlq list` shows them"});
  const auto* verb = kind == core::decision_kind::redrive ? "redriven" : "discarded";
  if (asked.dry_run) {
    fmt::print("{}{} would be {}\n", letters_text(*letters, wants_colour(stdout)), letters->size(), verb);
    return success;
  }
  const auto decided = decide_dead_letters(**log, *host.choreography, *letters, kind, asked.by, asked.reason,
                                           timestamp{std::chrono::system_clock::now()});
  if (!decided)
    return host.conclude(decided.error());
  if (asked.json)
    fmt::print("{{\"{}\":{}}}\n", verb, *decided);
  else
    fmt::print("{} {}\n", *decided, verb);
  return success;
}

void add_decision(const command_host& host, CLI::App& dlq, const char* name, const char* what,
                  core::decision_kind kind) {
  const auto asked = std::make_shared<dlq_request>();
  const auto* user = std::getenv("USER");
  asked->by = user != nullptr ? user : "operator";
  auto* const command = dlq.add_subcommand(name, what);
  command->add_option("ID", asked->filter.id, "As `dlq list` prints it");
  add_filter(host, *command, asked);
  command->add_flag("--all", asked->all, "All of them");
  command->add_option("--reason", asked->reason, "Why; kept in the journal")->required();
  command->add_option("--by", asked->by, "Who; kept in the journal")->capture_default_str();
  command->add_flag("--dry-run", asked->dry_run, "Only say which");
  command->callback([host, asked, kind] { *host.run = [host, asked, kind] { return decide(host, *asked, kind); }; });
}

void add_view(const command_host& host, CLI::App& dlq, const char* name, const char* what, bool whole) {
  const auto asked = std::make_shared<dlq_request>();
  auto* const command = dlq.add_subcommand(name, what);
  if (whole)
    command->add_option("ID", asked->filter.id, "As `dlq list` prints it")->required();
  add_filter(host, *command, asked);
  command->callback([host, asked, whole] { *host.run = [host, asked, whole] { return list(host, *asked, whole); }; });
}

} // namespace

void add_dead_letter_commands(const command_host& host) {
  auto* const dlq = host.app->add_subcommand("dlq", "Dead letters: events whose reaction kept failing");
  dlq->require_subcommand(1);
  add_view(host, *dlq, "list", "One line for each", false);
  add_view(host, *dlq, "show", "One of them, whole", true);
  add_decision(host, *dlq, "redrive", "Run the reaction again, when the next node runs on these journals",
               core::decision_kind::redrive);
  add_decision(host, *dlq, "discard", "Forget the event: its reaction never runs", core::decision_kind::discard);
}

} // namespace reel::cli
