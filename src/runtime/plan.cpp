#include "runtime/plan.hpp"

#include <algorithm>
#include <stdexcept>

namespace reel::runtime {

namespace {

void add_journals(plan& p, std::size_t service, std::uint32_t partitions, const std::string& cluster,
                  const std::vector<event_type_id>& publishes) {
  for (std::uint32_t i = 0; i < partitions; ++i) {
    planned_journal journal;
    journal.name = core::journal_name(p.services[service].info.name, i);
    journal.id = core::journal_id_of(journal.name);
    journal.genesis = {cluster, 0, p.services[service].info.name, i, partitions};
    journal.service = service;
    journal.publishes = publishes;
    if (const auto* other = p.find(journal.id)) {
      throw std::invalid_argument("journals " + other->name + " and " + journal.name + " have the same id; rename one");
    }
    p.services[service].journals.push_back(p.journals.size());
    p.journals.push_back(std::move(journal));
  }
}

bool hosted(const plan_options& options, std::string_view service) {
  return !options.hosts || options.hosts->contains(service);
}

} // namespace

plan::plan(choreography_info info, const plan_options& options)
    : choreography(std::move(info)), cluster(options.cluster), registry(choreography.events) {
  for (const auto& source : choreography.sources) {
    services.push_back({service_info{source.name, {}, {}}, true, hosted(options, source.name), {}, {}});
    add_journals(*this, services.size() - 1, 1, options.cluster, source.publishes);
  }
  for (const auto& service : choreography.services) {
    services.push_back({service, false, hosted(options, service.name), {}, {}});
    const auto own = options.partitions_of.find(service.name);
    const auto partitions = own == options.partitions_of.end() ? options.partitions : own->second;
    add_journals(*this, services.size() - 1, partitions, options.cluster, core::published_types(service));
  }
  for (auto& service : services) {
    const core::router router(service.info, registry, 1);
    for (std::size_t j = 0; j < journals.size(); ++j) {
      if (router.wants(journals[j].publishes)) {
        service.subscribes.push_back(j);
      }
    }
  }
}

const planned_journal* plan::find(journal_id id) const noexcept {
  const auto it = std::find_if(journals.begin(), journals.end(), [id](const auto& j) { return j.id == id; });
  return it != journals.end() ? &*it : nullptr;
}

std::vector<bool> plan::read_here() const {
  std::vector<bool> result(journals.size(), false);
  for (const auto& service : services) {
    for (const auto journal : service.subscribes) {
      result[journal] = result[journal] || service.hosted;
    }
  }
  return result;
}

} // namespace reel::runtime
