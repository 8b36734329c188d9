#include "cli/journal_scan.hpp"

#include "cli/blocking_log.hpp"

#include "core/dependencies.hpp"

#include <fmt/format.h>

namespace reel::cli {

journal_scan::journal_scan(transport::log& log, const core::event_registry& registry)
    : log_{&log}, registry_{&registry} {}

core::expected<void> journal_scan::open() {
  auto journals = log_->journals();
  if (!journals)
    return tl::unexpected(std::move(journals.error()));
  for (auto& journal : *journals) {
    const auto id = journal.id;
    auto name = core::journal_name(journal.genesis.service, journal.genesis.partition);
    auto& lane = lanes_[id];
    lane.name = std::move(name);
    lane.journal = std::move(journal);
  }
  return {};
}

core::expected<void> journal_scan::resume(journal_id journal, const core::position& at) {
  const auto lane = lanes_.find(journal);
  if (at.sequence == frame_sequence{})
    return {};
  if (lane == lanes_.end())
    return core::fail(core::errc::regressed, fmt::format("there is no journal {} any more", name(journal)));
  const auto frames = read_blocking(*log_, journal, at.sequence, 1);
  if (!frames)
    return tl::unexpected(frames.error());
  if (frames->empty())
    return core::fail(core::errc::regressed,
                      fmt::format("journal {} ends before frame {}", lane->second.name, number(at.sequence)));
  const auto& frame = *frames->front();
  if (core::short_hash(frame.hash()) != at.hash)
    return core::fail(core::errc::chain_broken, fmt::format("frame {} is another one than the one that was read",
                                                            frame_name(*this, journal, at.sequence)));
  lane->second.visited = lane->second.fetched = frame.sequence();
  lane->second.visited_hash = lane->second.fetched_hash = frame.hash();
  return {};
}

core::expected<void> journal_scan::check_follows(const journal_lane& l, const core::frame& f) const {
  const auto expected = number(l.fetched) + 1;
  if (f.journal() != l.journal.id)
    return core::fail(core::errc::corrupt, fmt::format("journal {}: frame {} says that it belongs to journal {}",
                                                       l.name, expected, name(f.journal())));
  if (number(f.sequence()) != expected)
    return core::fail(core::errc::chain_broken,
                      fmt::format("journal {}: frame {} follows frame {}", l.name, number(f.sequence()), expected - 1));
  if (f.previous() != l.fetched_hash)
    return core::fail(core::errc::chain_broken, fmt::format("journal {}: frame {} does not carry the hash of frame {}",
                                                            l.name, expected, expected - 1));
  return {};
}

core::expected<void> journal_scan::fetch(journal_lane& l) {
  auto frames = read_blocking(*log_, l.journal.id, following(l.fetched), scan_chunk_bytes);
  if (!frames)
    return tl::unexpected(std::move(frames.error()));
  for (auto& frame : *frames) {
    if (auto follows = check_follows(l, *frame); !follows)
      return follows;
    l.fetched = frame->sequence();
    l.fetched_hash = frame->hash();
    l.frames.push_back(std::move(frame));
  }
  return {};
}

bool journal_scan::ready(const core::frame& f) const {
  bool result = true;
  core::for_each_dependency(f, [&](const core::dependency& needed) {
    if (needed.journal == f.journal())
      return;
    const auto other = lanes_.find(needed.journal);
    result = result && other != lanes_.end() && other->second.visited >= needed.sequence;
  });
  return result;
}

/// The lane whose first frame comes next; null when none may come.
journal_scan::journal_lane* journal_scan::earliest_ready() {
  journal_lane* best = nullptr;
  for (auto& [id, lane] : lanes_) {
    if (lane.frames.empty() || (best != nullptr && best->frames.front()->time() <= lane.frames.front()->time()))
      continue;
    if (ready(*lane.frames.front()))
      best = &lane;
  }
  return best;
}

core::error journal_scan::unmet_dependency() const {
  core::error result{core::errc::chain_broken, "no journal can go on"};
  for (const auto& [id, lane] : lanes_) {
    if (lane.frames.empty())
      continue;
    const auto& frame = *lane.frames.front();
    core::for_each_dependency(frame, [&](const core::dependency& needed) {
      const auto other = lanes_.find(needed.journal);
      // Of all that wait, only frames that wait for something that does not exist are the reason.
      if (other == lanes_.end())
        result.what = fmt::format("frame {} depends on frame {} of journal {}, which does not exist",
                                  frame_name(*this, frame.journal(), frame.sequence()), number(needed.sequence),
                                  name(needed.journal));
      else if (other->second.frames.empty() && needed.sequence > other->second.visited)
        result.what = fmt::format("frame {} depends on frame {} of journal {}, which ends with frame {}",
                                  frame_name(*this, frame.journal(), frame.sequence()), number(needed.sequence),
                                  other->second.name, number(other->second.visited));
    });
  }
  return result;
}

core::expected<std::shared_ptr<const core::frame>> journal_scan::next() {
  // Each look at a journal's end is older than the next one's: what waits for a frame that was not there may find it
  // now.
  for (int attempt = 0; attempt < 2; ++attempt) {
    for (auto& [id, lane] : lanes_)
      if (lane.frames.empty())
        if (auto fetched = fetch(lane); !fetched)
          return tl::unexpected(std::move(fetched.error()));
    if (auto* const lane = earliest_ready(); lane != nullptr) {
      auto frame = std::move(lane->frames.front());
      lane->frames.pop_front();
      lane->visited = frame->sequence();
      lane->visited_hash = frame->hash();
      return frame;
    }
    bool waiting = false;
    for (const auto& [id, lane] : lanes_)
      waiting = waiting || !lane.frames.empty();
    if (!waiting)
      return std::shared_ptr<const core::frame>{};
    if (auto opened = open(); !opened) // a journal may have been created meanwhile
      return tl::unexpected(std::move(opened.error()));
  }
  return tl::unexpected(unmet_dependency());
}

std::vector<transport::journal_description> journal_scan::journals() const {
  std::vector<transport::journal_description> result;
  for (const auto& [id, lane] : lanes_)
    result.push_back(lane.journal);
  return result;
}

const core::genesis_record* journal_scan::genesis(journal_id journal) const noexcept {
  const auto found = lanes_.find(journal);
  return found == lanes_.end() ? nullptr : &found->second.journal.genesis;
}

std::string journal_scan::name(journal_id journal) const {
  const auto found = lanes_.find(journal);
  return found == lanes_.end() ? fmt::format("#{:08x}", static_cast<std::uint32_t>(journal)) : found->second.name;
}

std::string frame_name(const journal_scan& scan, journal_id journal, frame_sequence sequence) {
  return fmt::format("{}:{}", scan.name(journal), number(sequence));
}

std::string event_name(const journal_scan& scan, const event_id& id) {
  return fmt::format("{}.{}", frame_name(scan, id.journal, id.sequence), id.index);
}

void for_each_fact(const core::frame& f, const journal_scan& scan, const std::function<void(const fact&)>& visit) {
  const auto* const genesis = scan.genesis(f.journal());
  key_list keys;
  const auto count = f.event_count();
  for (std::size_t i = 0; i < count; ++i) {
    const auto event = f.event(i);
    fact next{.type = scan.registry().find(event.type),
              .payload = event.payload.data(),
              .id = event.id,
              .cause = event.cause,
              .correlation = event.correlation,
              .time = f.time(),
              .service = genesis == nullptr ? std::string_view{} : genesis->service,
              .key = {},
              .frame_events = count};
    keys.clear();
    if (next.type != nullptr && next.type->key != nullptr)
      next.type->key(next.payload, keys);
    if (!keys.keys().empty())
      next.key = keys.keys().front();
    visit(next);
  }
}

core::expected<void> scan_frames(journal_scan& scan, const std::function<bool(const core::frame&)>& visit) {
  for (;;) {
    auto frame = scan.next();
    if (!frame)
      return tl::unexpected(std::move(frame.error()));
    if (*frame == nullptr || !visit(**frame))
      return {};
  }
}

} // namespace reel::cli
