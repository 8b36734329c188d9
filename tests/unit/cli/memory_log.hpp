// A log in memory whose frames tests write by hand, also wrong ones.
#pragma once

#include "core/frame.hpp"
#include "transport/log.hpp"

#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace reel::test {

class memory_log final : public transport::log {
public:
  transport::log_features features() const override {
    return {};
  }
  core::expected<transport::journal_tail> open(const core::genesis_record&) override {
    return core::fail(core::errc::invalid, "not in this test");
  }
  core::expected<std::vector<transport::journal_description>> journals() override {
    std::vector<transport::journal_description> result;
    for (const auto& [id, j] : journals_)
      result.push_back({id, j.genesis, {j.frames.back()->sequence(), j.frames.back()->hash()}});
    return result;
  }
  void append(journal_id, frame_sequence, core::sealed_frame, transport::append_handler done) override {
    done({transport::append_outcome::unavailable, {}, "not in this test"});
  }
  /// One frame at a time, so that readers have to come back.
  void read(journal_id id, frame_sequence from, std::size_t, transport::read_handler done) override {
    ++reads;
    const auto& frames = journals_.at(id).frames;
    const auto index = static_cast<std::size_t>(from) - 1;
    done(index < frames.size() ? transport::frames{frames[index]} : transport::frames{});
  }
  core::expected<transport::journal_tail> last(journal_id) override {
    return core::fail(core::errc::invalid, "not in this test");
  }
  std::shared_ptr<void> watch(journal_id, transport::commit_handler) override {
    return nullptr;
  }

  struct journal {
    core::genesis_record genesis;
    transport::frames frames;
  };
  std::map<journal_id, journal> journals_;
  std::size_t reads = 0;
};

/// An event as tests write it: its payload is a pair of key and text.
struct written_event {
  std::string type;
  std::string flow;
  std::string key;
  event_id cause{};
};

/// Payloads of the tests: the key's length in a byte, then the key.
inline std::vector<std::byte> payload_of(const std::string& key) {
  std::vector<std::byte> bytes{static_cast<std::byte>(key.size())};
  for (const char c : key)
    bytes.push_back(static_cast<std::byte>(c));
  bytes.resize((bytes.size() + 7) / 8 * 8);
  return bytes;
}

inline std::string_view key_of(const std::byte* payload) {
  return {reinterpret_cast<const char*>(payload) + 1, std::to_integer<std::size_t>(*payload)};
}

inline event_info test_event(std::string_view name) {
  event_info info;
  info.name = name;
  info.id = event_type_id{static_cast<std::uint32_t>(core::xxh3(name))};
  info.verify = [](bytes_view payload) {
    return !payload.empty() && std::to_integer<std::size_t>(payload[0]) < payload.size();
  };
  info.key = [](const std::byte* payload, key_list& out) { out.view(key_of(payload)); };
  return info;
}

inline event_type_id type_id(std::string_view name) {
  return test_event(name).id;
}

/// Writes the frames of one journal. Time is the `at` of each frame, in milliseconds.
class journal_writer {
public:
  journal_writer(memory_log& log, const std::string& service, std::uint32_t partition = 0, std::uint32_t partitions = 1)
      : log_{&log}, id_{core::journal_id_of(core::journal_name(service, partition))} {
    auto& j = log_->journals_[id_];
    j.genesis = {
        .cluster = "test", .incarnation = 1, .service = service, .partition = partition, .partitions = partitions};
    builder.set_genesis(j.genesis);
    seal(0);
  }

  /// Notes that the next frame has handled `source` up to its last frame.
  journal_writer& handles(const journal_writer& source) {
    return handles(source, source.last());
  }
  journal_writer& handles(const journal_writer& source, frame_sequence to) {
    const auto& frames = log_->journals_.at(source.id_).frames;
    const auto index = static_cast<std::size_t>(to) - 1;
    builder.add_input(
        {source.id_, handled_[source.id_], to, index < frames.size() ? core::short_hash(frames[index]->hash()) : 0});
    handled_[source.id_] = to;
    return *this;
  }
  journal_writer& publishes(const written_event& event) {
    builder.add_event(type_id(event.type), 1, core::correlation_of(event.flow), event.cause, payload_of(event.key));
    return *this;
  }
  /// The id of the first event of the frame.
  event_id seal(int at) {
    auto& frames = log_->journals_.at(id_).frames;
    const auto previous = frames.empty() ? core::frame_hash{} : frames.back()->hash();
    const auto sequence = frame_sequence{frames.size() + 1};
    frames.push_back(
        builder.seal(id_, sequence, epoch, previous, timestamp{std::chrono::milliseconds{at}}, false).decoded);
    return {id_, sequence, 0};
  }

  [[nodiscard]] frame_sequence last() const {
    return log_->journals_.at(id_).frames.back()->sequence();
  }
  [[nodiscard]] journal_id id() const {
    return id_;
  }

  core::frame_builder builder;
  std::uint64_t epoch = 1;

private:
  memory_log* log_;
  journal_id id_;
  std::map<journal_id, frame_sequence> handled_;
};

} // namespace reel::test
