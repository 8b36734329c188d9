#include "core/check.hpp"

#include "core/plain_faults.hpp"
#include "core/proof/proof.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace reel::core {
namespace {

/// The tables mean nothing while these are there, so nothing else is looked for, and nobody can accept them.
bool is_fatal(const finding& f) {
  return f.code == "duplicate-name" || f.code == "event-unknown";
}

finding wrong_acceptance(const acceptance& a, std::string_view service, std::string code, std::string text) {
  finding f;
  f.code = std::move(code);
  f.where = a.where;
  f.service = service;
  f.text = "the acceptance of " + a.code + " " + std::move(text);
  return f;
}

void accept(const acceptance& a, std::string_view service, std::vector<finding>& findings) {
  if (a.reason.find_first_not_of(" \t\n") == std::string::npos) {
    findings.push_back(wrong_acceptance(a, service, "acceptance-without-reason", "gives no reason"));
    findings.back().remedy = "say why the finding may stay";
    return;
  }
  bool used = false;
  for (auto& f : findings) {
    if (f.code == a.code && f.where == a.where && !is_fatal(f)) {
      f.accepted = a.reason;
      used = true;
    }
  }
  if (!used) {
    findings.push_back(wrong_acceptance(a, service, "acceptance-unused", "matches no finding"));
    findings.back().how_bad = severity::warning;
    findings.back().remedy = "take it away, or write code and place as the check prints them";
  }
}

} // namespace

std::vector<finding> check(const choreography_info& choreography) {
  auto findings = find_plain_faults(choreography);
  if (std::none_of(findings.begin(), findings.end(), is_fatal)) {
    auto proved = prove(choreography);
    std::move(proved.begin(), proved.end(), std::back_inserter(findings));
  }
  for (const auto& a : choreography.accepted) {
    accept(a, {}, findings);
  }
  for (const auto& service : choreography.services) {
    for (const auto& a : service.accepted) {
      accept(a, service.name, findings);
    }
  }
  return findings;
}

} // namespace reel::core
