#include "cli/state_command.hpp"

#include "cli/blocking_log.hpp"
#include "cli/format.hpp"
#include "cli/json_text.hpp"
#include "core/frame.hpp"

#include <reel/frame_generated.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace reel::cli {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

template <class Range, class Name>
std::string names_of(const Range& range, Name name) {
  std::string result;
  for (const auto& entry : range)
    result += fmt::format("{}{}", result.empty() ? "" : ", ", name(entry));
  return result;
}

/// Until when events count.
struct moment {
  std::optional<std::uint64_t> sequence;
  std::optional<timestamp> time;

  [[nodiscard]] bool covers(const core::frame& f) const {
    return (!sequence || static_cast<std::uint64_t>(f.sequence()) <= *sequence) && (!time || f.time() <= *time);
  }
};

core::expected<moment> parse_moment(const std::string& text, std::string_view journal) {
  if (text.empty())
    return moment{};
  if (const auto time = parse_iso_time(text))
    return moment{.sequence = {}, .time = time};
  std::string_view digits = text;
  if (const auto colon = text.rfind(':'); colon != std::string::npos) {
    if (std::string_view{text}.substr(0, colon) != journal)
      return core::fail(core::errc::invalid, fmt::format("--at {}: the entity is in journal {}, expected {}:SEQUENCE",
                                                         text, journal, journal));
    digits.remove_prefix(colon + 1);
  }
  std::uint64_t sequence = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
  if (failure != std::errc{} || end != digits.data() + digits.size())
    return core::fail(
        core::errc::invalid,
        fmt::format("--at {}: expected SEQUENCE, JOURNAL:SEQUENCE or a time such as 2026-01-31T12:00:00Z", text));
  return moment{.sequence = sequence, .time = {}};
}

struct target {
  const service_info* service = nullptr;
  const actor_info* actor = nullptr;
  transport::journal_description journal;
  std::string journal_name;
};

core::expected<target> find_target(transport::log& log, const choreography_info& choreography,
                                   const state_options& options) {
  target result;
  for (const auto& service : choreography.services)
    if (service.name == options.service)
      result.service = &service;
  if (result.service == nullptr)
    return core::fail(core::errc::invalid,
                      fmt::format("no service {}; there are: {}", options.service,
                                  names_of(choreography.services, [](const auto& service) { return service.name; })));
  for (const auto& actor : result.service->actors)
    if (same_ignoring_case(actor.name, options.kind))
      result.actor = &actor;
  if (result.actor == nullptr)
    return core::fail(core::errc::invalid,
                      fmt::format("service {} has no actor {}; it has: {}", options.service, options.kind,
                                  names_of(result.service->actors, [](const auto& actor) { return actor.name; })));
  auto journals = log.journals();
  if (!journals)
    return tl::unexpected(std::move(journals.error()));
  for (auto& journal : *journals) {
    const auto& genesis = journal.genesis;
    if (genesis.service != options.service || genesis.partition != core::partition_of(options.key, genesis.partitions))
      continue;
    result.journal_name = core::journal_name(genesis.service, genesis.partition);
    result.journal = std::move(journal);
    return result;
  }
  return core::fail(core::errc::not_found,
                    fmt::format("there is no journal of service {} for {}", options.service, options.key));
}

/// Folds one entity out of a journal.
class entity_fold {
public:
  entity_fold(const actor_info& actor, const core::event_registry& registry, std::string_view key)
      : actor_{&actor}, registry_{&registry}, key_{key}, table_{actor.make_table()}, tag_{static_cast<std::uint16_t>(
                                                                                         core::xxh3(actor.name))} {}

  void apply(const core::frame& f) {
    for (std::size_t i = 0; i < f.event_count(); ++i)
      apply(f, f.event(i));
    if (const auto* ended = f.body().ended())
      for (const auto* entity : *ended)
        if (entity->actor() == tag_ && entity->key()->string_view() == key_)
          end(f);
    last_ = f.sequence();
    time_ = f.time();
  }

  [[nodiscard]] bool exists() const {
    return table_->contains(key_);
  }
  [[nodiscard]] std::string describe() const {
    return table_->describe(table_->find(key_));
  }
  [[nodiscard]] std::uint64_t events() const noexcept {
    return events_;
  }
  /// The frame that ended the entity, or 0.
  [[nodiscard]] frame_sequence ended() const noexcept {
    return ended_;
  }
  [[nodiscard]] frame_sequence last() const noexcept {
    return last_;
  }
  [[nodiscard]] timestamp time() const noexcept {
    return time_;
  }

private:
  void apply(const core::frame& f, const core::event_view& event) {
    const auto fold = std::find_if(actor_->folds.begin(), actor_->folds.end(),
                                   [&](const auto& entry) { return entry.event == event.type; });
    if (fold == actor_->folds.end())
      return;
    keys_.clear();
    registry_->find(event.type)->key(event.payload.data(), keys_);
    if (keys_.keys().empty() || keys_.keys().front() != key_)
      return;
    fold->apply(table_->touch(key_), event.payload.data());
    ++events_;
    if (std::find(actor_->ends.begin(), actor_->ends.end(), event.type) != actor_->ends.end())
      end(f);
  }

  void end(const core::frame& f) {
    table_->erase(key_);
    ended_ = f.sequence();
  }

  const actor_info* actor_;
  const core::event_registry* registry_;
  std::string_view key_;
  std::unique_ptr<entity_table> table_;
  std::uint16_t tag_;
  key_list keys_;
  std::uint64_t events_ = 0;
  frame_sequence ended_{};
  frame_sequence last_{};
  timestamp time_{};
};

/// Applies all frames that the moment covers.
core::expected<void> fold_journal(transport::log& log, const target& where, const moment& until, entity_fold& fold) {
  return read_journal(log, where.journal.id, frame_sequence{1},
                      [&](const std::shared_ptr<const core::frame>& frame) -> core::expected<bool> {
                        if (!until.covers(*frame))
                          return false;
                        fold.apply(*frame);
                        return true;
                      });
}

} // namespace

core::expected<std::string> entity_state(transport::log& log, const choreography_info& choreography,
                                         const state_options& options) {
  const auto where = find_target(log, choreography, options);
  if (!where)
    return tl::unexpected(where.error());
  const auto until = parse_moment(options.at, where->journal_name);
  if (!until)
    return tl::unexpected(until.error());
  const core::event_registry registry{choreography.events};
  entity_fold fold{*where->actor, registry, options.key};
  if (auto folded = fold_journal(log, *where, *until, fold); !folded)
    return tl::unexpected(std::move(folded.error()));
  const auto place = fmt::format("{} {} in journal {} up to frame {}", where->actor->name, options.key,
                                 where->journal_name, static_cast<std::uint64_t>(fold.last()));
  if (!fold.exists() && fold.ended() != frame_sequence{})
    return core::fail(core::errc::not_found,
                      fmt::format("{}: it ended with frame {} and is forgotten; --at {} shows the state before", place,
                                  static_cast<std::uint64_t>(fold.ended()),
                                  static_cast<std::uint64_t>(fold.ended()) - 1));
  if (!fold.exists())
    return core::fail(core::errc::not_found, fmt::format("{}: it has no events", place));
  return fmt::format(
      "{{\"service\":{},\"kind\":{},\"key\":{},\"journal\":{},\"sequence\":{},\"time\":\"{}\",\"events\":{},"
      "\"state\":{}}}",
      json_string(options.service), json_string(where->actor->name), json_string(options.key),
      json_string(where->journal_name), static_cast<std::uint64_t>(fold.last()), iso_time(fold.time()), fold.events(),
      fold.describe());
}

} // namespace reel::cli
