// `sagas`: which flows are under way, what is done, in progress, still to do and to undo, and who is waited for.
#pragma once

#include "cli/saga_fold.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reel::cli {

struct sagas_options {
  bool stuck = false;        ///< failed, stalled, or nothing has happened for `older_than` (30 s when not given)
  bool compensating = false; ///< a failure has happened
  bool failed = false;       ///< failed or stalled: will not go on by itself
  std::string correlation;   ///< only this one: the flow's key (an order), or its correlation in hexadecimal
  std::optional<std::chrono::nanoseconds> older_than; ///< only those in which nothing has happened for so long
  std::size_t limit = 50;                             ///< 0: all
};

/// What `sagas` shows of one moment.
struct saga_overview {
  std::vector<core::saga_status> sagas;                         ///< those asked for, at most the limit
  std::size_t matching = 0;                                     ///< those asked for
  std::size_t open = 0;                                         ///< all
  std::vector<std::pair<core::saga_state, std::size_t>> states; ///< of all that are open
  timestamp now{};
};

[[nodiscard]] saga_overview overview_of(const saga_fold& fold, const sagas_options& options, timestamp now);

/// For people: a line of counts, then one line per saga.
[[nodiscard]] std::string sagas_text(const saga_fold& fold, const saga_overview& overview, bool colour);
/// For people: all that is known of one saga.
[[nodiscard]] std::string saga_text(const saga_fold& fold, const core::saga_status& status, timestamp now, bool colour);
/// What may follow when a deadline passes.
[[nodiscard]] std::vector<core::type_index> follows_deadline(const saga_fold& fold, const core::watched_timer& timer);

/// One JSON object on one line.
[[nodiscard]] std::string sagas_json(const saga_fold& fold, const saga_overview& overview);

/// "500ms", "30s", "5m", "2h", "1d"; a number alone is seconds. Nothing when it is none of that.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

} // namespace reel::cli
