#include "cli/demo/codec_bench.hpp"

#include "cli/demo/codec_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>

namespace reel::demo {

namespace {

using clock = std::chrono::steady_clock;

constexpr int turns = 5;
constexpr std::size_t batch = 1000; // samples that stay in the cache, so that the codec is measured and not the memory
constexpr double events_per_sample = 3;

struct cost {
  double encode_ns = std::numeric_limits<double>::max();
  double decode_ns = std::numeric_limits<double>::max();
  double bytes = 0;
};

double per_event(clock::time_point start, std::uint64_t samples) {
  return std::chrono::duration<double, std::nano>(clock::now() - start).count() /
         (static_cast<double>(samples) * events_per_sample);
}

/// The best turn counts: what disturbs only ever adds.
void take_turn(const codec& c, const std::vector<sample_order>& samples, std::uint64_t rounds, cost& best) {
  std::vector<encoded_events> encoded(samples.size());
  auto start = clock::now();
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
      c.encode(samples[i], encoded[i]);
    }
  }
  best.encode_ns = std::min(best.encode_ns, per_event(start, rounds * samples.size()));
  std::uint64_t sum = 0;
  start = clock::now();
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (const auto& events : encoded) {
      sum += c.decode(events);
    }
  }
  best.decode_ns = std::min(best.decode_ns, per_event(start, rounds * samples.size()));
  std::uint64_t expected = 0;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    expected += sum_of(samples[i]);
    for (const auto& event : encoded[i]) {
      bytes += event.size();
    }
  }
  if (sum != expected * rounds) {
    throw std::logic_error(c.name + " does not read what was written");
  }
  best.bytes = static_cast<double>(bytes) / (static_cast<double>(samples.size()) * events_per_sample);
}

} // namespace

cli::bench::report measure_codecs(std::uint64_t orders) {
  std::vector<sample_order> samples;
  for (std::size_t i = 0; i < batch; ++i) {
    samples.push_back(make_sample(i));
  }
  const auto rounds = std::max<std::uint64_t>(1, orders / batch / turns);
  const auto codecs = all_codecs();
  std::vector<cost> costs(codecs.size());
  for (int turn = 0; turn < turns; ++turn) {
    for (std::size_t i = 0; i < codecs.size(); ++i) {
      take_turn(codecs[i], samples, rounds, costs[i]);
    }
  }
  cli::bench::report r;
  r.name = "codec";
  r.question = "what it costs to write an event, and to read all its fields";
  r.columns = {{"encode", "encode_ns"},
               {"decode", "decode_ns"},
               {"bytes", "bytes"},
               {"JSON's decode against it", "times_faster_than_json"}};
  const auto json = costs[1].decode_ns;
  for (std::size_t i = 0; i < codecs.size(); ++i) {
    const auto& c = costs[i];
    const auto ratio = json / c.decode_ns;
    // The specification's 3 is JSON against Protocol Buffers.
    r.rows.push_back({codecs[i].name,
                      {{fmt::format("{:.0f} ns", c.encode_ns), "", c.encode_ns},
                       {fmt::format("{:.0f} ns", c.decode_ns), "", c.decode_ns},
                       {fmt::format("{:.0f}", c.bytes), "", c.bytes},
                       {fmt::format("{:.1f} times", ratio), codecs[i].name == "Protocol Buffers" ? "3x" : "", ratio}}});
  }
  r.notes = {
      "Per event, of OrderCreated with three lines, StockReserved and PaymentProcessed in equal parts; one thread.",
      "FlatBuffers are verified before they are read, as the runtime does with what comes from outside."};
  if (codecs.size() == 2) {
    r.notes.emplace_back("Protocol Buffers: not measured; the program was built without them");
  }
  return r;
}

} // namespace reel::demo
