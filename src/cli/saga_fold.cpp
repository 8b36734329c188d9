#include "cli/saga_fold.hpp"

#include "cli/blocking_log.hpp"
#include "runtime/saga_file.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace reel::cli {
namespace {

/// Frames by place, read once: sagas that wait for each other stand in the same ones.
class frame_reader {
public:
  explicit frame_reader(transport::log& log) : log_{&log} {}

  std::shared_ptr<const core::frame> operator()(const event_id& id) {
    const auto place = std::pair{id.journal, id.sequence};
    if (const auto found = frames_.find(place); found != frames_.end())
      return found->second;
    const auto frames = read_blocking(*log_, id.journal, id.sequence, 1);
    auto frame = frames && !frames->empty() && frames->front()->sequence() == id.sequence ? frames->front() : nullptr;
    frames_.emplace(place, frame);
    return frame;
  }

private:
  transport::log* log_;
  std::map<std::pair<journal_id, frame_sequence>, std::shared_ptr<const core::frame>> frames_;
};

} // namespace

std::vector<core::ledger_journal> ledger_journals(const std::vector<transport::journal_description>& journals) {
  std::vector<core::ledger_journal> result;
  for (const auto& journal : journals)
    result.push_back({journal.id, core::journal_name(journal.genesis.service, journal.genesis.partition),
                      journal.genesis.service, journal.genesis.partition, journal.genesis.partitions});
  return result;
}

saga_fold::saga_fold(transport::log& log, const choreography_info& choreography)
    : log_{&log}, choreography_{&choreography}, registry_{choreography.events} {}

core::expected<void> saga_fold::start(const std::filesystem::path& saved) {
  scan_ = std::make_unique<journal_scan>(*log_, registry_);
  if (auto opened = scan_->open(); !opened)
    return opened;
  map_ = std::make_unique<core::saga_map>(*choreography_, registry_, ledger_journals(scan_->journals()));
  ledger_ = std::make_unique<core::saga_ledger>(*map_);
  if (saved.empty() || !runtime::load_sagas(saved, *ledger_))
    return {};
  for (std::size_t j = 0; j < map_->journals().size(); ++j)
    if (auto resumed = scan_->resume(map_->journals()[j].id, ledger_->at(j)); !resumed)
      return resumed;
  return {};
}

core::expected<void> saga_fold::open(const std::filesystem::path& saved) {
  auto started = start(saved);
  const bool other_journals =
      !started && (started.error().code == core::errc::regressed || started.error().code == core::errc::chain_broken);
  return other_journals ? start({}) : started;
}

core::expected<void> saga_fold::advance(const std::function<void(const core::frame&)>& seen) {
  return scan_frames(*scan_, [&](const core::frame& frame) {
    ledger_->observe(frame);
    if (seen)
      seen(frame);
    ++frames_;
    return true;
  });
}

core::saga_reader saga_fold::reader() const {
  return core::saga_reader{*ledger_, frame_reader{*log_}};
}

} // namespace reel::cli
