#include "cli/demo/measured_shop.hpp"

#include "cli/demo/codec_bench.hpp"
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
  constexpr std::uint64_t codec_orders = 1'000'000;
  work.own = {
      {"codec", "What FlatBuffers cost, beside JSON and Protocol Buffers", "orders", codec_orders, measure_codecs}};
  return work;
}

} // namespace reel::demo
