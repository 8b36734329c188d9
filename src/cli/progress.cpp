#include "cli/progress.hpp"

#include "cli/format.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::cli {
namespace {

constexpr std::size_t bar_columns = 20;
constexpr std::size_t bar_width_min = 100; ///< of the line, for a bar to be worth its room

std::string bar(const progress_state& state) {
  const auto filled = std::min<std::uint64_t>(bar_columns, state.flows_done * bar_columns / state.flows_total);
  return fmt::format("[{:<{}}] ", std::string(filled, '#'), bar_columns);
}

std::string lag_text(const progress_state& state) {
  std::string result;
  for (const auto& [service, frames] : state.lags)
    result += fmt::format("{}{} {}", result.empty() ? "lag " : " ", printable(service), frames);
  return result;
}

} // namespace

std::string render(const progress_state& state, const progress_rates& rates, std::size_t width) {
  std::string line = state.phase + "  ";
  if (state.flows_total == 0 && state.flows_done == 0 && state.events > 0) // checking: events are all there is to count
    return fmt::format("{}{} events  {} events/s", line, grouped(state.events),
                       grouped(static_cast<std::uint64_t>(rates.events_per_second)))
        .substr(0, width);
  if (state.flows_total > 0 && width >= bar_width_min)
    line += bar(state);
  line += grouped(state.flows_done);
  if (state.flows_total > 0)
    line += fmt::format("/{} ({}%)", grouped(state.flows_total),
                        std::min<std::uint64_t>(100, state.flows_done * 100 / state.flows_total));
  line += " " + state.flows;
  const auto add = [&](const std::string& part) {
    if (!part.empty() && columns_of(line) + 2 + columns_of(part) <= width)
      line += "  " + part;
  };
  add(fmt::format("{}/s", grouped(static_cast<std::uint64_t>(rates.flows_per_second))));
  if (state.dead_letters > 0)
    add(fmt::format("{} DEAD LETTERS", grouped(state.dead_letters)));
  if (state.events > 0 || state.flows_total == 0 || state.flows_done == 0) { // who counts flows alone knows no events
    add(fmt::format("{} events/s", grouped(static_cast<std::uint64_t>(rates.events_per_second))));
    add(fmt::format("{} compensations", grouped(state.compensations)));
  }
  add(lag_text(state));
  if (line.size() > width && columns_of(line) > width)
    line.resize(width);
  return line;
}

progress_rates rate_meter::update(const progress_state& state) {
  // A restart of the count (another phase) starts the window again.
  if (!samples_.empty() && (state.flows_done < samples_.back().flows || state.events < samples_.back().events))
    samples_.clear();
  samples_.push_back({state.seconds, state.flows_done, state.events});
  while (samples_.size() > 2 && samples_[1].seconds <= state.seconds - window_seconds)
    samples_.pop_front();
  const auto& first = samples_.front();
  const auto elapsed = state.seconds - first.seconds;
  if (elapsed <= 0)
    return {};
  return {static_cast<double>(state.flows_done - first.flows) / elapsed,
          static_cast<double>(state.events - first.events) / elapsed};
}

progress_display::progress_display(std::FILE* stream, bool terminal) : stream_{stream}, terminal_{terminal} {}

progress_display::progress_display() : progress_display{stderr, is_terminal(stderr)} {}

progress_display::~progress_display() {
  clear();
}

void progress_display::update(const progress_state& state) {
  const auto rates = meter_.update(state);
  const bool new_phase = state.phase != last_phase_;
  const auto wait = terminal_ ? redraw_seconds : line_seconds;
  if (!new_phase && state.seconds - last_seconds_ < wait)
    return;
  // A plain log says nothing of a phase that is over before it has anything to say.
  if (new_phase && !terminal_) {
    last_phase_ = state.phase;
    last_seconds_ = state.seconds;
    return;
  }
  last_phase_ = state.phase;
  last_seconds_ = state.seconds;
  if (terminal_) {
    fmt::print(stream_, "\r{}\x1b[K", render(state, rates, terminal_width(stream_) - 1));
    drawn_ = true;
  } else {
    fmt::print(stream_, "{}\n", render(state, rates, std::string::npos));
  }
  std::fflush(stream_);
}

void progress_display::clear() {
  if (!drawn_)
    return;
  fmt::print(stream_, "\r\x1b[K");
  std::fflush(stream_);
  drawn_ = false;
}

} // namespace reel::cli
