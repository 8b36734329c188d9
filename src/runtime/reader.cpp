#include "runtime/reader.hpp"

#include "runtime/defaults.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace reel::runtime {

reader::reader(caf::actor_config& config, std::shared_ptr<const plan> plan, std::size_t journal, transport::log& log,
               std::shared_ptr<node_status> status)
    : caf::event_based_actor(config), plan_(std::move(plan)), journal_(&plan_->journals[journal]), log_(&log),
      status_(std::move(status)), journal_index_(journal) {
  drop_unknown(*this);
}

caf::behavior reader::make_behavior() {
  const auto self = caf::actor_cast<caf::actor>(this);
  watch_ = log_->watch(journal_->id,
                       [self](journal_id, frame_sequence last) { tell_from_outside(self, journal_moved{last}); });
  if (const auto tail = log_->last(journal_->id)) {
    last_ = tail->sequence;
  }
  return {
      [this](const attach_request& a) { on_attach(a); },
      [this](const credit& c) { on_credit(c); },
      [this](const journal_moved& moved) {
        last_ = std::max(last_, moved.last);
        status_->set_head(journal_index_, last_);
        pump();
      },
      [this](const journal_read& result) {
        on_read(result.ticket, result.frames);
        pump();
      },
      [this](drain) { quit(); },
  };
}

void reader::on_exit() {
  watch_.reset();
  lanes_.clear();
  routers_.clear();
}

void reader::on_attach(const attach_request& a) {
  const auto same = [&](const lane& l) { return l.consumer.consumer == a.consumer; };
  lanes_.erase(std::remove_if(lanes_.begin(), lanes_.end(), same), lanes_.end());
  lanes_.push_back({a, following(a.handled), a.credit, {}});
  if (a.service != attach_request::whole_frames && !routers_.contains(a.service)) {
    const auto& service = plan_->services[a.service];
    routers_.emplace(a.service,
                     core::router(service.info, plan_->registry, static_cast<std::uint32_t>(service.journals.size())));
  }
  pump();
}

void reader::on_credit(const credit& c) {
  for (auto& l : lanes_) {
    if (l.consumer.attachment == c.attachment) {
      l.credit += c.amount;
    }
  }
  pump();
}

void reader::pump() {
  while (!stopped_) {
    auto* l = most_behind();
    if (l == nullptr) {
      return;
    }
    const auto same =
        std::find_if(reads_.begin(), reads_.end(), [&](const auto& r) { return r.second.from == l->next; });
    if (same != reads_.end()) {
      l->awaits = same->first;
    } else {
      read(*l);
    }
  }
}

reader::lane* reader::most_behind() {
  lane* best = nullptr;
  for (auto& l : lanes_) {
    if (l.awaits == 0 && l.credit > 0 && l.next <= last_ && (best == nullptr || l.next < best->next)) {
      best = &l;
    }
  }
  return best;
}

// The log answers from memory inside the call, or later on a thread of its own.
void reader::read(lane& first) {
  const auto ticket = ++ticket_;
  const auto from = first.next;
  first.awaits = ticket;
  reads_[ticket] = {from, last_};
  const auto caller = std::this_thread::get_id();
  const auto immediate = std::make_shared<std::optional<core::expected<transport::frames>>>();
  const auto in_call = std::make_shared<std::atomic<bool>>(true);
  const auto self = caf::actor_cast<caf::actor>(this);
  log_->read(journal_->id, from, defaults::read_bytes_max, [=](core::expected<transport::frames> frames) {
    if (std::this_thread::get_id() == caller && in_call->load()) {
      *immediate = std::move(frames);
    } else {
      tell_from_outside(self, journal_read{ticket, std::move(frames)});
    }
  });
  in_call->store(false);
  if (immediate->has_value()) {
    on_read(ticket, **immediate);
  }
}

void reader::on_read(std::uint64_t ticket, const core::expected<transport::frames>& frames) {
  const auto asked = reads_.extract(ticket).mapped();
  for (auto& l : lanes_) {
    l.awaits = l.awaits == ticket ? 0 : l.awaits;
  }
  if (!frames) {
    spdlog::critical("reader.stopped journal={} error=\"{}\"", journal_->name, frames.error().what);
    status_->raise("journal " + journal_->name + " cannot be read: " + frames.error().what);
    stopped_ = true;
    return;
  }
  if (!frames->empty()) {
    deliver(*frames);
  } else if (last_ == asked.known) {
    last_ = preceding(asked.from); // not there yet: the next commit's notice wakes us
  }
}

bool reader::wants(const lane& l, const core::frame& frame) const noexcept {
  return l.credit > 0 && l.next == frame.sequence();
}

void reader::deliver(const transport::frames& frames) {
  for (const auto& frame : frames) {
    std::shared_ptr<core::routed_frame> whole;
    for (auto& l : lanes_) {
      if (l.consumer.service == attach_request::whole_frames && wants(l, *frame)) {
        if (whole == nullptr) {
          whole = std::make_shared<core::routed_frame>();
          whole->source = frame;
        }
        hand_over(l, whole);
      }
    }
    for (const auto& [service, router] : routers_) {
      deliver_partitions(service, frame);
    }
  }
  flush();
}

void reader::deliver_partitions(std::uint32_t service, const std::shared_ptr<const core::frame>& frame) {
  const bool wanted = std::any_of(lanes_.begin(), lanes_.end(),
                                  [&](const lane& l) { return l.consumer.service == service && wants(l, *frame); });
  if (!wanted) {
    return;
  }
  const auto routed = routers_.at(service).route(frame);
  for (auto& l : lanes_) {
    if (l.consumer.service == service && wants(l, *frame)) {
      hand_over(l, routed[l.consumer.partition]);
    }
  }
}

void reader::hand_over(lane& l, std::shared_ptr<const core::routed_frame> frame) {
  l.next = following(frame->source->sequence());
  l.credit -= weight(*frame, l.consumer.service == attach_request::whole_frames);
  l.outgoing.push_back(std::move(frame));
}

void reader::flush() {
  for (auto& l : lanes_) {
    if (!l.outgoing.empty()) {
      tell(*this, l.consumer.consumer, routed_batch{l.consumer.attachment, std::move(l.outgoing)});
      l.outgoing.clear();
    }
  }
}

} // namespace reel::runtime
