// A canary: choreographies that are wrong on purpose, to prove that a simulation finds and reports what is wrong.
//
//   canary leaking simulate ...     a transfer of 13 loses one unit
//   canary impure simulate ...      a reaction remembers something outside its state

#include <reel/main.hpp>
#include <reel/service.hpp>
#include <reel/simulate.hpp>
#include <sample/withdrawals.hpp>

#include <atomic>
#include <cstdio>
#include <random>
#include <string>

namespace {

using namespace sample::bank;

bool impure = false;

struct Purse {
  using key = std::string;

  static std::string_view keys(const TransferRequested& e) {
    return e.from()->string_view();
  }
  static std::string_view keys(const MoneyWithdrawn& e) {
    return e.to()->string_view();
  }

  reel::all<MoneyWithdrawn> withdraw(const TransferRequested& e, const reel::context& ctx) const {
    return ctx.make<MoneyWithdrawn>(ctx.key(), e.transfer(), e.to(), e.amount());
  }
  reel::all<MoneyDeposited> deposit(const MoneyWithdrawn& e, const reel::context& ctx) const {
    static std::atomic<std::uint64_t> calls{0};
    const bool leaks = impure ? ++calls % 2 == 0 : e.amount() == 13;
    // What a run of the impure one publishes depends on the runs before it; the sum still holds.
    const auto owner = impure && leaks ? e.transfer()->str() + "'" : e.transfer()->str();
    return ctx.make<MoneyDeposited>(ctx.key(), owner, leaks && !impure ? e.amount() - 1 : e.amount());
  }

  void apply(const MoneyWithdrawn& e) {
    balance -= e.amount();
  }
  void apply(const MoneyDeposited& e) {
    balance += e.amount();
  }

  using flow = reel::flow<reel::react<&Purse::withdraw>, reel::react<&Purse::deposit>>;

  std::uint64_t balance = 0;
};

/// What is withdrawn arrives.
class conserved : public reel::invariant {
public:
  [[nodiscard]] std::string_view name() const override {
    return "money";
  }
  void observe(const reel::fact& event) override {
    if (const auto* out = event.as<MoneyWithdrawn>()) {
      under_way_ += static_cast<std::int64_t>(out->amount());
    } else if (const auto* in = event.as<MoneyDeposited>()) {
      under_way_ -= static_cast<std::int64_t>(in->amount());
    }
  }
  [[nodiscard]] std::vector<reel::violation> finish(bool quiescent) override {
    if (!quiescent || under_way_ == 0) {
      return {};
    }
    return {{"money", std::to_string(under_way_) + " units never arrived", {}, {}}};
  }

private:
  std::int64_t under_way_ = 0;
};

class transfers : public reel::feed {
public:
  transfers(std::uint64_t seed, std::uint64_t count) : seed_(seed), count_(count) {}
  [[nodiscard]] std::string identity() const override {
    return "transfers";
  }
  [[nodiscard]] bool skip(std::uint64_t offset) override {
    done_ = offset;
    return offset <= count_;
  }
  [[nodiscard]] filled fill(reel::outbox& out, std::size_t) override {
    if (done_ < count_) {
      std::mt19937_64 random(seed_ * 1'000'003 + done_);
      out.add<TransferRequested>(std::to_string(done_), "from" + std::to_string(random() % 5),
                                 "to" + std::to_string(random() % 5), std::uint64_t{1 + random() % 100});
      ++done_;
    }
    return {done_, done_ == count_};
  }

private:
  std::uint64_t seed_;
  std::uint64_t count_;
  std::uint64_t done_ = 0;
};

reel::choreography_info choreography() {
  return reel::choreography("canary")
      .from(reel::source("desk").publishes<TransferRequested>())
      .with(reel::service("purses").hosts<Purse>().upcasts<&with_receiver, &in_pence>())
      .invariant<conserved>();
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: canary leaking|impure simulate ...\n");
    return 2;
  }
  impure = std::string(argv[1]) == "impure";
  reel::simulated_program program;
  program.flows = "transfers";
  program.draw = [](std::uint64_t seed, std::uint64_t count) {
    reel::simulated_run run;
    run.choreography = choreography();
    run.source = "desk";
    run.make_feed = [seed, count] { return std::make_shared<transfers>(seed, count); };
    return run;
  };
  return reel::main(argc - 1, argv + 1, choreography(), {reel::simulate_command(program)});
}
