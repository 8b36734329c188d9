// An actor whose events ask the world for something, for tests of effects.
#pragma once

#include <reel/service.hpp>
#include <sample/bank_events.hpp>

#include <array>
#include <functional>
#include <string>
#include <utility>

namespace sample::bank {

struct receipt {
  std::uint64_t amount = 0;
};

/// What a test lets the world do with each call.
struct outside_world {
  std::function<void(const MoneyWithdrawn&, const reel::effect_context&, reel::completion<receipt>)> send;
};

/// Sends money that was withdrawn to another bank.
struct Teller {
  using key = std::string;
  static std::string_view keys(const TransferRequested& e) {
    return e.from()->string_view();
  }

  reel::maybe<MoneyWithdrawn> withdraw(const TransferRequested& e, const reel::context& ctx) const {
    return ctx.make<MoneyWithdrawn>(ctx.key(), e.transfer(), e.to(), e.amount());
  }

  static void send(const MoneyWithdrawn& e, const reel::effect_context& ctx, reel::completion<receipt> done) {
    ctx.provided<outside_world>().send(e, ctx, std::move(done));
  }
  reel::one_of<MoneyDeposited, DepositRefused> sent(const MoneyWithdrawn& e, const receipt& r,
                                                    const reel::context& ctx) const {
    if (r.amount == 13) {
      throw std::runtime_error("thirteen");
    }
    if (r.amount == 0) {
      return ctx.make<DepositRefused>(ctx.key(), e.transfer(), ctx.key(), e.amount());
    }
    return ctx.make<MoneyDeposited>(ctx.key(), e.transfer(), r.amount);
  }

  void apply(const MoneyWithdrawn& e) {
    under_way += e.amount();
  }
  void apply(const MoneyDeposited& e) {
    under_way -= e.amount();
  }
  void apply(const DepositRefused& e) {
    under_way -= e.amount();
  }

  using flow = reel::flow<reel::react<&Teller::withdraw>, reel::effect<MoneyWithdrawn, &Teller::send, &Teller::sent>>;

  static constexpr std::array field_names{"under_way"};
  std::uint64_t under_way = 0;
};

/// The same, but it gives up by itself.
struct CautiousTeller {
  using key = std::string;
  static std::string_view keys(const TransferRequested& e) {
    return e.from()->string_view();
  }

  reel::maybe<MoneyWithdrawn> withdraw(const TransferRequested& e, const reel::context& ctx) const {
    return ctx.make<MoneyWithdrawn>(ctx.key(), e.transfer(), e.to(), e.amount());
  }
  static void send(const MoneyWithdrawn& e, const reel::effect_context& ctx, reel::completion<receipt> done) {
    ctx.provided<outside_world>().send(e, ctx, std::move(done));
  }
  reel::one_of<MoneyDeposited> sent(const MoneyWithdrawn& e, const receipt& r, const reel::context& ctx) const {
    return ctx.make<MoneyDeposited>(ctx.key(), e.transfer(), r.amount);
  }
  reel::one_of<DepositRefused> give_up(const MoneyWithdrawn& e, const reel::effect_failure& failure,
                                       const reel::context& ctx) const {
    return ctx.make<DepositRefused>(ctx.key(), failure.what, ctx.key(), e.amount());
  }

  void apply(const MoneyWithdrawn&) {}
  void apply(const MoneyDeposited&) {}
  void apply(const DepositRefused&) {}

  using flow = reel::flow<reel::react<&CautiousTeller::withdraw>,
                          reel::effect<MoneyWithdrawn, &CautiousTeller::send, &CautiousTeller::sent,
                                       reel::otherwise<&CautiousTeller::give_up>>>;

  static constexpr std::array<const char*, 0> field_names{};
};

} // namespace sample::bank
