// What a read model costs for each order: frames of many orders folded into rows and written.
#include "projection_fixture.hpp"

#include <benchmark/benchmark.h>

#include <deque>
#include <random>

namespace {

using namespace projection_test;
using reel::runtime::projection_limits;
using reel::runtime::projection_store;

/// Like an order overview: a key, five numbers and three short texts.
class orders : public projection {
public:
  explicit orders(bool integer_key) {
    columns_ = {{"id", integer_key ? "integer" : "text"},
                {"state", "text"},
                {"customer", "text"},
                {"lines", "integer"},
                {"total", "integer"},
                {"created", "integer"},
                {"changed", "integer"},
                {"reason", "text"}};
  }
  [[nodiscard]] std::string_view name() const override {
    return "orders";
  }
  [[nodiscard]] std::uint32_t version() const override {
    return 1;
  }
  [[nodiscard]] std::span<const column> columns() const override {
    return columns_;
  }
  [[nodiscard]] std::vector<event_type_id> inputs() const override {
    return {deposited, withdrawn};
  }
  [[nodiscard]] std::string_view key(const fact& event) const override {
    return event.key;
  }
  void apply(const fact& event, row& cells) const override {
    const auto now = static_cast<std::int64_t>(event.time.time_since_epoch().count());
    if (event.type->id == deposited) {
      cells[1] = std::string("created");
      cells[2] = std::string("customer 4711");
      cells[3] = std::int64_t{3};
      cells[4] = amount_of(event.payload);
      cells[5] = now;
    } else {
      cells[1] = std::string("completed");
    }
    cells[6] = now;
  }

private:
  std::vector<column> columns_;
};

enum key_kind : std::int64_t { counted_integer, counted_text, random_text };

/// Orders are created in frames of `orders_per_frame`, and completed some frames later, in a second journal.

std::string key_of_order(std::int64_t kind, std::uint64_t n) {
  return kind == random_text ? std::to_string(core::xxh3(std::to_string(n))) : std::to_string(n);
}

void order_changes(benchmark::State& state) {
  const auto kind = state.range(0);
  const auto orders_per_frame = static_cast<std::uint64_t>(state.range(1));
  const auto frames_between = static_cast<std::uint64_t>(state.range(2));
  const auto frame_count = static_cast<std::uint64_t>(state.range(3)) / orders_per_frame;
  const auto plan = make_plan();
  journal created(*plan, 0);
  journal completed(*plan, 1);
  for (std::uint64_t f = 0; f < frame_count; ++f) {
    std::vector<entry> events;
    for (std::uint64_t i = 0; i < orders_per_frame; ++i) {
      events.push_back({deposited, key_of_order(kind, f * orders_per_frame + i), 995});
    }
    created.append(events);
    for (auto& e : events) {
      e.type = withdrawn;
    }
    completed.append(events);
  }
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const folder data;
    auto store =
        std::make_unique<projection_store>(plan, std::make_unique<orders>(kind == counted_integer), data.path());
    state.ResumeTiming();
    for (std::uint64_t f = 0; f <= frame_count + frames_between; ++f) {
      if (f <= frame_count) {
        store->on_frame(created.all()[f]);
      }
      if (f >= frames_between) {
        store->on_frame(completed.all()[f - frames_between]);
      }
      store->flush();
    }
    store.reset(); // with the last checkpoint
    state.PauseTiming();
    bytes = fs::file_size(data.path() / "orders.db");
    state.ResumeTiming();
  }
  const auto orders_done = static_cast<double>(frame_count * orders_per_frame);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * frame_count * orders_per_frame));
  state.counters["us_per_order"] = benchmark::Counter(orders_done * static_cast<double>(state.iterations()) / 1e6,
                                                      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes_per_order"] = static_cast<double>(bytes) / orders_done;
}

} // namespace

BENCHMARK(order_changes)
    ->ArgNames({"key", "orders_per_frame", "frames_between", "orders"})
    ->Args({counted_integer, 1000, 4, 500'000})
    ->Args({counted_text, 1000, 4, 500'000})
    ->Args({random_text, 1000, 4, 500'000})
    ->Args({counted_text, 1000, 100, 500'000})
    ->Args({counted_text, 100, 20, 500'000})
    ->Args({counted_text, 10, 20, 100'000})
    ->Args({counted_text, 1, 20, 20'000})
    ->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
