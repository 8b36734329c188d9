#include <reel/testing.hpp>

#include <reel/event_json.hpp>

#include <algorithm>

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
      return true;
    }
  }
  return false;
}

scenario& scenario::when(const example& event) {
  ++events_;
  last_ = text_of(event);
  published_.clear();
  failure_.reset();
  bool known = false;
  bool concerned = false;
  for (const auto& reaction : actor_.actor.reactions) {
    if (reaction.input == event.type().id && !reaction.effect) {
      known = true;
      if (concerns(reaction.keys, event)) {
        concerned = true;
        run(reaction, event);
      }
    }
  }
  const bool foreign = std::none_of(actor_.actor.folds.begin(), actor_.actor.folds.end(),
                                    [&](const fold_info& fold) { return fold.event == event.type().id; });
  concerned = (foreign && end(event)) || concerned;
  if (!concerned) {
    throw std::logic_error(last_ + (known ? " does not concern " : " is no event of the flow of ") + title());
  }
  return *this;
}

void scenario::run(const reaction_info& reaction, const example& event) {
  publish([&](const context& ctx, published& indices) {
    reaction.run(table_->find(key_), event.payload().data(), ctx, indices);
  });
}

void scenario::publish(const std::function<void(const context&, published&)>& decide) {
  outbox events;
  published indices;
  const event_id cause{test_journal, frame_sequence{events_ + 1}, 0}; // frame 1 is the genesis
  const context ctx(key_, time_, cause, {}, events, provides_);
  try {
    decide(ctx, indices);
  } catch (const std::exception& error) {
    failure_ = error.what();
    return;
  }
  take(events, indices);
}

void scenario::take(const outbox& events, const published& indices) {
  for (const auto index : indices) {
    const auto built = events.event(index);
    const auto& type = find(built.type);
    const auto& event = published_.emplace_back(type, built.payload);
    if (const auto key = key_of(type, built.payload); key != key_) {
      throw mismatch(title() + ", when " + last_ + "\n  published " + text_of(event) +
                     "\n  which is of another entity: an actor publishes events of its own entity only");
    }
    fold(event);
    end(event);
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
    throw mismatch(title() + (last_.empty() ? "" : ", when " + last_) + "\n  owes no call of " + std::string(name));
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
  ++events_;
  last_ = std::string(owed.effect->name) + (end.failure ? " fails: " + end.failure->what : " returns");
  published_.clear();
  failure_.reset();
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
    throw std::logic_error("expect() comes after when()");
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
    throw mismatch(title() + ", when " + last_ + "\n  expected" + lines_of(wanted) + "\n  but got" + lines_of(found) +
                   "\n  state now " + describe());
  }
}

scenario& scenario::expect_failure(std::string_view what) {
  if (!failure_) {
    throw mismatch(title() + ", when " + last_ + "\n  expected the reaction to fail, but it did not");
  }
  if (failure_->find(what) == std::string::npos) {
    throw mismatch(title() + ", when " + last_ + "\n  expected a failure with \"" + std::string(what) +
                   "\"\n  but got \"" + *failure_ + "\"");
  }
  return *this;
}

} // namespace reel::test
