// An actor for the tests: an account that takes part in transfers.
#pragma once

#include <reel/service.hpp>
#include <sample/bank_events.hpp>

#include <array>
#include <stdexcept>
#include <string>

namespace sample::bank {

struct bank_rules {
  std::uint64_t deposit_max = 1000;
};

struct Account {
  using key = std::string;

  static std::string_view keys(const TransferRequested& e) {
    return e.from()->string_view();
  }
  static std::string_view keys(const MoneyWithdrawn& e) {
    return e.to()->string_view();
  }
  static std::string_view keys(const DepositRefused& e) {
    return e.from()->string_view();
  }

  reel::one_of<MoneyWithdrawn, WithdrawalRefused> withdraw(const TransferRequested& e, const reel::context& ctx) const {
    if (e.amount() > balance) {
      return ctx.make<WithdrawalRefused>(ctx.key(), e.transfer());
    }
    return ctx.make<MoneyWithdrawn>(ctx.key(), e.transfer(), e.to(), e.amount());
  }
  reel::one_of<MoneyDeposited, DepositRefused> deposit(const MoneyWithdrawn& e, const reel::context& ctx) const {
    if (e.amount() > ctx.provided<bank_rules>().deposit_max) {
      return ctx.make<DepositRefused>(ctx.key(), e.transfer(), e.account(), e.amount());
    }
    return ctx.make<MoneyDeposited>(ctx.key(), e.transfer(), e.amount());
  }
  reel::maybe<MoneyReturned> give_back(const DepositRefused& e, const reel::context& ctx) const noexcept {
    return ctx.make<MoneyReturned>(ctx.key(), e.amount());
  }

  void apply(const MoneyWithdrawn& e) {
    balance -= e.amount();
    ++withdrawals;
  }
  void apply(const WithdrawalRefused&) {}
  void apply(const MoneyDeposited& e) {
    balance += e.amount();
  }
  void apply(const DepositRefused&) {}
  void apply(const MoneyReturned& e) {
    balance += e.amount();
  }

  using flow = reel::flow<reel::react<&Account::withdraw>, reel::react<&Account::deposit>,
                          reel::undo<MoneyWithdrawn, &Account::give_back>>;

  static constexpr std::array field_names{"balance", "withdrawals"};
  static constexpr std::uint32_t fold_version = 2;
  std::uint64_t balance = 0;
  std::uint32_t withdrawals = 0;
};

} // namespace sample::bank
