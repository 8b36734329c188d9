#include "cli/asyncapi.hpp"

#include "cli/event_schema.hpp"
#include "cli/format.hpp"
#include "core/graph.hpp"
#include "core/hash.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace reel::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr int indentation = 2;

json type_schema(const schema_field& field);

json object_schema(const std::vector<schema_field>& fields) {
  json schema{{"type", "object"}, {"properties", json::object()}, {"additionalProperties", false}};
  json required = json::array();
  for (const auto& field : fields) {
    auto property = type_schema(field);
    if (field.is_list)
      property = {{"type", "array"}, {"items", std::move(property)}};
    if (!field.comment.empty())
      property["description"] = field.comment;
    if (field.is_key) {
      property["x-reel-entity"] = true;
      required.push_back(field.name);
    }
    if (field.is_personal)
      property["x-reel-pii"] = true;
    schema["properties"][field.name] = std::move(property);
  }
  if (!required.empty())
    schema["required"] = std::move(required);
  return schema;
}

json type_schema(const schema_field& field) {
  if (field.type == "string")
    return {{"type", "string"}};
  if (field.type == "bool")
    return {{"type", "boolean"}};
  if (field.type == "enum")
    return {{"type", "string"}, {"enum", field.values}};
  if (field.type == "table")
    return object_schema(field.fields);
  if (field.type == "float32" || field.type == "float64")
    return {{"type", "number"}, {"format", field.type == "float32" ? "float" : "double"}};
  if (field.type.find("int") != std::string::npos) {
    json schema{{"type", "integer"}, {"format", field.type}};
    if (field.type.starts_with('u'))
      schema["minimum"] = 0;
    return schema;
  }
  return json::object(); // a union: anything
}

std::string reference(std::string_view where, std::string_view name) {
  return fmt::format("#/{}/{}", where, name);
}

json links(const std::string& channel, const std::vector<std::string>& messages) {
  json result = json::array();
  for (const auto& message : messages)
    result.push_back({{"$ref", reference(fmt::format("channels/{}/messages", channel), message)}});
  return result;
}

json message_of(const event_info& event) {
  json message{{"name", event.name}, {"title", short_name(event.name)}};
  if (!event.comment.empty())
    message["summary"] = event.comment;
  message["contentType"] = "application/x-flatbuffers";
  message["payload"] = object_schema(fields_of(event));
  json tags = json::array();
  for (const auto& [is, tag] :
       {std::pair{event.failure, "failure"}, std::pair{event.terminal, "terminal"},
        std::pair{event.internal, "internal"}, std::pair{!event.compensates.empty(), "compensation"}})
    if (is)
      tags.push_back({{"name", tag}});
  if (!tags.empty())
    message["tags"] = std::move(tags);
  if (!event.compensates.empty())
    message["x-reel-compensates"] = event.compensates;
  return message;
}

std::string_view arity_text(arity how) {
  switch (how) {
  case arity::one_of:
    return "one of";
  case arity::maybe:
    return "at most one of";
  case arity::all:
    return "each of";
  case arity::many:
    return "any number of";
  }
  return {};
}

/// Builds the document from the graph, so that both always agree.
class document {
public:
  explicit document(const choreography_info& choreography)
      : choreography_{&choreography}, graph_{core::make_graph(choreography)} {}

  std::string write() {
    json result{{"asyncapi", "3.0.0"}};
    result["info"] = {
        {"title", choreography_->name},
        {"version", fmt::format("graph-{:016x}", core::xxh3(core::to_json(graph_)))},
        {"description", fmt::format("The events of the choreography {}. No service is told what to do: each reacts to "
                                    "events and publishes its own. Payloads are FlatBuffers; their schemas here are "
                                    "those of the JSON that the command `events` prints.",
                                    choreography_->name)}};
    result["defaultContentType"] = "application/x-flatbuffers";
    for (const auto& source : choreography_->sources)
      add_channel(source.name, "source");
    for (const auto& service : choreography_->services)
      add_channel(service.name, "service");
    for (const auto& service : choreography_->services)
      for (const auto& actor : service.actors) {
        for (const auto& reaction : actor.reactions)
          add_reaction(service, actor, reaction);
        for (const auto& deadline : actor.deadlines)
          add_deadline(service, actor, deadline);
      }
    json messages = json::object();
    for (const auto& event : choreography_->events)
      messages[std::string{event.name}] = message_of(event);
    result["channels"] = channels_;
    result["operations"] = operations_;
    result["components"] = {{"messages", std::move(messages)}};
    return result.dump(indentation) + "\n";
  }

private:
  void add_channel(const std::string& home, std::string_view kind) {
    json messages = json::object();
    std::vector<std::string> names;
    for (const auto& event : graph_.events) {
      if (event.home != home)
        continue;
      names.emplace_back(short_name(event.name));
      messages[names.back()] = {{"$ref", reference("components/messages", event.name)}};
    }
    channels_[home] = {{"address", home + "/{partition}"},
                       {"title", home},
                       {"summary", fmt::format("The journals of the {} {}, one per partition.", kind, home)},
                       {"messages", std::move(messages)},
                       {"parameters", {{"partition", {{"description", "Number of the partition, from 0."}}}}}};
    if (!names.empty())
      operations_[home + ".publish"] = {{"action", "send"},
                                        {"channel", {{"$ref", reference("channels", home)}}},
                                        {"summary", fmt::format("What the {} {} publishes.", kind, home)},
                                        {"messages", links(home, names)}};
  }

  void add_reaction(const service_info& service, const actor_info& actor, const reaction_info& reaction) {
    const auto* const input = event_of(reaction.input);
    if (input == nullptr || home_of(input->name).empty())
      return; // nobody publishes it; `check` says so
    const auto home = std::string{home_of(input->name)};
    json publishes = json::array();
    std::string outcome;
    for (const auto id : reaction.outputs)
      if (const auto* event = event_of(id)) {
        publishes.push_back(event->name);
        outcome += fmt::format("{}{}", outcome.empty() ? "" : ", ", short_name(event->name));
      }
    json operation{
        {"action", "receive"},
        {"channel", {{"$ref", reference("channels", home)}}},
        {"summary", fmt::format("{} of {} reacts to {}.", actor.name, service.name, short_name(input->name))},
        {"description", fmt::format("Publishes {} {}.", arity_text(reaction.outputs_arity), outcome)},
        {"tags", json::array({{{"name", service.name}}})},
        {"messages", links(home, {std::string{short_name(input->name)}})},
        {"x-reel-publishes", std::move(publishes)}};
    if (const auto* step = event_of(reaction.undoes))
      operation["x-reel-undoes"] = step->name;
    // Overloads have one name: the event tells them apart.
    auto name = fmt::format("{}.{}.{}", service.name, actor.name, reaction.name);
    if (operations_.contains(name))
      name += fmt::format(".{}", short_name(input->name));
    operations_[name] = std::move(operation);
  }

  void add_deadline(const service_info& service, const actor_info& actor, const deadline_info& deadline) {
    const auto* const after = event_of(deadline.after);
    const auto* const event = event_of(deadline.event);
    if (after == nullptr || event == nullptr || home_of(after->name).empty())
      return;
    const auto home = std::string{home_of(after->name)};
    std::string unless;
    for (const auto id : deadline.unless)
      if (const auto* stops = event_of(id))
        unless += fmt::format("{}{}", unless.empty() ? ", unless one of these comes: " : ", ", short_name(stops->name));
    operations_[fmt::format("{}.{}.{}", service.name, actor.name, short_name(event->name))] = {
        {"action", "receive"},
        {"channel", {{"$ref", reference("channels", home)}}},
        {"summary", fmt::format("{} of {} waits after {}.", actor.name, service.name, short_name(after->name))},
        {"description",
         fmt::format("Publishes {} later ({}){}.", short_name(event->name), waiting_text(deadline), unless)},
        {"tags", json::array({{{"name", service.name}}})},
        {"messages", links(home, {std::string{short_name(after->name)}})},
        {"x-reel-publishes", json::array({event->name})}};
  }

  [[nodiscard]] const event_info* event_of(event_type_id id) const {
    const auto found = std::find_if(choreography_->events.begin(), choreography_->events.end(),
                                    [id](const auto& event) { return event.id == id; });
    return id == event_type_id{} || found == choreography_->events.end() ? nullptr : &*found;
  }
  [[nodiscard]] std::string_view home_of(std::string_view event) const {
    for (const auto& candidate : graph_.events)
      if (candidate.name == event)
        return candidate.home;
    return {};
  }

  const choreography_info* choreography_;
  core::choreography_graph graph_;
  json channels_ = json::object();
  json operations_ = json::object();
};

} // namespace

std::string to_asyncapi(const choreography_info& choreography) {
  return document{choreography}.write();
}

} // namespace reel::cli
