#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "bounded_conformance.hpp"
#include "transport/simulated/simulated_log.hpp"

#include <random>
#include <set>

namespace reel::conformance {

namespace {

class simulated_log_under_test final : public log_under_test {
public:
  simulated_log_under_test() {
    open();
  }
  ~simulated_log_under_test() override {
    log_.reset();
  }
  void reopen() override {
    log_.reset();
    open();
  }
  void progress() override {
    if (simulated_->pending() > 0) {
      simulated_->step();
    }
  }

private:
  void open() {
    auto opened = std::make_unique<transport::simulated_log>(storage_, transport::simulated_options{}, ++seed_);
    simulated_ = opened.get();
    log_ = std::move(opened);
  }

  transport::simulated_storage storage_;
  transport::simulated_log* simulated_ = nullptr;
  std::uint64_t seed_ = 0;
};

} // namespace

std::unique_ptr<log_under_test> make_log() {
  return std::make_unique<simulated_log_under_test>();
}

namespace {

/// What became of a run of appends to two journals under faults and a crash, as text.
std::string run_under_faults(std::uint64_t seed) {
  transport::simulated_options options;
  options.refused = 50;
  options.ambiguous_lost = 50;
  options.ambiguous_stored = 50;
  transport::simulated_storage storage;
  std::string trace;
  std::vector<std::pair<journal_id, frame_sequence>> acknowledged;
  {
    transport::simulated_log log(storage, options, seed);
    std::vector<frame_source> sources;
    for (std::uint32_t p = 0; p < 2; ++p) {
      sources.emplace_back(genesis_of("orders", p), log.open(genesis_of("orders", p)).value());
    }
    std::mt19937_64 random(seed);
    for (int i = 0; i < 60; ++i) {
      auto& source = sources[random() % 2];
      const auto expected = source.tail().sequence;
      const auto frame = source.next();
      log.append(source.journal(), expected, frame, [&, frame](const transport::append_result& result) {
        const auto sequence = frame.decoded->sequence();
        trace += std::to_string(static_cast<int>(result.outcome)) + ' ';
        if (result.outcome == transport::append_outcome::committed) {
          acknowledged.emplace_back(frame.decoded->journal(), sequence);
        }
      });
      while (log.pending() > 0 && random() % 4 != 0) {
        log.step();
      }
    }
    log.crash();
    CHECK(log.pending() == 0);
  }
  transport::simulated_log log(storage, transport::simulated_options{.slow_reads = 0}, seed);
  for (std::uint32_t p = 0; p < 2; ++p) {
    const auto journal = transport::journal_id_of(genesis_of("orders", p));
    transport::journal_tail tail;
    log.read(journal, 1_frame, 1U << 30, [&](core::expected<transport::frames> found) {
      for (const auto& f : found.value()) {
        CHECK(transport::check_chain(tail, journal, *f).has_value());
        tail = {f->sequence(), f->hash()};
      }
    });
    for (const auto& [where, sequence] : acknowledged) {
      CHECK((where != journal || sequence <= tail.sequence));
    }
    trace += '/' + std::to_string(static_cast<std::uint64_t>(tail.sequence));
  }
  return trace;
}

} // namespace

TEST_CASE("faults and a crash leave whole chains with every acknowledged frame, the same for the same seed") {
  std::set<std::string> traces;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    const auto trace = run_under_faults(seed);
    CHECK(trace == run_under_faults(seed));
    traces.insert(trace);
  }
  CHECK(traces.size() > 100);
}

TEST_CASE("after a crash the dead log does nothing any more") {
  transport::simulated_storage storage;
  transport::simulated_log log(storage, transport::simulated_options{}, 1);
  frame_source source(genesis_of("orders"), log.open(genesis_of("orders")).value());
  const auto first = source.tail();
  log.crash();
  bool called = false;
  log.append(source.journal(), first.sequence, source.next(), [&](const auto&) { called = true; });
  log.read(source.journal(), 1_frame, 1, [&](const auto&) { called = true; });
  CHECK(log.pending() == 0);
  CHECK_FALSE(called);
  transport::simulated_log next(storage, transport::simulated_options{}, 2);
  CHECK(next.last(source.journal()).value().hash == first.hash);
}

} // namespace reel::conformance
