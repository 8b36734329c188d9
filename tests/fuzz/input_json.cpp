// Fuzz target: the JSON lines reader of orders, from bytes to orders.
#include "cli/demo/order_input.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto source = reel::demo::read_orders("fuzz.jsonl", bytes);
  if (!source)
    return 0;
  reel::demo::order order;
  while ((*source)->next(order))
    if (order.id.empty() || order.lines.empty())
      std::abort();
  return 0;
}
