#include "transport/cluster_journal.hpp"

#include "core/hash.hpp"
#include "transport/chain.hpp"

#include <future>
#include <memory>

namespace reel::transport {

namespace {

/// The type of the one event that each frame holds.
const event_type_id record_type{static_cast<std::uint32_t>(core::xxh3("reel.wire.Cluster"))};

core::expected<frames> read_waiting(log& log, journal_id journal, frame_sequence from) {
  constexpr std::size_t bytes_max = 1U << 20;
  const auto answer = std::make_shared<std::promise<core::expected<frames>>>();
  auto result = answer->get_future();
  log.read(journal, from, bytes_max, [answer](core::expected<frames> found) { answer->set_value(std::move(found)); });
  return result.get();
}

} // namespace

core::genesis_record cluster_genesis(const std::string& cluster) {
  return {cluster, 0, "_cluster", 0, 1};
}

core::sealed_frame seal_cluster(const core::genesis_record& genesis, const journal_tail& tail,
                                const core::cluster_state& state, timestamp now) {
  core::frame_builder builder;
  builder.set_genesis(genesis);
  builder.add_event(record_type, 1, correlation_id{}, event_id{}, core::encode(state));
  return builder.seal(journal_id_of(genesis), following(tail.sequence), 0, tail.hash, now);
}

core::expected<core::cluster_state> read_cluster(const core::frame& frame) {
  if (frame.event_count() == 0) {
    return core::cluster_state{};
  }
  const auto event = frame.event(0);
  if (event.type != record_type) {
    return core::fail(core::errc::corrupt, "frame " + std::to_string(static_cast<std::uint64_t>(frame.sequence())) +
                                               " of the cluster's journal holds something else");
  }
  return core::decode_cluster(event.payload);
}

core::expected<cluster_view> load_cluster(log& log, const std::string& cluster) {
  const auto genesis = cluster_genesis(cluster);
  const auto tail = log.open_bounded(genesis, {cluster_frames_max, false});
  if (!tail) {
    return tl::unexpected(tail.error());
  }
  const auto found = read_waiting(log, journal_id_of(genesis), tail->sequence);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->empty()) {
    return core::fail(core::errc::regressed, "the journal of cluster " + cluster + " is shorter than it was");
  }
  const auto& newest = *found->back();
  auto state = read_cluster(newest);
  if (!state) {
    return tl::unexpected(state.error());
  }
  return cluster_view{std::move(*state), newest.sequence(), newest.time()};
}

} // namespace reel::transport
