// The zoo's most common faults once more as actors, from the signature to the finding.
#include "zoo.hpp"

#include <reel/service.hpp>
#include <sample/withdrawals.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace sample::bank;
using reel::core::found_in;

namespace {

/// Whose account an event concerns.
std::string_view account_of(const TransferRequested& e) {
  return e.from()->string_view();
}
std::string_view account_of(const MoneyWithdrawn& e) {
  return e.to()->string_view();
}
std::string_view account_of(const DepositRefused& e) {
  return e.from()->string_view();
}

/// The actors are never run: only their types are read.
template <class Account>
reel::choreography_info bank_of() {
  return reel::choreography("bank")
      .from(reel::source("branch").publishes<TransferRequested>())
      .with(reel::service("bank").hosts<Account>().template upcasts<&with_receiver, &in_pence>());
}

struct right {
  using key = std::string;
  template <class Event>
  static std::string_view keys(const Event& e) {
    return account_of(e);
  }
  template <class Event>
  void apply(const Event&) {}

  reel::one_of<MoneyWithdrawn, WithdrawalRefused> withdraw(const TransferRequested&, const reel::context& ctx) const {
    return ctx.make<WithdrawalRefused>("a", "t");
  }
  reel::one_of<MoneyDeposited, DepositRefused> deposit(const MoneyWithdrawn&, const reel::context& ctx) const {
    return ctx.make<MoneyDeposited>("a", "t", 1U);
  }
  reel::all<MoneyReturned> give_back(const DepositRefused&, const reel::context& ctx) const {
    return ctx.make<MoneyReturned>("a", 1U);
  }
  using flow = reel::flow<reel::react<&right::withdraw>, reel::react<&right::deposit>,
                          reel::undo<MoneyWithdrawn, &right::give_back>>;
};

struct may_keep_it {
  using key = std::string;
  template <class Event>
  static std::string_view keys(const Event& e) {
    return account_of(e);
  }
  template <class Event>
  void apply(const Event&) {}

  reel::one_of<MoneyWithdrawn, WithdrawalRefused> withdraw(const TransferRequested&, const reel::context& ctx) const {
    return ctx.make<WithdrawalRefused>("a", "t");
  }
  reel::one_of<MoneyDeposited, DepositRefused> deposit(const MoneyWithdrawn&, const reel::context& ctx) const {
    return ctx.make<MoneyDeposited>("a", "t", 1U);
  }
  reel::maybe<MoneyReturned> think(const DepositRefused&) const {
    return {};
  }
  using flow = reel::flow<reel::react<&may_keep_it::withdraw>, reel::react<&may_keep_it::deposit>,
                          reel::undo<MoneyWithdrawn, &may_keep_it::think>>;
};

struct gives_back_first {
  using key = std::string;
  template <class Event>
  static std::string_view keys(const Event& e) {
    return account_of(e);
  }
  template <class Event>
  void apply(const Event&) {}

  reel::one_of<MoneyWithdrawn, WithdrawalRefused> withdraw(const TransferRequested&, const reel::context& ctx) const {
    return ctx.make<WithdrawalRefused>("a", "t");
  }
  reel::one_of<MoneyDeposited, DepositRefused> deposit(const MoneyWithdrawn&, const reel::context& ctx) const {
    return ctx.make<MoneyDeposited>("a", "t", 1U);
  }
  reel::all<MoneyReturned> give_back(const DepositRefused&, const reel::context& ctx) const {
    return ctx.make<MoneyReturned>("a", 1U);
  }
  reel::all<MoneyReturned> hurry(const TransferRequested&, const reel::context& ctx) const {
    return ctx.make<MoneyReturned>("a", 1U);
  }
  using flow = reel::flow<reel::react<&gives_back_first::withdraw>, reel::react<&gives_back_first::deposit>,
                          reel::undo<MoneyWithdrawn, &gives_back_first::give_back>,
                          reel::undo<MoneyWithdrawn, &gives_back_first::hurry>>;
};

struct gives_back_twice {
  using key = std::string;
  template <class Event>
  static std::string_view keys(const Event& e) {
    return account_of(e);
  }
  template <class Event>
  void apply(const Event&) {}

  reel::one_of<MoneyWithdrawn, WithdrawalRefused> withdraw(const TransferRequested&, const reel::context& ctx) const {
    return ctx.make<WithdrawalRefused>("a", "t");
  }
  reel::one_of<MoneyDeposited, DepositRefused> deposit(const MoneyWithdrawn&, const reel::context& ctx) const {
    return ctx.make<MoneyDeposited>("a", "t", 1U);
  }
  reel::all<MoneyReturned> give_back(const DepositRefused&, const reel::context& ctx) const {
    return ctx.make<MoneyReturned>("a", 1U);
  }
  reel::all<MoneyReturned> again(const DepositRefused&, const reel::context& ctx) const {
    return ctx.make<MoneyReturned>("a", 1U);
  }
  using flow = reel::flow<reel::react<&gives_back_twice::withdraw>, reel::react<&gives_back_twice::deposit>,
                          reel::undo<MoneyWithdrawn, &gives_back_twice::give_back>,
                          reel::undo<MoneyWithdrawn, &gives_back_twice::again>>;
};

/// The deposit is answered in time or counts as refused.
struct in_time {
  using key = std::string;
  template <class Event>
  static std::string_view keys(const Event& e) {
    return account_of(e);
  }
  template <class Event>
  void apply(const Event&) {}

  reel::one_of<MoneyWithdrawn, WithdrawalRefused> withdraw(const TransferRequested&, const reel::context& ctx) const {
    return ctx.make<WithdrawalRefused>("a", "t");
  }
  reel::all<MoneyReturned> give_back(const DepositRefused&, const reel::context& ctx) const {
    return ctx.make<MoneyReturned>("a", 1U);
  }
  reel::all<DepositRefused> give_up(const reel::context& ctx) const {
    return ctx.make<DepositRefused>("a", "t", "a", 1U);
  }
  reel::maybe<MoneyDeposited> deposit_in_time(const MoneyWithdrawn&) const {
    return {};
  }
  using flow = reel::flow<reel::react<&in_time::withdraw>, reel::react<&in_time::deposit_in_time>,
                          reel::undo<MoneyWithdrawn, &in_time::give_back>,
                          reel::deadline<DepositRefused, reel::after<MoneyWithdrawn, std::chrono::minutes(15)>,
                                         reel::unless<MoneyDeposited>, reel::by<&in_time::give_up>>>;
};

} // namespace

TEST_CASE("actors: a transfer that is undone passes") {
  CHECK(found_in(bank_of<right>()) == "");
}

TEST_CASE("actors: an undo that may keep the money") {
  CHECK(found_in(bank_of<may_keep_it>()) ==
        "undo-may-not-happen bank.may_keep_it.think\npath-may-stop sample.bank.DepositRefused");
}

TEST_CASE("actors: an undo that does not wait for its step") {
  CHECK(found_in(bank_of<gives_back_first>())
            .starts_with("undo-before-step bank.gives_back_first.hurry\n"
                         "undo-twice bank.gives_back_first.hurry"));
}

TEST_CASE("actors: two undos of one withdrawal") {
  CHECK(found_in(bank_of<gives_back_twice>()).starts_with("undo-twice bank.gives_back_twice.again"));
}

TEST_CASE("actors: a deadline publishes the failure when nothing else comes") {
  CHECK(found_in(bank_of<in_time>()) == "");
  const auto info = bank_of<in_time>();
  const auto& deadline = info.services[0].actors[0].deadlines.at(0);
  CHECK(deadline.event == reel::event_traits<DepositRefused>::id);
  CHECK(deadline.after == reel::event_traits<MoneyWithdrawn>::id);
  CHECK(deadline.unless == std::vector{reel::event_traits<MoneyDeposited>::id});
}

TEST_CASE("actors: acceptances of a service and of the whole are kept with their reasons") {
  reel::choreography_info info =
      reel::choreography("bank")
          .from(reel::source("branch").publishes<TransferRequested>())
          .with(reel::service("bank").hosts<may_keep_it>().upcasts<&with_receiver, &in_pence>().accept(
              "undo-may-not-happen", "bank.may_keep_it.think", "thinking helps"))
          .accept("path-may-stop", "sample.bank.DepositRefused", "the bank thinks for ever");
  CHECK(found_in(info) == "undo-may-not-happen bank.may_keep_it.think (accepted)\n"
                          "path-may-stop sample.bank.DepositRefused (accepted)");
}
