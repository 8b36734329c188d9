#include "cli/progress.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

using namespace reel::cli;

namespace {

progress_state half_done() {
  return {.phase = "running",
          .seconds = 2,
          .flows = "orders",
          .flows_done = 10'000,
          .flows_total = 20'000,
          .events = 90'000,
          .compensations = 1200,
          .lags = {{"orders", 3}, {"inventory", 12}}};
}

} // namespace

TEST_CASE("a wide line shows everything") {
  CHECK(render(half_done(), {5000, 45'000.7}, 200) == "running  [##########          ] 10,000/20,000 (50%) orders  "
                                                      "5,000/s  45,000 events/s  1,200 compensations  lag orders 3 "
                                                      "inventory 12");
}

TEST_CASE("a narrow line leaves out what matters less and never exceeds its width") {
  CHECK(render(half_done(), {5000, 45'000}, 90) ==
        "running  10,000/20,000 (50%) orders  5,000/s  45,000 events/s  1,200 compensations");
  for (std::size_t width = 0; width < 140; ++width)
    CHECK(render(half_done(), {5000, 45'000}, width).size() <= width);
}

TEST_CASE("dead letters are shown, an unknown total is not") {
  auto state = half_done();
  state.flows_total = 0;
  state.dead_letters = 2;
  state.lags.clear();
  CHECK(render(state, {}, 100) == "running  10,000 orders  0/s  2 DEAD LETTERS  0 events/s  1,200 compensations");
}

TEST_CASE("a check counts events") {
  CHECK(render({.phase = "checking", .events = 1'500'000}, {0, 800'000}, 80) ==
        "checking  1,500,000 events  800,000 events/s");
}

TEST_CASE("rates are those of the last two seconds") {
  rate_meter meter;
  progress_state state;
  CHECK(meter.update(state).flows_per_second == 0);
  for (int second = 1; second <= 4; ++second) {
    state.seconds = second;
    state.flows_done += static_cast<std::uint64_t>(second) * 100;
    state.events += 1000;
    static_cast<void>(meter.update(state));
  }
  state.seconds = 5;
  state.flows_done += 500;
  state.events += 1000;
  const auto rates = meter.update(state); // from second 3 to second 5: 400 and 500 orders
  CHECK(rates.flows_per_second == doctest::Approx(450));
  CHECK(rates.events_per_second == doctest::Approx(1000));
  state.flows_done = 1; // another phase counts from the start
  state.seconds = 6;
  CHECK(meter.update(state).flows_per_second == 0);
}

TEST_CASE("without a terminal there is a plain line every two seconds") {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* const stream = open_memstream(&text, &size);
  {
    progress_display display{stream, false};
    auto state = half_done();
    for (int tenth = 0; tenth <= 50; ++tenth) {
      state.seconds = 0.1 * tenth;
      state.flows_done = static_cast<std::uint64_t>(tenth) * 100;
      display.update(state);
    }
  }
  std::fclose(stream);
  const std::string out{text, size};
  std::free(text);
  CHECK(std::count(out.begin(), out.end(), '\n') == 2);
  CHECK(out.find("2,000/20,000 (10%)") != std::string::npos);
  CHECK(out.find('\x1b') == std::string::npos);
}

TEST_CASE("on a terminal one line is redrawn and removed at the end") {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* const stream = open_memstream(&text, &size);
  {
    progress_display display{stream, true};
    auto state = half_done();
    for (int hundredth = 0; hundredth < 100; ++hundredth) {
      state.seconds = 0.01 * hundredth;
      display.update(state);
    }
  }
  std::fclose(stream);
  const std::string out{text, size};
  std::free(text);
  CHECK(std::count(out.begin(), out.end(), '\n') == 0);
  const auto draws = std::count(out.begin(), out.end(), '\r');
  CHECK(draws >= 9);
  CHECK(draws <= 12);
  CHECK(out.ends_with("\r\x1b[K"));
}
