// Fuzz target: the CSV reader of orders, from bytes to orders.
#include "cli/demo/order_input.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

void read_all(std::string_view content) {
  const auto source = reel::demo::read_orders("fuzz.csv", content);
  if (!source)
    return;
  reel::demo::order order;
  while ((*source)->next(order))
    if (order.id.empty() || order.lines.empty())
      std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  read_all(bytes);
  // Past the header, where most of the code is.
  read_all("order,customer,sku,quantity,unit_price,cancelled\n" + std::string{bytes});
  return 0;
}
