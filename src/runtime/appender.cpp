#include "runtime/appender.hpp"

#include <algorithm>

namespace reel::runtime {

appender::appender(transport::log& log, journal_id journal, core::frame_hash tail, post post_answer)
    : log_(&log), journal_(journal), before_(tail), post_(std::move(post_answer)) {}

void appender::append(core::sealed_frame frame) {
  auto& e = waiting_.emplace_back();
  e.frame = std::move(frame);
  if (needs_resend_) {
    return; // goes out in order, with the frames before it
  }
  send(e);
}

void appender::send(entry& e) {
  e.ticket = next_ticket_++;
  e.answered = false;
  log_->append(journal_, preceding(e.frame.decoded->sequence()), e.frame,
               [post = post_, ticket = e.ticket](transport::append_result result) { post(ticket, std::move(result)); });
}

appender::verdict appender::on_answer(std::uint64_t ticket, const transport::append_result& result) {
  const auto it =
      std::find_if(waiting_.begin(), waiting_.end(), [ticket](const entry& e) { return e.ticket == ticket; });
  if (it == waiting_.end()) {
    return verdict::none; // a late answer about a frame that was settled by reading back
  }
  it->answered = true;
  it->committed = result.outcome == transport::append_outcome::committed;
  if (!it->committed) {
    detail_ = result.detail;
  }
  pop_committed();
  const bool all_answered = std::all_of(waiting_.begin(), waiting_.end(), [](const entry& e) { return e.answered; });
  return !waiting_.empty() && all_answered && !needs_resend_ ? verdict::read_back : verdict::none;
}

frame_sequence appender::read_from() const {
  const auto first = waiting_.front().frame.decoded->sequence();
  return first == frame_sequence{1} ? first : preceding(first);
}

appender::verdict appender::settle(const transport::frames& found) {
  auto it = found.begin();
  const auto first = waiting_.front().frame.decoded->sequence();
  if (first != frame_sequence{1}) {
    if (it == found.end() || (*it)->hash() != before_) {
      return verdict::regressed;
    }
    ++it;
  }
  for (; it != found.end() && !waiting_.empty(); ++it) {
    if ((*it)->hash() != waiting_.front().frame.decoded->hash()) {
      return verdict::fenced;
    }
    waiting_.front().committed = true;
    pop_committed();
  }
  needs_resend_ = !waiting_.empty();
  return verdict::none;
}

void appender::resend() {
  needs_resend_ = false;
  for (auto& e : waiting_) {
    send(e);
  }
}

void appender::pop_committed() {
  while (!waiting_.empty() && waiting_.front().committed) {
    before_ = waiting_.front().frame.decoded->hash();
    waiting_.pop_front();
    ++committed_;
  }
}

std::uint64_t appender::take_committed() noexcept {
  return std::exchange(committed_, 0);
}

} // namespace reel::runtime
