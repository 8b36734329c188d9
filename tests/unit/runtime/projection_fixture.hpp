// A small choreography with opaque payloads, journals of sealed frames in memory, and a read model over them with a
// reference.
#pragma once

#include "core/hash.hpp"
#include "runtime/projection_store.hpp"
#include "runtime/projection_view.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace projection_test {

using namespace reel;
namespace fs = std::filesystem;

inline constexpr event_type_id deposited{1};
inline constexpr event_type_id withdrawn{2};
inline constexpr event_type_id noticed{3}; // known, but no input of the projection
inline constexpr event_type_id unknown_to_program{4};
inline constexpr std::uint64_t first_incarnation = 7;

/// Payload: amount, size of the key, key.
inline std::vector<std::byte> payload_of(std::string_view key, std::int64_t amount) {
  const std::uint64_t size = key.size();
  std::vector<std::byte> bytes(16 + key.size());
  std::memcpy(bytes.data(), &amount, 8);
  std::memcpy(bytes.data() + 8, &size, 8);
  std::memcpy(bytes.data() + 16, key.data(), key.size());
  return bytes;
}

inline std::int64_t amount_of(const std::byte* payload) {
  std::int64_t amount = 0;
  std::memcpy(&amount, payload, 8);
  return amount;
}

inline void key_of(const std::byte* payload, key_list& out) {
  std::uint64_t size = 0;
  std::memcpy(&size, payload + 8, 8);
  out.view({reinterpret_cast<const char*>(payload) + 16, size});
}

inline bool always_valid(bytes_view) {
  return true;
}

inline event_info event_named(std::string_view name, event_type_id id) {
  event_info info;
  info.name = name;
  info.id = id;
  info.verify = always_valid;
  info.key = key_of;
  return info;
}

/// Two sources, "branch" and "office", so two journals; a third one publishes nothing that the projection reads.
inline std::shared_ptr<const runtime::plan> make_plan() {
  choreography_info info;
  info.name = "bank";
  info.events = {event_named("bank.Deposited", deposited), event_named("bank.Withdrawn", withdrawn),
                 event_named("bank.Noticed", noticed)};
  info.sources = {{"branch", {deposited, withdrawn, noticed}}, {"office", {withdrawn}}, {"gossip", {noticed}}};
  return std::make_shared<const runtime::plan>(std::move(info), runtime::plan_options{});
}

/// One event to put into a frame.
struct entry {
  event_type_id type{};
  std::string key;
  std::int64_t amount = 0;
};

using frames = std::vector<std::shared_ptr<const core::frame>>;

/// A journal: its first frame is the genesis.
class journal {
public:
  journal(const runtime::plan& plan, std::size_t index, std::uint64_t incarnation = first_incarnation)
      : id_(plan.journals[index].id) {
    core::frame_builder builder;
    auto genesis = plan.journals[index].genesis;
    genesis.incarnation = incarnation;
    builder.set_genesis(genesis);
    seal(builder);
  }

  void append(const std::vector<entry>& events) {
    core::frame_builder builder;
    for (const auto& e : events) {
      const auto payload = payload_of(e.key, e.amount);
      builder.add_event(e.type, 1, core::correlation_of(e.key), event_id{}, payload);
    }
    seal(builder);
  }

  [[nodiscard]] const frames& all() const {
    return frames_;
  }
  [[nodiscard]] core::position tail() const {
    return {frames_.back()->sequence(), core::short_hash(frames_.back()->hash())};
  }

private:
  void seal(core::frame_builder& builder) {
    const auto sequence = frame_sequence{frames_.size() + 1};
    const timestamp time{std::chrono::nanoseconds(1'000'000 + frames_.size())};
    auto sealed = builder.seal(id_, sequence, 1, previous_, time);
    previous_ = sealed.decoded->hash();
    frames_.push_back(sealed.decoded);
  }

  journal_id id_;
  core::frame_hash previous_{};
  frames frames_;
};

/// Accounts: text key, balance, number of changes, mean, the alphabetically last event.
class accounts : public projection {
public:
  explicit accounts(std::uint32_t version = 1, bool integer_key = false) : version_(version) {
    columns_ = {{"account", integer_key ? "integer" : "text"},
                {"balance", "integer"},
                {"changes", "integer"},
                {"mean", "real"},
                {"last_event", "text"}};
  }
  [[nodiscard]] std::string_view name() const override {
    return "accounts";
  }
  [[nodiscard]] std::uint32_t version() const override {
    return version_;
  }
  [[nodiscard]] std::span<const column> columns() const override {
    return columns_;
  }
  [[nodiscard]] std::vector<event_type_id> inputs() const override {
    return {deposited, withdrawn};
  }
  [[nodiscard]] std::string_view key(const fact& event) const override {
    return event.key;
  }
  void apply(const fact& event, row& cells) const override {
    change(cells, event.type->id, event.type->name, amount_of(event.payload));
  }
  static void change(row& cells, event_type_id type, std::string_view name, std::int64_t amount) {
    const auto signed_amount = type == withdrawn ? -amount : amount;
    const auto number = [&](std::size_t i) { return cells[i].index() == 0 ? 0 : std::get<std::int64_t>(cells[i]); };
    cells[1] = number(1) + signed_amount;
    cells[2] = number(2) + 1;
    cells[3] =
        static_cast<double>(std::get<std::int64_t>(cells[1])) / static_cast<double>(std::get<std::int64_t>(cells[2]));
    // All cells are independent of the order, because two journals may be folded in any.
    const auto* largest = std::get_if<std::string>(&cells[4]);
    cells[4] = largest != nullptr ? std::max(*largest, std::string(name)) : std::string(name);
  }

private:
  std::uint32_t version_;
  std::vector<column> columns_;
};

/// A folder that goes away with the test.
class folder {
public:
  folder() {
    std::string pattern = (fs::temp_directory_path() / "reel-projection-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error("cannot create " + pattern);
    }
    path_ = pattern;
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() {
    std::error_code ignored; // a left-over folder fails no test
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const {
    return path_;
  }

private:
  fs::path path_;
};

using rows = std::map<std::string, projection::row>;

/// What the rows must be when exactly these frames have been folded: the `through[i]` first frames of each journal.
inline rows expected_rows(const std::vector<const journal*>& journals, const std::vector<std::uint64_t>& through) {
  rows result;
  for (std::size_t j = 0; j < journals.size(); ++j) {
    for (std::size_t n = 0; n < through[j]; ++n) {
      const auto& frame = *journals[j]->all()[n];
      for (std::size_t i = 0; i < frame.event_count(); ++i) {
        const auto event = frame.event(i);
        if (event.type != deposited && event.type != withdrawn) {
          continue;
        }
        key_list keys;
        key_of(event.payload.data(), keys);
        const std::string key(keys.keys().front());
        auto& row = result.try_emplace(key, projection::row{key, {}, {}, {}, {}}).first->second;
        accounts::change(row, event.type, event.type == deposited ? "bank.Deposited" : "bank.Withdrawn",
                         amount_of(event.payload.data()));
      }
    }
  }
  return result;
}

inline rows stored_rows(const fs::path& views) {
  rows result;
  auto reader = runtime::view_reader::open(views, "accounts").value();
  runtime::view_query all;
  all.limit = 1'000'000;
  const auto listed =
      reader.list(all, [&](const projection::row& row) { result.emplace(std::get<std::string>(row[0]), row); });
  return listed ? result : throw std::runtime_error(listed.error().what);
}

} // namespace projection_test
