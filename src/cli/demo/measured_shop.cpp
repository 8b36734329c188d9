#include "cli/demo/measured_shop.hpp"

#include "cli/demo/demo_run.hpp"

namespace reel::demo {

cli::bench::workload measured_shop() {
  constexpr double payment_failures = 0.1;
  cli::bench::workload work;
  work.make = [](std::uint64_t orders) {
    demo_options options;
    options.orders = orders;
    options.payment_failures = payment_failures;
    return open_input(options);
  };
  work.demo_flows = "--orders";
  work.demo_options = {"--payment-failures", "0.1"};
  return work;
}

} // namespace reel::demo
