// Runs one read model: folds the frames of its journals into rows of an own SQLite file, each event exactly once.
#pragma once

#include "runtime/frame_consumer.hpp"
#include "runtime/plan.hpp"
#include "runtime/projection_cache.hpp"
#include "runtime/projection_filter.hpp"
#include "runtime/projection_table.hpp"

#include <reel/invariant.hpp>
#include <reel/projection.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace reel::runtime {

struct projection_limits {
  /// Rows kept in memory. What a flow changes again soon is found here instead of on disk.
  std::size_t cache_rows_max = 32 * 1024;
  /// Changed rows that are written even when frames keep coming: bounds memory and what a crash makes us fold again.
  std::size_t dirty_rows_max = 16 * 1024;
  /// Frames that changed no row before the positions alone are written.
  std::size_t idle_frames_max = 64;
  /// Memory for knowing which keys are new (4 MiB): two million rows at once.
  std::size_t filter_bits = 32 * 1024 * 1024;
};

/// Where a read model is kept: "<views>/orders.db".
[[nodiscard]] std::filesystem::path view_file(const std::filesystem::path& views, std::string_view name);

/// A frame consumer that blocks on its file, so its actor must be detached. Rows change in memory and are written, with
/// the positions, by flush() and whenever too many are dirty. Destruction without flush() loses nothing: what was not
/// written is folded again.
///
/// Throws on errors of the file and when a journal is not the one that was read; nothing is half applied then. After an
/// error in on_frame() nothing is accepted until handled() was asked again, which goes back to what is stored.
class projection_store : public frame_consumer {
public:
  /// Creates the folder `views`. Throws std::invalid_argument on a projection that cannot be kept, sqlite::failure
  /// otherwise.
  projection_store(std::shared_ptr<const plan> plan, std::unique_ptr<const projection> model,
                   const std::filesystem::path& views, const projection_limits& limits = {});

  [[nodiscard]] std::vector<std::size_t> journals() const override;
  [[nodiscard]] core::position handled(std::size_t journal) override;
  void on_frame(const std::shared_ptr<const core::frame>& frame) override;
  void flush() override;

  [[nodiscard]] core::expected<void> check_tail(std::size_t journal, const core::position& tail) const override;
  /// True when the file held another version, so that all is folded again.
  [[nodiscard]] bool rebuilt() const noexcept {
    return table_.rebuilt();
  }
  /// Rows in memory now.
  [[nodiscard]] std::size_t cached_rows() const noexcept {
    return cache_.size();
  }

private:
  struct source {
    std::size_t journal = 0; ///< index in plan::journals
    journal_id id{};
    core::position at;
    bool moved = false; ///< since the last commit
  };

  void require_whole() const;
  [[nodiscard]] source& source_of(journal_id id);
  [[nodiscard]] bool admit(const source& from, const core::frame& frame) const;
  [[nodiscard]] std::string journal_replaced(const source& from, const std::string& detail) const;
  std::size_t fold(const core::frame& frame, const source& from);
  void apply(const fact& event);
  void commit();
  void reload();

  std::shared_ptr<const plan> plan_;
  std::unique_ptr<const projection> model_;
  projection_limits limits_;
  std::filesystem::path file_;
  std::size_t columns_;
  std::vector<bool> wanted_; // by dense index of the event type
  std::vector<source> sources_;
  projection_table table_;
  row_cache cache_;
  key_filter filter_;
  std::vector<journal_position> moved_; // scratch
  key_list keys_;                       // scratch
  std::size_t idle_frames_ = 0;
  bool broken_ = false; // a frame is half applied in memory
};

} // namespace reel::runtime
