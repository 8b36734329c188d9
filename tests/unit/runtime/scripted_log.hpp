// A log whose answers the test gives, one by one and in any order.
#pragma once

#include "transport/log.hpp"

#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace reel::runtime::test {

class scripted_log final : public transport::log {
public:
  struct asked_append {
    frame_sequence expected_last{};
    core::sealed_frame frame;
    transport::append_handler done;
  };
  struct asked_read {
    frame_sequence from{};
    transport::read_handler done;
  };

  transport::log_features features() const override {
    return {};
  }
  core::expected<transport::journal_tail> open(const core::genesis_record&) override {
    return transport::journal_tail{};
  }
  core::expected<std::vector<transport::journal_description>> journals() override {
    return std::vector<transport::journal_description>{};
  }
  void append(journal_id, frame_sequence expected_last, core::sealed_frame frame,
              transport::append_handler done) override {
    appends.push_back({expected_last, std::move(frame), std::move(done)});
  }
  void read(journal_id, frame_sequence from, std::size_t, transport::read_handler done) override {
    if (from >= memory_from) {
      const auto first = std::min(static_cast<std::size_t>(from) - 1, frames.size());
      done(transport::frames(frames.begin() + static_cast<std::ptrdiff_t>(first), frames.end()));
    } else {
      reads.push_back({from, std::move(done)});
    }
  }
  core::expected<transport::journal_tail> last(journal_id) override {
    return transport::journal_tail{frame_sequence{frames.size()}, {}};
  }
  std::shared_ptr<void> watch(journal_id, transport::commit_handler on_commit) override {
    return std::make_shared<transport::commit_handler>(std::move(on_commit));
  }

  std::deque<asked_append> appends;
  std::deque<asked_read> reads;
  /// The journal. Reads from `memory_from` on are answered at once, earlier ones when the test says so.
  transport::frames frames;
  frame_sequence memory_from{0xffffffff};
};

} // namespace reel::runtime::test
