#include <reel/testing.hpp>

#include <reel/event_json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace reel::test {
namespace {

constexpr journal_id test_journal{1};

std::string text_of(const example& event) {
  return std::string(event.type().name) + " " + to_json(event.type(), event.payload());
}

std::string lines_of(const std::vector<std::string>& events) {
  std::string out;
  for (const auto& event : events) {
    out += "\n    " + event;
  }
  return events.empty() ? "\n    nothing" : out;
}

/// Before attempt `attempts` + 1, without jitter.
std::chrono::nanoseconds delay_after(const retry_policy& policy, std::uint32_t attempts) {
  auto delay = static_cast<double>(policy.first.count());
  for (std::uint32_t i = 1; i < attempts; ++i) {
    delay *= policy.factor;
  }
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(std::min(delay, static_cast<double>(policy.cap.count())) * 1e6));
}

std::string key_of(const event_info& type, bytes_view payload) {
  key_list keys;
  type.key(payload.data(), keys);
  return std::string(keys.keys().front());
}

} // namespace

scenario::scenario(detail::actor_description actor, std::type_index type, std::string key)
    : actor_(std::move(actor)), type_(type), key_(std::move(key)), table_(actor_.actor.make_table()) {}

std::string scenario::title() const {
  return std::string(actor_.actor.name) + " \"" + key_ + "\"";
}

std::string scenario::describe() const {
  return table_->describe(table_->find(key_));
}

const event_info& scenario::find(event_type_id type) const {
  const auto found = std::find_if(actor_.events.begin(), actor_.events.end(),
                                  [type](const event_info& info) { return info.id == type; });
  return found != actor_.events.end() ? *found : throw std::logic_error("an event that the actor does not name");
}

bool scenario::concerns(void (*keys)(const std::byte*, key_list&), const example& event) const {
  key_list concerned;
  keys(event.payload().data(), concerned);
  const auto all = concerned.keys();
  return std::find(all.begin(), all.end(), key_) != all.end();
}

void scenario::happened(const example& event) {
  outbox unused;
  own_deadlines(event, context(key_, time_, {test_journal, frame_sequence{++events_ + 1}, 0}, {}, unused, provides_));
  const bool folded = fold(event);
  if (!end(event) && !folded) {
    throw std::logic_error(title() + " does not fold " + std::string(event.type().name) +
                           ": given() takes the actor's own events; use when() for those of others");
  }
}

bool scenario::fold(const example& event) {
  for (const auto& fold : actor_.actor.folds) {
    if (fold.event == event.type().id) {
      if (const auto key = key_of(event.type(), event.payload()); key != key_) {
        throw std::logic_error(std::string(event.type().name) + " is of \"" + key + "\", not of " + title());
      }
      fold.apply(table_->touch(key_), event.payload().data());
      owe(event);
      return true;
    }
  }
  return false;
}

bool scenario::end(const example& event) {
  const auto& actor = actor_.actor;
  for (std::size_t i = 0; i < actor.ends.size(); ++i) {
    if (actor.ends[i] == event.type().id && (actor.end_keys[i] == nullptr || concerns(actor.end_keys[i], event))) {
      table_->erase(key_);
      armed_.clear();
      return true;
    }
  }
  return false;
}

scenario& scenario::when(const example& event) {
  begin("when " + text_of(event));
  bool known = false;
  bool concerned = false;
  const auto look = [&](event_type_id type, void (*keys)(const std::byte*, key_list&)) {
    if (keys != nullptr && type == event.type().id) {
      known = true;
      concerned = concerned || concerns(keys, event);
    }
  };
  for (const auto& reaction : actor_.actor.reactions) {
    if (!reaction.effect) {
      look(reaction.input, reaction.keys);
    }
  }
  for (const auto& deadline : actor_.actor.deadlines) {
    look(deadline.after, deadline.after_keys);
    for (std::size_t i = 0; i < deadline.unless.size(); ++i) {
      look(deadline.unless[i], deadline.unless_keys[i]);
    }
  }
  for (std::size_t i = 0; i < actor_.actor.ends.size(); ++i) {
    look(actor_.actor.ends[i], actor_.actor.end_keys[i]);
  }
  if (!concerned) {
    throw std::logic_error(text_of(event) + (known ? " does not concern " : " is no event of the flow of ") + title());
  }
  if (waiting_.empty()) {
    handle(event);
  } else {
    waiting_.push_back({event, nullptr, time_, 0});
  }
  return *this;
}

void scenario::begin(std::string what) {
  ++events_;
  last_ = std::move(what);
  published_.clear();
  failure_.reset();
}

void scenario::handle(const example& event) {
  foreign_deadlines(event);
  for (const auto& reaction : actor_.actor.reactions) {
    if (reaction.input == event.type().id && !reaction.effect && concerns(reaction.keys, event)) {
      run(reaction, event);
    }
  }
  const auto& folds = actor_.actor.folds;
  if (std::none_of(folds.begin(), folds.end(), [&](const fold_info& fold) { return fold.event == event.type().id; })) {
    end(event);
  }
}

void scenario::run(const reaction_info& reaction, const example& event) {
  if (!attempt(reaction, event) && policy_.attempts > 1) {
    waiting_.push_back({event, &reaction, time_ + delay_after(policy_, 1), 1});
  }
}

bool scenario::attempt(const reaction_info& reaction, const example& event) {
  return publish([&](const context& ctx, published& indices) {
    reaction.run(table_->find(key_), event.payload().data(), ctx, indices);
  });
}

// False when it threw.
bool scenario::publish(const std::function<void(const context&, published&)>& decide) {
  outbox events;
  published indices;
  const event_id cause{test_journal, frame_sequence{events_ + 1}, 0}; // frame 1 is the genesis
  const context ctx(key_, time_, cause, {}, events, provides_);
  try {
    decide(ctx, indices);
  } catch (const std::exception& error) {
    failure_ = error.what();
    return false;
  }
  take(events, indices, ctx);
  return true;
}

void scenario::take(const outbox& events, const published& indices, const context& ctx) {
  for (const auto index : indices) {
    const auto built = events.event(index);
    const auto& type = find(built.type);
    const example event(type, built.payload);
    if (const auto key = key_of(type, built.payload); key != key_) {
      throw mismatch(title() + ", " + last_ + "\n  published " + text_of(event) +
                     "\n  which is of another entity: an actor publishes events of its own entity only");
    }
    published_.push_back(event);
    own_deadlines(event, ctx);
    fold(event);
    end(event);
  }
}

// -- time -------------------------------------------------------------------------------------------------------------

scenario& scenario::after(std::chrono::nanoseconds time) {
  begin("after " + duration_text(time));
  const auto until = time_ + time;
  const auto due = [](const auto& a, const auto& b) { return a.due < b.due; };
  for (;;) {
    const auto deadline = std::min_element(armed_.begin(), armed_.end(), due);
    const bool passes = waiting_.empty() && deadline != armed_.end() && deadline->due <= until;
    const bool retries = !waiting_.empty() && waiting_.front().due <= until;
    if (passes) {
      time_ = std::max(time_, deadline->due);
      pass(*deadline);
    } else if (retries) {
      time_ = std::max(time_, waiting_.front().due);
      retry_first();
    } else {
      break;
    }
  }
  time_ = until;
  return *this;
}

void scenario::retry_first() {
  auto first = std::move(waiting_.front());
  waiting_.erase(waiting_.begin());
  failure_.reset();
  if (first.reaction == nullptr) {
    auto behind = std::exchange(waiting_, {});
    handle(first.event); // what it leaves waiting comes before the others
    waiting_.insert(waiting_.end(), std::make_move_iterator(behind.begin()), std::make_move_iterator(behind.end()));
  } else if (!attempt(*first.reaction, first.event) && ++first.attempts < policy_.attempts) {
    first.due = time_ + delay_after(policy_, first.attempts);
    waiting_.insert(waiting_.begin(), std::move(first));
  }
}

// By value: publishing takes it out.
void scenario::pass(armed_deadline deadline) {
  stop(*deadline.info);
  outbox events;
  published indices;
  const context ctx(key_, time_, deadline.cause, {}, events, provides_);
  try {
    deadline.info->publish(table_->find(key_), ctx, indices);
  } catch (const std::exception& error) {
    failure_ = error.what();
    return;
  }
  take(events, indices, ctx);
}

void scenario::start(const deadline_info& deadline, const example& event, const context& ctx) {
  stop(deadline);
  const auto time =
      deadline.ask_time != nullptr ? deadline.ask_time(table_->find(key_), event.payload().data(), ctx) : deadline.time;
  armed_.push_back({&deadline, deadline.is_moment ? timestamp(time) : time_ + time, ctx.cause()});
}

void scenario::stop(const deadline_info& deadline) {
  std::erase_if(armed_, [&](const armed_deadline& armed) { return armed.info == &deadline; });
}

void scenario::foreign_deadlines(const example& event) {
  outbox events;
  const context ctx(key_, time_, {test_journal, frame_sequence{events_ + 1}, 0}, {}, events, provides_);
  for (const auto& deadline : actor_.actor.deadlines) {
    for (std::size_t i = 0; i < deadline.unless.size(); ++i) {
      if (deadline.unless[i] == event.type().id && deadline.unless_keys[i] != nullptr &&
          concerns(deadline.unless_keys[i], event)) {
        stop(deadline);
      }
    }
    if (deadline.after == event.type().id && deadline.after_keys != nullptr && concerns(deadline.after_keys, event)) {
      start(deadline, event, ctx);
    }
  }
}

void scenario::own_deadlines(const example& event, const context& ctx) {
  for (const auto& deadline : actor_.actor.deadlines) {
    const auto type = event.type().id;
    const bool stops = std::find(deadline.unless.begin(), deadline.unless.end(), type) != deadline.unless.end();
    if (stops || deadline.event == type) {
      stop(deadline);
    }
    if (deadline.after == type && deadline.after_keys == nullptr) {
      start(deadline, event, ctx);
    }
  }
}

// -- effects ----------------------------------------------------------------------------------------------------------

void scenario::owe(const example& event) {
  for (const auto& reaction : actor_.actor.reactions) {
    if (reaction.effect && reaction.input == event.type().id) {
      owed_.push_back({&reaction, event});
    }
  }
}

std::size_t scenario::next_owed(decltype(effect_info::start) call, std::string_view name) const {
  const auto place = std::find_if(owed_.begin(), owed_.end(),
                                  [call](const owed_call& owed) { return owed.effect->effect->start == call; });
  if (place == owed_.end()) {
    throw mismatch(title() + (last_.empty() ? "" : ", " + last_) + "\n  owes no call of " + std::string(name));
  }
  return static_cast<std::size_t>(place - owed_.begin());
}

scenario& scenario::expect_no_effect() {
  if (!owed_.empty()) {
    throw mismatch(title() + " owes a call of " + std::string(owed_.front().effect->name) + " because of " +
                   text_of(owed_.front().event));
  }
  return *this;
}

void scenario::run_effect(std::size_t place) {
  const auto& owed = owed_[place];
  const effect_context::call call{
      key_, {test_journal, frame_sequence{events_ + 1}, 0}, {}, 1, effect_policy{}.timeout, provides_};
  end_effect(place, detail::rehearse(*owed.effect->effect, call, owed.event.payload().data()));
}

void scenario::end_effect(std::size_t place, const detail::effect_end& end) {
  const auto owed = owed_[place];
  owed_.erase(owed_.begin() + static_cast<std::ptrdiff_t>(place));
  begin("when " + std::string(owed.effect->name) + (end.failure ? " fails: " + end.failure->what : " returns"));
  const auto& effect = *owed.effect->effect;
  if (end.failure && effect.give_up == nullptr) {
    failure_ = end.failure->what; // a dead letter
    return;
  }
  publish([&](const context& ctx, published& indices) {
    const auto decide = end.failure ? effect.give_up : effect.conclude;
    const void* const how = end.failure ? static_cast<const void*>(&*end.failure) : end.answer.get();
    decide(table_->find(key_), owed.event.payload().data(), how, ctx, indices);
  });
}

void scenario::compare(const std::vector<const example*>& expected) const {
  if (last_.empty()) {
    throw std::logic_error("expect() comes after when() or after()");
  }
  std::vector<std::string> wanted;
  std::vector<std::string> found;
  for (const auto* event : expected) {
    wanted.push_back(text_of(*event));
  }
  for (const auto& event : published_) {
    found.push_back(text_of(event));
  }
  if (failure_) {
    found.push_back("the reaction failed: " + *failure_);
  }
  if (wanted != found) {
    throw mismatch(title() + ", " + last_ + "\n  expected" + lines_of(wanted) + "\n  but got" + lines_of(found) +
                   "\n  state now " + describe());
  }
}

scenario& scenario::expect_failure(std::string_view what) {
  if (!failure_) {
    throw mismatch(title() + ", " + last_ + "\n  expected the reaction to fail, but it did not");
  }
  if (failure_->find(what) == std::string::npos) {
    throw mismatch(title() + ", " + last_ + "\n  expected a failure with \"" + std::string(what) + "\"\n  but got \"" +
                   *failure_ + "\"");
  }
  return *this;
}

} // namespace reel::test
