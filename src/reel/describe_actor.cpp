#include <reel/detail/describe_actor.hpp>

#include <algorithm>
#include <utility>

namespace reel::detail {

event_info describe_event(const event_constants& constants) {
  event_info result;
  result.name = constants.name;
  result.comment = constants.comment;
  result.field_comments.assign(constants.field_comments.begin(), constants.field_comments.end());
  result.id = constants.id;
  result.version = constants.version;
  result.failure = constants.failure;
  result.terminal = constants.terminal;
  result.internal = constants.internal;
  result.compensates = constants.compensates;
  result.compensates_id = constants.compensates_id;
  result.entity_field = constants.entity_field;
  result.pii_fields.assign(constants.pii_fields.begin(), constants.pii_fields.end());
  result.optional_fields.assign(constants.optional_fields.begin(), constants.optional_fields.end());
  result.layout = constants.layout;
  result.verify = constants.verify;
  result.key = constants.key;
  result.reflection = constants.reflection;
  return result;
}

void add_event(actor_description& d, const event_constants& event) {
  d.events.push_back(describe_event(event));
}

void add_described(actor_description& d, reaction_info&& reaction) {
  d.actor.reactions.push_back(std::move(reaction));
}

void add_fold(actor_description& d, event_type_id event, void (*apply)(void* entity, const std::byte* event_payload)) {
  const auto same = [&](const fold_info& f) { return f.event == event; };
  if (std::none_of(d.actor.folds.begin(), d.actor.folds.end(), same)) {
    d.actor.folds.push_back({event, apply});
  }
}

} // namespace reel::detail
