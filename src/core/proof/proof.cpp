#include "core/proof/proof.hpp"

#include "core/proof/rules.hpp"

namespace reel::core {

namespace proof {

std::string short_name(const tables& t, index event) {
  return std::string(t.events[event].short_name);
}

std::string full_name(const tables& t, index event) {
  return std::string(t.events[event].name);
}

std::string listed(const std::vector<std::string>& names, std::string_view conjunction) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    out += i == 0 ? "" : last ? " " + std::string(conjunction) + " " : ", ";
    out += names[i];
  }
  return out;
}

finding about(const tables& t, const reaction_row& r, std::string code) {
  finding f;
  f.code = std::move(code);
  f.where = r.where;
  f.service = t.actors[r.actor].service;
  f.actor = t.actors[r.actor].name;
  return f;
}

finding about(const tables& t, index event, std::string code) {
  finding f;
  f.code = std::move(code);
  f.where = t.events[event].name;
  if (const auto actor = t.events[event].actor; actor != none) {
    f.service = t.actors[actor].service;
    f.actor = t.actors[actor].name;
  }
  return f;
}

} // namespace proof

std::vector<finding> prove(const choreography_info& choreography) {
  proof::knowledge k(choreography);
  std::vector<finding> findings;
  proof::check_steps(k, findings);
  proof::check_undos(k, findings);
  proof::check_gathers(k, findings);
  proof::check_ends(k, findings);
  return findings;
}

} // namespace reel::core
