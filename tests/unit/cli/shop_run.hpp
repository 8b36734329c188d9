// Runs the shop on a log in memory with the partition logic alone: no actors, no threads, one step after the other.
#pragma once

#include "actors/shop.hpp"
#include "cli/demo/random.hpp"
#include "cli/demo/stock_plan.hpp"
#include "cli/demo/synthetic_orders.hpp"
#include "core/causal_gate.hpp"
#include "core/partition.hpp"
#include "memory_log.hpp"

#include <reel/detail/rehearsal.hpp>
#include <reel/outbox.hpp>
#include <shop/intake_events.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace reel::test {

class shop_run {
public:
  shop_run(const shop::shop_options& options, std::uint32_t partitions)
      : choreography{shop::choreography(options)}, registry{choreography.events} {
    intake_.name = "intake";
    add(intake_, 0, 1);
    for (const auto& service : choreography.services)
      for (std::uint32_t p = 0; p < partitions; ++p)
        add(service, p, partitions);
    for (auto& w : workers_)
      connect(*w);
  }

  /// Takes in `orders` generated orders, `per_frame` at a time, and the goods for them. Some are cancelled a while
  /// after.
  void take_in(const demo::synthetic_options& options, std::size_t per_frame) {
    const auto orders = demo::make_synthetic_orders(options);
    auto& intake = *workers_.front();
    outbox out;
    for (const auto& goods : demo::plan_stock(orders->demand(), std::nullopt))
      out.add<shop::intake::GoodsReceived>(goods.sku, goods.quantity);
    ingest(intake, out);
    std::deque<std::vector<std::string>> cancelled; // by frame, the oldest first
    for (bool more = true; more;) {
      out.clear();
      if (cancelled.size() == cancel_distance) {
        for (const auto& id : cancelled.front())
          out.add<shop::intake::OrderCancellationRequested>(id);
        cancelled.pop_front();
      }
      cancelled.emplace_back();
      for (std::size_t i = 0; i < per_frame && more; ++i)
        if (more = orders->next(order_); more)
          add(out, cancelled.back());
      ingest(intake, out);
      step();
    }
    out.clear();
    for (const auto& frame : cancelled)
      for (const auto& id : frame)
        out.add<shop::intake::OrderCancellationRequested>(id);
    intake.logic->set_ingress({orders->identity(), options.orders, true});
    ingest(intake, out);
  }

  /// Each partition handles at most one frame of each of its sources; a partition that lags skips now and then. False
  /// when none had anything to do.
  bool step(bool may_lag = true) {
    bool worked = false;
    for (std::size_t i = 1; i < workers_.size(); ++i)
      if (!may_lag || lag_percent == 0 || random_.below(100) >= lag_percent)
        worked = step(*workers_[i]) || worked;
    return worked;
  }
  /// Also lets all deadlines pass.
  void run_to_end() {
    for (int i = 0; i < 100; ++i)
      step();
    while (step(false) || pass_time()) {
    }
  }

  /// Before each reaction of a service.
  void interpose(std::string_view service, const core::partition::attempt_hook& hook) {
    for (const auto& w : workers_)
      if (w->logic->genesis().service == service)
        w->logic->interpose(hook);
  }

  std::size_t cancel_distance = 1; ///< frames from an order to its cancellation
  std::uint32_t lag_percent = 0;   ///< how often a partition skips a step
  std::uint32_t away_percent = 0;  ///< how often an effect that can give up has to
  memory_log log;
  choreography_info choreography;
  core::event_registry registry;

private:
  struct source_lane {
    journal_id journal{};
    std::uint64_t next = 1;
  };
  struct worker {
    const service_info* service = nullptr;
    journal_id journal{};
    std::uint32_t partition = 0;
    std::vector<event_type_id> publishes;
    std::unique_ptr<core::partition> logic;
    std::unique_ptr<core::router> router;
    core::causal_gate gate;
    std::vector<source_lane> lanes;
  };

  void add(const service_info& service, std::uint32_t partition, std::uint32_t partitions) {
    core::genesis_record genesis{"test", 1, service.name, partition, partitions};
    const auto id = core::journal_id_of(core::journal_name(service.name, partition));
    core::frame_builder builder;
    builder.set_genesis(genesis);
    log.journals_[id] = {genesis, {builder.seal(id, frame_sequence{1}, 0, {}, now(), false).decoded}};
    auto w = std::make_unique<worker>();
    w->service = &service;
    w->journal = id;
    w->partition = partition;
    w->publishes = workers_.empty() ? choreography.sources.front().publishes : core::published_types(service);
    w->router = std::make_unique<core::router>(service, registry, partitions);
    w->logic = std::make_unique<core::partition>(service, registry, genesis);
    if (!w->logic->recover(*log.journals_[id].frames.front()))
      throw std::logic_error("a genesis does not recover");
    w->logic->take_ownership("test");
    workers_.push_back(std::move(w));
    commit(*workers_.back());
  }

  void connect(worker& w) {
    for (const auto& source : workers_)
      if (w.router->wants(source->publishes)) {
        w.lanes.push_back({source->journal, 1});
        w.gate.add_lane(source->journal, {});
      }
  }

  void add(outbox& out, std::vector<std::string>& cancelled) {
    out.build<shop::intake::OrderCreated>([this](flatbuffers::FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<shop::OrderLine>> lines;
      for (const auto& line : order_.lines)
        lines.push_back(shop::CreateOrderLine(b, b.CreateString(line.sku), line.quantity, line.amount));
      return shop::intake::CreateOrderCreated(b, b.CreateString(order_.id), b.CreateString(order_.customer),
                                              b.CreateVector(lines));
    });
    if (order_.cancelled_by_customer)
      cancelled.push_back(order_.id);
  }

  void ingest(worker& intake, const outbox& out) {
    intake.logic->ingest(out, now());
    commit(intake);
  }

  void commit(worker& w) {
    log.journals_[w.journal].frames.push_back(w.logic->seal(now()).decoded);
  }

  /// The clock jumps to the next deadline. False when none is armed.
  bool pass_time() {
    std::optional<timestamp> next;
    for (const auto& w : workers_)
      if (const auto due = w->logic->next_due())
        next = std::min(next.value_or(*due), *due);
    if (next)
      now_ms_ = std::max(now_ms_, next->time_since_epoch() / std::chrono::milliseconds{1});
    return next.has_value();
  }

  bool step(worker& w) {
    bool worked = ask_the_world(w);
    for (auto& lane : w.lanes) {
      const auto& frames = log.journals_[lane.journal].frames;
      if (lane.next > frames.size())
        continue;
      w.gate.offer(w.router->route(frames[lane.next++ - 1]).at(w.partition));
      worked = true;
    }
    while (auto routed = w.gate.next().value())
      w.logic->handle(*routed, now());
    w.logic->run_due(now(), std::size_t{1} << 20U);
    worked = worked || w.logic->has_open_frame();
    if (w.logic->has_open_frame())
      commit(w);
    return worked;
  }

  /// Makes the calls that are owed; the world answers at once.
  bool ask_the_world(worker& w) {
    const auto owed = w.logic->take_effects(w.logic->sequence());
    for (const auto& one : owed) {
      const auto& effect = *w.service->actors[one->actor].reactions[one->reaction].effect;
      const bool is_away = effect.give_up != nullptr && away_percent > 0 && random_.below(100) < away_percent;
      detail::effect_end end{nullptr, effect_failure{"away", false, 1}};
      if (!is_away)
        end = detail::rehearse(effect, {one->key, one->event, one->correlation, 1, {}, w.service->provides},
                               one->payload.data());
      w.logic->settle({one->event, end.answer, end.failure}, now());
    }
    return !owed.empty();
  }

  /// A millisecond later each time.
  timestamp now() {
    return timestamp{std::chrono::milliseconds{++now_ms_}};
  }

  service_info intake_;
  std::vector<std::unique_ptr<worker>> workers_;
  demo::order order_;
  demo::split_mix random_{1}; // of the lags; always the same
  std::int64_t now_ms_ = 0;
};

} // namespace reel::test
