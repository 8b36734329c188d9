#include "cli/flow_statistics.hpp"

#include <flatbuffers/minireflect.h>

#include <algorithm>
#include <set>
#include <utility>

namespace reel::cli {
namespace {

/// Picks the name of the value of an enum field called "reason".
struct reason_visitor final : flatbuffers::IterationVisitor {
  std::string_view reason;

  void Field(size_t, size_t, flatbuffers::ElementaryType, bool is_vector, const flatbuffers::TypeTable*,
             const char* name, const std::uint8_t* value) override {
    here_ = value != nullptr && !is_vector && name != nullptr && std::string_view{name} == "reason";
  }
  void UChar(std::uint8_t, const char* name) override {
    take(name);
  }
  void Char(std::int8_t, const char* name) override {
    take(name);
  }
  void UShort(std::uint16_t, const char* name) override {
    take(name);
  }
  void Short(std::int16_t, const char* name) override {
    take(name);
  }
  void UInt(std::uint32_t, const char* name) override {
    take(name);
  }
  void Int(std::int32_t, const char* name) override {
    take(name);
  }
  void StartSequence() override {}
  void EndSequence() override {}
  void UType(std::uint8_t, const char*) override {}
  void Bool(bool) override {}
  void Long(std::int64_t) override {}
  void ULong(std::uint64_t) override {}
  void Float(float) override {}
  void Double(double) override {}
  void String(const flatbuffers::String*) override {}
  void Unknown(const std::uint8_t*) override {}
  void StartVector() override {}
  void EndVector() override {}
  void Element(size_t, flatbuffers::ElementaryType, const flatbuffers::TypeTable*, const std::uint8_t*) override {
    here_ = false;
  }

private:
  void take(const char* name) {
    if (here_ && name != nullptr)
      reason = name;
    here_ = false;
  }
  bool here_ = false;
};

/// The reason that an event itself gives; empty when it gives none. The text lives as long as the program.
std::string_view reason_of(const fact& event) {
  if (event.type->reflection == nullptr)
    return {};
  reason_visitor visitor;
  flatbuffers::IterateFlatBuffer(reinterpret_cast<const std::uint8_t*>(event.payload), event.type->reflection(),
                                 &visitor);
  return visitor.reason;
}

} // namespace

flow_statistics::flow_statistics(const core::event_registry& registry)
    : registry_{&registry}, counts_(registry.events().size()), followed_starts_(registry.events().size()) {}

void flow_statistics::observe(const fact& event) {
  const auto type = static_cast<std::uint16_t>(registry_->index_of(event.type->id));
  ++events_;
  ++counts_[type];
  compensations_ += event.type->compensates.empty() ? 0 : 1;
  const auto flow = static_cast<std::uint64_t>(event.correlation);
  bool is_first = false;
  if (!exists(event.cause)) {
    const auto [place, started] = open_.try_emplace(flow, open_flow{.start = event.time});
    is_first = started;
    if (!started && !place->second.failed)
      place->second.reason = static_cast<std::uint16_t>(type + 1);
  } else if (event.type->failure) {
    const auto place = open_.find(flow);
    if (place != open_.end() && !std::exchange(place->second.failed, true))
      place->second.reason = static_cast<std::uint16_t>(type + 1);
  }
  follow(event, type, is_first);
  if (event.type->terminal)
    end(event, type);
}

void flow_statistics::end(const fact& event, std::uint16_t type) {
  const auto place = open_.find(static_cast<std::uint64_t>(event.correlation));
  if (place == open_.end())
    return;
  auto reason = reason_of(event);
  if (reason.empty() && place->second.reason != 0)
    reason = registry_->events()[place->second.reason - 1U].name;
  ++ended_[{type, reason}];
  const auto taken = event.time - place->second.start;
  latency_.record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, taken.count())));
  open_.erase(place);
}

void flow_statistics::follow(const fact& event, std::uint16_t type, bool is_first) {
  const auto flow = static_cast<std::uint64_t>(event.correlation);
  auto place = followed_.find(flow);
  if (place == followed_.end()) {
    if (!is_first || followed_starts_[type] >= followed_flows_max || event.type->terminal)
      return;
    ++followed_starts_[type];
    place = followed_.emplace(flow, followed_flow{.story = {.flow = std::string{event.key}, .entries = {}}}).first;
  }
  auto& followed = place->second;
  followed.story.entries.push_back(entry_of(event));
  followed.compensations += event.type->compensates.empty() ? 0 : 1;
  followed.ended = followed.ended || event.type->terminal;
}

std::vector<std::pair<std::string_view, std::uint64_t>> flow_statistics::by_type() const {
  std::vector<std::pair<std::string_view, std::uint64_t>> result;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i] > 0)
      result.emplace_back(registry_->events()[i].name, counts_[i]);
  return result;
}

std::uint64_t flow_statistics::count_of(std::string_view type) const noexcept {
  const auto* const info = registry_->find(type);
  return info == nullptr ? 0 : counts_[registry_->index_of(info->id)];
}

std::uint64_t flow_statistics::ended(std::string_view terminal_type) const noexcept {
  std::uint64_t result = 0;
  for (const auto& [key, count] : ended_)
    result += registry_->events()[key.first].name == terminal_type ? count : 0;
  return result;
}

std::vector<std::pair<std::string_view, std::uint64_t>> flow_statistics::reasons(std::string_view terminal_type) const {
  std::vector<std::pair<std::string_view, std::uint64_t>> result;
  for (const auto& [key, count] : ended_)
    if (registry_->events()[key.first].name == terminal_type)
      result.emplace_back(key.second, count);
  std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return result;
}

std::optional<timeline> flow_statistics::plain_example() const {
  const followed_flow* best = nullptr;
  for (const auto& [flow, followed] : followed_) {
    const bool failed = std::any_of(followed.story.entries.begin(), followed.story.entries.end(),
                                    [](const auto& entry) { return entry.failure; });
    if (!followed.ended || failed || followed.compensations > 0)
      continue;
    // Among flows without trouble one of usual length says most.
    if (best == nullptr ||
        (best->story.entries.size() < 8 && followed.story.entries.size() > best->story.entries.size()))
      best = &followed;
  }
  return best == nullptr ? std::nullopt : std::optional{best->story};
}

std::optional<timeline> flow_statistics::compensated_example() const {
  // The one that undoes the most different things says most; of those, one that is short enough to read.
  constexpr std::size_t readable_entries = 14;
  const auto distance = [](std::size_t entries) {
    return entries > readable_entries ? entries - readable_entries : readable_entries - entries;
  };
  const followed_flow* best = nullptr;
  std::size_t best_kinds = 0;
  for (const auto& [flow, followed] : followed_) {
    std::set<std::string_view> kinds;
    for (const auto& entry : followed.story.entries)
      if (!entry.undoes.empty())
        kinds.insert(entry.undoes);
    if (!followed.ended || kinds.empty() || kinds.size() < best_kinds)
      continue;
    if (kinds.size() == best_kinds && distance(followed.story.entries.size()) >= distance(best->story.entries.size()))
      continue;
    best = &followed;
    best_kinds = kinds.size();
  }
  return best == nullptr ? std::nullopt : std::optional{best->story};
}

} // namespace reel::cli
