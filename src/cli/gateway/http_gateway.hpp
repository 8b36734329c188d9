// The card gateway as a client of an HTTP service (`gateway-sim`).
#pragma once

#include "actors/payment/gateway_invariant.hpp"
#include "cli/gateway/http.hpp"

#include <reel/blocking_pool.hpp>

#include <memory>
#include <vector>

namespace reel::demo {

/// The HTTP library blocks, so requests are made by a small pool of threads; when too many wait, the next one fails and
/// is tried again by its effect.
class http_gateway final : public shop::payment::payment_gateway {
public:
  explicit http_gateway(const http_place& place);
  ~http_gateway() override;

  void charge(const shop::payment::charge_request& request,
              completion<shop::payment::charge_answer> done) const override;
  void refund(const shop::payment::refund_request& request,
              completion<shop::payment::refund_answer> done) const override;
  void make_void(const shop::payment::void_request& request,
                 completion<shop::payment::void_answer> done) const override;

private:
  template <class Answer, class Read>
  void post(http_request request, completion<Answer> done, Read read) const;

  std::vector<std::unique_ptr<http_client>> clients_; // by thread
  std::unique_ptr<blocking_pool> pool_;               // last: its threads use the clients
};

/// Reads the gateway's books. Blocks.
[[nodiscard]] shop::payment::gateway_invariant::report read_gateway_books(const http_place& place);

} // namespace reel::demo
