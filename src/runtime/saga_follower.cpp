#include "runtime/saga_follower.hpp"

#include "runtime/saga_file.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace reel::runtime {

std::vector<core::ledger_journal> ledger_journals(const plan& plan) {
  std::vector<core::ledger_journal> journals;
  for (const auto& journal : plan.journals) {
    journals.push_back(
        {journal.id, journal.name, journal.genesis.service, journal.genesis.partition, journal.genesis.partitions});
  }
  return journals;
}

saga_follower::saga_follower(std::shared_ptr<const plan> plan, const std::filesystem::path& views,
                             const saga_follower_limits& limits)
    : plan_(std::move(plan)), map_(plan_->choreography, plan_->registry, ledger_journals(*plan_)), ledger_(map_),
      file_(saga_file(views)), limits_(limits) {
  std::filesystem::create_directories(views);
  if (!load_sagas(file_, ledger_) && std::filesystem::exists(file_)) {
    spdlog::warn("sagas.rebuilt reason=\"the file is damaged or of another choreography\" file={}", file_.string());
  }
}

saga_follower::~saga_follower() {
  try {
    save();
  } catch (const std::exception& failure) { // nothing is lost: the next start folds further back
    spdlog::warn("sagas.not_saved reason=\"{}\"", failure.what());
  }
}

std::vector<std::size_t> saga_follower::journals() const {
  std::vector<std::size_t> all(plan_->journals.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

core::position saga_follower::handled(std::size_t journal) {
  return ledger_.at(journal);
}

core::expected<void> saga_follower::check_tail(std::size_t journal, const core::position& tail) const {
  const auto& at = ledger_.at(journal);
  const bool is_shorter = tail.sequence < at.sequence;
  if (!is_shorter && (tail.sequence != at.sequence || tail.hash == at.hash)) {
    return {};
  }
  return core::fail(is_shorter ? core::errc::regressed : core::errc::chain_broken,
                    "the saga ledger has read journal " + plan_->journals[journal].name +
                        " further than it goes now, or "
                        "another one: the journal was replaced or restored; delete " +
                        file_.string() + " to build it again");
}

void saga_follower::on_frame(const std::shared_ptr<const core::frame>& frame) {
  ledger_.observe(*frame);
  unsaved_events_ += frame->event_count();
}

void saga_follower::flush() {
  constexpr std::uint64_t events_per_open_saga = 16;
  if (unsaved_events_ >= std::max(limits_.save_events, events_per_open_saga * ledger_.size())) {
    save();
  }
  log_drift();
}

void saga_follower::save() {
  if (unsaved_events_ == 0) {
    return;
  }
  if (auto saved = save_sagas(file_, ledger_); !saved) {
    throw std::runtime_error(saved.error().what);
  }
  unsaved_events_ = 0;
}

/// Each kind once: an event that arrives along an edge that the choreography does not have.
void saga_follower::log_drift() {
  if (ledger_.drift().size() == drift_logged_) {
    return;
  }
  drift_logged_ = ledger_.drift().size();
  const auto name = [this](core::type_index type) -> std::string_view {
    return type < map_.unknown_type() ? map_.registry().events()[type].name
           : type == map_.no_type()   ? "none"
                                      : "unknown";
  };
  for (const auto& [edge, count] : ledger_.drift()) {
    spdlog::warn("sagas.drift cause={} event={} count={}", name(edge.first), name(edge.second), count);
  }
}

} // namespace reel::runtime
