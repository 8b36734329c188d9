// What a partition costs without actors and disks: emit, route, react, fold, and a whole recovery from stored bytes.
// The shop's inventory serves orders of three lines each.
#include "actors/shop.hpp"
#include "core/hash.hpp"
#include "core/partition.hpp"
#include "core/routing.hpp"

#include <benchmark/benchmark.h>
#include <reel/context.hpp>
#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace reel;
using namespace reel::core;

constexpr std::size_t skus = 5000;
constexpr std::size_t lines_per_order = 3;
constexpr std::size_t orders_per_frame = 64;

/// The inventory as one partition, and frames of its source.
class inventory {
public:
  inventory()
      : choreography_(shop::choreography()), registry_(choreography_.events), service_(find("inventory")),
        router_(service_, registry_, 1) {
    builder_.set_genesis({"bench", 1, "intake", 0, 1});
    genesis_ = seal_source();
    outbox stock;
    for (std::size_t i = 0; i < skus; ++i) {
      stock.add<shop::intake::GoodsReceived>(sku(i), std::uint64_t{1} << 40U);
    }
    take(stock);
    goods_ = seal_source();
    for (std::size_t f = 0; f < 64; ++f) {
      outbox orders;
      for (std::size_t i = 0; i < orders_per_frame; ++i) {
        add_order(orders, f * orders_per_frame + i);
      }
      take(orders);
      orders_.push_back(seal_source());
    }
  }

  [[nodiscard]] std::unique_ptr<partition> fresh() const {
    return std::make_unique<partition>(service_, registry_, genesis_record{"bench", 1, "inventory", 0, 1});
  }
  /// A partition with stock, whose own journal begins at sequence 1.
  [[nodiscard]] std::unique_ptr<partition> stocked(std::vector<sealed_frame>* journal = nullptr) {
    auto p = fresh();
    p->take_ownership("bench");
    p->handle(*router_.route(genesis_).front(), {});
    p->handle(*router_.route(goods_).front(), {});
    auto first = p->seal({});
    if (journal != nullptr) {
      journal->push_back(std::move(first));
    }
    return p;
  }
  [[nodiscard]] const std::vector<std::shared_ptr<const frame>>& orders() const {
    return orders_;
  }
  [[nodiscard]] router& routing() {
    return router_;
  }
  [[nodiscard]] const event_registry& registry() const {
    return registry_;
  }
  [[nodiscard]] static std::string sku(std::size_t i) {
    return "sku-" + std::to_string(i);
  }

private:
  [[nodiscard]] const service_info& find(std::string_view name) const {
    return *std::find_if(choreography_.services.begin(), choreography_.services.end(),
                         [&](const service_info& s) { return s.name == name; });
  }
  static void add_order(outbox& out, std::size_t number) {
    out.build<shop::intake::OrderCreated>([&](flatbuffers::FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<shop::OrderLine>> lines;
      for (std::size_t l = 0; l < lines_per_order; ++l) {
        lines.push_back(shop::CreateOrderLine(b, b.CreateString(sku((number * 7 + l * 1601) % skus)), 2, 1999));
      }
      return shop::intake::CreateOrderCreated(b, b.CreateString(std::to_string(number)), b.CreateString("customer"),
                                              b.CreateVector(lines));
    });
  }
  void take(const outbox& events) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto e = events.event(static_cast<std::uint32_t>(i));
      builder_.add_event(e.type, e.version, correlation_id{i}, event_id{}, e.payload);
    }
  }
  std::shared_ptr<const frame> seal_source() {
    auto sealed = builder_.seal(journal_id_of("intake/0"), frame_sequence{++sequence_}, 1, previous_, {});
    previous_ = sealed.decoded->hash();
    return sealed.decoded;
  }

  choreography_info choreography_;
  event_registry registry_;
  const service_info& service_;
  router router_;
  frame_builder builder_;
  std::uint64_t sequence_ = 0;
  frame_hash previous_{};
  std::shared_ptr<const frame> genesis_;
  std::shared_ptr<const frame> goods_;
  std::vector<std::shared_ptr<const frame>> orders_;
};

void per_item(benchmark::State& state, const char* name, std::uint64_t count) {
  state.counters[name] =
      benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// Builds one event into an outbox, as a reaction does.
void emit(benchmark::State& state) {
  outbox out;
  const context ctx("sku-1", {}, {}, {}, out, {});
  std::uint64_t count = 0;
  for (auto _ : state) {
    auto event = ctx.make<shop::inventory::StockReserved>("100001", ctx.key(), 2U, std::uint64_t{1999}, 3U);
    benchmark::DoNotOptimize(event);
    if (++count % 1024 == 0) {
      out.clear();
    }
  }
  per_item(state, "per_event", count);
}
BENCHMARK(emit);

// Finds the reactions and the partitions of a frame of orders: three entities of Stock and one Reservation each.
void route(benchmark::State& state) {
  inventory shop;
  std::uint64_t deliveries = 0;
  std::size_t f = 0;
  for (auto _ : state) {
    const auto routed = shop.routing().route(shop.orders()[f++ % shop.orders().size()]);
    deliveries += routed.front()->deliveries.size();
    benchmark::DoNotOptimize(routed);
  }
  per_item(state, "per_delivery", deliveries);
}
BENCHMARK(route);

// Runs the reactions of a frame of orders, publishes and folds what they return. The frame is sealed outside.
void react(benchmark::State& state) {
  inventory shop;
  std::vector<std::shared_ptr<routed_frame>> routed;
  for (const auto& f : shop.orders()) {
    routed.push_back(shop.routing().route(f).front());
  }
  std::uint64_t events = 0;
  auto p = shop.stocked();
  std::size_t f = 0;
  for (auto _ : state) {
    if (f == routed.size()) {
      state.PauseTiming();
      f = 0;
      p = shop.stocked();
      state.ResumeTiming();
    }
    const auto before = p->counters().events;
    p->handle(*routed[f++], {});
    events += p->counters().events - before;
    state.PauseTiming();
    benchmark::DoNotOptimize(p->seal({}));
    state.ResumeTiming();
  }
  per_item(state, "per_event", events);
}
BENCHMARK(react);

/// The inventory's own journal after all orders have been handled.
std::vector<sealed_frame> journal_of(inventory& shop) {
  std::vector<sealed_frame> journal;
  const auto p = shop.stocked(&journal);
  for (const auto& f : shop.orders()) {
    p->handle(*shop.routing().route(f).front(), {});
    journal.push_back(p->seal({}));
  }
  return journal;
}

// Folds frames that are decoded already.
void fold(benchmark::State& state) {
  inventory shop;
  const auto journal = journal_of(shop);
  std::uint64_t events = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto p = shop.fresh();
    state.ResumeTiming();
    for (const auto& f : journal) {
      benchmark::DoNotOptimize(p->recover(*f.decoded));
    }
    events += p->counters().events;
    state.PauseTiming();
    p.reset();
    state.ResumeTiming();
  }
  per_item(state, "per_event", events);
}
BENCHMARK(fold);

// What a restart does after reading: decode, verify every payload, fold.
void recover(benchmark::State& state) {
  inventory shop;
  const auto journal = journal_of(shop);
  std::uint64_t events = 0;
  for (auto _ : state) {
    const auto p = shop.fresh();
    for (const auto& f : journal) {
      const auto decoded = frame::decode(f.stored->view());
      if (!decoded || !verify_payloads(**decoded, shop.registry()) || !p->recover(**decoded)) {
        state.SkipWithError("the journal does not recover");
        return;
      }
    }
    events += p->counters().events;
  }
  per_item(state, "per_event", events);
  state.counters["events_per_second"] = benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
}
BENCHMARK(recover);

} // namespace

BENCHMARK_MAIN();
