#include "cli/check_command.hpp"

#include "cli/json_text.hpp"
#include "core/check.hpp"
#include "core/fingerprint.hpp"

#include <fmt/format.h>

namespace reel::cli {
namespace {

const char* word_of(const core::finding& finding) {
  if (!finding.accepted.empty())
    return "accepted";
  return finding.how_bad == core::severity::fault ? "error" : "warning";
}

/// A finding for people: the sentence, the way there stage by stage, and what to do.
std::string text_of(const core::finding& finding) {
  auto text = fmt::format("{}: {}: {} [{}]\n", word_of(finding), finding.where, finding.text, finding.code);
  const char* label = "  path: ";
  for (const auto& stage : finding.path) {
    text += fmt::format("{}{}\n", label, stage);
    label = "        ";
  }
  if (!finding.accepted.empty())
    text += fmt::format("  because: {}\n", finding.accepted);
  else if (!finding.remedy.empty())
    text += fmt::format("  do: {}\n", finding.remedy);
  return text;
}

std::string json_of(const core::finding& finding) {
  std::string result =
      fmt::format("{{\"severity\":\"{}\"", finding.how_bad == core::severity::fault ? "error" : "warning");
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty())
      result += fmt::format(",\"{}\":{}", key, json_string(value));
  };
  add("code", finding.code);
  add("where", finding.where);
  add("service", finding.service);
  add("actor", finding.actor);
  add("step", finding.step);
  add("failure", finding.failure);
  add("what", finding.text);
  add("do", finding.remedy);
  add("accepted", finding.accepted);
  std::string path;
  for (const auto& stage : finding.path)
    path += (path.empty() ? "" : ",") + json_string(stage);
  return result + ",\"path\":[" + path + "]}";
}

std::string counted(std::size_t count, const char* word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

struct tally {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t accepted = 0;
};

tally count(const std::vector<core::finding>& findings) {
  tally result;
  for (const auto& finding : findings) {
    auto& kind = !finding.accepted.empty()                  ? result.accepted
                 : finding.how_bad == core::severity::fault ? result.errors
                                                            : result.warnings;
    ++kind;
  }
  return result;
}

/// The two hashes, and that of each event, so that a difference can be traced.
std::string json_of(const core::fingerprint& print) {
  std::string events;
  for (const auto& event : print.events)
    events +=
        fmt::format("{}{}:\"{}\"", events.empty() ? "" : ",", json_string(event.name), core::hash_text(event.hash));
  return fmt::format("{{\"schemas\":\"{}\",\"graph\":\"{}\",\"events\":{{{}}}}}", core::hash_text(print.schemas),
                     core::hash_text(print.graph), events);
}

} // namespace

checked_choreography check_choreography(const choreography_info& choreography) {
  const auto findings = core::check(choreography);
  const auto found = count(findings);
  checked_choreography result;
  result.sound = core::is_sound(findings);
  std::string objects;
  for (const auto& finding : findings) {
    result.text += text_of(finding);
    objects += (objects.empty() ? "" : ",") + json_of(finding);
  }
  result.text += fmt::format("{}: {}, {}: {} ({}, {}, {} accepted)\n", choreography.name,
                             counted(choreography.services.size(), "service"),
                             counted(choreography.events.size(), "event type"), result.sound ? "sound" : "not sound",
                             counted(found.errors, "error"), counted(found.warnings, "warning"), found.accepted);
  result.json = fmt::format("{{\"choreography\":{},\"sound\":{},\"services\":{},\"events\":{},\"errors\":{},"
                            "\"warnings\":{},\"accepted\":{},\"fingerprint\":{},\"findings\":[{}]}}\n",
                            json_string(choreography.name), result.sound, choreography.services.size(),
                            choreography.events.size(), found.errors, found.warnings, found.accepted,
                            json_of(core::fingerprint_of(choreography)), objects);
  return result;
}

std::string refusal(const choreography_info& choreography) {
  const auto findings = core::check(choreography);
  if (core::is_sound(findings))
    return {};
  std::string result;
  for (const auto& finding : findings)
    if (finding.how_bad == core::severity::fault && finding.accepted.empty())
      result += text_of(finding);
  return result +
         fmt::format("{}: the choreography is not sound, so it does not run; mend it, accept what is meant, or "
                     "give --allow-unsound\n",
                     choreography.name);
}

} // namespace reel::cli
