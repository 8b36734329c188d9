#include "core/causal_gate.hpp"

#include "core/dependencies.hpp"

#include <stdexcept>

namespace reel::core {

void causal_gate::add_lane(journal_id journal, const position& handled) {
  lanes_.push_back({journal, handled, {}});
}

bool causal_gate::offer(routed frame) {
  auto* found = find(frame->source->journal());
  if (found == nullptr) {
    throw std::logic_error("a frame of a journal that this consumer does not read");
  }
  const auto newest = found->queue.empty() ? found->handled.sequence : found->queue.back()->source->sequence();
  const auto sequence = frame->source->sequence();
  if (sequence <= newest) {
    return false;
  }
  if (static_cast<std::uint64_t>(sequence) != static_cast<std::uint64_t>(newest) + 1) {
    throw std::logic_error("a reader skipped frames");
  }
  found->queue.push_back(std::move(frame));
  ++waiting_;
  return true;
}

expected<causal_gate::routed> causal_gate::next() {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    turn_ = (turn_ + 1) % lanes_.size();
    auto& l = lanes_[turn_];
    if (l.queue.empty()) {
      continue;
    }
    const auto admitted = admissible(*l.queue.front()->source);
    if (!admitted) {
      return tl::unexpected(admitted.error());
    }
    if (*admitted) {
      auto frame = std::move(l.queue.front());
      l.queue.pop_front();
      --waiting_;
      l.handled = {frame->source->sequence(), short_hash(frame->source->hash())};
      return frame;
    }
  }
  return routed{};
}

expected<bool> causal_gate::admissible(const frame& f) {
  bool admitted = true;
  bool same_history = true;
  for_each_dependency(f, [&](const dependency& d) {
    const auto* found = d.journal == f.journal() ? nullptr : find(d.journal);
    if (found == nullptr) {
      return;
    }
    admitted = admitted && d.sequence <= found->handled.sequence;
    same_history = same_history && (d.sequence != found->handled.sequence || d.hash == found->handled.hash);
  });
  if (!same_history) {
    return fail(errc::chain_broken, "frame " + std::to_string(static_cast<std::uint64_t>(f.sequence())) +
                                        " of journal " + std::to_string(static_cast<std::uint32_t>(f.journal())) +
                                        " depends on another history of a journal than the one read here");
  }
  return admitted;
}

position causal_gate::handled(journal_id journal) const noexcept {
  const auto* found = const_cast<causal_gate*>(this)->find(journal);
  return found != nullptr ? found->handled : position{};
}

void causal_gate::clear() {
  lanes_.clear();
  waiting_ = 0;
  turn_ = 0;
}

causal_gate::lane* causal_gate::find(journal_id journal) noexcept {
  for (auto& l : lanes_) {
    if (l.journal == journal) {
      return &l;
    }
  }
  return nullptr;
}

} // namespace reel::core
