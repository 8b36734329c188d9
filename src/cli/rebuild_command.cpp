#include "cli/rebuild_command.hpp"

#include "cli/journal_scan.hpp"
#include "cli/saga_fold.hpp"
#include "core/nearest_name.hpp"
#include "runtime/projection_replace.hpp"
#include "runtime/projection_store.hpp"
#include "runtime/projection_view.hpp"
#include "runtime/saga_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace reel::cli {
namespace {

/// A folder for the new read model that goes away with it, also one that a crash has left.
class workshop {
public:
  workshop(const std::filesystem::path& views, std::string_view name) : path_{views / fmt::format("{}.rebuild", name)} {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~workshop() {
    std::error_code ignored; // the next rebuild removes it
    std::filesystem::remove_all(path_, ignored);
  }
  workshop(const workshop&) = delete;
  workshop& operator=(const workshop&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept {
    return path_;
  }

private:
  std::filesystem::path path_;
};

/// The plan that these journals were written with.
core::expected<std::shared_ptr<const runtime::plan>> plan_of(transport::log& log,
                                                             const choreography_info& choreography) {
  const auto journals = log.journals();
  if (!journals)
    return tl::unexpected(journals.error());
  runtime::plan_options options;
  for (const auto& journal : *journals) {
    options.cluster = journal.genesis.cluster;
    for (const auto& service : choreography.services)
      if (service.name == journal.genesis.service)
        options.partitions = journal.genesis.partitions;
  }
  auto plan = std::make_shared<const runtime::plan>(choreography, options);
  for (const auto& journal : *journals) {
    const auto* const planned = plan->find(journal.id);
    if (planned == nullptr || planned->genesis.partitions != journal.genesis.partitions)
      return core::fail(core::errc::mismatch,
                        fmt::format("journal {} does not belong to this choreography with {} partitions per service",
                                    core::journal_name(journal.genesis.service, journal.genesis.partition),
                                    options.partitions));
  }
  return plan;
}

/// Feeds all journals to the new read model.
core::expected<void> fill(transport::log& log, const runtime::plan& plan, runtime::projection_store& store,
                          rebuild_result& result, const std::function<void(std::uint64_t)>& on_progress) {
  const auto wanted = store.journals();
  journal_scan scan{log, plan.registry};
  if (auto opened = scan.open(); !opened)
    return opened;
  for (;;) {
    auto frame = scan.next();
    if (!frame)
      return tl::unexpected(std::move(frame.error()));
    if (*frame == nullptr)
      break;
    ++result.frames;
    result.events += (*frame)->event_count();
    const bool is_wanted = std::any_of(wanted.begin(), wanted.end(), [&](std::size_t journal) {
      return plan.journals[journal].id == (*frame)->journal();
    });
    if (is_wanted)
      store.on_frame(*frame);
    if (on_progress)
      on_progress(result.events);
  }
  store.flush();
  return {};
}

core::expected<rebuild_result> rebuild_sagas(transport::log& log, const choreography_info& choreography,
                                             const std::filesystem::path& views,
                                             const std::function<void(std::uint64_t)>& on_progress) {
  saga_fold fold{log, choreography};
  if (auto opened = fold.open({}); !opened)
    return tl::unexpected(std::move(opened.error()));
  rebuild_result result;
  const auto count = [&](const core::frame& frame) {
    ++result.frames;
    result.events += frame.event_count();
    if (on_progress)
      on_progress(result.events);
  };
  if (auto advanced = fold.advance(count); !advanced)
    return tl::unexpected(std::move(advanced.error()));
  result.rows = fold.reader().open_sagas().size();
  std::filesystem::create_directories(views);
  if (auto saved = runtime::save_sagas(runtime::saga_file(views), fold.ledger()); !saved)
    return tl::unexpected(std::move(saved.error()));
  return result;
}

core::expected<rebuild_result> rebuild_projection(transport::log& log, const choreography_info& choreography,
                                                  std::unique_ptr<const projection> model,
                                                  const std::filesystem::path& views,
                                                  const std::function<void(std::uint64_t)>& on_progress) {
  const auto plan = plan_of(log, choreography);
  if (!plan)
    return tl::unexpected(plan.error());
  const std::string name{model->name()};
  const workshop beside{views, name};
  rebuild_result result;
  {
    runtime::projection_store store{*plan, std::move(model), beside.path()};
    if (auto filled = fill(log, **plan, store, result, on_progress); !filled)
      return tl::unexpected(std::move(filled.error()));
  }
  if (auto replaced = runtime::replace_view(runtime::view_file(beside.path(), name), runtime::view_file(views, name));
      !replaced)
    return tl::unexpected(std::move(replaced.error()));
  auto view = runtime::view_reader::open(views, name);
  if (!view)
    return tl::unexpected(std::move(view.error()));
  const auto rows = view->count();
  if (!rows)
    return tl::unexpected(rows.error());
  result.rows = *rows;
  return result;
}

} // namespace

std::vector<std::string> view_names(const choreography_info& choreography) {
  std::vector<std::string> names;
  for (const auto& make : choreography.projections)
    names.emplace_back(make()->name());
  names.emplace_back(saga_view);
  return names;
}

core::expected<rebuild_result> rebuild_view(transport::log& log, const choreography_info& choreography,
                                            std::string_view name, const std::filesystem::path& views,
                                            const std::function<void(std::uint64_t)>& on_progress) {
  if (name == saga_view)
    return rebuild_sagas(log, choreography, views, on_progress);
  for (const auto& make : choreography.projections)
    if (auto model = make(); model->name() == name)
      return rebuild_projection(log, choreography, std::move(model), views, on_progress);
  const auto names = view_names(choreography);
  const std::vector<std::string_view> known(names.begin(), names.end());
  return core::fail(core::errc::invalid, core::no_such_name("read model", name, known));
}

} // namespace reel::cli
