// How many events a broker takes as frames of the log, next to single messages of the plain client. Prints a Markdown
// table.
//
// Usage: nats_bench [--servers 1|3] [--events N]      starts its own servers on loopback
//
// Events have 1,000 bytes. Building, compressing and hashing the frames is part of what is measured.

#include "broker.hpp"
#include "core/frame.hpp"
#include "sample.hpp"
#include "transport/chain.hpp"
#include "transport/nats/client.hpp"
#include "transport/nats/nats_log.hpp"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <stdexcept>

namespace {

using namespace reel;
using namespace reel::bench;

constexpr std::size_t event_bytes = 1000;

struct settings {
  std::size_t servers = 1;
  std::uint64_t events = 200'000;
};

struct workload {
  const char* name;
  bool compressible;
  std::size_t events_per_frame;
  std::size_t journals;
  std::size_t in_flight;
};

void require(bool good, const char* what) {
  if (!good) {
    throw std::runtime_error(what);
  }
}

/// Different events, two thirds of whose bytes repeat when they are to be compressible.
std::vector<std::vector<std::byte>> make_events(bool compressible) {
  std::mt19937_64 random(1);
  std::vector<std::vector<std::byte>> events(512, std::vector<std::byte>(event_bytes));
  for (auto& event : events) {
    for (std::size_t i = 0; i < event.size(); ++i) {
      const bool repeats = compressible && i % 96 >= 22;
      event[i] = repeats ? static_cast<std::byte>('a' + i % 7) : static_cast<std::byte>(random());
    }
  }
  return events;
}

/// What the client library offers for speed: asynchronous publishing of single messages.
void measure_plain(const testing_nats::broker& broker, const settings& set) {
  natsConnection* made = nullptr;
  jsCtx* context_made = nullptr;
  require(natsConnection_ConnectTo(&made, broker.urls().c_str()) == NATS_OK, "no connection");
  const transport::connection_ptr connection(made);
  require(natsConnection_JetStream(&context_made, made, nullptr) == NATS_OK, "no JetStream");
  const transport::context_ptr context(context_made);
  const char* subjects[] = {"plain"};
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = "PLAIN";
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Replicas = static_cast<std::int64_t>(set.servers);
  require(js_AddStream(nullptr, context.get(), &config, nullptr, nullptr) == NATS_OK, "no stream");
  const auto events = make_events(true);
  const auto begin = bench::clock::now();
  for (std::uint64_t i = 0; i < set.events; ++i) {
    const auto& event = events[i % events.size()];
    require(js_PublishAsync(context.get(), "plain", event.data(), static_cast<int>(event.size()), nullptr) == NATS_OK,
            "not published");
  }
  require(js_PublishAsyncComplete(context.get(), nullptr) == NATS_OK, "not completed");
  const std::chrono::duration<double> seconds = bench::clock::now() - begin;
  std::printf("| plain client, js_PublishAsync of single messages | - | %.0f | - | - | - |\n",
              static_cast<double>(set.events) / seconds.count());
  std::fflush(stdout);
}

/// One writer per journal, each with some frames under way.
class run {
public:
  run(transport::log& log, const workload& load, const std::string& service)
      : log_(&log), load_(load), events_(make_events(load.compressible)) {
    for (std::uint32_t p = 0; p < load.journals; ++p) {
      const core::genesis_record genesis{"bench", 0, service, p, static_cast<std::uint32_t>(load.journals)};
      const auto tail = log.open(genesis);
      require(tail.has_value(), tail ? "" : tail.error().what.c_str());
      writers_.push_back({transport::journal_id_of(genesis), *tail, {}, 0});
    }
  }

  void measure(std::uint64_t events) {
    const auto frames = std::max<std::uint64_t>(events / load_.events_per_frame, 4);
    const auto cpu_before = cpu_seconds();
    const auto begin = bench::clock::now();
    for (auto& w : writers_) {
      for (std::size_t i = 0; i < load_.in_flight && sent_ < frames; ++i) {
        send(w);
      }
    }
    std::unique_lock lock(mutex_);
    while (answered_ < frames) {
      changed_.wait(lock, [this] { return !free_.empty(); });
      auto& next = writers_[free_.front()];
      free_.pop_front();
      ++answered_;
      lock.unlock();
      if (sent_ < frames) {
        send(next);
      }
      lock.lock();
    }
    result_.seconds = std::chrono::duration<double>(bench::clock::now() - begin).count();
    result_.cpu_seconds = cpu_seconds() - cpu_before;
    require(failed_ == 0, "an append failed");
    print(frames);
  }

private:
  struct writer {
    journal_id journal;
    transport::journal_tail tail;
    core::frame_builder builder;
    std::uint64_t next_event;
  };

  void send(writer& w) {
    for (std::size_t i = 0; i < load_.events_per_frame; ++i) {
      w.builder.add_event(event_type_id{7}, 1, correlation_id{w.next_event}, {},
                          events_[w.next_event % events_.size()]);
      ++w.next_event;
    }
    const auto expected = w.tail.sequence;
    const auto frame = w.builder.seal(w.journal, following(expected), 1, w.tail.hash, timestamp{});
    w.tail = {frame.decoded->sequence(), frame.decoded->hash()};
    result_.bytes += frame.decoded->stored_size();
    ++sent_;
    const auto index = static_cast<std::size_t>(&w - writers_.data());
    log_->append(
        w.journal, expected, frame, [this, index, at = bench::clock::now()](const transport::append_result& r) {
          const std::lock_guard lock(mutex_);
          failed_ += r.outcome == transport::append_outcome::committed ? 0 : 1;
          result_.microseconds.push_back(std::chrono::duration<double, std::micro>(bench::clock::now() - at).count());
          free_.push_back(index);
          changed_.notify_all();
        });
  }

  void print(std::uint64_t frames) {
    const auto events = static_cast<double>(frames * load_.events_per_frame);
    std::printf("| %s: %zu events per frame, %zu journals, %zu under way | %.2f | %.0f | %.1f | %.2f | %.2f |\n",
                load_.name, load_.events_per_frame, load_.journals, load_.in_flight,
                events * event_bytes / static_cast<double>(result_.bytes), events / result_.seconds,
                static_cast<double>(result_.bytes) / result_.seconds / 1e6, result_.quantile(0.5) / 1e3,
                result_.quantile(0.99) / 1e3);
    std::fflush(stdout);
  }

  transport::log* log_;
  workload load_;
  std::vector<std::vector<std::byte>> events_;
  std::vector<writer> writers_;
  std::uint64_t sent_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> free_; ///< writers whose frame was answered
  std::uint64_t answered_ = 0;
  std::uint64_t failed_ = 0;
  sample result_;
};

constexpr workload workloads[] = {
    {"one event at a time", true, 1, 1, 1}, {"compressible", true, 256, 1, 2},     {"compressible", true, 1024, 1, 2},
    {"compressible", true, 1024, 4, 2},     {"compressible", true, 2048, 2, 2},    {"incompressible", false, 256, 1, 2},
    {"incompressible", false, 512, 2, 2},   {"incompressible", false, 1000, 2, 2},
};

settings parse(int argc, char** argv) {
  settings set;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const auto value = std::strtoull(argv[i + 1], nullptr, 10);
    require(value > 0 && (name == "--servers" || name == "--events"), "usage: nats_bench [--servers 1|3] [--events N]");
    (name == "--servers" ? set.servers : set.events) = value;
  }
  return set;
}

} // namespace

int main(int argc, char** argv) {
  try {
    const auto set = parse(argc, argv);
    spdlog::set_level(spdlog::level::warn);
    const testing_nats::broker broker({.servers = set.servers});
    std::printf("Events of %zu bytes, %zu server%s, file storage.\n\n", event_bytes, set.servers,
                set.servers == 1 ? "" : "s, each frame stored on all");
    std::printf(
        "| what | compressed | events/s | MB/s stored | commit p50 ms | p99 ms |\n|---|---:|---:|---:|---:|---:|\n");
    measure_plain(broker, set);
    transport::nats_options options;
    options.urls = broker.urls();
    options.replicas = static_cast<std::uint32_t>(set.servers);
    auto log = transport::nats_log::open(options);
    require(log.has_value(), log ? "" : log.error().what.c_str());
    int number = 0;
    for (const auto& load : workloads) {
      const auto events = load.events_per_frame == 1 ? set.events / 200 : set.events;
      run(**log, load, "bench" + std::to_string(++number)).measure(events);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
