// What the frame codec costs per event: encode, seal, decode, read, and the two hash functions.
#include "core/frame.hpp"

#include <benchmark/benchmark.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace reel;
using namespace reel::core;

constexpr std::size_t payload_bytes = 80;
constexpr std::size_t events_per_cause_frame = 32;

// Payloads like the shop's: a vtable, small integers, a key; about half of the bytes repeat from event to event.
std::vector<std::vector<std::byte>> make_payloads(std::size_t count) {
  std::mt19937_64 random(7);
  std::vector<std::vector<std::byte>> out(count, std::vector<std::byte>(payload_bytes));
  for (std::size_t i = 0; i < count; ++i) {
    auto* bytes = out[i].data();
    const std::uint64_t order = 1'000'000 + i / 3;
    const std::uint64_t amount = random() % 10'000;
    const std::string key = "sku-" + std::to_string(random() % 5'000);
    const std::uint32_t table[] = {16, 0x000c000a, 0x00080004, 10, 24, 1};
    std::memcpy(bytes, table, sizeof(table));
    std::memcpy(bytes + 24, &order, sizeof(order));
    std::memcpy(bytes + 32, &amount, sizeof(amount));
    std::memcpy(bytes + 48, key.data(), key.size());
  }
  return out;
}

void fill(frame_builder& builder, const std::vector<std::vector<std::byte>>& payloads) {
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    const event_id cause{journal_id{7}, frame_sequence{1 + i / events_per_cause_frame},
                         static_cast<std::uint32_t>(i % events_per_cause_frame)};
    builder.add_event(event_type_id{static_cast<std::uint32_t>(0x12345678 + i % 4)}, 1,
                      correlation_id{(1'000'000 + i / 3) * 0x9e3779b97f4a7c15}, cause, payloads[i]);
  }
}

sealed_frame seal(frame_builder& builder, bool compress) {
  return builder.seal(journal_id{1}, frame_sequence{2}, 3, frame_hash{1, 2, 3, 4}, timestamp{}, compress);
}

// Time per event, in ns, next to the time per frame.
void count_events(benchmark::State& state, std::size_t events) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * events));
  state.counters["per_event"] = benchmark::Counter(static_cast<double>(state.iterations() * events),
                                                   benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void add_events(benchmark::State& state) {
  const auto payloads = make_payloads(static_cast<std::size_t>(state.range(0)));
  frame_builder builder;
  for (auto _ : state) {
    fill(builder, payloads);
    benchmark::DoNotOptimize(builder.size());
    builder.clear();
  }
  count_events(state, payloads.size());
}
BENCHMARK(add_events)->Arg(1)->Arg(100)->Arg(4000);

// Every event has a causing frame of its own.
void add_events_many_causes(benchmark::State& state) {
  const auto payloads = make_payloads(static_cast<std::size_t>(state.range(0)));
  frame_builder builder;
  for (auto _ : state) {
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      const event_id cause{journal_id{static_cast<std::uint32_t>(i % 8)}, frame_sequence{1 + i}, 0};
      builder.add_event(event_type_id{1}, 1, correlation_id{i}, cause, payloads[i]);
    }
    builder.clear();
  }
  count_events(state, payloads.size());
}
BENCHMARK(add_events_many_causes)->Arg(100)->Arg(4000);

template <bool Compress>
void add_and_seal(benchmark::State& state) {
  const auto payloads = make_payloads(static_cast<std::size_t>(state.range(0)));
  frame_builder builder;
  std::size_t stored = 0;
  for (auto _ : state) {
    fill(builder, payloads);
    stored = seal(builder, Compress).stored->size();
  }
  count_events(state, payloads.size());
  state.counters["stored_bytes_per_event"] = static_cast<double>(stored) / static_cast<double>(payloads.size());
}
BENCHMARK(add_and_seal<false>)->Arg(1)->Arg(100)->Arg(4000);
BENCHMARK(add_and_seal<true>)->Arg(1)->Arg(100)->Arg(4000);

template <bool Compress>
void decode(benchmark::State& state) {
  const auto payloads = make_payloads(static_cast<std::size_t>(state.range(0)));
  frame_builder builder;
  fill(builder, payloads);
  const auto sealed = seal(builder, Compress);
  for (auto _ : state) {
    benchmark::DoNotOptimize(frame::decode(sealed.stored->view()));
  }
  count_events(state, payloads.size());
}
BENCHMARK(decode<false>)->Arg(1)->Arg(100)->Arg(4000);
BENCHMARK(decode<true>)->Arg(1)->Arg(100)->Arg(4000);

void read_events(benchmark::State& state) {
  const auto payloads = make_payloads(static_cast<std::size_t>(state.range(0)));
  frame_builder builder;
  fill(builder, payloads);
  const auto sealed = seal(builder, true);
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < sealed.decoded->event_count(); ++i) {
      const auto event = sealed.decoded->event(i);
      sum += static_cast<std::uint64_t>(event.correlation) + event.payload.size() + event.cause.index;
    }
    benchmark::DoNotOptimize(sum);
  }
  count_events(state, payloads.size());
}
BENCHMARK(read_events)->Arg(100)->Arg(4000);

// The look-up of the type and the call; what the type's own verifier costs is measured with the schemas.
void verify(benchmark::State& state) {
  const auto payloads = make_payloads(static_cast<std::size_t>(state.range(0)));
  std::vector<event_info> events(4);
  const char* names[] = {"a.First", "a.Second", "a.Third", "a.Fourth"};
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    events[i].name = names[i];
    events[i].id = event_type_id{0x12345678 + i};
    events[i].verify = [](bytes_view payload) { return !payload.empty(); };
  }
  const event_registry registry(std::move(events));
  frame_builder builder;
  fill(builder, payloads);
  const auto sealed = seal(builder, true);
  for (auto _ : state) {
    benchmark::DoNotOptimize(verify_payloads(*sealed.decoded, registry));
  }
  count_events(state, payloads.size());
}
BENCHMARK(verify)->Arg(100)->Arg(4000);

void hash_sha256(benchmark::State& state) {
  const std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)), std::byte{0x5a});
  for (auto _ : state) {
    benchmark::DoNotOptimize(sha256(bytes));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hash_sha256)->Arg(64)->Arg(1024)->Arg(256 * 1024);

void hash_xxh3(benchmark::State& state) {
  const std::string key(static_cast<std::size_t>(state.range(0)), 'k');
  for (auto _ : state) {
    benchmark::DoNotOptimize(xxh3(key));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hash_xxh3)->Arg(8)->Arg(64)->Arg(256 * 1024);

} // namespace

BENCHMARK_MAIN();
